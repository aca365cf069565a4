"""The API of scanning."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import ModelSchema, Schema

from secmgmt.core import errors, permissions
from secmgmt.core.api import crud_router

from . import views
from .filters import FindingFilter, RuleFilter, ScanFilter
from .forms import FindingForm, RuleForm, ScanForm
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

PART = {
    "type": "object", "required": ["unit", "file"],
    "properties": {"unit": {"type": "integer"}, "file": {"type": "string", "format": "binary"}},
}  # fmt: skip
UPLOAD: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": PART}}}}


class OrderedOut(Schema):
    """The job that reads the file, and the page that tells how far it is."""

    job: int
    url: str


@scans.post(
    "/import", response={202: OrderedOut}, operation_id="scan_import", summary="导入扫描结果", url_name="scan-import",
    openapi_extra=UPLOAD,
)  # fmt: skip
def import_scan(request: HttpRequest) -> HttpResponse:
    """Bring a scanner's file for a unit; a job reads it, whole or not at all."""
    permissions.require(request.user, Scan, "import")
    form = ScanForm(request.POST, request.FILES, user=request.user)
    if not form.is_valid():
        raise errors.Invalid({name: [str(text) for text in found] for name, found in form.errors.items()})
    job = views.ordered(form, request.user)
    return JsonResponse({"job": job.pk, "url": reverse("core:job-detail", args=[job.pk])}, status=202)
