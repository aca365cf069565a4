"""What review gates contribute."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import ports
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import Manifest, MenuEntry, Panel, ReportKind, SearchSource
from secmgmt.core.permissions import ACTION_LABELS, CAPACITY_LABELS, Capacity

from . import chapters, decisions, figures, queries, reports, services, shipped, todos
from .demo import create_projects

ACT_LABELS.update(
    {
        "assessments.gateitem.load": _("装载审查清单"),
        "assessments.gateopinion.give": _("出具意见"),
        "assessments.gatereview.condition": _("通过条件整改进展"),
        "assessments.gatereview.examine_rest": _("其余材料记为合格"),
        "assessments.gatereview.invite": _("征求部门意见"),
        "assessments.gatereview.meeting": _("登记专家评审会"),
        "assessments.gatereview.withdraw": _("收回征求意见"),
        "assessments.gatereviewitem.examine": _("审查材料"),
        "assessments.project.override": _("批准先行上线"),
    }
)
ACTION_LABELS.update(
    {
        "conclude": _("作出审查结论"),
        "examine": _("审查材料"),
        "give": _("出具意见"),
        "invite": _("邀请"),
        "override": _("批准先行上线"),
        "release": _("移出未投入运行的对象或删除项目"),
    }
)
CAPACITY_LABELS.update(
    {queries.CONSULTED: _("受邀会商的人"), queries.OPINION: _("受邀出具意见的人")}
)

PROJECT, REVIEW = "assessments.Project", "assessments.GateReview"
ITEM, OPINION = "assessments.GateReviewItem", "assessments.GateOpinion"
CHECKLIST, DEPARTMENT = "assessments.GateItem", "assessments.GateDepartment"
READ = ("view", "export")
READING = {PROJECT: READ, REVIEW: READ, ITEM: ("view",), OPINION: ("view",), CHECKLIST: READ, DEPARTMENT: READ}
RELEASING = ("change", "delete", "release")
KEEPING = (*READ, "add", "change", "delete", "import")

MANIFEST = Manifest(
    app="assessments",
    grants={
        **{role.code: READING for role in (roles.UNIT_LEAD, roles.UNIT_HEAD, roles.INSPECTOR, roles.POLICE)},
        roles.OWNER.code: {
            **READING,
            PROJECT: (*READ, "add", "change", "delete", "submit", "attach"),
            REVIEW: (*READ, "submit"),
            ITEM: ("view", "change", "attach"),
        },
        roles.AUTHORITY.code: {
            **READING,
            REVIEW: (*READ, "invite", "conclude", "attach"),
            ITEM: ("view", "examine"),
        },
        roles.LEADER.code: {**READING, PROJECT: (*READ, "override", *RELEASING)},
        roles.RULES.code: {**READING, PROJECT: (*READ, *RELEASING), CHECKLIST: KEEPING, DEPARTMENT: KEEPING},
    },
    capacities={
        queries.CONSULTED: Capacity(
            {REVIEW: ("view",), ITEM: ("view",), OPINION: ("view",)}, role=roles.CONSULTED.code
        ),
        queries.OPINION: Capacity({OPINION: ("view", "give")}, role=roles.CONSULTED.code),
    },
    begin=(MenuEntry("", _("登记建设项目"), "assessments:project-create", "tree", PROJECT, "add", 50),),
    menu=(
        MenuEntry(_("项目审查"), _("建设项目"), "assessments:project-list", "tree", model=PROJECT, order=270),
        MenuEntry(
            _("项目审查"), _("关口审查"), "assessments:gatereview-list", "check", order=272,
            visible=todos.sees_reviews, count=todos.waiting,
        ),
        MenuEntry(
            _("项目审查"), _("会商意见"), "assessments:gateopinion-list", "users", order=274,
            visible=todos.sees_opinions,
        ),
        MenuEntry(_("业务规则"), _("审查清单"), "assessments:gateitem-list", "list", model=CHECKLIST, order=526),
    ),
    todos=(todos.review_todos,),
    decisions=decisions.DECISIONS,
    panels=(
        Panel("assets.ProtectedObject", _("建设项目"), "assessments/review/panel.html", todos.object_panel, order=45),
    ),
    search=(
        SearchSource(
            PROJECT, _("建设项目"), lambda row: f"{row.name} {row.content}", icon="file",
            where=lambda row: str(row.unit), shown=("unit",),
        ),
        SearchSource(
            REVIEW, _("关口审查"), lambda row: f"{row} {row.number} {row.meeting_opinion}", icon="check",
            related=("project",), where=lambda row: str(row.project.unit), shown=("project__unit",),
        ),
    ),
    api=(
        ("projects", "assessments.review.api:projects"),
        ("gate-reviews", "assessments.review.api:reviews"),
        ("gate-opinions", "assessments.review.api:opinions"),
        ("gate-items", "assessments.review.api:items"),
        ("gate-departments", "assessments.review.api:departments"),
    ),
    reports=(
        ReportKind(
            "gate-review", _("审查意见书"), REVIEW, reports.build, formats=("pdf", "docx"),
            related=("project__unit", "project__lead"), line=reports.line,
            note=_("项目概况、材料审查、部门意见、专家评审和结论"),
        ),
    ),
    figures=figures.FIGURES,
    chapters=chapters.CHAPTERS,
    catalogs=(shipped.load,),
    demo=((62, create_projects),),
)  # fmt: skip


def connect() -> None:
    """Fill the ports this feature answers; called once at start."""
    ports.provide("go_live_blockers", queries.go_live_blockers)
    ports.provide_echo(services.ORIGIN, services.take_echo)
