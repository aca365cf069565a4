"""When a duty is due: pure calculation from its rule, what the data say of it, and the day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core import workdays
from secmgmt.core.manifest import DutyFact

PERIOD = re.compile(r"P([1-9]\d{0,2})([YMD])")
DAYS_OF = {"Y": 365, "M": 30, "D": 1}
ROLLING, YEAR, EVENT, UNTIL = "rolling", "calendar_year", "after_event", "until"


@dataclass(frozen=True)
class Due:
    """When a duty is due next and why. ``day`` None: the day it is counted from is not known.

    ``is_done``: its turn of today is done, ``day`` is of the next one. ``reason`` is put into words when it is read:
    of thousands of duties a page shows a few.
    """

    day: dt.date | None
    reason: Callable[[], str]
    is_done: bool = False

    @property
    def why(self) -> str:
        """From what the day follows."""
        return self.reason()


@lru_cache(maxsize=256)
def parts_of(period: str) -> tuple[int, str] | None:
    """P3M → (3, "M"); None for anything else."""
    found = PERIOD.fullmatch(period)
    return (int(found[1]), found[2]) if found else None


def days_of(period: str) -> int:
    """About how long a period is, for comparing two."""
    count, unit = parts_of(period) or (0, "D")
    return count * DAYS_OF[unit]


def period_text(period: str, mode: str, by_workdays: bool) -> str:
    """「每 3 个月」「30 日内」「20 个工作日内」「每个自然年」."""
    count, unit = parts_of(period) or (0, "D")
    if mode == YEAR:
        return _("每个自然年")
    words = {"Y": _("%d 年"), "M": _("%d 个月"), "D": _("%d 个工作日") if by_workdays else _("%d 日")}[unit] % count
    if mode == ROLLING:
        return _("每 %s") % words
    return _("%s内") % words if mode == EVENT else _("有效期 %s") % words


def later(day: dt.date, period: str, by_workdays: bool = False) -> dt.date:
    """``day`` plus the period; the 31st of a shorter month is its last day."""
    count, unit = parts_of(period) or (0, "D")
    if unit == "D":
        return workdays.add_workdays(day, count) if by_workdays else day + dt.timedelta(days=count)
    return _months_later(day, count * (12 if unit == "Y" else 1))


@lru_cache(maxsize=4096)  # the duties of a city share their days
def _months_later(day: dt.date, count: int) -> dt.date:
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_of(rule: Any, fact: DutyFact, today: dt.date) -> Due | None:
    """When the duty of ``rule`` is due by ``fact``; None where there is nothing to do (the event's work is done)."""
    return {ROLLING: _rolling, YEAR: _yearly, EVENT: _after, UNTIL: _until}[rule.mode](rule, fact, today)


def _rolling(rule: Any, fact: DutyFact, today: dt.date) -> Due:
    base = fact.done or fact.start
    if fact.due is None and base is None:
        return Due(None, lambda: _("从未完成，也没有起算日（%s）") % rule.first)
    day = fact.due or later(base or today, rule.period, rule.workdays)
    if fact.done:
        return Due(day, lambda: _("上次 %(day)s，%(every)s") % {"day": fact.done, "every": rule.every}, day > today)
    return Due(day, lambda: _("从未完成，自 %(day)s 起算，%(every)s") % {"day": fact.start or day, "every": rule.every})


def _yearly(rule: Any, fact: DutyFact, today: dt.date) -> Due:
    deadline = day_in(today.year, rule.deadline)
    if deadline >= today and _owed_since(rule, fact, today) < today.year:
        missed = day_in(today.year - 1, rule.deadline)
        words = {"day": missed, "done": fact.done}
        if fact.done:
            return Due(missed, lambda: _("上一年度没有完成（%(day)s 到期），上次 %(done)s") % words)
        return Due(missed, lambda: _("没有完成记录，上一年度已于 %(day)s 到期") % words)
    if fact.done and fact.done.year >= today.year:
        following = day_in(fact.done.year + 1, rule.deadline)
        return Due(following, lambda: _("本年度已于 %s 完成") % fact.done, True)
    if fact.start and fact.start > deadline:
        return Due(day_in(fact.start.year + 1, rule.deadline), lambda: _("%s 起，下一年度开始计") % fact.start, True)
    if fact.done:
        return Due(deadline, lambda: _("每个自然年一次，上次 %s") % fact.done)
    return Due(deadline, lambda: _("每个自然年一次，没有完成记录"))


def _owed_since(rule: Any, fact: DutyFact, today: dt.date) -> int:
    """The first year of which the duty was not done; this one where the data do not say since when it is owed."""
    if fact.done:
        return fact.done.year + 1
    if fact.start is None:
        return today.year
    return fact.start.year + (fact.start > day_in(fact.start.year, rule.deadline))


def _after(rule: Any, fact: DutyFact, today: dt.date) -> Due | None:
    if fact.start is None or (fact.done is not None and fact.done >= fact.start):
        return None
    day = fact.due or later(fact.start, rule.period, rule.workdays)
    return Due(day, lambda: _("%(day)s 起算，%(every)s") % {"day": fact.start, "every": rule.every})


def _until(rule: Any, fact: DutyFact, today: dt.date) -> Due | None:
    if fact.due is None:
        return None
    opens = fact.start if rule.mode == UNTIL and fact.start and fact.start > today else None

    def why() -> str:
        ends = _("%s 到期") % fact.due
        return _("%(why)s，%(day)s 起可办") % {"why": ends, "day": opens} if opens else ends

    return Due(fact.due, why)


def day_in(year: int, month_day: str) -> dt.date:
    """The day 「10-31」 of ``year``; 02-29 is the 28th in a common year."""
    month, day = (int(part) for part in month_day.split("-"))
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
