"""The API of things: what a feature writes."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .filters import ThingFilter
from .forms import ThingForm
from .models import Thing


class ThingOut(ModelSchema):
    class Meta:
        model = Thing
        fields = ("id", "unit", "name", "note", "due", "other", "state", "updated_at")


router = crud_router(Thing, ThingOut, ThingForm, filterset=ThingFilter, sort=("name", "updated_at"))
