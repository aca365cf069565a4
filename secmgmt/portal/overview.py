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

from django.core.cache import cache
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from secmgmt.core import digest
from secmgmt.core.figures import (
    COUNTS,
    REST,
    SPREAD,
    Cell,
    Figure,
    FigureScope,
    FigureValue,
    cells_of,
    summed,
    values,
)
from secmgmt.core.models import AuditHead
from secmgmt.core.reporting.charts import chart_svg
from secmgmt.core.reporting.document import BarChart, LineChart, Series

from .places import Groups, Places, Unit, right_beneath, tree, units_beneath
from .scope import LEVELS, YEARS, Asked, figures_for

BANDS = ((60, "h0"), (75, "h1"), (85, "h2"), (95, "h3"))
ROWS_SHOWN = 10
SECONDS = 60
BARS = 8
NUMERALS = "零一二三四五"


def level_name(level: int | None) -> str:
    """第三级; 未定级."""
    return _("第%(n)s级") % {"n": NUMERALS[level]} if level else _("未定级")


@dataclass(frozen=True)
class Shown:
    """A value with the rows it leads to: ``url`` to those that count, ``rest_url`` to those that do not.

    ``page``: the list of its rows, asked for by ``asked`` with what is in ``narrowed``. ``note``: the hits by level.
    """

    value: FigureValue
    page: str
    asked: Asked
    narrowed: dict[str, Any]
    note: str = ""

    @property
    def url(self) -> str:
        """The rows that count."""
        return self.page + self.asked.query(**self.narrowed)

    @property
    def rest_url(self) -> str:
        """The rows it is measured against that do not."""
        return self.page + self.asked.query(**self.narrowed, part=REST)

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
    """A row of the tables: a unit or a level, its objects, its rates and numbers; ``url`` narrows the overview to it.

    ``spread``: how its risks are spread, from bad to good. ``depth``: how deep a unit stands in the tree.
    """

    label: str
    url: str
    objects: Shown
    rates: list[Shown]
    counts: list[Shown]
    spread: list[Shown]
    row: int | None = None
    depth: int = 0

    @property
    def mean(self) -> Decimal:
        """By which units are ranked, the weakest first; those without any rate last."""
        known = [shown.value.rate for shown in self.rates if shown.value.rate is not None]
        return sum(known, Decimal(0)) / len(known) if known else Decimal(1000)

    @property
    def indent(self) -> str:
        """As much blank before its name as it stands deep."""
        return "　" * self.depth

    @property
    def is_counted(self) -> bool:
        """Whether any of its numbers is not 0."""
        return any(shown.value.numerator for shown in self.counts)

    @property
    def is_spread(self) -> bool:
        """Whether there is anything to show of how it is spread."""
        return any(shown.value.numerator for shown in self.spread)


