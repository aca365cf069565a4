"""The workbook of items: problems registered in numbers, and every column of what there is."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from . import services
from .forms import RectificationForm
from .models import Rectification


def write_item(*, data: dict[str, Any], pk: int | None, by: Any, at: dt.datetime) -> Rectification:
    """Register one problem as its page does."""
    form = RectificationForm(data, instance=Rectification.objects.get(pk=pk) if pk else None, user=by)
    return services.register(form=form, by=by, at=at)


RECTIFICATION_SHEET = Sheet(
    RectificationForm,
    columns_of(RectificationForm),
    write=write_item,
    fixed=_("已有的整改事项不由表格修改：问题和期限以发现时为准，方案和进展请在事项页面填写。"),
    most=2000,
)


class RectificationSheet(SheetViews):
    """Import of problems."""

    sheet, name, namespace = RECTIFICATION_SHEET, "rectification", "assessments"
