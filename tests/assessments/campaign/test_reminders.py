"""Reminders: to whose turn it is, each once, late ones as soon as possible, none for what came before."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from assessments.campaign import reminders
from assessments.models import Assessment, CampaignReminder
from secmgmt.core.clock import today
from secmgmt.core.models import Notice
from tests.jobs import run_queued

from .support import DAY, graded, make_campaign, published, small_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def running(city):
    """Two objects, due in ten days; everybody has read what he was told."""
    small_standard()
    for name in ("挂号系统", "影像系统"):
        graded(city.health, name, owner=city.lin)
    row = make_campaign(city.health, remind_days="7,1")
    published(row, city.pan)
    run_queued()
    Notice.objects.all().delete()
    row.refresh_from_db()
    return row


def told_on(row, day: dt.date, hour: int = 9) -> list[tuple[str, str]]:
    """What the hourly chore sends at ``hour`` of ``day``: (account, text)."""
    Notice.objects.all().delete()
    reminders.send_due(timezone.make_aware(dt.datetime.combine(day, dt.time(hour))))
    return sorted(Notice.objects.values_list("user__username", "text"))


def test_a_reminder_goes_out_once_on_its_day_and_not_at_night(running):
    day = running.submit_by - 7 * DAY
    assert told_on(running, day - DAY) == []
    assert told_on(running, day, hour=7) == []
    [(who, text)] = told_on(running, day)
    assert who == "lin" and "2 个对象待提交" in text and "系统" not in text.replace("系统发出", "")
    assert told_on(running, day, hour=10) == []


def test_one_that_was_missed_goes_out_as_soon_as_it_is_noticed(running):
    assert len(told_on(running, running.submit_by - 5 * DAY)) == 1
    assert told_on(running, running.submit_by - 4 * DAY) == []


def test_who_handed_in_is_left_alone_and_who_confirms_is_reminded(running, city):
    Assessment.objects.update(state="submitted")
    assert told_on(running, running.submit_by - DAY) == []
    [(who, text)] = told_on(running, running.confirm_by - DAY)
    assert who == "zhou" and "待审定" in text


def test_the_day_after_says_that_it_is_late(running):
    texts = [text for _who, text in told_on(running, running.submit_by + DAY)]
    assert any("已逾期" in text for text in texts)


def test_the_office_urges_once_a_day(running, city, client):
    client.force_login(city.pan)
    url = reverse("assessments:campaign-urge", args=[running.pk])
    assert client.post(url).status_code == 302
    assert Notice.objects.get().user == city.lin
    assert client.post(url).status_code == 409
    assert Notice.objects.count() == 1 and CampaignReminder.objects.filter(phase="urge").count() == 1
    assert today() == CampaignReminder.objects.get(phase="urge").due
