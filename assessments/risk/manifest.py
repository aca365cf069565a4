"""What risk assessments contribute."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import ports
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import DutyProvider, Manifest, MenuEntry, Panel, ReportKind, SearchSource
from secmgmt.core.permissions import ACTION_LABELS

from . import queries, reports, services, todos

ACT_LABELS.update(
    {"assessments.risk.accept": _("批准接受风险"), "assessments.risk.action": _("风险整改进展")}
)
ACTION_LABELS.update({"sign": _("签认")})

ASSESSMENT, RISK, OBJECT = "assessments.RiskAssessment", "assessments.Risk", "assets.ProtectedObject"
READ = ("view", "export")
READING: dict[str, tuple[str, ...]] = {ASSESSMENT: READ, RISK: READ}
MAKING = {
    ASSESSMENT: (*READ, "add", "change", "delete", "submit", "attach"),
    RISK: (*READ, "add", "change", "delete", "import"),
}

MANIFEST = Manifest(
    app="assessments",
    grants={
        **{role.code: READING for role in (roles.UNIT_HEAD, roles.AUTHORITY, roles.POLICE, roles.RULES)},
        roles.OWNER.code: MAKING,
        roles.INSPECTOR.code: MAKING,
        roles.UNIT_LEAD.code: {ASSESSMENT: (*READ, "sign"), RISK: READ},
        roles.LEADER.code: {ASSESSMENT: READ, RISK: (*READ, "accept")},
    },
    menu=(
        MenuEntry(_("风险"), _("风险评估"), "assessments:riskassessment-list", "chart", model=ASSESSMENT, order=280),
        MenuEntry(_("风险"), _("风险清单"), "assessments:risk-list", "list", model=RISK, order=282),
    ),
    todos=(todos.risk_todos,),
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
        ("risks", "assessments.risk.api:risks"),
    ),
    reports=(
        ReportKind(
            "risk-assessment", _("风险评估报告"), ASSESSMENT, reports.build, related=("protected_object__unit",),
            line=reports.line, note=_("风险分布、风险清单、处置和剩余风险、签认意见"),
        ),
    ),
    duties=(DutyProvider("risk-assessment", OBJECT, queries.duty_facts),),
)  # fmt: skip


def connect() -> None:
    """Take back what becomes of the corrective actions of risks; called once at start."""
    ports.provide_echo(services.ORIGIN, services.take_echo)
