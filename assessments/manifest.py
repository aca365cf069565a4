"""What graded protection contributes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import HomePanel, Manifest, MenuEntry, Panel, ReportKind, SearchSource, joined
from secmgmt.core.permissions import ACTION_LABELS, CAPACITY_LABELS, Capacity

from .calendar.manifest import MANIFEST as CALENDAR
from .campaign.manifest import MANIFEST as CAMPAIGN
from .catalog import services as catalog
from .catalog.queries import searched_text, searched_title
from .demo import create_assessments
from .engagement.manifest import MANIFEST as ENGAGEMENT
from .evaluation import decisions as evaluation_decisions
from .evaluation import figures as evaluation_figures
from .evaluation import reports as evaluation_reports
from .evaluation.findings import after_panel, object_after
from .evaluation.manifest import MANIFEST as EVALUATION
from .evaluation.panels import cycle_step, object_assessments, running
from .evaluation.todos import answering_todos, confirming_todos
from .filing.manifest import MANIFEST as FILING
from .findings.manifest import MANIFEST as FINDINGS
from .grading import decisions as grading_decisions
from .grading import figures as grading_figures
from .grading import reports as grading_reports
from .grading.queries import searched_text as searched_grading
from .grading.todos import grading_todos, object_panel, sees_gradings, waiting
from .inspection.manifest import MANIFEST as INSPECTION
from .protection.manifest import MANIFEST as PROTECTION
from .rectification.manifest import MANIFEST as RECTIFICATION
from .review.manifest import MANIFEST as REVIEW
from .risk.manifest import MANIFEST as RISK
from .scanning.manifest import MANIFEST as SCANNING

ACT_LABELS.update(
    {
        "assessments.assessment.answer_group": _("整组作答"),
        "assessments.assessment.offline_export": _("导出离线填报工作簿"),
        "assessments.assessment.offline_import": _("导入离线填报工作簿"),
        "assessments.assessment.undo_group": _("撤销整组作答"),
        "assessments.assessment.report": _("下载自评估报告"),
        "assessments.grading.invite": _("邀请评审专家"),
        "assessments.grading.outside": _("登记外部结论"),
        "assessments.grading.report": _("下载定级报告"),
        "assessments.grading.withdraw": _("收回评审邀请"),
    }
)
ACTION_LABELS.update(
    {
        "answer": _("作答"),
        "approve": _("核准"),
        "assign": _("分派"),
        "confirm": _("审定"),
        "overlay": _("维护本单位解读"),
        "record_outside": _("补录外部结论"),
        "review": _("评审"),
        "submit": _("提交"),
    }
)
CAPACITY_LABELS.update({"expert": _("受邀评审的专家"), "assignee": _("受托作答的人")})

OBJECT = "assets.ProtectedObject"
READERS = ("view", "export")
EVERYBODY = tuple(role.code for role in roles.BUSINESS_ROLES)
OVERSEERS = (
    roles.UNIT_HEAD.code,
    roles.LEADER.code,
    roles.INSPECTOR.code,
    roles.AUTHORITY.code,
    roles.POLICE.code,
    roles.RULES.code,
)

FOUNDATION = Manifest(
    app="assessments",
    grants={
        **{
            code: {"assessments.CatalogItem": ("view",), "assessments.Standard": ("view",)}
            for code in EVERYBODY
            if code not in OVERSEERS and code not in (roles.OWNER.code, roles.UNIT_LEAD.code)
        },
        **{
            code: {
                "assessments.CatalogItem": READERS + (("overlay",) if code == roles.RULES.code else ()),
                "assessments.Standard": READERS + (("import",) if code == roles.RULES.code else ()),
                "assessments.Grading": READERS + (("approve",) if code == roles.AUTHORITY.code else ()),
                "assessments.Assessment": READERS,
                "assessments.Answer": ("view",),
            }
            for code in OVERSEERS
        },
        roles.OWNER.code: {
            "assessments.CatalogItem": READERS,
            "assessments.Standard": READERS,
            "assessments.Grading": (*READERS, "add", "change", "delete", "submit", "record_outside", "attach"),
            "assessments.Assessment": (*READERS, "add", "change", "delete", "answer", "submit", "assign", "attach"),
            "assessments.Answer": ("view", "answer", "attach"),
        },
        roles.UNIT_LEAD.code: {
            "assessments.CatalogItem": READERS,
            "assessments.Standard": READERS,
            "assessments.Grading": READERS,
            "assessments.Assessment": (*READERS, "confirm"),
            "assessments.Answer": ("view",),
        },
    },
    capacities={
        "expert": Capacity({"assessments.Grading": ("view", "review", "export")}, role=roles.EXPERT.code),
        "assignee": Capacity(
            {"assessments.Assessment": ("view", "answer"), "assessments.Answer": ("view", "answer", "attach")}
        ),
    },
    menu=(
        MenuEntry(
            _("等级保护"),
            _("定级备案"),
            "assessments:grading-list",
            "shield",
            order=210,
            visible=sees_gradings,
            count=waiting,
        ),
        MenuEntry(
            _("等级保护"),
            _("自评估"),
            "assessments:assessment-list",
            "check",
            model="assessments.Assessment",
            order=220,
        ),
        MenuEntry(
            _("等级保护"),
            _("标准条款"),
            "assessments:catalogitem-list",
            "book",
            model="assessments.CatalogItem",
            order=230,
        ),
    ),
    search=(
        SearchSource(
            "assessments.CatalogItem",
            _("标准条款"),
            searched_text,
            title=searched_title,
            icon="book",
            related=("guidance",),
            order=300,
        ),
        SearchSource(
            "assessments.Grading",
            _("定级"),
            searched_grading,
            icon="shield",
            related=("protected_object__unit",),
        ),
        SearchSource(
            "assessments.Assessment",
            _("自评估"),
            lambda row: f"{row.title} {row.protected_object} {row.standard_code}",
            icon="check",
            related=("protected_object",),
        ),
        SearchSource(
            "assessments.Answer",
            _("自评估作答"),
            lambda row: row.found,
            title=lambda row: f"{row.code} {row.control_point}",
            icon="check",
            where=lambda row: f"{row.assessment.protected_object} · {row.assessment}",
            shown=("assessment__protected_object__unit",),
        ),
    ),
    api=(
        ("gradings", "assessments.grading.api:router"),
        ("assessments", "assessments.evaluation.api:router"),
        ("answers", "assessments.evaluation.api:answers"),
    ),
    begin=(
        MenuEntry("", _("发起定级"), "assessments:grading-create", "shield", "assessments.Grading", "add", 20),
        MenuEntry("", _("开始自评估"), "assessments:assessment-create", "check", "assessments.Assessment", "add", 30),
    ),
    todos=(grading_todos, answering_todos, confirming_todos),
    decisions=(*grading_decisions.DECISIONS, *evaluation_decisions.DECISIONS),
    panels=(
        Panel(OBJECT, _("定级备案"), "assessments/grading/panel.html", object_panel, order=15),
        Panel(OBJECT, _("年度自评估"), "", cycle_step, order=30, column="cycle"),
        Panel(OBJECT, _("自评估"), "assessments/panels.html", object_assessments, order=30),
        Panel(OBJECT, _("评估时与整改后"), "assessments/rectification/after.html", object_after, order=33),
        Panel(
            "assessments.Assessment", _("评估时与整改后"), "assessments/rectification/after.html", after_panel, order=10
        ),
    ),
    home=(HomePanel(_("未审定的自评估"), "assessments/panels.html", running, order=20),),
    reports=(
        ReportKind(
            "self-assessment",
            _("自评估报告"),
            "assessments.Assessment",
            evaluation_reports.build,
            related=("protected_object__unit",),
            line=evaluation_reports.line,
            note=_("各层面结果、部分符合与不符合项、逐项结果和证据清单"),
        ),
        ReportKind(
            "grading",
            _("定级报告"),
            "assessments.Grading",
            grading_reports.build,
            formats=("pdf", "docx"),
            related=("protected_object__unit", "protected_object__owner"),
            line=grading_reports.line,
            note=_("定级对象、受侵害客体和程度、等级、评审核准意见和附件清单"),
        ),
    ),
    figures=(*grading_figures.FIGURES, *evaluation_figures.FIGURES),
    catalogs=(catalog.load_shipped,),
    demo=((30, create_assessments),),
)

# The catalogue, grading and self-assessment above; every other feature has a manifest of its own in its folder.
MANIFEST = joined(
    FOUNDATION,
    CAMPAIGN,
    RECTIFICATION,
    CALENDAR,
    FILING,
    EVALUATION,
    REVIEW,
    RISK,
    FINDINGS,
    INSPECTION,
    SCANNING,
    ENGAGEMENT,
    PROTECTION,
)
