"""The calendar to subscribe to: secret, revocable, seldom read, and nothing in it that must not be overheard."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from icalendar import Calendar

from assessments.calendar import queries, services
from assessments.models import CalendarFeed
from secmgmt.core import errors
from secmgmt.core.clock import today
from tests.support import CastClient

from .test_pages import LONG_AGO, graded, inside, objects, rule  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
STRANGER = "203.0.113.9"


def address(token: str) -> str:
    return reverse("assessments:duty-ics", args=[token])


@pytest.fixture
def token(city, objects, at):  # noqa: F811
    return services.open_feed(by=city.lin, at=at)


def test_without_a_session_it_tells_ones_own_duties_their_day_and_number_only(token, city, rule):  # noqa: F811
    graded(city.health, "挂号系统", owner=city.lin, filed_on=LONG_AGO)
    response = CastClient().get(address(token))
    assert response.status_code == 200 and response["Content-Type"].startswith("text/calendar")
    assert "no-store" in response["Cache-Control"]
    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert str(event["summary"]) == f"{rule.name}（2 项）"
    [first, _second] = queries.duties_of(queries.mine(city.lin), today())
    assert event["dtstart"].dt == first.act_by
    text = response.content.decode().replace("\r\n ", "")
    assert "预约" not in text and "挂号" not in text and "学籍" not in text


def test_the_secret_is_shown_once_and_only_its_digest_is_kept(city, objects):  # noqa: F811
    client = inside(city.lin)
    page = client.post(reverse("assessments:duty-feed")).content.decode()
    secret = page.split("duties/feed/")[1].split(".ics")[0].partition(".")[2]
    assert len(secret) > 30 and secret not in client.get(reverse("assessments:duty-feed")).content.decode()
    stored = CalendarFeed.objects.values().get(user=city.lin)
    assert secret not in str(stored)


def test_opened_anew_or_closed_the_old_address_leads_nowhere(token, city, at):
    fresh = services.open_feed(by=city.lin, at=at)
    assert CastClient().get(address(token)).status_code == 404
    assert CastClient().get(address(fresh)).status_code == 200
    services.close_feed(by=city.lin, at=at)
    assert CastClient().get(address(fresh)).status_code == 404


def test_a_wrong_secret_is_not_there_and_guessing_is_locked(token, at):
    wrong = token[:-4] + "AAAA"
    assert CastClient().get(address(wrong)).status_code == 404
    with pytest.raises(errors.DomainError) as locked:
        for number in range(200):
            try:
                services.reader_of(f"{number:016d}.x", source=STRANGER, at=at)
            except errors.OutOfScope:
                continue
    assert locked.value.status == 429


def test_it_is_read_once_a_minute(token, at):
    services.reader_of(token, source=STRANGER, at=at)
    with pytest.raises(services.TooOften):
        services.reader_of(token, source=STRANGER, at=at + dt.timedelta(seconds=30))
    assert services.reader_of(token, source=STRANGER, at=at + dt.timedelta(seconds=61))


@pytest.mark.parametrize("how", [{"is_active": False}, {"admin_role": "audit_admin"}])
def test_who_left_reads_nothing(token, city, how):
    for name, value in how.items():
        setattr(city.lin, name, value)
    city.lin.position_set.all().delete()
    city.lin.save()
    assert CastClient().get(address(token)).status_code == 404


def test_an_administrator_has_none(city, at):
    with pytest.raises(errors.NotAllowed):
        services.open_feed(by=city.auditor, at=at)
