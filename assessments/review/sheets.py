"""The workbooks of the checklist and of the departments."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import GateDepartmentForm, GateItemForm

ITEM_SHEET = Sheet(GateItemForm, columns_of(GateItemForm), key="code")
DEPARTMENT_SHEET = Sheet(GateDepartmentForm, columns_of(GateDepartmentForm))


class GateItemSheet(SheetViews):
    """Import of the checklist."""

    sheet, name, namespace = ITEM_SHEET, "gateitem", "assessments"


class GateDepartmentSheet(SheetViews):
    """Import of the departments."""

    sheet, name, namespace = DEPARTMENT_SHEET, "gatedepartment", "assessments"
