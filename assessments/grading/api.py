"""The API of gradings: read, and the steps of their workflow."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .filters import GradingFilter
from .models import Grading


class GradingOut(ModelSchema):
    """A grading with its level in the notation of GB/T 22239."""

    sag: str

    class Meta:
        model = Grading
        exclude = ("updated_by", "frozen_digest")


router = crud_router(
    Grading,
    GradingOut,
    filterset=GradingFilter,
    related=("protected_object__unit",),
    sort=("report_date", "level", "state", "updated_at"),
)
