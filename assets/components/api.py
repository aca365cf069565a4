"""The API of components."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .filters import ComponentFilter
from .forms import ComponentForm
from .models import Component


class ComponentOut(ModelSchema):
    """A component."""

    class Meta:
        model = Component
        exclude = ("updated_by",)


router = crud_router(
    Component,
    ComponentOut,
    ComponentForm,
    filterset=ComponentFilter,
    related=("protected_object__unit",),
    sort=("name", "kind", "certificate_until"),
)
