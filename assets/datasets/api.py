"""The API of data classes."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .filters import DataFilter
from .forms import DataForm
from .models import DataCategory


class DataOut(ModelSchema):
    """A class of data."""

    class Meta:
        model = DataCategory
        exclude = ("updated_by",)


router = crud_router(
    DataCategory,
    DataOut,
    DataForm,
    filterset=DataFilter,
    related=("protected_object__unit",),
    sort=("name", "level"),
)
