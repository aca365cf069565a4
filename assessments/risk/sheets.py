"""The workbook of the register: filled in and read back by the page's own form, one line after another."""

from __future__ import annotations

import datetime as dt
from typing import Any

from secmgmt.core import permissions
from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from . import services
from .forms import RiskForm
from .models import Risk


def write_risk(*, data: dict[str, Any], pk: int | None, by: Any, at: dt.datetime) -> Risk:
    """Store one line of a workbook. Raises as ``store_risk`` does."""
    row = permissions.get_visible(Risk, by, "change", pk=pk) if pk else None
    return services.store_risk(RiskForm(data, instance=row, user=by), by=by, at=at)


RISK_SHEET = Sheet(RiskForm, columns_of(RiskForm), write=write_risk)


class RiskSheet(SheetViews):
    """Import of the register."""

    sheet, name, namespace = RISK_SHEET, "risk", "assessments"
