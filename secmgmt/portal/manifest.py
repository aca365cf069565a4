"""What the portal contributes: its own menu entries."""

from __future__ import annotations

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import attachments, comments, permissions
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import HomePanel, Manifest, MenuEntry, ReportKind, SearchSource, collect
from secmgmt.core.permissions import ACTION_LABELS

from . import chapters, compliance, decisions, desk, reports, schedules, scope, statistics
from .demo import create_reports
from .report_options import PeriodOptions, YearOptions
from .todos import audit_todos

OVERSEERS = (roles.LEADER, roles.RULES, roles.INSPECTOR, roles.UNIT_LEAD, roles.UNIT_HEAD)


def may_have_reports(user: Any) -> bool:
    """Whether a position of ``user`` carries the action of any kind of report (no rows are read)."""
    return any(permissions.may(user, reports.model_of(kind), kind.action) for kind in collect("reports"))


ACT_LABELS["core.reporttemplate.try"] = _("试排文书模板")
ACTION_LABELS["enable"] = _("启用停用")
ACTION_LABELS[scope.OVERSEE] = _("查看一览")

ACT_LABELS.update(
    {
        "report.schedule": _("设定定期报告"), "report.schedule-due": _("定期报告到期制作"),
        "report.schedule-stop": _("停止定期报告"),
    }
)  # fmt: skip
THREE_YEARS = 1100
REPORTS = (
    ReportKind(
        "compliance", _("合规报告"), "accounts.OrgUnit", compliance.build_unit, action=scope.OVERSEE,
        note=_("一个单位或全市一段期间的指标、各单位情况和需要关注的事项，章节可选，可对比两期"),
        options=PeriodOptions, private=True, keep_days=THREE_YEARS,
    ),
    ReportKind(
        "compliance-object", _("对象合规报告"), "assets.ProtectedObject", compliance.build_object,
        note=_("一个定级对象一段期间的指标和事项，章节可选，可对比两期"), related=("unit",),
        options=PeriodOptions, private=True, keep_days=THREE_YEARS,
    ),
    ReportKind(
        "annual-statistics", _("年度等级保护工作统计"), "accounts.OrgUnit", statistics.build,
        formats=("docx", "xlsx"), action=scope.OVERSEE, note=_("按等级统计的年度数字，公文版式"),
        options=YearOptions, private=True, keep_days=THREE_YEARS,
    ),
)  # fmt: skip

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
    home=(HomePanel(_("需要您关注"), "portal/desk_attention.html", desk.attention, order=5, column="side"),),
    menu=(
        MenuEntry("", _("工作台"), "portal:home", "home", order=0, visible=lambda user: True),
        MenuEntry(
            "", _("等我审批"), "portal:decisions", "check", order=15, visible=decisions.concerns,
            count=decisions.waiting_count,
        ),
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
    api=(
        ("figures", "secmgmt.portal.figures_api:router"),
        ("reports", "secmgmt.portal.reports_api:router"),
    ),
    chapters=chapters.CHAPTERS,
    reports=REPORTS,
    chores=(reports.clear_old, schedules.make_due),
    demo=((95, create_reports),),
)
