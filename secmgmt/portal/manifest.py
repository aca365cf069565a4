"""What the portal contributes: its own menu entries."""

from __future__ import annotations

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import attachments, comments, permissions
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, SearchSource, collect
from secmgmt.core.permissions import ACTION_LABELS

from . import reports, scope
from .todos import audit_todos

OVERSEERS = (roles.LEADER, roles.RULES, roles.INSPECTOR, roles.UNIT_LEAD, roles.UNIT_HEAD)


def may_have_reports(user: Any) -> bool:
    """Whether a position of ``user`` carries the action of any kind of report (no rows are read)."""
    return any(permissions.may(user, reports.model_of(kind), kind.action) for kind in collect("reports"))


ACT_LABELS["core.reporttemplate.try"] = _("试排文书模板")
ACTION_LABELS["enable"] = _("启用停用")
ACTION_LABELS[scope.OVERSEE] = _("查看一览")

MANIFEST = Manifest(
    app="portal",
    grants={
        **{role.code: {"accounts.OrgUnit": (scope.OVERSEE,)} for role in OVERSEERS},
        roles.RULES.code: {
            "accounts.OrgUnit": (scope.OVERSEE,),
            "core.ReportTemplate": ("view", "add", "change", "delete", "attach", "enable"),
        },
    },
    todos=(audit_todos,),
    menu=(
        MenuEntry("", _("工作台"), "portal:home", "home", order=0, visible=lambda user: True),
        MenuEntry("", _("全市一览"), "portal:city", "city", order=5, visible=scope.may_oversee),
        MenuEntry(
            _("报告"), _("报告中心"), "portal:report-list", "download", order=800, visible=may_have_reports
        ),
        MenuEntry(
            _("报告"), _("文书模板"), "portal:template-list", "book", "core.ReportTemplate", order=820
        ),
        MenuEntry(_("管理"), _("审计记录"), "portal:audit-list", "list", "core.AuditEvent", order=900),
        MenuEntry(
            _("管理"), _("运行状况"), "portal:health", "info", order=910, visible=lambda user: bool(user.admin_role)
        ),
    ),
    search=(
        SearchSource(
            "core.Attachment",
            _("附件"),
            lambda row: f"{row.name} {row.note}",
            icon="clip",
            where=lambda row: f"{row.parent._meta.verbose_name} · {row.parent}",
            part=attachments.FIELD,
            order=200,
        ),
        SearchSource(
            "core.Comment",
            _("留言"),
            lambda row: row.text,
            title=lambda row: Truncator(" ".join(row.text.split())).chars(60),
            icon="chat",
            where=lambda row: f"{row.parent._meta.verbose_name} · {row.parent} · {row.by}",
            shown=("by",),
            part=comments.FIELD,
            order=210,
        ),
    ),
    api=(("figures", "secmgmt.portal.figures_api:router"),),
    chores=(reports.clear_old,),
)
