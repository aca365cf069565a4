"""What rectification contributes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, Panel, ReportKind, SearchSource
from secmgmt.core.permissions import ACTION_LABELS

from . import queries, reports, services, tasks
from .chapters import CHAPTERS
from .demo import create_rectifications
from .figures import FIGURES
from .todos import DECISIONS, object_panel, rectification_todos

ACT_LABELS.update(
    {
        "assessments.rectification.open": _("发现问题，生成整改事项"),
        "assessments.rectification.worsen": _("再次发现，更新风险和期限"),
        "assessments.rectification.ask": _("填写申请"),
        "assessments.rectification.result": _("写入整改后结果"),
        "assessments.rectification.revoke": _("撤销整改后结果"),
        "assessments.rectification.rules": _("装入整改规则"),
        "assessments.rectification.escalate": _("逾期逐级提醒"),
    }
)
ACTION_LABELS.update(
    {
        "plan": _("制定和实施整改"),
        "decide": _("审批整改方案和延期"),
        "accept": _("接受风险"),
        "verify": _("验证整改"),
        "reopen": _("重新打开"),
    }
)

ITEM, DUE, ROUTE = "assessments.Rectification", "assessments.DueRule", "assessments.RouteRule"
READ = ("view", "export")
RULES_READ = {DUE: READ, ROUTE: READ}
RELATED = ("protected_object__unit", "protected_object__owner", "owner")
READERS = (roles.AUTHORITY.code, roles.POLICE.code)

MANIFEST = Manifest(
    app="assessments",
    grants={
        **{code: {ITEM: READ, **RULES_READ} for code in READERS},
        roles.OWNER.code: {ITEM: (*READ, "add", "change", "delete", "import", "plan", "attach"), **RULES_READ},
        roles.UNIT_LEAD.code: {ITEM: (*READ, "decide", "verify", "reopen"), **RULES_READ},
        roles.UNIT_HEAD.code: {ITEM: (*READ, "decide"), **RULES_READ},
        roles.LEADER.code: {ITEM: (*READ, "decide", "accept", "reopen"), **RULES_READ},
        roles.INSPECTOR.code: {ITEM: (*READ, "verify", "reopen"), **RULES_READ},
        roles.RULES.code: {
            ITEM: READ, DUE: (*READ, "add", "change", "delete"), ROUTE: (*READ, "add", "change", "delete")
        },
    },
    figures=FIGURES,
    chapters=CHAPTERS,
    menu=(
        MenuEntry(_("等级保护"), _("问题整改"), "assessments:rectification-list", "wrench", model=ITEM, order=240),
    ),
    todos=(rectification_todos,),
    decisions=DECISIONS,
    panels=(
        Panel("assets.ProtectedObject", _("问题整改"), "assessments/rectification/panel.html", object_panel, order=35),
    ),
    reports=(
        ReportKind(
            "rectification-plan", _("整改方案"), "assets.ProtectedObject", reports.build_plan,
            formats=("pdf", "docx"), related=("unit", "owner"), private=True,
            note=_("一个对象未关闭的问题、原因、措施、期限、经费和审批意见，公文版式"),
        ),
        ReportKind(
            "rectification-item-plan", _("单项整改方案"), ITEM, reports.build_item_plan, formats=("pdf", "docx"),
            related=RELATED, line=reports.item_line, note=_("一个问题的原因、措施、期限、经费和审批意见，公文版式"),
        ),
        ReportKind(
            "rectification-item-report", _("单项整改报告"), ITEM, reports.build_item_report, formats=("pdf", "docx"),
            related=RELATED, line=reports.item_line, note=_("一个问题的整改结果、验证和证据，公文版式"),
        ),
    ),
    search=(
        SearchSource(
            ITEM,
            _("整改事项"),
            queries.searched_text,
            icon="wrench",
            related=("protected_object__unit",),
            where=lambda row: str(row.protected_object),
            shown=("protected_object",),
        ),
    ),
    api=(
        ("rectifications", "assessments.rectification.api:router"),
        ("due-rules", "assessments.rectification.api:due_rules"),
        ("route-rules", "assessments.rectification.api:route_rules"),
    ),
    catalogs=(services.load_rules,),
    chores=(tasks.lapse_and_escalate,),
    demo=((58, create_rectifications),),
)  # fmt: skip
