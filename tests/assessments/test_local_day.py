"""At one in the morning the office's day has begun, though in London it is still the day before."""

from __future__ import annotations

import datetime as dt

import pytest

from assessments.grading import queries
from assessments.models import Grading
from secmgmt.accounts import guards
from secmgmt.core import errors
from secmgmt.core.models import ReportRun
from secmgmt.portal import reports
from tests.assets.factories import make_object
from tests.support import make_position, make_user

pytestmark = pytest.mark.django_db
AT = dt.datetime(2026, 3, 2, 17, tzinfo=dt.UTC)  # 2026-03-03 01:00 in Shanghai
YESTERDAY, TODAY = dt.date(2026, 3, 2), dt.date(2026, 3, 3)


def test_a_position_that_ended_yesterday_keeps_nobody_from_becoming_an_administrator(city):
    make_position(city.nobody, city.health, "act_as_owner", valid_until=YESTERDAY)
    guards.refuse_second_hat(city.nobody, "system_admin", AT)
    make_position(city.nobody, city.data, "act_as_owner", valid_until=TODAY)
    with pytest.raises(errors.Conflict):
        guards.refuse_second_hat(city.nobody, "system_admin", AT)


def test_who_begins_today_is_named_and_who_ended_yesterday_is_not(city):
    for name, term in (("新任", {"valid_from": TODAY}), ("前任", {"valid_until": YESTERDAY})):
        make_position(make_user(name=name, unit=city.root), city.root, "act_as_authority", **term)
    obj = make_object(city.health, "平台")
    grading = Grading(protected_object=obj, state="authority", authority_name=city.root.name)
    told = queries.decides_now(grading, AT)
    assert "新任" in told and "前任" not in told


def test_the_last_day_of_a_report_is_the_offices():
    assert reports.expires_on(ReportRun(at=AT)) == TODAY + dt.timedelta(days=reports.KEEP_DAYS)
