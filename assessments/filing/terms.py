"""Terms of certificates and filings from the rules: pure reckoning with days, no database.

Worked: filed 2023-06-01 runs 2025-01-01 to 2027-12-31, with one evaluation to 2028-12-31; a level fixed on
2026-03-02 for a system in operation is filed by 2026-04-01.
"""

from __future__ import annotations

import calendar
import csv
import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from secmgmt.core.workdays import add_workdays

FILE = Path(__file__).parent / "data" / "rules.csv"
DAY = dt.timedelta(days=1)


@cache
def shipped() -> tuple[dict[str, str], ...]:
    """The rules as they come with the product, one dictionary of texts a rule."""
    with FILE.open(encoding="utf-8", newline="") as handle:
        return tuple(csv.DictReader(handle))


@cache
def shipped_values() -> dict[str, Any]:
    """Code → number or day, as shipped."""
    return {
        row["code"]: dt.date.fromisoformat(row["day"]) if row["day"] else int(row["number"]) for row in shipped()
    }


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day ``months`` later (or earlier), the last of the month where it has no such day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Terms:
    """The rules in force as values by code."""

    values: dict[str, Any]

    def __getitem__(self, code: str) -> Any:
        return self.values[code]

    def valid_from(self, issued: dt.date) -> dt.date:
        """The day a certificate's term is counted from."""
        return max(issued, self["validity_since"])

    def valid_until(self, issued: dt.date, prolonged_months: int = 0) -> dt.date:
        """The last day of a certificate issued on ``issued`` whose term was lengthened by ``prolonged_months``."""
        start = self.valid_from(issued)
        ends = add_months(start, self["validity_months"] + prolonged_months)
        return ends if ends.day != start.day else ends - DAY

    def window_opens(self, valid_until: dt.date) -> dt.date:
        """From which day an extension may be asked for: the day after the end, less the window."""
        return add_months(valid_until + DAY, -self["window_months"])

    def remind_from(self, valid_until: dt.date) -> dt.date:
        """From which day the end is announced."""
        return add_months(valid_until + DAY, -self["remind_months"])

    def filing_due(self, determined: dt.date | None, operating: dt.date | None) -> dt.date | None:
        """By when an object is filed: counted from the later of level and operation; None before it runs."""
        if determined is None or operating is None:
            return None
        return max(determined, operating) + dt.timedelta(days=self["filing_days"])

    def answer_due(self, received: dt.date) -> dt.date:
        """By when the police answer what they received on ``received``."""
        return add_workdays(received, self["answer_workdays"])
