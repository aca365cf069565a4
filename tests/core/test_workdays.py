"""Working days after the State Council's calendar, with its shifted days."""

from __future__ import annotations

import datetime as dt

import pytest

from secmgmt.core import workdays

DAY = dt.date


def test_a_holiday_is_none_and_a_shifted_sunday_is_one():
    assert not workdays.is_workday(DAY(2025, 10, 1))
    assert workdays.is_workday(DAY(2025, 9, 28))  # a Sunday worked for National Day


def test_days_are_counted_from_the_next_one():
    assert workdays.add_workdays(DAY(2025, 9, 29), 2) == DAY(2025, 10, 9)  # 30, then the week's holiday
    assert workdays.add_workdays(DAY(2025, 10, 1), 0) == DAY(2025, 10, 1)
    with pytest.raises(ValueError):
        workdays.add_workdays(DAY(2025, 1, 1), -1)


def test_what_is_due_in_a_holiday_is_done_before_it():
    assert workdays.workday_on_or_before(DAY(2025, 10, 5)) == DAY(2025, 9, 30)


def test_a_year_nobody_has_announced_counts_monday_to_friday():
    assert not workdays.is_known(2050)
    assert workdays.is_workday(DAY(2050, 1, 3)) and not workdays.is_workday(DAY(2050, 1, 1))
