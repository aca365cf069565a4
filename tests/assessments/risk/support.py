"""Risk assessments as people make them through the pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assessments.models import Risk, RiskAssessment, RiskAsset, Threat, Vulnerability
from assessments.risk import shipped
from secmgmt.core.clock import today
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object
from tests.support import CastClient, City


def signed_in(user: Any) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


def begun(city: City, by: Any = None, status: int = 302, obj: Any = None, **values: Any) -> Any:
    """An assessment of an object of the health bureau, with the lists loaded."""
    shipped.load()
    obj = obj or make_object(city.health, owner=city.lin)
    sent = {
        "protected_object": obj.pk, "title": "年度风险评估", "leading": "self", "scope": "全部资产", "method": "matrix",
        "assessed_on": today().isoformat(), "rule": "log", "version": 0, **values,
    }  # fmt: skip
    response = signed_in(by or city.lin).post(reverse("assessments:riskassessment-create"), sent)
    assert response.status_code == status, response.content.decode()[-3000:]
    return RiskAssessment.objects.order_by("-pk").first()


def asset(city: City, row: Any, name: str = "业务", by: Any = None, status: int = 302, **values: Any) -> Any:
    """An asset of its tree."""
    sent = {
        "assessment": row.pk, "layer": "business", "name": name, "confidentiality": 2, "integrity": 2,
        "availability": 2, "version": 0, **values,
    }  # fmt: skip
    response = signed_in(by or city.lin).post(reverse("assessments:riskasset-create"), sent)
    assert response.status_code == status, response.content.decode()[-3000:]
    return RiskAsset.objects.order_by("-pk").first()


def line(city: City, row: Any, by: Any = None, status: int = 302, **values: Any) -> Any:
    """A line of its register, on its first asset."""
    first = row.assets.order_by("pk").first() or asset(city, row, by=by)
    sent = {
        "assessment": row.pk, "asset": first.pk, "threat": Threat.objects.get(code="TE01").pk, "frequency": 2,
        "vulnerability": Vulnerability.objects.get(code="VP01").pk, "severity": 5, "version": 0, **values,
    }  # fmt: skip
    response = signed_in(by or city.lin).post(reverse("assessments:risk-create"), sent)
    assert response.status_code == status, response.content.decode()[-3000:]
    return Risk.objects.order_by("-pk").first()


def threat(code: str) -> int:
    return Threat.objects.get(code=code).pk


def take(user: Any, row: Any, step: str) -> int:
    row.refresh_from_db()
    url = reverse("assessments:riskassessment-transition", args=[row.pk, step])
    return signed_in(user).post(url, {"seen": seen_token(row), "opinion": "属实。"}).status_code
