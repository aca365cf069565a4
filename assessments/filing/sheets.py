"""The workbook of units' facts (表一)."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import FilingUnitForm

FILING_UNIT_SHEET = Sheet(FilingUnitForm, columns_of(FilingUnitForm))


class FilingUnitSheet(SheetViews):
    """Import of units' facts."""

    sheet, name, namespace = FILING_UNIT_SHEET, "filingunit", "assessments"
