"""Dates that cannot be are refused with a sentence; special rules are worded by where the grading stands."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from assessments.grading import reports
from assessments.grading.models import Grading
from secmgmt.core.clock import now, today
from secmgmt.core.reporting.document import Paragraph
from tests.assets.factories import make_object
from tests.support import City

from .support import FORM, draft, proof, signed_in, state_of, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def thing(city: City) -> Any:
    return make_object(city.health, "区域卫生信息共享平台", owner=city.lin, user_count=680)


@pytest.mark.parametrize("days, words", [(1, "不能晚于今天"), (None, "早于 2008-11-01")])
def test_a_report_bears_no_day_to_come_and_none_before_the_first_standard(city, thing, days, words):
    day = today() + dt.timedelta(days=days) if days else dt.date(2008, 10, 31)
    sent = {**FORM, "protected_object": thing.pk, "report_date": day}
    response = signed_in(city.lin).post(reverse("assessments:grading-create"), sent)
    assert response.status_code == 422 and words in response.content.decode()
    assert not Grading.objects.exists()


def test_the_first_and_the_last_day_possible_are_taken(city, thing):
    draft(city, thing, report_date=dt.date(2008, 11, 1))
    draft(city, make_object(city.health, owner=city.lin), report_date=today())


def test_an_outside_decision_is_not_older_than_the_report(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    response = take(city.lin, grading, "record_pass", **proof(decided_on="2001-03-05"))
    assert response.status_code == 422 and "早于定级报告日期（2026-03-02）" in response.content.decode()
    assert state_of(grading) == "expert" and not grading.outside_decisions.exists()
    take(city.lin, grading, "record_pass", **proof(decided_on="2026-03-02"))
    assert state_of(grading) == "determined"


def test_a_special_rule_asks_for_a_reason_only_while_one_is_missing(city, thing):
    low = {"business_public_order": "general", "large_personal_data": "on"}
    grading = draft(city, thing, **low)
    client, asks = signed_in(city.lin), "说明理由。"
    page = client.get(grading.get_absolute_url()).content.decode()
    assert "notice-warn" in page and asks in page
    Grading.objects.filter(pk=grading.pk).update(exception_reason="个人信息已去标识。")
    for state in ("draft", "final"):
        Grading.objects.filter(pk=grading.pk).update(state=state)
        page = client.get(grading.get_absolute_url()).content.decode()
        assert "notice-warn" not in page and asks not in page
        assert "责任单位的说明：个人信息已去标识。" in page
    grading.refresh_from_db()
    told = "".join(b.text for b in reports.build(grading, by=city.lin, at=now()).blocks if isinstance(b, Paragraph))
    assert "说明理由" not in told and "用户约 680 人" in told and "个人信息已去标识" in told
