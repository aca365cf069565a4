"""The workbook of the checklist."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import GateItemForm

ITEM_SHEET = Sheet(GateItemForm, columns_of(GateItemForm), key="code")


class GateItemSheet(SheetViews):
    """Import of the checklist."""

    sheet, name, namespace = ITEM_SHEET, "gateitem", "assessments"