class Overview:
    """The figures of what was asked, by unit and level; ``scope``: of another period than its year.

    What its reader has no right to see anywhere is left out.
    """

    def __init__(self, asked: Asked, scope: FigureScope | None = None) -> None:
        self.asked = asked
        self.figures = figures_for(asked.user)
        scope = scope or asked.scope()
        self.cells = dict(zip(
            (figure.code for figure in self.figures), cells_of([(figure, scope) for figure in self.figures]),
            strict=True,
        ))  # fmt: skip
        self.pages = {figure.code: reverse("portal:figure", args=[figure.code]) for figure in self.figures}
        self.rates = sorted((f for f in self.figures if f.heat), key=lambda f: f.heat)
        self.counts = [f for f in self.figures if f.column == COUNTS]
        self.spread = [f for f in self.figures if f.column == SPREAD]
        self.objects = next(f for f in self.figures if f.code == "objects")

    def shown(self, figure: Figure, found: Iterable[Cell], **narrowed: Any) -> Shown:
        """The value of some cells with the way to its rows."""
        return Shown(summed(figure, found), self.pages[figure.code], self.asked, narrowed)

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

    @cached_property
    def units(self) -> list[Unit]:
        """The units asked for with everything beneath."""
        return units_beneath(self.asked.paths)

    def by_unit(self, sort: str = "") -> list[Line]:
        """The units right beneath, each with everything under it; the weakest first, or by one column."""
        lines = self._lines(right_beneath(self.units, self.asked.paths))
        if sort == "objects":
            return sorted(lines, key=lambda line: -line.objects.value.numerator)
        column = next((n for n, figure in enumerate(self.rates) if figure.code == sort), None)
        if column is None:
            return sorted(lines, key=lambda line: line.mean)
        far = Decimal(1000)
        return sorted(lines, key=lambda line: far if (r := line.rates[column].value.rate) is None else r)

    def tree(self) -> list[Line]:
        """Every unit that has anything, each with everything under it, in the order of the tree."""
        return self._lines(tree(self.units, self.asked.paths))

    def _lines(self, places: Places) -> list[Line]:
        columns = (self.objects, *self.rates, *self.counts, *self.spread)
        groups = places.grouped(self.cells, [figure.code for figure in columns])
        return [
            replace(
                self._line(label, partial(_of, groups, pk), unit=pk, own=1 if pk == places.alone else None),
                row=pk, depth=places.depths.get(pk, 0),
            )
            for pk, label in places.labels.items()
            if any(pk in found for found in groups.values())
        ]  # fmt: skip

    def _line(self, label: str, of: Callable[[str], list[Cell]], **narrowed: Any) -> Line:
        rates, counts, spread = (
            [self.shown(figure, of(figure.code), **narrowed) for figure in columns]
            for columns in (self.rates, self.counts, self.spread)
        )
        url = reverse("portal:city") + self.asked.query(**narrowed)
        return Line(label, url, self.shown(self.objects, of("objects"), **narrowed), rates, counts, spread)

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
        found = right_beneath(self.units, self.asked.paths).grouped(self.cells, ["objects"])["objects"]
        largest = sorted(lines, key=lambda line: -line.objects.value.numerator)[:BARS]
        if not largest:
            return None
        counts: dict[tuple[int | None, int], int] = defaultdict(int)
        for line in largest:
            for cell in found.get(line.row or 0, ()):
                counts[line.row, cell.level or 0] += cell.numerator
        series = [Series(level_name(level), [counts[line.row, level] for line in largest]) for level in known]
        top = largest[0]
        words = {"unit": top.label, "n": top.objects.value.numerator}
        finding = _("%(unit)s最多，%(n)d 个。") % words
        names = [line.label for line in largest]
        return SafeString(chart_svg(BarChart(_("系统等级分布"), names, series, finding, stacked=True)))

    def _rates(self, drawn: list[Figure], years: range) -> list[Decimal | None]:
        """The rates of the years, counted again as soon as anything was written: every write is on the trail.

        What time alone changes shows at most ``SECONDS`` late.
        """
        head = AuditHead.objects.filter(pk=1).values_list("digest", flat=True).first()
        codes = ",".join(figure.code for figure in drawn)
        mark = digest.hash_value([codes, list(self.asked.paths), self.asked.query(), str(self.asked.today), head])

        def counted() -> list[str]:
            found = values([(figure, self.asked.scope(year)) for figure in drawn for year in years])
            return [str(value.rate) if value.rate is not None else "" for value in found]

        kept = cache.get_or_set(f"trend:{self.asked.user.pk}:{mark}", counted, SECONDS)
        return [Decimal(rate) if rate else None for rate in kept or []]

    def trend_chart(self) -> SafeString | None:
        """The rates over the years; a year without anything to measure against stays open."""
        drawn = [figure for figure in self.figures if figure.trend]
        years = range(self.asked.year - YEARS + 1, self.asked.year + 1)
        found = iter(self._rates(drawn, years))
        series, told = [], []
        for figure in drawn:
            rates = [next(found) for _year in years]
            if any(rate is not None for rate in rates):
                series.append(Series(str(figure.label), rates))
                told.append(f"{figure.label} {rates[-1]}%" if rates[-1] is not None else f"{figure.label} —")
        if not series:
            return None
        finding = _("%(year)d 年：%(told)s。") % {"year": self.asked.year, "told": "，".join(told)}
        chart = LineChart(_("历年走势"), [str(year) for year in years], series, finding, maximum=100, unit="%")
        return SafeString(chart_svg(chart))


def _of(groups: Groups, pk: int, code: str) -> list[Cell]:
    return groups[code].get(pk, [])
