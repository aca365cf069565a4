"""What waits for the administrators: each land on work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.clock import now
from secmgmt.core.manifest import Todo

from . import lockout, users
from .filters import ending
from .models import AdminGrant, Position, User

NAMED = 5  # accounts without a position that get a line of their own


def administrators_todos(user: Any, today: dt.date) -> Iterator[Todo]:
    """To-dos of the system and the security administrator."""
    if user.admin_role == "system_admin":
        yield from _of_system(today)
    if user.admin_role == "security_admin":
        yield from _of_security(today)
    if permissions.may(user, AdminGrant, "confirm"):
        yield from _to_confirm(user)


def _of_system(today: dt.date) -> Iterator[Todo]:
    listed = reverse("administration:user-list")
    waiting = User.objects.filter(is_active=True, password_changed_at__isnull=True).count()
    if waiting:
        title = _("%(n)d 个账户还没有设置口令") % {"n": waiting}
        yield Todo(_("账户"), title, _("签发设置口令的链接交给本人"), f"{listed}?state=unset", _("签发"))
    dormant = users.dormant(now()).count()
    if dormant:
        title = _("%(n)d 个账户长期未登录") % {"n": dormant}
        yield Todo(
            _("账户"), title, _("将自动停用，请先核实"), f"{listed}?state=dormant", _("核实"), tone="warn"
        )
    locked = len(lockout.locked_names(now()))
    if locked:
        title = _("%(n)d 个账号因连续失败被锁定") % {"n": locked}
        yield Todo(
            _("账户"),
            title,
            _("到时自动解除；成批锁定可能是攻击"),
            f"{listed}?state=locked",
            _("查看"),
            tone="warn",
        )


def _of_security(today: dt.date) -> Iterator[Todo]:
    lacking = users.without_needed_factor(today).count()
    if lacking:
        title = _("%(n)d 名须用第二因素的人员尚未绑定") % {"n": lacking}
        yield Todo(
            _("第二因素"),
            title,
            _("绑定之前他们不能办理业务"),
            f"{reverse('administration:factor-list')}?enrolled=needed",
            _("查看"),
            tone="warn",
        )
    soon = ending(Position.objects.all(), today).order_by("valid_until")
    count, first = soon.count(), soon.first()
    if count:
        title = _("%(n)d 个岗位 30 天内到期") % {"n": count}
        url = f"{reverse('administration:position-list')}?when=ending"
        yield Todo(_("岗位"), title, _("续任或交接"), url, _("查看"), due=first.valid_until)
    bare = users.without_position(today)
    count = bare.count()
    for user in bare.select_related("unit").order_by("-created_at", "-pk")[:NAMED]:
        yield Todo(
            _("岗位"),
            _("为“%(name)s”授予岗位") % {"name": user.name},
            _("%(unit)s；没有岗位的账户看不到任何内容") % {"unit": user.unit_line},
            f"{reverse('administration:position-create')}?user={user.pk}",
            _("授予"),
        )
    if count > NAMED:
        title = _("还有 %(n)d 个账户没有岗位") % {"n": count - NAMED}
        url = reverse("administration:position-create")
        yield Todo(_("岗位"), title, _("逐个授予，授予后这里列出下一批"), url, _("授予"))


def _to_confirm(user: Any) -> Iterator[Todo]:
    asked = AdminGrant.objects.filter(state=AdminGrant.State.ASKED).exclude(asked_by=user).exclude(user=user)
    for item in asked.select_related("user", "asked_by"):
        role = item.get_role_display() if item.role else _("取消管理员授权")
        title = _("复核：%(name)s → %(role)s") % {"name": item.user.name, "role": role}
        note = _("%(who)s申请，理由：%(why)s") % {"who": item.asked_by.name, "why": item.reason}
        url = reverse("administration:admingrant-detail", args=[item.pk])
        yield Todo(_("管理员授权"), title, note, url, _("复核"), tone="warn")
