"""The workbook of protected objects; registry lines are never imported."""

from __future__ import annotations

from secmgmt.core.sheets import Sheet
from secmgmt.core.sheets_import import SheetViews

from .forms import ObjectForm
from .models import ProtectedObject

COLUMNS = tuple(
    dict.fromkeys(("code", "unit", "name", *(n for _title, names in ObjectForm.fieldsets for n in names)))
)
OBJECT_SHEET = Sheet(ObjectForm, COLUMNS, "code", rows=ProtectedObject.objects.open_ones)


class ObjectSheet(SheetViews):
    """Import of protected objects."""

    sheet, name, namespace = OBJECT_SHEET, "object", "assets"
