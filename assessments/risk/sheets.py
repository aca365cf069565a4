"""The workbooks of assets and register, filled in and read back by the page's own form, and of the two lists."""

from __future__ import annotations

import datetime as dt
from typing import Any

from secmgmt.core import permissions
from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from . import services
from .forms import RiskAssetForm, RiskForm, ThreatForm, VulnerabilityForm
from .models import Risk, RiskAsset


def write_asset(*, data: dict[str, Any], pk: int | None, by: Any, at: dt.datetime) -> RiskAsset:
    """Store one asset of a workbook. Raises as ``store_part`` does."""
    row = permissions.get_visible(RiskAsset, by, "change", pk=pk) if pk else None
    return services.store_part(RiskAssetForm(data, instance=row, user=by), by=by, at=at)


def write_risk(*, data: dict[str, Any], pk: int | None, by: Any, at: dt.datetime) -> Risk:
    """Store one line of a workbook. Raises as ``store_part`` does."""
    row = permissions.get_visible(Risk, by, "change", pk=pk) if pk else None
    return services.store_part(RiskForm(data, instance=row, user=by), by=by, at=at)


ASSET_SHEET = Sheet(RiskAssetForm, columns_of(RiskAssetForm), write=write_asset)
RISK_SHEET = Sheet(RiskForm, columns_of(RiskForm), write=write_risk)
THREAT_SHEET = Sheet(ThreatForm, columns_of(ThreatForm), key="code")
VULNERABILITY_SHEET = Sheet(VulnerabilityForm, columns_of(VulnerabilityForm), key="code")


class AssetSheet(SheetViews):
    """Import of the assets."""

    sheet, name, namespace = ASSET_SHEET, "riskasset", "assessments"


class RiskSheet(SheetViews):
    """Import of the register."""

    sheet, name, namespace = RISK_SHEET, "risk", "assessments"


class ThreatSheet(SheetViews):
    """Import of the threats."""

    sheet, name, namespace = THREAT_SHEET, "threat", "assessments"


class VulnerabilitySheet(SheetViews):
    """Import of the vulnerabilities."""

    sheet, name, namespace = VULNERABILITY_SHEET, "vulnerability", "assessments"
