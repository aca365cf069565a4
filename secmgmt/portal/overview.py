"""What the overview of the city, or of a unit, shows: tiles, units and levels by rate, what needs a person, the years.

Every number is a ``Figure``; each is asked once by unit and level, and all tables are summed from that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from functools import cached_property, partial
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from secmgmt.accounts.models import OrgUnit
from secmgmt.core.figures import REST, Cell, Figure, FigureScope, FigureValue, cells, summed, value
from secmgmt.core.reporting.charts import chart_svg
from secmgmt.core.reporting.document import BarChart, LineChart, Series

from .scope import LEVELS, YEARS, Asked, figures

BANDS = ((60, "h0"), (75, "h1"), (85, "h2"), (95, "h3"))
ROWS_SHOWN = 10
BARS = 8
NUMERALS = "零一二三四五"


def level_name(level: int | None) -> str:
    """第三级; 未定级."""
    return _("第%(n)s级") % {"n": NUMERALS[level]} if level else _("未定级")


@dataclass(frozen=True)
class Shown:
    """A value with the rows it leads to: ``url`` to those that count, ``rest_url`` to those that do not.

    ``note``: the hits by level.
    """

    value: FigureValue
    url: str
    rest_url: str
    note: str = ""

    @property
    def band(self) -> str:
        """The class of its cell in a table of rates."""
        rate = self.value.rate
        if rate is None:
            return "hx"
        return next((css for limit, css in BANDS if rate < limit), "h4")

    @property
    def whole(self) -> str:
        """The percent without its decimals: only all of all is 100."""
        rate = self.value.rate
        return "" if rate is None else str(rate.quantize(Decimal(1), ROUND_DOWN))


@dataclass(frozen=True)
class Line:
    """A row of the tables: a unit or a level, its objects, its rates; ``url`` narrows the overview to it."""

    label: str
    url: str
    objects: Shown
    rates: list[Shown]

    @property
    def mean(self) -> Decimal:
        """By which units are ranked, the weakest first; those without any rate last."""
        known = [shown.value.rate for shown in self.rates if shown.value.rate is not None]
        return sum(known, Decimal(0)) / len(known) if known else Decimal(1000)


class Overview:
    """The figures of what was asked, by unit and level; ``scope``: of another period than its year."""

    def __init__(self, asked: Asked, scope: FigureScope | None = None) -> None:
        self.asked = asked
        self.figures = figures()
        scope = scope or asked.scope()
        self.cells: dict[str, list[Cell]] = {figure.code: cells(figure, scope) for figure in self.figures}
        self.rates = sorted((f for f in self.figures if f.heat), key=lambda f: f.heat)
        self.objects = next(f for f in self.figures if f.code == "objects")

    def shown(self, figure: Figure, found: Iterable[Cell], **narrowed: Any) -> Shown:
        """The value of some cells with the way to its rows."""
        page = reverse("portal:figure", args=[figure.code])
        query = self.asked.query(**narrowed)
        rest = self.asked.query(**narrowed, part=REST)
        return Shown(summed(figure, found), page + query, page + rest)

    def whole(self, figure: Figure) -> Shown:
        """The figure over all that was asked."""
        return self.shown(figure, self.cells[figure.code])

    def tiles(self) -> list[Shown]:
        """The first figures, each over the whole."""
        found = [self.whole(figure) for figure in sorted(self.figures, key=lambda f: f.tile) if figure.tile]
        return [replace(shown, note=self._levels_of(shown.value.figure)) for shown in found]

    def _levels_of(self, figure: Figure) -> str:
        """第三级 63，第二级 151."""
        counts: dict[int, int] = defaultdict(int)
        for cell in self.cells[figure.code]:
            counts[cell.level or 0] += cell.numerator
        levels = sorted((level for level, n in counts.items() if n), reverse=True)[:2]
        return "，".join(f"{level_name(level)} {counts[level]}" for level in levels)

    def attention(self) -> list[dict[str, Any]]:
        """What needs a person, the worst first: a sentence with its number and the rows it counts."""
        found = []
        for figure in self.figures:
            shown = self.whole(figure)
            open_ones = shown.value.numerator - (shown.value.settled or 0)
            count = shown.value.rest if figure.is_rate else open_ones
            if figure.alert and count > 0:
                url = shown.rest_url if figure.is_rate else shown.url
                tone = "warn" if figure.is_rate else "bad"
                found.append({"text": figure.alert % {"n": count}, "figure": figure, "url": url, "tone": tone})
        return sorted(found, key=lambda line: line["tone"])

    # -- by unit -------------------------------------------------------------------------------------------

    def by_unit(self, sort: str = "") -> list[Line]:
        """The units right beneath, each with everything under it; the weakest first, or by one column."""
        parts = self.places
        groups: dict[str, dict[int, list[Cell]]] = {}
        for figure in (self.objects, *self.rates):
            groups[figure.code] = defaultdict(list)
            for cell in self.cells[figure.code]:
                groups[figure.code][parts.of.get(cell.unit, 0)].append(cell)
        lines = [
            self._line(label, partial(_of, groups, pk), unit=pk, own=1 if pk == parts.alone else None)
            for pk, label in parts.labels.items()
            if any(groups[code].get(pk) for code in groups)
        ]
        column = next((n for n, figure in enumerate(self.rates) if figure.code == sort), None)
        if sort == "objects":
            return sorted(lines, key=lambda line: -line.objects.value.numerator)
        if column is None:
            return sorted(lines, key=lambda line: line.mean)
        far = Decimal(1000)
        return sorted(lines, key=lambda line: far if (r := line.rates[column].value.rate) is None else r)

    def _line(self, label: str, of: Callable[[str], list[Cell]], **narrowed: Any) -> Line:
        rates = [self.shown(figure, of(figure.code), **narrowed) for figure in self.rates]
        url = reverse("portal:city") + self.asked.query(**narrowed)
        return Line(label, url, self.shown(self.objects, of("objects"), **narrowed), rates)

    @cached_property
    def places(self) -> Places:
        """Into which row each unit falls."""
        rows = OrgUnit.objects.none()
        for path in self.asked.paths:
            rows = rows | OrgUnit.objects.filter(path__startswith=path)
        listed = list(rows.order_by("path").values_list("pk", "path", "name", "short_name"))
        tops = self.asked.paths
        deeper = len(tops) == 1 and any(path != tops[0] for _pk, path, _n, _s in listed)
        depth = tops[0].count("/") + 1 if deeper else 0
        labels: dict[int, str] = {}
        of: dict[int, int] = {}
        alone: int | None = None
        for pk, path, name, short in listed:
            if deeper:
                if path.count("/") <= depth:
                    labels[pk] = _("本级") if path == tops[0] else short or name
                    alone = pk if path == tops[0] else alone
                top = int(path.split("/")[depth - 1]) if path.count("/") >= depth else pk
            else:
                top = next(int(held.rstrip("/").rpartition("/")[2]) for held in tops if path.startswith(held))
                if path in tops:
                    labels[pk] = short or name
            of[pk] = top
        return Places(labels, of, alone)

    # -- by level and over the years -----------------------------------------------------------------------

    def by_level(self) -> list[Line]:
        """The levels there are, the highest first."""
        known = {cell.level for cell in self.cells["objects"]}
        order = [level for level in (5, *LEVELS, None) if level in known]

        def of(level: int | None) -> Callable[[str], list[Cell]]:
            return lambda code: [cell for cell in self.cells[code] if cell.level == level]

        return [self._line(level_name(level), of(level), level=level or 0) for level in order]

    def levels_chart(self, lines: list[Line]) -> SafeString | None:
        """How many objects of each level the largest units have."""
        known = sorted({cell.level or 0 for cell in self.cells["objects"]}, reverse=True)
        parts = self.places
        largest = sorted(lines, key=lambda line: -line.objects.value.numerator)[:BARS]
        numbers = {label: pk for pk, label in parts.labels.items()}
        counts: dict[tuple[int, int], int] = defaultdict(int)
        for cell in self.cells["objects"]:
            counts[parts.of.get(cell.unit, 0), cell.level or 0] += cell.numerator
        if not largest:
            return None
        series = [
            Series(level_name(level), [counts[numbers[line.label], level] for line in largest]) for level in known
        ]
        top = largest[0]
        words = {"unit": top.label, "n": top.objects.value.numerator}
        finding = _("%(unit)s最多，%(n)d 个。") % words
        names = [line.label for line in largest]
        return SafeString(chart_svg(BarChart(_("系统等级分布"), names, series, finding, stacked=True)))

    def trend_chart(self) -> SafeString | None:
        """The rates over the years; a year without anything to measure against stays open."""
        drawn = [figure for figure in self.figures if figure.trend]
        years = range(self.asked.year - YEARS + 1, self.asked.year + 1)
        series, told = [], []
        for figure in drawn:
            rates = [value(figure, self.asked.scope(year)).rate for year in years]
            if any(rate is not None for rate in rates):
                series.append(Series(str(figure.label), rates))
                told.append(f"{figure.label} {rates[-1]}%" if rates[-1] is not None else f"{figure.label} —")
        if not series:
            return None
        finding = _("%(year)d 年：%(told)s。") % {"year": self.asked.year, "told": "，".join(told)}
        chart = LineChart(_("历年走势"), [str(year) for year in years], series, finding, maximum=100, unit="%")
        return SafeString(chart_svg(chart))


@dataclass(frozen=True)
class Places:
    """The rows of the table of units (number → name), the row each unit falls into, and the one without its beneath."""

    labels: dict[int, str]
    of: dict[int, int]
    alone: int | None


def _of(groups: dict[str, dict[int, list[Cell]]], pk: int, code: str) -> list[Cell]:
    return groups[code].get(pk, [])
