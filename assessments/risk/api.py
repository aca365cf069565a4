"""The API of risk assessments, their assets and registers, and of the lists they choose from."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import (
    RiskAssessmentFilter,
    RiskAssetFilter,
    RiskFilter,
    RiskMatrixFilter,
    ThreatFilter,
    VulnerabilityFilter,
)
from .forms import RiskAssessmentForm, RiskAssetForm, RiskForm, RiskMatrixForm, ThreatForm, VulnerabilityForm
from .list_models import RiskMatrix, Threat, Vulnerability
from .models import Risk, RiskAssessment, RiskAsset


class RiskAssessmentOut(ModelSchema):
    """A risk assessment."""

    class Meta:
        model = RiskAssessment
        exclude = ("updated_by", "frozen_digest")


class RiskAssetOut(ModelSchema):
    """An asset of an assessment with its value."""

    class Meta:
        model = RiskAsset
        exclude = ("updated_by",)


class RiskOut(ModelSchema):
    """A line of a register with its result and how it was calculated."""

    class Meta:
        model = Risk
        exclude = ("updated_by",)


class ThreatOut(ModelSchema):
    """A threat of the list."""

    class Meta:
        model = Threat
        exclude = ("updated_by",)


class VulnerabilityOut(ModelSchema):
    """A vulnerability of the list."""

    class Meta:
        model = Vulnerability
        exclude = ("updated_by",)


class RiskMatrixOut(ModelSchema):
    """An edition of the tables, as texts."""

    class Meta:
        model = RiskMatrix
        exclude = ("updated_by",)


OF_PART = ("assessment__protected_object__unit",)
assessments = crud_router(
    RiskAssessment, RiskAssessmentOut, RiskAssessmentForm, filterset=RiskAssessmentFilter,
    related=("protected_object__unit",), sort=("assessed_on", "state", "updated_at"), store=services.store,
)  # fmt: skip
assets = crud_router(
    RiskAsset, RiskAssetOut, RiskAssetForm, filterset=RiskAssetFilter, related=OF_PART,
    sort=("value", "name", "updated_at"), store=services.store_part,
)  # fmt: skip
risks = crud_router(
    Risk, RiskOut, RiskForm, filterset=RiskFilter, related=(*OF_PART, "asset"),
    sort=("value", "level", "updated_at"), store=services.store_part,
)  # fmt: skip
threats = crud_router(
    Threat, ThreatOut, ThreatForm, filterset=ThreatFilter, sort=("code", "source"), deletable=False
)
vulnerabilities = crud_router(
    Vulnerability, VulnerabilityOut, VulnerabilityForm, filterset=VulnerabilityFilter, sort=("code", "severity"),
    deletable=False,
)  # fmt: skip
matrices = crud_router(
    RiskMatrix, RiskMatrixOut, RiskMatrixForm, filterset=RiskMatrixFilter, sort=("edition",), deletable=False,
    store=services.store_matrix,
)  # fmt: skip
