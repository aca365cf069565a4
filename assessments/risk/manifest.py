"""What risk assessments contribute."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import ports
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import DutyProvider, Manifest, MenuEntry, Panel, ReportKind, SearchSource
from secmgmt.core.permissions import ACTION_LABELS

from . import chapters, decisions, figures, queries, reports, services, shipped, todos
from .demo import create_risks

ACT_LABELS.update(
    {
        "assessments.risk.accept": _("批准接受风险"),
        "assessments.risk.action": _("风险整改进展"),
        "assessments.risk.lapse": _("接受到期收回"),
        "assessments.riskassessment.inventory": _("从台账带入资产"),
        "assessments.threat.load": _("装载威胁和脆弱性清单"),
    }
)
ACTION_LABELS.update({"sign": _("签认")})

ASSESSMENT, RISK, OBJECT = "assessments.RiskAssessment", "assessments.Risk", "assets.ProtectedObject"
ASSET, THREAT = "assessments.RiskAsset", "assessments.Threat"
WEAKNESS, MATRIX = "assessments.Vulnerability", "assessments.RiskMatrix"
READ = ("view", "export")
READING: dict[str, tuple[str, ...]] = dict.fromkeys((ASSESSMENT, ASSET, RISK, THREAT, WEAKNESS, MATRIX), READ)
LINES = (*READ, "add", "change", "delete", "import")
MAKING = {
    **READING, ASSESSMENT: (*READ, "add", "change", "delete", "submit", "attach"), ASSET: LINES, RISK: LINES
}
KEEPING = (*READ, "add", "change", "import")

MANIFEST = Manifest(
    app="assessments",
    grants={
        **{role.code: READING for role in (roles.UNIT_HEAD, roles.AUTHORITY, roles.POLICE)},
        roles.RULES.code: {**READING, THREAT: KEEPING, WEAKNESS: KEEPING, MATRIX: (*READ, "add", "change")},
        roles.OWNER.code: MAKING,
        roles.INSPECTOR.code: MAKING,
        roles.UNIT_LEAD.code: {**READING, ASSESSMENT: (*READ, "sign")},
        roles.LEADER.code: {**READING, ASSESSMENT: (*READ, "sign"), RISK: (*READ, "accept")},
    },
    menu=(
        MenuEntry(_("风险"), _("风险评估"), "assessments:riskassessment-list", "chart", model=ASSESSMENT, order=280),
        MenuEntry(_("风险"), _("风险清单"), "assessments:risk-list", "list", model=RISK, order=282),
        MenuEntry(_("业务规则"), _("威胁和脆弱性"), "assessments:threat-list", "book", model=THREAT, order=527),
    ),
    todos=(todos.risk_todos,),
    decisions=decisions.DECISIONS,
    begin=(MenuEntry("", _("开展风险评估"), "assessments:riskassessment-create", "chart", ASSESSMENT, "add", 60),),
    panels=(Panel(OBJECT, _("风险评估"), "assessments/risk/panel.html", todos.object_panel, order=40),),
    search=(
        SearchSource(
            ASSESSMENT, _("风险评估"), lambda row: f"{row.title} {row.protected_object} {row.scope}", icon="chart",
            related=("protected_object",), where=lambda row: str(row.protected_object.unit),
            shown=("protected_object__unit",),
        ),
    ),
    api=(
        ("risk-assessments", "assessments.risk.api:assessments"),
        ("risk-assets", "assessments.risk.api:assets"),
        ("risks", "assessments.risk.api:risks"),
        ("threats", "assessments.risk.api:threats"),
        ("risk-matrices", "assessments.risk.api:matrices"),
        ("vulnerabilities", "assessments.risk.api:vulnerabilities"),
    ),
    reports=(
        ReportKind(
            "risk-assessment", _("风险评估报告"), ASSESSMENT, reports.build,
            related=("protected_object__unit", "matrix"),
            line=reports.line, note=_("资产识别、威胁和脆弱性、已有措施、风险分布和清单、处置和剩余风险、签认意见"),
        ),
    ),
    figures=figures.FIGURES,
    chapters=chapters.CHAPTERS,
    catalogs=(shipped.load,),
    demo=((64, create_risks),),
    chores=(services.recall_lapsed,),
    duties=(DutyProvider("risk-assessment", OBJECT, queries.duty_facts),),
)  # fmt: skip


def connect() -> None:
    """Take back what becomes of the corrective actions of risks; called once at start."""
    ports.provide_echo(services.ORIGIN, services.take_echo)
