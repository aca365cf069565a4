"""The API of tables of responsibility."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .responsibility_tables import LineFilter, LineForm
from .reuse_models import ResponsibilityLine


class LineOut(ModelSchema):
    """One line: ``share``: platform, joint or own; ``agreed``: the share the platform's owner agreed to."""

    class Meta:
        model = ResponsibilityLine
        exclude = ("updated_by",)


router = crud_router(
    ResponsibilityLine,
    LineOut,
    LineForm,
    filterset=LineFilter,
    related=("hosting__tenant__unit", "hosting__platform__unit"),
    sort=("code", "share"),
)
