"""Rounds whose work other features do: a re-check is done when no problem of the object is open."""

from __future__ import annotations

import pytest

from assessments.campaign import queries
from assessments.campaign.work import _settled, is_provided
from secmgmt.core.clock import today
from secmgmt.core.models import Job
from tests.jobs import run_queued

from .support import DAY, graded, make_campaign, published

FIRST = today() - 10 * DAY
CLOSED = FIRST + 3 * DAY


@pytest.mark.pure
@pytest.mark.parametrize(
    "found, begun, submitted, done",
    [
        ([], FIRST, FIRST, FIRST),
        ([("planning", None)], None, None, None),
        ([("doing", None)], FIRST, None, None),
        ([("closed", CLOSED), ("planning", None)], CLOSED, None, None),
        ([("closed", CLOSED), ("verifying", None)], CLOSED, CLOSED, None),
        ([("closed", CLOSED), ("accepted", None)], CLOSED, CLOSED, CLOSED),
        ([("closed", FIRST - DAY)], FIRST, FIRST, FIRST),
    ],
)
def test_a_recheck_follows_the_problems_of_the_object(found, begun, submitted, done):
    work = _settled(found, FIRST)
    assert (work.begun_on, work.submitted_on, work.done_on) == (begun, submitted, done)


@pytest.mark.django_db
def test_work_no_feature_does_is_listed_as_not_begun_and_says_so(city, client):
    graded(city.health, "挂号系统", owner=city.lin)
    row = make_campaign(city.health, kind="inspection")
    published(row, city.pan)
    run_queued()
    assert Job.objects.filter(state="failed").count() == 0
    row.refresh_from_db()
    progress = queries.progress_of(row, queries.tasks_of(row, city.pan), today())
    assert [one.state for one in progress.values()] == ["todo"]
    client.force_login(city.pan)
    page = client.get(row.get_absolute_url()).content.decode()
    assert ("还没有启用" in page) == (not is_provided("inspection"))


@pytest.mark.django_db
def test_a_recheck_counts_objects_without_open_problems_as_done(city):
    graded(city.health, "挂号系统", owner=city.lin)
    row = make_campaign(city.health, kind="recheck")
    published(row, city.pan)
    run_queued()
    row.refresh_from_db()
    progress = queries.progress_of(row, queries.tasks_of(row, city.pan), today())
    assert [one.state for one in progress.values()] == ["done"]
