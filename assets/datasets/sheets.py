"""The workbook of data classes."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import DataForm

DATA_SHEET = Sheet(DataForm, columns_of(DataForm))


class DataSheet(SheetViews):
    """Import of data classes."""

    sheet, name, namespace = DATA_SHEET, "data", "assets"
