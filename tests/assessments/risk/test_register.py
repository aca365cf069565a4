"""A risk assessment through its pages: register, method kept, submission, acceptance, signature, what follows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from assessments.models import Risk, RiskAssessment
from assessments.risk import reports
from assessments.risk.models import listed
from secmgmt.core import ports
from secmgmt.core.clock import now, today
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object
from tests.support import CastClient, City


def signed_in(user: Any) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


@pytest.fixture
def city(db) -> City:
    return City()


def begun(city: City, by: Any = None, status: int = 302, **values: Any) -> Any:
    obj = make_object(city.health, owner=city.lin)
    sent = {
        "protected_object": obj.pk, "title": "年度风险评估", "leading": "self", "scope": "全部资产", "method": "matrix",
        "assessed_on": today().isoformat(), "rule": "log", "version": 0, **values,
    }  # fmt: skip
    response = signed_in(by or city.lin).post(reverse("assessments:riskassessment-create"), sent)
    assert response.status_code == status, response.content.decode()[-3000:]
    return RiskAssessment.objects.order_by("-pk").first()


def line(city: City, row: Any, by: Any = None, status: int = 302, **values: Any) -> Any:
    sent = {
        "assessment": row.pk, "layer": "system", "asset": "数据库", "confidentiality": 2, "integrity": 2,
        "availability": 2, "threat": "TE01", "frequency": 2, "vulnerability": "VP01", "severity": 5, "version": 0,
        **values,
    }  # fmt: skip
    response = signed_in(by or city.lin).post(reverse("assessments:risk-create"), sent)
    assert response.status_code == status, response.content.decode()[-3000:]
    return Risk.objects.order_by("-pk").first()


def take(user: Any, row: Any, step: str) -> int:
    row.refresh_from_db()
    url = reverse("assessments:riskassessment-transition", args=[row.pk, step])
    return signed_in(user).post(url, {"seen": seen_token(row), "opinion": "属实。"}).status_code


def test_each_result_keeps_its_method_and_a_change_of_method_calculates_anew(city):
    row = begun(city)
    risk = line(city, row)
    assert (risk.asset_value, risk.value, risk.level) == (2, 20, 4)
    assert (risk.method, risk.edition) == ("matrix", "GB/T 20984-2007")
    form = {"title": row.title, "scope": row.scope, "assessed_on": row.assessed_on.isoformat(), "rule": "log"}
    sent = {**form, "method": "product", "version": row.version}
    url = reverse("assessments:riskassessment-update", args=[row.pk])
    assert signed_in(city.lin).post(url, sent).status_code == 302
    risk.refresh_from_db()
    assert (risk.value, risk.level, risk.method) == (10, 2, "product")


def test_from_register_to_signature_with_acceptance_and_what_is_followed(city, monkeypatch):
    followed: list[Any] = []
    monkeypatch.setattr(ports.open_corrective_action, "provider", lambda what, by, at: followed.append(what))
    row = begun(city)
    assert take(city.lin, row, "submit") == 422  # nothing in the register
    line(city, row)
    assert take(city.lin, row, "submit") == 422  # nothing decided about a high risk
    Risk.objects.all().delete()
    due = (today() + dt.timedelta(days=60)).isoformat()
    line(city, row, treatment="reduce", status=422)
    reduced = line(city, row, treatment="reduce", measure="加固", due_on=due, residual_severity=2)
    assert reduced.residual_level < reduced.level
    kept = line(city, row, asset="备份机", treatment="accept", measure="年底下线")
    assert take(city.lin, row, "submit") == 302
    assert take(city.zhou, row, "sign") == 422  # the leadership has not accepted
    url = reverse("assessments:risk-accept", args=[kept.pk])
    far = {"reason": "下线前无法改造", "until": (today() + dt.timedelta(days=900)).isoformat(), "version": kept.version}
    assert signed_in(city.gao).post(url, far).status_code == 422
    assert signed_in(city.gao).post(url, far | {"until": due}).status_code == 302
    assert take(city.zhou, row, "sign") == 302
    assert [(what.origin, what.source, what.severity) for what in followed] == [("risk", reduced, "high")]
    assert ports.corrective_action_changed("risk", reduced.pk, "closed", by=city.zhou, at=now())
    page = signed_in(city.lin).get(row.get_absolute_url())
    assert page.status_code == 200
    assert "风险分布" in page.content.decode()
    document = reports.build(RiskAssessment.objects.get(pk=row.pk), by=city.lin, at=now())
    for form in ("pdf", "docx", "xlsx"):
        assert len(render(document, form)) > 2000


def test_only_the_leadership_accepts_and_only_who_did_not_submit_signs(city):
    row = begun(city)
    risk = line(city, row, treatment="accept", measure="下线")
    assert take(city.lin, row, "submit") == 302
    sent = {"reason": "是", "until": (today() + dt.timedelta(days=9)).isoformat(), "version": risk.version}
    url = reverse("assessments:risk-accept", args=[risk.pk])
    for user, code in ((city.lin, 403), (city.zhou, 403), (city.su, 404)):
        assert signed_in(user).post(url, sent).status_code == code
    assert take(city.lin, row, "sign") == 403


def test_what_was_submitted_stays_as_it_was(city):
    row = begun(city)
    risk = line(city, row, treatment="transfer", measure="投保")
    take(city.lin, row, "submit")
    url = reverse("assessments:risk-update", args=[risk.pk])
    assert signed_in(city.lin).post(url, {"severity": 1, "version": risk.version}).status_code == 409
    line(city, row, asset="另一资产", status=422)
    assert Risk.objects.get().severity == 5


def test_an_inspection_is_led_by_an_inspector_and_an_owner_leads_his_own(city):
    assert begun(city, status=422, leading="inspection") is None
    row = begun(city, by=city.shen, leading="inspection", title="检查评估")
    line(city, row, by=city.shen, treatment="transfer", measure="投保")
    assert take(city.lin, row, "submit") == 403
    assert take(city.shen, row, "submit") == 302


def test_the_shipped_lists_hang_together():
    threats, weak = listed("threats"), listed("vulnerabilities")
    for row in weak.values():
        assert set(row["typical_threats"].split()) <= set(threats)
        assert row["default_severity"] in "12345"
    assert {row["default_frequency"] for row in threats.values()} <= set("12345")
