"""Duties told from several features: after a regrading, after a 密评, before service; and those of nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from assessments.calendar import facts, queries, tables
from assessments.calendar.services import load_shipped
from assessments.models import Agency, DutyRule, Engagement, Grading
from secmgmt.core.clock import now, today
from tests.assessments.campaign.support import DAY, graded
from tests.assessments.review.cast_rows import project

pytestmark = pytest.mark.django_db


def standing(obj: Any, level: int, days_ago: int) -> Grading:
    at = now() - days_ago * DAY
    return Grading.objects.create(
        protected_object=obj, state="determined", determined_at=at, created_at=at, updated_at=at, level=level,
        report_date=at.date(), business_level=level, service_level=level,
    )  # fmt: skip


def evaluated(obj: Any, kind: str, day: dt.date, **values: Any) -> Engagement:
    at = now()
    agency = Agency.objects.get_or_create(
        code="0001", defaults={"name": "测评机构", "certificate": "Z-1", "created_at": at, "updated_at": at}
    )[0]
    return Engagement.objects.create(
        protected_object=obj, kind=kind, agency=agency, contract_number="H1", signed_on=day, starts_on=day,
        ends_on=day, report_date=day, state="done", created_at=at, updated_at=at, **values,
    )  # fmt: skip


def test_after_a_regrading_the_object_is_evaluated_anew(city):
    obj, other = graded(city.health), graded(city.health)
    for one, levels in ((obj, (2, 3)), (other, (3, 3))):
        standing(one, levels[0], 400)
        standing(one, levels[1], 100)
    found = facts.after_regrading([obj.pk, other.pk], today())
    assert list(found) == [obj.pk] and found[obj.pk].done is None
    evaluated(obj, "level", today() - 10 * DAY)
    assert facts.after_regrading([obj.pk], today())[obj.pk].done == today() - 10 * DAY


def test_the_result_of_a_crypto_evaluation_is_handed_in(city):
    obj, day = graded(city.health), today() - 5 * DAY
    assert facts.crypto_filed([obj.pk], today()) == {}
    row = evaluated(obj, "crypto", day)
    assert facts.crypto_filed([obj.pk], today())[obj.pk].done is None
    Engagement.objects.filter(pk=row.pk).update(reported_on=today())
    assert facts.crypto_filed([obj.pk], today())[obj.pk].done == today()


def test_an_object_being_built_passes_its_acceptance_before_its_day(city):
    class Cast:
        """As the makers of the gates take it."""

    Cast.city = city
    row = project(Cast, city.root)
    obj = row.targets.get()
    found = facts.accepted([obj.pk], today())
    assert found[obj.pk].due == row.planned_on and str(row.pk) in found[obj.pk].url
    type(row).objects.filter(pk=row.pk).update(stage="accepted")
    assert facts.accepted([obj.pk], today()) == {}


def test_a_duty_no_installed_feature_knows_of_is_never_due_and_not_counted(city):
    load_shipped()
    obj = graded(city.health, owner=city.lin)
    unknown = [rule for rule in DutyRule.objects.all() if not queries.is_provided(rule)]
    assert unknown and all(tables.in_use(rule) == "未启用" for rule in unknown)
    listed = {duty.rule.pk for duty in queries.duties_of([obj], today())}
    assert not listed & {rule.pk for rule in unknown} and listed
    provided = {rule.provider for rule in DutyRule.objects.all()} - {rule.provider for rule in unknown}
    assert provided >= {
        *("evaluation", "filing", "certificate", "certificate-extension", "self-assessment", "risk-assessment"),
        *("crypto-evaluation", "change-evaluation", "crypto-filing", "gate-acceptance"),
    }  # fmt: skip
