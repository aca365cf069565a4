"""Figures: each is declared once, with one query, and is the same on every page, in every report and in the API.

A feature says what is counted (``Figure.query`` → ``Counted``) over all rows there are; this module lays the scope
over it: the rows the person may see (``visible_to``), beneath the units he asked for, at one level. So no figure can
reach beyond what its reader could open row by row, and the rows behind a number are the rows that were counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.apps import apps
from django.core.exceptions import EmptyResultSet
from django.db.models import Count, Model, Q, QuerySet, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import parents, permissions

HIT, REST, ALL = "hit", "rest", "all"
PARTS = (HIT, REST, ALL)
PERCENT = "%"
SETTLED = gettext_lazy("已整改")
CENT = Decimal("0.01")
FEW = 2  # figures of the same rows that are read together with others
COUNTS, SPREAD = "counts", "spread"
COLUMNS = (COUNTS, SPREAD)
"""The tables of numbers of an overview: what there is to see to; how things are spread from bad to good."""


@dataclass(frozen=True)
class FigureScope:
    """For whom and of what a figure is counted.

    ``paths``: the units asked for, each with everything beneath; ``subject``: the number of one protected object
    instead. ``alone``: without what is beneath. ``level``: 1–5, 0 = none given yet, None = all. ``since``–``until``:
    the period, both days included; ``today``: the day on which it is counted.
    """

    user: Any
    since: dt.date
    until: dt.date
    today: dt.date
    paths: tuple[str, ...] = ()
    alone: bool = False
    level: int | None = None
    subject: int | None = None

    @property
    def day(self) -> dt.date:
        """The day whose state is told: the last of the period, today in one that runs."""
        return min(self.until, self.today)

    def over(self, since: dt.date, until: dt.date) -> FigureScope:
        """The same over another period."""
        return replace(self, since=since, until=until)


@dataclass(frozen=True)
class Counted:
    """What a figure counts, of all rows there are.

    ``among``: those of ``rows`` it is measured against, ``hit``: which of these count; None: all of them. ``settled``:
    which of the hits are done with, told in brackets: 10（5个已整改）. Figures of the same ``rows`` are counted in one
    reading, so what tells them apart belongs into ``among``.
    """

    rows: QuerySet
    hit: Q | None = None
    settled: Q | None = None
    among: Q | None = None

    @property
    def measured(self) -> QuerySet:
        """What it is measured against."""
        return self.rows if self.among is None else self.rows.filter(self.among)


def _as_they_are(rows: QuerySet) -> QuerySet:
    return rows


@dataclass(frozen=True)
class Figure:
    """A number with its meaning.

    ``unit``: "%" for a rate (hits of rows), else the measure word of the hits. ``query``: scope → ``Counted``.
    ``basis``: how it is counted and by which rule; ``none``: why there is nothing to measure against (the denominator
    is 0: 不适用, shown as —). ``reads``: models besides ``model`` of whose rows
    it tells. ``to_unit``, ``to_level``, ``to_object``: lookups from a row to its unit, level, object.
    ``good``: whether "more" or "less" is better, "" = neither. ``rest``: what rows that do not count are called.
    ``tile``, ``heat``: the place among the tiles and the columns of the overview, 0 = not there; ``short``: the head of
    its column. ``column``: the table of numbers of the overview it is a column of, "" = none (``COLUMNS``). ``trend``:
    drawn over the years. ``alert``: sentence with %(n)d where a person is needed: over what does
    not count of a rate, over the hits of a number.
    ``settles``: whether its query says which of the hits are settled, ``done``: what these are called.
    ``table``: the columns of the list behind it, ``loaded``: rows → rows with what these show.
    """

    code: str
    label: Any
    unit: Any
    model: str
    query: Callable[[FigureScope], Counted]
    basis: Any
    none: Any = ""
    to_unit: str = "protected_object__unit"
    to_level: str = "protected_object__security_level"
    to_object: str = "protected_object"
    good: str = "more"
    rest: Any = ""
    group: Any = ""
    tile: int = 0
    heat: int = 0
    short: Any = ""
    column: str = ""
    trend: bool = False
    alert: Any = ""
    order: int = 100
    settles: bool = False
    done: Any = SETTLED
    table: Any = None
    loaded: Callable[[QuerySet], QuerySet] = _as_they_are
    reads: tuple[str, ...] = ()

    @property
    def is_rate(self) -> bool:
        """Whether it is a share and not a number of things."""
        return self.unit == PERCENT

    @property
    def head(self) -> Any:
        """The head of its column."""
        return self.short or self.label


@dataclass(frozen=True)
class FigureValue:
    """What a figure came to; ``settled`` None where the figure tells nothing of it."""

    figure: Figure
    numerator: int
    denominator: int
    settled: int | None = None

    @property
    def rate(self) -> Decimal | None:
        """Percent with two decimals; None without anything to measure against. Only all of all is 100."""
        if not self.denominator:
            return None
        found = (Decimal(100 * self.numerator) / self.denominator).quantize(CENT, ROUND_HALF_UP)
        return found if self.numerator == self.denominator else min(found, 100 - CENT)

    @property
    def number(self) -> Decimal | int | None:
        """The figure as a number: the percent, or how many."""
        return self.rate if self.figure.is_rate else self.numerator

    @property
    def text(self) -> str:
        """As it is shown: 87.30%, 10（5个已整改）, — where it does not apply."""
        if self.figure.is_rate:
            return "—" if self.rate is None else f"{self.rate}%"
        return f"{self.numerator}{self.bracket}"

    @property
    def bracket(self) -> str:
        """How many of them are settled: （5个已整改）; "" where nothing is told of it or there is none."""
        if self.settled is None or not self.numerator:
            return ""
        return _("（%(n)d个%(done)s）") % {"n": self.settled, "done": self.figure.done}

    @property
    def counts(self) -> str:
        """The numbers of a rate: 55 / 63."""
        return f"{self.numerator} / {self.denominator}"

    @property
    def rest(self) -> int:
        """How many rows do not count."""
        return self.denominator - self.numerator

    @property
    def why(self) -> str:
        """Why it does not apply, "" where it does."""
        return str(self.figure.none) if self.figure.is_rate and not self.denominator else ""

    @property
    def tone(self) -> str:
        """bad where something a person should see to was found, "" where not."""
        needed = self.figure.good == "less" and self.numerator > (self.settled or 0)
        return "bad" if needed and not self.figure.is_rate else ""


class Cell(NamedTuple):
    """A part of a figure: what one unit has of one level (None = none given)."""

    unit: int
    level: int | None
    numerator: int
    denominator: int
    settled: int


@dataclass(frozen=True)
class ReportScope:
    """Of what a report of several chapters tells: a unit or an object, a period, and the period it is held against.

    ``scope``: for its figures; ``compared``: the same over the other period, None = none. ``figures``: all there are.
    """

    subject: Any
    scope: FigureScope
    compared: FigureScope | None
    figures: tuple[Figure, ...]
    at: dt.datetime

    @property
    def of_object(self) -> bool:
        """Whether it is about one object."""
        return self.scope.subject is not None


@dataclass(frozen=True)
class Chapter:
    """A chapter of the compliance report: ``build(scope) -> blocks`` of core.reporting, none = nothing to tell.

    The heading and its number are set by the report. ``chosen``: whether it is in unless taken out.
    """

    code: str
    label: Any
    build: Callable[[ReportScope], list[Any]]
    order: int = 100
    note: Any = ""
    chosen: bool = True


def model_of(figure: Figure) -> type[Model]:
    """What is counted."""
    return apps.get_model(figure.model)


def known_to(user: Any, figures: Iterable[Figure], *, invited: bool = False) -> list[Figure]:
    """Those whose rows a position of ``user`` shows at all: of the others he is told nothing, and no 0 either.

    ``invited``: also those whose rows he may be shown by invitation, where it is about a record he was invited to.
    """

    def shown(model: type[Model]) -> bool:
        held = permissions.capacities_for(model, "view") if invited else set()
        return permissions.may(user, model, "view") or bool(permissions.capacities_held(user, held))

    return [figure for figure in figures if all(map(shown, (model_of(figure), *map(apps.get_model, figure.reads))))]


def _within(figure: Figure, rows: QuerySet, scope: FigureScope, whole: dict[Any, bool] | None = None) -> QuerySet:
    """The rows of ``scope``: seen by its person whole, beneath its units or of its object, at its level.

    ``whole``: what was found out so far of who sees rows of a model only in part.
    """
    whole, model = {} if whole is None else whole, rows.model
    seen = permissions.restrict(rows, scope.user, "view")
    if model not in whole:
        whole[model] = _by_position(scope, model) or not parents.shown_in_part(scope.user, model)
    if not whole[model]:
        seen = parents.without_limited(seen, scope.user)
    for told in map(apps.get_model, figure.reads):
        held = permissions.paths_for(scope.user, told, "view")
        if held != permissions.paths_for(scope.user, model, "view"):  # the same rows otherwise
            seen = permissions.where_may(seen, scope.user, told, "view")
    if scope.level is not None:
        seen = seen.filter(**{figure.to_level: scope.level or None})
    if scope.subject is not None:
        return seen.filter(**{figure.to_object or "pk": scope.subject})
    if not scope.paths:
        return seen.none()
    if scope.alone:
        return seen.filter(**{f"{figure.to_unit}__path__in": scope.paths})
    if any(permissions.covers_everything(path) for path in scope.paths):
        return seen
    return seen.filter(reduce(or_, [Q(**{f"{figure.to_unit}__path__startswith": path}) for path in scope.paths]))


def _by_position(scope: FigureScope, model: type[Model]) -> bool:
    """Whether positions show all of the scope, so that nothing in it can be shown in part only."""
    own = permissions.paths_for(scope.user, model, "view")
    return bool(scope.paths) and all(any(path.startswith(held) for held in own) for path in scope.paths)


def rows(figure: Figure, scope: FigureScope, part: str = HIT) -> QuerySet:
    """The rows behind the figure: those that count, the rest of what it is measured against, or all."""
    counted = figure.query(scope)
    found = _within(figure, counted.measured, scope)
    if part == ALL or counted.hit is None:
        return found.none() if part == REST else found
    # asked by number: a condition over what is not there is neither true nor false and would lose the row
    hits = found.filter(counted.hit)
    return hits if part == HIT else found.exclude(pk__in=hits.order_by().values("pk"))


def cells(figure: Figure, scope: FigureScope) -> list[Cell]:
    """The figure by unit and level: one query, whatever the number of units."""
    return cells_of([(figure, scope)])[0]


def cells_of(asked: Sequence[tuple[Figure, FigureScope]]) -> list[list[Cell]]:
    """Many figures by unit and level, each of its own scope, in few queries whatever the number of figures and rows.

    Rows that many figures ask of are read once for all of them; the others are read together.
    """
    found: list[list[Cell]] = [[] for _figure in asked]
    readings = _readings(asked)
    few = [reading for reading in readings if len(reading.counted) <= FEW]
    for together in (few, *([reading] for reading in readings if len(reading.counted) > FEW)):
        for reading, cell in _read(together):
            for n, (place, _counted) in enumerate(reading.counted):
                if cell[3 * n + 3]:
                    found[place].append(Cell(*cell[:2], *cell[3 * n + 2 : 3 * n + 5]))
    return found


def _read(readings: list[_Reading]) -> Iterator[tuple[_Reading, tuple[Any, ...]]]:
    """Each row of the readings (unit, level, then hits, all and settled of each figure): one query."""
    width = max((len(reading.counted) for reading in readings), default=0)
    parts = [reading.select(number, width) for number, reading in enumerate(readings)]
    if parts:
        for number, *cell in parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]:
            yield readings[number], tuple(cell)


@dataclass(frozen=True)
class _Reading:
    """Rows that are read once for several figures; ``counted``: the place of each among what was asked."""

    figure: Figure
    rows: QuerySet
    counted: list[tuple[int, Counted]]

    def select(self, number: int, width: int) -> QuerySet:
        """Rows (number, unit, level, then hits, all and settled of each figure), padded to ``width`` figures."""
        parts: dict[str, Any] = {}
        for n in range(width):
            counted = self.counted[n][1] if n < len(self.counted) else None
            parts |= {f"{name}{n}_": count for name, count in zip("nds", _counts(counted), strict=True)}
        named = self.rows.annotate(reading_=Value(number))
        return named.values_list("reading_", f"{self.figure.to_unit}_id", self.figure.to_level).annotate(**parts)


def _counts(counted: Counted | None) -> tuple[Any, Any, Any]:
    """Hits, all and settled, as aggregates."""
    if counted is None:
        return Value(0), Value(0), Value(0)
    among = counted.among or Q()
    hit = among & (counted.hit or Q())
    settled = Count("pk", filter=hit & counted.settled) if counted.settled is not None else Value(0)
    return Count("pk", filter=hit or None), Count("pk", filter=among or None), settled


def _readings(asked: Sequence[tuple[Figure, FigureScope]]) -> list[_Reading]:
    """The figures put together that ask of the same rows, in the same way."""
    whole: dict[Any, bool] = {}
    found: dict[tuple, _Reading] = {}
    for place, (figure, scope) in enumerate(asked):
        counted = figure.query(scope)
        rows = _within(figure, counted.rows, scope, whole).order_by()
        try:
            sql = str(rows.values("pk").query)
        except EmptyResultSet:
            continue
        key = (figure.model, figure.to_unit, figure.to_level, sql)
        found.setdefault(key, _Reading(figure, rows, [])).counted.append((place, counted))
    return list(found.values())


def summed(figure: Figure, found: Iterable[Cell]) -> FigureValue:
    """The value of several parts together."""
    listed = list(found)
    settled = sum(cell.settled for cell in listed) if figure.settles else None
    return FigureValue(figure, sum(c.numerator for c in listed), sum(c.denominator for c in listed), settled)


def value(figure: Figure, scope: FigureScope) -> FigureValue:
    """The figure: one query."""
    return summed(figure, cells(figure, scope))


def values(asked: Sequence[tuple[Figure, FigureScope]]) -> list[FigureValue]:
    """Many figures, each of its own scope: one query for all of them."""
    return [summed(figure, found) for (figure, _scope), found in zip(asked, cells_of(asked), strict=True)]
