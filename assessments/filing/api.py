"""The API of filings, of units' facts and of the rules on terms."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import FilingFilter, FilingUnitFilter, TermRuleFilter
from .forms import FilingForm, FilingUnitForm
from .models import Filing, FilingUnit, TermRule


class FilingOut(ModelSchema):
    """A filing with its dates; ``certificate_number`` is the one this filing led to."""

    class Meta:
        model = Filing
        exclude = ("updated_by", "frozen_digest", "is_demo")


class FilingUnitOut(ModelSchema):
    """What 表一 says of a unit."""

    class Meta:
        model = FilingUnit
        exclude = ("updated_by", "is_demo")


class TermRuleOut(ModelSchema):
    """A rule on a term with its basis."""

    class Meta:
        model = TermRule
        exclude = ("updated_by",)


filings = crud_router(
    Filing, FilingOut, FilingForm, filterset=FilingFilter, related=("protected_object__unit",),
    sort=("created_at", "state", "due_on", "answer_due_on"), store=services.store,
)  # fmt: skip
units = crud_router(
    FilingUnit, FilingUnitOut, FilingUnitForm, filterset=FilingUnitFilter, related=("unit",), sort=("unit",)
)
rules = crud_router(TermRule, TermRuleOut, filterset=TermRuleFilter, sort=("area", "code"))
