"""The workbook of on-site recording: the checklist goes out, the results come back with a preview."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.utils.translation import gettext as _t

from secmgmt.core import errors
from secmgmt.core.sheets import Sheet
from secmgmt.core.sheets_views import SheetViews

from . import services
from .forms import ItemForm
from .models import InspectionItem

SHOWN = ("control_point", "summary")


class SheetItemForm(ItemForm):
    """The recording with what is asked beside it; only the results are taken from a file."""

    class Meta(ItemForm.Meta):
        fields = (*SHOWN, *ItemForm.Meta.fields)

    fieldsets: ClassVar = ()

    def _add_samples(self) -> None:
        """A file gives the item as a whole."""

    def clean(self) -> dict[str, Any]:
        """The question stays as it is; a row by samples is changed on its page."""
        values = super().clean()
        changed = [name for name in SHOWN if name in self.changed_data and self.instance.pk]
        for name in changed:
            self.add_error(name, _t("检查内容不能用文件修改。"))
        return values


def write(data: dict[str, Any], pk: int | None, *, by: Any, at: dt.datetime) -> InspectionItem:
    """One row of a file, by the door of the page."""
    if pk is None:
        raise errors.Invalid({"control_point": [_t("文件不能增加检查项，请在检查页面添加。")]})
    loaded = InspectionItem.objects.select_related("inspection__protected_object__unit", "inspection__lead__unit")
    row = loaded.get(pk=pk)
    if row.sample_results.exists():
        raise errors.Invalid({"result": [_t("这一项按样本记录，请在页面上修改。")]})
    return services.save_item(form=SheetItemForm(data, instance=row, user=by), by=by, at=at)


def rows() -> Any:
    """The checklists of inspections that are on site now."""
    return InspectionItem.objects.filter(inspection__state="onsite").select_related("inspection__lead__unit")


ITEM_SHEET = Sheet(SheetItemForm, SheetItemForm.Meta.fields, rows=rows, write=write)


class ItemSheet(SheetViews):
    """Import of recordings."""

    sheet, name, namespace = ITEM_SHEET, "inspectionitem", "assessments"
