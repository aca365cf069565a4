"""The demo has automatic findings and questions in their states, the same when it is made again."""

from __future__ import annotations

import datetime as dt

import pytest

from assessments.findings.demo import create_findings
from assessments.models import AskedFact, Finding
from secmgmt.core.clock import now
from tests.assessments.campaign.support import graded

pytestmark = pytest.mark.django_db


def test_people_have_taken_them_further_by_turns(city):
    for unit, owner in ((city.data, city.qin), (city.education, city.su), (city.county_health, city.duan)):
        graded(unit, owner=owner, in_operation_on=dt.date(2020, 1, 1), is_demo=True)
    create_findings(now())
    assert {"accepted", "disputed", "gone"} <= set(Finding.objects.values_list("state", flat=True))
    assert {"asked", "answered"} == set(AskedFact.objects.values_list("state", flat=True))
    before = list(Finding.objects.values_list("pk", "state"))
    create_findings(now())
    assert list(Finding.objects.values_list("pk", "state")) == before
