"""Grading as people do it through the pages."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import Grading
from secmgmt.core.workflow import seen_token
from tests.support import CastClient

FORM = {
    "report_date": "2026-03-02",
    "rule_set": "",
    "business_public_order": "serious",
    "business_reason": "居民健康信息泄露严重影响社会秩序。",
    "service_public_order": "general",
    "service_reason": "服务中断影响就医秩序。",
    "version": 0,
}


def signed_in(user) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


def draft(city, thing, by=None, **values) -> Grading:
    response = signed_in(by or city.lin).post(
        reverse("assessments:grading-create"), {**FORM, "protected_object": thing.pk, **values}
    )
    assert response.status_code == 302, response.content.decode()[-3000:]
    return Grading.objects.latest("pk")


def take(user, grading, step, **values):
    grading.refresh_from_db()
    url = reverse("assessments:grading-transition", args=[grading.pk, step])
    return signed_in(user).post(url, {"seen": seen_token(grading), "opinion": "同意。", **values})


def proof(name="评审意见.txt", **values) -> dict:
    """What the form of an outside decision takes, with its file."""
    file = SimpleUploadedFile(name, "同意定为该级。".encode())
    sent = {"decided_by": "许望、孟繁星", "decided_on": "2026-03-05", "number": "颍网评〔2026〕3 号"}
    return {**sent, "file": file, "declared_not_secret": "on", **values}


def certificate(**values) -> dict:
    sent = {"certificate_number": "41100043001-25017", "decided_by": "颍川市公安局", "decided_on": "2026-03-20"}
    return proof("备案证明.txt", **{**sent, **values})


def state_of(grading) -> str:
    grading.refresh_from_db()
    return grading.state
