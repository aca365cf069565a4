"""The API of risk assessments and their registers."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import RiskAssessmentFilter, RiskFilter
from .forms import RiskAssessmentForm, RiskForm
from .models import Risk, RiskAssessment


class RiskAssessmentOut(ModelSchema):
    """A risk assessment."""

    class Meta:
        model = RiskAssessment
        exclude = ("updated_by", "frozen_digest")


class RiskOut(ModelSchema):
    """A line of a register with its result and how it was calculated."""

    class Meta:
        model = Risk
        exclude = ("updated_by",)


assessments = crud_router(
    RiskAssessment, RiskAssessmentOut, RiskAssessmentForm, filterset=RiskAssessmentFilter,
    related=("protected_object__unit",), sort=("assessed_on", "state", "updated_at"), store=services.store,
)  # fmt: skip
risks = crud_router(
    Risk, RiskOut, RiskForm, filterset=RiskFilter, related=("assessment__protected_object__unit",),
    sort=("value", "level", "updated_at"), store=services.store_risk,
)  # fmt: skip
