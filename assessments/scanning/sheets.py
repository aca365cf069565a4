"""The workbook of mapping rules."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import RuleForm

RULE_SHEET = Sheet(RuleForm, columns_of(RuleForm))


class RuleSheet(SheetViews):
    """Import of rules."""

    sheet, name, namespace = RULE_SHEET, "scannerrule", "assessments"
