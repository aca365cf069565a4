"""When a duty is due: by its rule, by what the data say, and by the day."""

from __future__ import annotations

import csv
import datetime as dt
from types import SimpleNamespace

import pytest

from assessments.calendar import due
from assessments.calendar.models import Confidence, Mode
from assessments.calendar.services import FILE, values_of
from secmgmt.core.manifest import DutyFact

D = dt.date
TODAY = D(2026, 11, 25)
pytestmark = pytest.mark.pure


def rule(mode: str, period: str = "P1Y", *, deadline: str = "", workdays: bool = False) -> SimpleNamespace:
    every = due.period_text(period, mode, workdays)
    told = {"first": "投入运行日", "every": every}
    return SimpleNamespace(mode=mode, period=period, deadline=deadline, workdays=workdays, **told)


@pytest.mark.parametrize(
    "which, fact, day, done",
    [
        (rule("rolling"), DutyFact(done=D(2026, 1, 31)), D(2027, 1, 31), True),
        (rule("rolling", "P1M"), DutyFact(done=D(2026, 1, 31)), D(2026, 2, 28), False),
        (rule("rolling", "P2Y"), DutyFact(start=D(2024, 2, 29)), D(2026, 2, 28), False),
        (rule("rolling"), DutyFact(), None, False),
        (rule("calendar_year", deadline="12-31"), DutyFact(done=D(2025, 3, 1)), D(2026, 12, 31), False),
        (rule("calendar_year", deadline="10-31"), DutyFact(done=D(2026, 3, 1)), D(2027, 10, 31), True),
        (rule("calendar_year", deadline="10-31"), DutyFact(), D(2026, 10, 31), False),
        (rule("calendar_year", deadline="12-31"), DutyFact(done=D(2024, 3, 1)), D(2025, 12, 31), False),
        (rule("calendar_year", deadline="12-31"), DutyFact(start=D(2021, 3, 1)), D(2025, 12, 31), False),
        (rule("calendar_year", deadline="10-31"), DutyFact(start=D(2025, 11, 1)), D(2026, 10, 31), False),
        (rule("calendar_year", deadline="10-31"), DutyFact(start=D(2026, 11, 2)), D(2027, 10, 31), True),
        (rule("after_event", "P30D"), DutyFact(start=D(2026, 11, 1)), D(2026, 12, 1), False),
        (rule("after_event", "P20D", workdays=True), DutyFact(start=D(2025, 9, 29)), D(2025, 11, 3), False),
        (rule("until", "P3Y"), DutyFact(due=D(2027, 1, 5)), D(2027, 1, 5), False),
    ],
)
def test_the_day_follows_from_rule_and_data(which, fact, day, done):
    found = due.due_of(which, fact, TODAY)
    assert (found.day, found.is_done) == (day, done) and found.why


def test_what_followed_an_event_is_no_duty_any_more_and_a_certificate_that_is_not_there_neither():
    done = DutyFact(start=D(2026, 11, 1), done=D(2026, 11, 5))
    assert due.due_of(rule("after_event", "P30D"), done, TODAY) is None
    assert due.due_of(rule("until"), DutyFact(), TODAY) is None


def test_every_shipped_duty_is_whole_and_says_its_basis():
    with FILE.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len({row["code"] for row in rows}) == 31
    for row in rows:
        values = values_of(row)
        assert due.parts_of(values["period"]) and values["mode"] in Mode.values and values["basis"]
        assert values["confidence"] in Confidence.values and 1 <= values["min_level"] <= values["max_level"] <= 5
        assert bool(values["deadline"]) == (values["mode"] == Mode.YEAR)
