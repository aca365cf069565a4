"""Pages of what risk assessments choose from: threats, vulnerabilities, editions of the tables."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.clock import now
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.views import FeatureViews, Role

from . import forms, services
from .filters import RiskMatrixFilter, ThreatFilter, VulnerabilityFilter
from .list_models import RiskMatrix, Threat, Vulnerability
from .sheets import THREAT_SHEET, VULNERABILITY_SHEET
from .tables import MATRICES, THREATS, VULNERABILITIES

Button = tuple[str, str, str, str]
EMPTY = _("装载标准目录后，这里有随系统提供的清单，可以增改和停用。")
KEPT = frozenset(Role) - {Role.DELETE, Role.TRANSITION}  # what is not wanted is put out of use


class Threats(FeatureViews):
    """The threats."""

    model, name, namespace, title = Threat, "threat", "assessments", _("威胁清单")
    table, filterset_class, form_class, sheet = THREATS, ThreatFilter, forms.ThreatForm, THREAT_SHEET
    roles, exporter, empty_text = KEPT, xlsx_exporter, EMPTY
    facts = ("code", "name", "source", "description", "frequency", "properties", "basis", "is_confirmed", "in_use")

    def list_actions(self) -> list[Button]:
        """The other lists beside it."""
        pages = ((_t("脆弱性清单"), "vulnerability"), (_t("计算矩阵"), "riskmatrix"))
        beside = [(label, reverse(f"assessments:{name}-list"), "", "list") for label, name in pages]
        return [*beside, *super().list_actions()]


class Vulnerabilities(FeatureViews):
    """The vulnerabilities."""

    model, name, namespace, title = Vulnerability, "vulnerability", "assessments", _("脆弱性清单")
    table, filterset_class, form_class = VULNERABILITIES, VulnerabilityFilter, forms.VulnerabilityForm
    sheet = VULNERABILITY_SHEET
    roles, exporter, empty_text = KEPT, xlsx_exporter, EMPTY
    facts = (
        "code", "name", "layer", "items", "description", "severity",
        (_("常被哪些威胁利用"), lambda row: threats_of(row)), "basis", "is_confirmed", "in_use",
    )  # fmt: skip


def threats_of(row: Vulnerability) -> str:
    """The threats by their names."""
    return "、".join(str(threat) for threat in Threat.objects.filter(code__in=row.threats.split()))


class RiskMatrices(FeatureViews):
    """The editions of the tables."""

    model, name, namespace, title = RiskMatrix, "riskmatrix", "assessments", _("计算矩阵")
    table, filterset_class, form_class = MATRICES, RiskMatrixFilter, forms.RiskMatrixForm
    roles, exporter = KEPT, xlsx_exporter
    empty_text = _("装载标准目录后，这里有 GB/T 20984-2007 附录 A 的矩阵，可以另登记本单位的版本。")
    facts = (
        "edition", "basis", "is_confirmed", "in_use", "likelihood_bands", "loss_bands", "risk_bands", "product_bands"
    )  # fmt: skip

    def store(self, form: Any) -> Any:
        """Not once something submitted was calculated by it."""
        return services.store_matrix(form, by=self.request.user, at=now())

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The three grids."""
        grids = [
            (label, [(n, row) for n, row in enumerate(getattr(obj.tables, name), 1)])
            for name, label in (
                ("likelihood", _t("可能性：威胁频率 × 脆弱性")), ("loss", _t("损失：资产价值 × 脆弱性")),
                ("risk", _t("风险值：损失等级 × 可能性等级")),
            )
        ]  # fmt: skip
        return [
            {
                "title": _t("矩阵"), "template": "assessments/risk/grids.html", "column": "main",
                "context": {"grids": grids},
            }
        ]  # fmt: skip
