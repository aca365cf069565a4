"""The API of automatic findings: findings and questions are read and their steps taken; rules are changed."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import AskedFactFilter, FindingFilter, FindingRuleFilter
from .forms import FindingRuleForm
from .models import AskedFact, Finding, FindingRule


class AutomaticFindingOut(ModelSchema):
    """A finding with the data it rests on, as [what, value] pairs."""

    class Meta:
        model = Finding
        exclude = ("updated_by", "fingerprint")


class AskedFactOut(ModelSchema):
    """A question and its answer: yes, no or na."""

    class Meta:
        model = AskedFact
        exclude = ("updated_by",)


class FindingRuleOut(ModelSchema):
    """A rule."""

    class Meta:
        model = FindingRule
        exclude = ("updated_by", "shipped")


findings = crud_router(
    Finding, AutomaticFindingOut, filterset=FindingFilter, related=("protected_object__unit",),
    sort=("found_on", "respond_by", "state", "severity"),
)  # fmt: skip
facts = crud_router(
    AskedFact, AskedFactOut, filterset=AskedFactFilter, related=("protected_object__unit",),
    sort=("asked_on", "answered_on", "state"),
)  # fmt: skip
rules = crud_router(
    FindingRule, FindingRuleOut, FindingRuleForm, filterset=FindingRuleFilter, sort=("code", "name"),
    deletable=False, store=services.store_rule,
)  # fmt: skip
