"""What inspections contribute."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import ports
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, Panel, ReportKind, SearchSource
from secmgmt.core.permissions import ACTION_LABELS, CAPACITY_LABELS, Capacity

from . import reports, services, shipped
from .chapters import CHAPTERS
from .demo import create_inspections
from .figures import FIGURES
from .queries import MEMBER
from .todos import inspection_todos, object_panel, sees_inspections, sees_notices

ACT_LABELS.update(
    {
        "assessments.department.load": _("载入检查部门"),
        "assessments.inspection.draft": _("拟写检查通知"),
        "assessments.inspection.invite": _("邀请检查组成员"),
        "assessments.inspection.plan_many": _("批量安排检查"),
        "assessments.inspection.sample": _("调整样本"),
        "assessments.inspection.withdraw": _("收回检查组邀请"),
        "assessments.inspectionitem.rectification": _("问题整改进展"),
        "assessments.inspectionitem.samples": _("按样本记录"),
        "assessments.issuednotice.replied": _("留存本轮回复"),
        "assessments.issuednotice.round": _("复查未通过，进入下一轮"),
        "assessments.issuednotice.reply_text": _("填写回复"),
    }
)
ACTION_LABELS.update(
    {"run": _("办理检查"), "sign": _("签发检查通知"), "receive": _("签收检查通知"), "reply": _("回复检查通知")}
)
CAPACITY_LABELS.update({MEMBER: _("检查组受邀成员")})

OBJECT = "assets.ProtectedObject"
INSPECTION, ITEM, NOTICE = "assessments.Inspection", "assessments.InspectionItem", "assessments.IssuedNotice"
DEPARTMENT, KIND = "assessments.Department", "assessments.NoticeKind"
READ = ("view", "export")
KEEP = ("view", "add", "change")
INSPECTED: dict[str, tuple[str, ...]] = {NOTICE: (*READ, "receive", "reply", "attach")}

ports.provide_echo(services.ORIGIN, services.rectification_changed)

MANIFEST = Manifest(
    app="assessments",
    grants={
        roles.INSPECTOR.code: {
            INSPECTION: (*READ, "add", "change", "run"),
            ITEM: ("view", "add", "change", "import", "export", "attach"),
            NOTICE: READ,
            DEPARTMENT: ("view",),
            KIND: ("view",),
        },
        roles.LEADER.code: {
            INSPECTION: (*READ, "sign"), ITEM: ("view",), NOTICE: READ, DEPARTMENT: ("view",), KIND: ("view",),
        },
        roles.RULES.code: {DEPARTMENT: KEEP, KIND: KEEP},
        roles.OWNER.code: INSPECTED,
        roles.UNIT_LEAD.code: INSPECTED,
        roles.UNIT_HEAD.code: {NOTICE: READ},
    },
    capacities={MEMBER: Capacity({INSPECTION: ("view",), ITEM: ("view", "change", "attach")})},
    menu=(
        MenuEntry(
            _("等级保护"), _("检查评估"), "assessments:inspection-list", "search", order=260, visible=sees_inspections
        ),
        MenuEntry(
            _("等级保护"), _("检查通知"), "assessments:issuednotice-list", "file", order=261, visible=sees_notices
        ),
        MenuEntry(
            _("业务规则"), _("检查部门"), "assessments:department-list", "users", model=DEPARTMENT, action="change",
            order=520,
        ),
        MenuEntry(
            _("业务规则"), _("检查文书种类"), "assessments:noticekind-list", "file", model=KIND, action="change",
            order=521,
        ),
    ),
    search=(
        SearchSource(
            INSPECTION, _("检查评估"), lambda row: f"{row.title} {row.protected_object} {row.basis}", icon="search",
            related=("protected_object",),
        ),
        SearchSource(
            NOTICE, _("检查通知"), lambda row: f"{row.number} {row.kind_name} {row.protected_object} {row.text}",
            icon="file", related=("protected_object",),
        ),
    ),
    api=(
        ("inspections", "assessments.inspection.api:router"),
        ("inspection-items", "assessments.inspection.api:items"),
        ("inspection-notices", "assessments.inspection.api:notices"),
    ),
    todos=(inspection_todos,),
    figures=FIGURES,
    chapters=CHAPTERS,
    begin=(MenuEntry("", _("安排检查"), "assessments:inspection-create", "search", INSPECTION, "add", 40),),
    panels=(Panel(OBJECT, _("检查评估"), "assessments/inspection/object.html", object_panel, order=45),),
    reports=(
        ReportKind(
            "inspection", _("检查评估报告"), INSPECTION, reports.build_report, formats=("pdf", "docx"),
            related=("protected_object__unit", "lead"), line=reports.line,
            note=_("检查概况、抽样、逐项结果、与自评估比较、问题、通知整改和结论"),
        ),
        ReportKind(
            "inspection-notice", _("检查整改通知"), NOTICE, reports.build_notice, formats=("pdf", "docx"),
            related=("protected_object__unit",), line=reports.line,
            note=_("签发部门的文书、文号、期限和问题附表"),
        ),
    ),
    catalogs=(shipped.load,),
    demo=((60, create_inspections),),
)  # fmt: skip
