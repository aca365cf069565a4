"""The API of inspections and notices: read, record, and take the steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import InspectionFilter, ItemFilter, NoticeFilter
from .forms import InspectionForm
from .models import Inspection, InspectionItem, IssuedNotice


class InspectionOut(ModelSchema):
    """An inspection."""

    class Meta:
        model = Inspection
        exclude = ("updated_by", "draft_text", "departments")


class ItemOut(ModelSchema):
    """One line of a checklist with its result."""

    class Meta:
        model = InspectionItem
        exclude = ("updated_by",)


class NoticeOut(ModelSchema):
    """A notice as issued."""

    class Meta:
        model = IssuedNotice
        exclude = ("updated_by",)


def store_inspection(form: Any, *, by: Any, at: dt.datetime) -> Inspection:
    """The page's door."""
    return services.save_inspection(form=form, by=by, at=at)



router = crud_router(
    Inspection, InspectionOut, InspectionForm, filterset=InspectionFilter, related=("protected_object__unit", "lead"),
    sort=("starts_on", "state", "updated_at"), store=store_inspection, deletable=False,
)  # fmt: skip
items = crud_router(
    InspectionItem, ItemOut, filterset=ItemFilter,
    related=("inspection__protected_object__unit", "inspection__lead"), sort=("order",),
)  # fmt: skip
notices = crud_router(
    IssuedNotice, NoticeOut, filterset=NoticeFilter, related=("protected_object__unit",), sort=("issued_on", "deadline")
)
