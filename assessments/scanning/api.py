"""The API of scanning."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .filters import FindingFilter, RuleFilter, ScanFilter
from .forms import FindingForm, RuleForm
from .models import Scan, ScanFinding, ScannerRule


class FindingOut(ModelSchema):
    """A problem."""

    class Meta:
        model = ScanFinding
        exclude = ("updated_by", "fingerprint")


class ScanOut(ModelSchema):
    """An imported file."""

    class Meta:
        model = Scan
        exclude = ("updated_by",)


class RuleOut(ModelSchema):
    """A mapping rule."""

    class Meta:
        model = ScannerRule
        exclude = ("updated_by",)


findings = crud_router(
    ScanFinding, FindingOut, FindingForm, filterset=FindingFilter, related=("unit",), deletable=False,
    sort=("last_seen", "first_seen", "state", "address", "times"),
)  # fmt: skip
scans = crud_router(Scan, ScanOut, filterset=ScanFilter, related=("unit",), sort=("scanned_at", "file"))
rules = crud_router(ScannerRule, RuleOut, RuleForm, filterset=RuleFilter, sort=("order", "code", "problem"))
