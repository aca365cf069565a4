"""Terms of certificates and filings, worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from assessments.filing.terms import Terms, add_months, shipped_values

pytestmark = pytest.mark.pure
D = dt.date
TERMS = Terms(shipped_values())


@pytest.mark.parametrize(
    "issued, months, until",
    [
        (D(2023, 6, 1), 0, D(2027, 12, 31)),  # before 2025 it counts from 2025-01-01
        (D(2023, 6, 1), 12, D(2028, 12, 31)),  # and one evaluation adds a year
        (D(2025, 1, 1), 0, D(2027, 12, 31)),
        (D(2026, 3, 10), 0, D(2029, 3, 9)),
        (D(2028, 2, 29), 0, D(2031, 2, 28)),
    ],
)
def test_a_certificate_holds_three_years_and_one_more_for_each_evaluation(issued, months, until):
    assert TERMS.valid_until(issued, months) == until


def test_the_window_of_an_extension_opens_three_months_before_the_end():
    assert TERMS.window_opens(D(2027, 12, 31)) == D(2027, 10, 1)
    assert TERMS.window_opens(D(2029, 3, 9)) == D(2028, 12, 10)


@pytest.mark.parametrize(
    "determined, operating, due",
    [
        (D(2026, 3, 2), D(2020, 1, 1), D(2026, 4, 1)),  # running already: from the level
        (D(2026, 3, 2), D(2026, 5, 1), D(2026, 5, 31)),  # new: from operation
        (D(2026, 3, 2), None, None),
        (None, D(2026, 5, 1), None),
    ],
)
def test_an_object_is_filed_within_thirty_days(determined, operating, due):
    assert TERMS.filing_due(determined, operating) == due


def test_the_police_answer_within_ten_working_days_of_the_office():
    assert TERMS.answer_due(D(2026, 9, 24)) == D(2026, 10, 15)  # over 中秋 and 国庆 with their shifted days


def test_months_end_where_a_month_has_no_such_day():
    assert add_months(D(2026, 11, 30), 3) == D(2027, 2, 28)
    assert add_months(D(2026, 1, 15), -1) == D(2025, 12, 15)
