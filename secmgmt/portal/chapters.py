"""The chapters of the compliance report that are made of figures alone; the apps add theirs."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core.figures import HIT, REST, Chapter, FigureValue, ReportScope, rows, values
from secmgmt.core.reporting.document import BarChart, GroupRow, Heading, LineChart, Paragraph, Series, Table

from .overview import Line, Overview
from .scope import YEARS, Asked

NAMED = 30  # as many rows are named under a point; the rest are counted
BARS = 20


def figures_chapter(told: ReportScope) -> list[Any]:
    """Every figure with its counts, held against the other period."""
    heads = [_("指标"), _("本期"), _("分子 / 分母")]
    heads += [_("对比期"), _("变化")] if told.compared else []
    lines: list[Any] = []
    now_and_then = [told.scope, told.compared] if told.compared else [told.scope]
    found = iter(values([(figure, scope) for figure in told.figures for scope in now_and_then]))
    for group, listed in groupby(told.figures, key=lambda figure: str(figure.group)):
        lines.append(GroupRow(group))
        for figure in listed:
            now = next(found)
            line = [str(figure.label), _measured(now), now.counts if figure.is_rate and not now.why else now.why or "—"]
            if told.compared:
                then = next(found)
                line += [_measured(then), change(now, then)]
            lines.append(line)
    note = _("各项口径见“指标口径”；“—”为没有应计的对象。")
    widths = (9, 5, 5, 5, 5) if told.compared else (9, 5, 5)
    return [Table(heads, lines, widths=widths, align="lrrrr"[: len(heads)], note=note)]


def _measured(found: FigureValue) -> str:
    return found.text if found.figure.is_rate or found.settled else f"{found.text} {found.figure.unit}"


def change(now: FigureValue, then: FigureValue) -> str:
    """+3.25 个百分点, −2; — where one of them does not apply."""
    if now.number is None or then.number is None:
        return "—"
    by = Decimal(now.number) - Decimal(then.number)
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    words = {"by": f"{sign}{abs(by)}"}
    return _("%(by)s 个百分点") % words if now.figure.is_rate else words["by"]


def _overview(told: ReportScope) -> Overview:
    scope = told.scope
    asked = Asked(scope.user, scope.today, scope.since.year, told.subject, level=scope.level)
    return Overview(asked, scope)


def units_chapter(told: ReportScope) -> list[Any]:
    """The rates by unit, the weakest first, and by level."""
    if told.of_object:
        return []
    view = _overview(told)
    heads = [str(figure.head) for figure in view.rates]
    units, levels = view.by_unit(), view.by_level()
    if not units:
        return []

    def table(first: str, lines: list[Any]) -> Table:
        found = [
            (line.label, line.objects.value.numerator, *(shown.value.text for shown in line.rates)) for line in lines
        ]
        align = "lr" + "r" * len(heads)
        return Table([first, _("对象"), *heads], found, align=align, widths=(6, 3, *(4 for _head in heads)))

    weakest = units[0]
    blocks: list[Any] = [
        Heading(2, _("（一）各单位")),
        Paragraph(_("按各项比率的平均值由低到高排列，%(unit)s最需加强。") % {"unit": weakest.label}),
        table(_("单位"), units),
    ]
    blocks += _chart_of_units(view, units[:BARS])
    blocks += [Heading(2, _("（二）各等级")), table(_("等级"), levels)]
    for title, columns, part in (
        (_("（三）各单位问题和结论"), view.counts, "counts"), (_("（四）各单位风险分布"), view.spread, "spread")
    ):  # fmt: skip
        lines = [line for line in units if any(shown.value.numerator for shown in getattr(line, part))]
        if lines:
            found = [(line.label, *(shown.value.text for shown in getattr(line, part))) for line in lines]
            heads = [_("单位"), *(str(figure.head) for figure in columns)]
            blocks += [Heading(2, title), Table(heads, found, align="l" + "r" * len(columns))]
    return blocks


def _chart_of_units(view: Overview, shown: list[Line]) -> list[Any]:
    """The first rate that is drawn over the years, of the weakest units."""
    for n, figure in enumerate(view.rates):
        rates = [line.rates[n].value.rate for line in shown]
        known = [(rate, line.label) for rate, line in zip(rates, shown, strict=True) if rate is not None]
        if figure.trend and known:
            rate, unit = min(known, key=lambda entry: entry[0])
            finding = _("%(figure)s：%(unit)s最低，%(rate)s%%。") % {"figure": figure.label, "unit": unit, "rate": rate}
            title = _("各单位%(name)s") % {"name": figure.label}
            names, series = [line.label for line in shown], [Series(str(figure.head), rates)]
            return [BarChart(title, names, series, finding, 100, "%")]
    return []


def attention_chapter(told: ReportScope) -> list[Any]:
    """What needs somebody, with the records themselves."""
    blocks: list[Any] = []
    alerting = [figure for figure in told.figures if figure.alert]
    for figure, found in zip(alerting, values([(one, told.scope) for one in alerting]), strict=True):
        count = found.rest if figure.is_rate else found.numerator - (found.settled or 0)
        if count <= 0:
            continue
        listed = rows(figure, told.scope, REST if figure.is_rate else HIT).select_related(figure.to_unit)
        lines = [(str(row), str(_follow(row, figure.to_unit))) for row in listed.order_by("pk")[:NAMED]]
        blocks += [
            Heading(2, figure.alert % {"n": count}),
            Table([_("名称"), _("单位")], lines, widths=(6, 4), note=_more(count)),
        ]
    return blocks or [Paragraph(_("各项指标都已达到，没有需要关注的事项。"))]


def _more(count: int) -> str:
    return _("只列出前 %(n)d 条，其余在系统中查看。") % {"n": NAMED} if count > NAMED else ""


def _follow(row: Any, lookup: str) -> Any:
    for part in lookup.split("__"):
        row = getattr(row, part)
    return row


def trend_chapter(told: ReportScope) -> list[Any]:
    """The rates over the years."""
    last = told.scope.until.year
    years = list(range(last - YEARS + 1, last + 1))
    drawn = [figure for figure in told.figures if figure.trend]
    first, ends = told.scope.since.replace, told.scope.until.replace
    spans = [(first(year=year, month=1, day=1), ends(year=year, month=12, day=31)) for year in years]
    found = iter(values([(figure, told.scope.over(*span)) for figure in drawn for span in spans]))
    series = [Series(str(figure.label), [next(found).rate for _span in spans]) for figure in drawn]
    series = [one for one in series if any(rate is not None for rate in one.values)]
    if not series:
        return []
    words = {"year": last, "told": "，".join(f"{s.name} {_rate(s.values[-1])}" for s in series)}
    finding = _("%(year)d 年：%(told)s。") % words
    heads = [_("年度"), *(one.name for one in series)]
    lines = [(str(year), *(_rate(one.values[n]) for one in series)) for n, year in enumerate(years)]
    chart = LineChart(_("历年走势"), [str(year) for year in years], series, finding, maximum=100, unit="%")
    return [chart, Table(heads, lines, align="l" + "r" * len(series))]


def _rate(rate: Any) -> str:
    return "—" if rate is None else f"{rate}%"


def basis_chapter(told: ReportScope) -> list[Any]:
    """How each figure is counted."""
    lines = [(str(figure.label), str(figure.basis)) for figure in told.figures]
    return [Table([_("指标"), _("口径和依据")], lines, widths=(3, 8))]


CHAPTERS = (
    Chapter("figures", gettext_lazy("总体指标"), figures_chapter, order=10),
    Chapter("units", gettext_lazy("各单位和各等级"), units_chapter, order=20),
    Chapter("attention", gettext_lazy("需要关注的事项"), attention_chapter, order=30),
    Chapter("trend", gettext_lazy("历年走势"), trend_chapter, order=40),
    Chapter("basis", gettext_lazy("指标口径"), basis_chapter, order=900),
)
