"""Columns of the administrators' lists. Phone numbers and mail addresses are in none of them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.clock import today
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import moment, tag_

from .models.position import Term

INDENT = "　"


def masked(text: str) -> str:
    """A phone number or mail address for those who need not read it."""
    if not text:
        return ""
    head, at, tail = text.partition("@")
    if at:
        return f"{head[:1]}***@{tail}"
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "****" + text[-2:]


def account_state(user: Any) -> Any:
    """Whether the account is open, as a tag."""
    if user.is_active and not user.is_expired:
        return tag_(_("启用"), "ok")
    return tag_(_("已停用") if not user.is_active else _("已到期"), "plain")


def term_tag(position: Any) -> Any:
    """Whether a position is to come, holds or is over, as a tag."""
    term = position.term(today())
    return tag_(term.label, {Term.NOW: "ok", Term.FUTURE: "info"}.get(term, "plain"))


UNITS = Table(
    [
        Column("name", _("单位"), render=lambda u: INDENT * u.depth + u.name, sort="path", link=True),
        Column("short_name", _("简称"), sort="short_name"),
        Column("kind", _("类别"), sort="kind"),
        Column("parent", _("上级单位"), sort="parent__name", default=False),
        Column("credit_code", _("统一社会信用代码"), sort="credit_code", default=False),
        Column("region_code", _("行政区划代码"), sort="region_code", default=False),
        Column("merged_into", _("并入")),
    ],
    default_sort="name",
    per_page=200,
)

USERS = Table(
    [
        Column("name", _("姓名"), sort="name", link=True),
        Column("username", _("账号"), sort="username"),
        Column("unit", _("单位"), sort="unit__path"),
        Column("title", _("职务"), sort="title", default=False),
        Column(
            "admin_role",
            _("管理员"),
            value=lambda u: u.get_admin_role_display() if u.admin_role else "",
            sort="admin_role",
        ),
        Column("state", _("状态"), value=lambda u: u.is_active, render=account_state, sort="is_active"),
        Column("last_login", _("最近登录"), render=lambda u: moment(u.last_login), sort="last_login"),
        Column("expires_on", _("有效期至"), sort="expires_on", default=False),
    ],
    default_sort="username",
)

POSITIONS = Table(
    [
        Column(
            "user",
            _("用户"),
            value=lambda p: f"{p.user.name}({p.user.username})",
            sort="user__name",
            link=True,
        ),
        Column("unit", _("单位"), value="content_object", sort="content_object__path"),
        Column("role", _("岗位"), value="role_label", sort="permission__codename"),
        Column("title", _("职务"), sort="title"),
        Column("valid_from", _("起"), sort="valid_from"),
        Column("valid_until", _("止"), sort="valid_until"),
        Column("term", _("任期"), value=lambda p: p.term(today()).label, render=term_tag),
    ],
    default_sort="user",
)

GRANTS = Table(
    [
        Column(
            "user",
            _("用户"),
            value=lambda g: f"{g.user.name}({g.user.username})",
            link=True,
            sort="user__name",
        ),
        Column(
            "role", _("申请"), value=lambda g: g.get_role_display() if g.role else str(_("取消管理员授权"))
        ),
        Column("reason", _("理由")),
        Column("state", _("状态"), sort="state"),
        Column("asked_by", _("申请人"), sort="asked_by__name"),
        Column("created_at", _("申请时间"), render=lambda g: moment(g.created_at), sort="created_at"),
        Column("decided_by", _("复核人"), default=False),
    ],
    default_sort="-created_at",
)

FACTORS = Table(
    [
        Column("name", _("姓名"), sort="name", link=True),
        Column("username", _("账号"), sort="username"),
        Column("unit", _("单位"), sort="unit__path"),
        Column(
            "enrolled",
            _("验证器"),
            value=lambda u: u.enrolled,
            render=lambda u: tag_(_("已绑定"), "ok") if u.enrolled else tag_(_("未绑定"), "plain"),
        ),
    ],
    default_sort="username",
)
