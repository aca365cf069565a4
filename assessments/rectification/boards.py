"""Items as a board by state and as a month of due dates, bounded whatever the number of rows.

Both count in SQL and draw only the first few of a column or a day; the rest is a link to the table with the same
filters.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Case, Count, F, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import PAGE, url_with

from .choices import RUNNING, Risk, State
from .models import Rectification

CARDS = 12
PER_DAY = 3
MONTH = "month"
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
RELATED = ("protected_object", "owner")


class Stage(NamedTuple):
    """A column of the board: what stands in it, and what comes first there."""

    label: Any
    states: tuple[State, ...]
    order: str


STAGES = (
    Stage(_("待制定"), (State.PLANNING,), "due_on"),
    Stage(_("方案待审批"), (State.PLAN_REVIEW,), "due_on"),
    Stage(_("整改中"), (State.DOING, State.EXTENSION_REVIEW), "due_on"),
    Stage(_("待验证"), (State.VERIFYING,), "due_on"),
    Stage(_("接受风险"), (State.ACCEPTANCE_REVIEW, State.ACCEPTED), "accepted_until"),
    Stage(_("已关闭"), (State.CLOSED,), "-closed_on"),
)


@dataclass
class Column:
    """A drawn column; ``parts``: (state, how many, the table of them)."""

    stage: Stage
    total: int = 0
    late: int = 0
    parts: list[tuple[str, int, str]] = field(default_factory=list)
    cards: list[Rectification] = field(default_factory=list)

    @property
    def rest(self) -> int:
        """How many are not drawn."""
        return self.total - len(self.cards)


@dataclass
class Day:
    """A day of the month with the first of what is due on it."""

    day: dt.date
    total: int = 0
    late: int = 0
    url: str = ""
    rows: list[Rectification] = field(default_factory=list)

    @property
    def rest(self) -> int:
        """How many are not drawn."""
        return self.total - len(self.rows)


def table_url(params: QueryDict, **changes: Any) -> str:
    """The table with the filters of ``params``, some of them replaced."""
    return reverse("assessments:rectification-list") + url_with(params, **{PAGE: None, MONTH: None, **changes})


def tabs(params: QueryDict, current: str) -> list[tuple[str, str, bool]]:
    """Table, board and calendar of the same rows."""
    asked = url_with(params, **{PAGE: None, MONTH: None})
    pages = (("list", _t("清单")), ("board", _t("看板")), ("calendar", _t("日历")))
    return [
        (label, reverse(f"assessments:rectification-{name}") + asked.rstrip("?"), name == current)
        for name, label in pages
    ]


def late_by(today: dt.date) -> Count:
    """How many are past their due date: of an index alone, no row is read for it."""
    return Count(Case(When(state__in=RUNNING, due_on__lt=today, then=Value(1))))


def board(rows: QuerySet, params: QueryDict, today: dt.date) -> list[Column]:
    """The columns of ``rows``: one query for the counts and one for each column that has any."""
    late = late_by(today)
    counted = rows.order_by().values("state").annotate(n=Count("*"), late=late)
    found = {row["state"]: row for row in counted}
    columns = []
    narrow = bool(params.get("state"))
    for stage in STAGES:
        column = Column(stage)
        for state in stage.states:
            if state in found:
                column.total += found[state]["n"]
                column.late += found[state]["late"]
                column.parts.append((str(state.label), found[state]["n"], table_url(params, state=state.value)))
        if column.total:
            here = rows.filter(state__in=[state for state in stage.states if state in found])
            tie = "-pk" if stage.order.startswith("-") else "pk"
            column.cards = list(here.select_related(*RELATED).order_by(stage.order, tie)[:CARDS])
        if column.total or not narrow:
            columns.append(column)
    return columns


def month_of(params: QueryDict, today: dt.date, problems: list[str]) -> dt.date:
    """The first day of the month asked for; what is no month is told in ``problems``."""
    asked = params.get(MONTH, "")
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", asked)
    if match:
        return dt.date(int(match[1]), int(match[2]), 1)
    if asked:
        problems.append(_t("月份须写成 2026-11 这样，已显示本月。"))
    return today.replace(day=1)


def neighbours(first: dt.date) -> tuple[str, str]:
    """The months before and after, as the address names them."""
    before, after = first - dt.timedelta(days=1), first + dt.timedelta(days=31)
    return f"{before:%Y-%m}", f"{after:%Y-%m}"


def weeks(rows: QuerySet, params: QueryDict, first: dt.date, today: dt.date) -> list[list[Day | None]]:
    """The month that begins on ``first``, week by week; days of other months are None. Two queries."""
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    due = rows.order_by().filter(due_on__range=(first, last))
    late = late_by(today)
    counted = due.values("due_on").annotate(n=Count("*"), late=late)
    days = {}
    for row in counted:
        day = row["due_on"]
        url = table_url(params, due_from=day, due_until=day)
        days[day] = Day(day, row["n"], row["late"], url)
    for item in first_of_each_day(due) if days else ():
        days[item.due_on].rows.append(item)
    dates = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return [[days.get(day, Day(day)) if day.month == first.month else None for day in week] for week in dates]


def first_of_each_day(due: QuerySet) -> QuerySet:
    """Of each day the first few: what still counts before the rest, the graver before the milder."""
    done = Case(When(state__in=RUNNING, then=Value(0)), default=Value(1))
    grave = Case(
        When(major=True, then=Value(0)), When(risk=Risk.HIGH, then=Value(1)), When(risk=Risk.MEDIUM, then=Value(2)),
        default=Value(3),
    )  # fmt: skip
    place = Window(RowNumber(), partition_by=F("due_on"), order_by=[done.asc(), grave.asc(), F("pk").asc()])
    found = due.annotate(place=place).filter(place__lte=PER_DAY)
    return found.select_related(*RELATED).order_by("due_on", "place")
