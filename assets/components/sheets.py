"""The workbook of components."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import ComponentForm

COMPONENT_SHEET = Sheet(ComponentForm, columns_of(ComponentForm))


class ComponentSheet(SheetViews):
    """Import of components."""

    sheet, name, namespace = COMPONENT_SHEET, "component", "assets"
