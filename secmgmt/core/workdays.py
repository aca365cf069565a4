"""Working days of the office: the State Council's calendar with its shifted days (chinesecalendar).

A year the calendar does not know yet counts Monday to Friday; ``is_known`` says so, and pages must.
"""

from __future__ import annotations

import datetime as dt

import chinese_calendar

DAY = dt.timedelta(days=1)
MOST = 2000  # working days that may be counted at once


def is_known(year: int) -> bool:
    """Whether the holidays of ``year`` are known, so that its days are more than Monday to Friday."""
    return 2004 <= year <= max(holiday.year for holiday in chinese_calendar.holidays)


def is_workday(day: dt.date) -> bool:
    """Whether ``day`` is a working day."""
    try:
        return chinese_calendar.is_workday(day)
    except NotImplementedError:  # a year it lacks
        return day.isoweekday() <= 5


def add_workdays(day: dt.date, count: int) -> dt.date:
    """The working day that is the ``count``-th after ``day``, the first day being the next one (0: ``day`` itself)."""
    if not 0 <= count <= MOST:
        raise ValueError(f"0–{MOST} working days, not {count}")
    while count:
        day += DAY
        count -= is_workday(day)
    return day


def workday_on_or_before(day: dt.date) -> dt.date:
    """``day``, or the last working day before it: by when something due then has to be done."""
    while not is_workday(day):
        day -= DAY
    return day
