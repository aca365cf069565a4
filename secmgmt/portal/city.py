"""The overview of the city or a unit on one page, and the rows behind each of its figures."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from secmgmt.core import figures, parents
from secmgmt.core.clock import now, today
from secmgmt.core.figures import ALL, HIT, PARTS, REST, Figure
from secmgmt.core.filters import Chip
from secmgmt.core.tables import PAGE, Column, Table, url_with

from . import scope
from .overview import ROWS_SHOWN, Overview, level_name

PLAIN = Table((Column("name", gettext_lazy("名称"), value=str, link=True),))


class City(LoginRequiredMixin, View):
    """Where is the city weak, and what needs me? For a projector with ``stage=1``."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        asked = scope.asked(request.user, request.GET, today())
        view = Overview(asked)
        sort = request.GET.get("sort", "")
        units = view.by_unit(sort)
        as_tree = bool(request.GET.get("tree"))
        listed = view.tree() if as_tree else units
        shown = listed if as_tree or request.GET.get("all") else listed[:ROWS_SHOWN]
        context = {
            "title": title_of(asked),
            "crumbs": crumbs_of(asked),
            "asked": asked,
            "at": now(),
            "tiles": view.tiles(),
            "heads": [(figure, url_with(request.GET, sort=figure.code), sort == figure.code) for figure in view.rates],
            "units": shown,
            "listed": listed,
            "count": len(units),
            "hidden": len(listed) - len(shown),
            "all_url": url_with(request.GET, all=1),
            "as_tree": as_tree,
            "tree_url": url_with(request.GET, tree=None if as_tree else 1, sort=None, all=None),
            "by_level": view.by_level(),
            "counts": view.counts,
            "spread": view.spread,
            "pressed": [line for line in shown if line.is_counted],
            "risky": [line for line in shown if line.is_spread],
            "attention": view.attention(),
            "trend": view.trend_chart(),
            "levels_chart": view.levels_chart(units),
            "choices": [(unit.pk, "　" * unit.depth + unit.name) for unit in scope.units_overseen(request.user)],
            "levels": [(str(n), level_name(n)) for n in (*scope.LEVELS, 0)],
            "report_url": report_url(asked),
            "stage": bool(request.GET.get("stage")),
            "stage_url": url_with(request.GET, stage=None if request.GET.get("stage") else 1),
        }
        return render(request, "portal/city.html", context)


class Rows(LoginRequiredMixin, View):
    """The rows behind a figure: those that count, the rest, or all it is measured against."""

    def get(self, request: HttpRequest, figure: str) -> HttpResponse:
        """The list; ``part`` says which rows."""
        asked = scope.asked(request.user, request.GET, today(), objects=True)
        found = scope.figure_named(figure, asked)
        within = asked.scope()
        part = request.GET.get("part", HIT)
        part = part if part in PARTS else HIT
        value = figures.value(found, within)
        table = found.table or PLAIN
        rows = found.loaded(figures.rows(found, within, part))
        page = table.page(
            rows, request.GET, link=lambda row: row.get_absolute_url(),
            limits=lambda listed: parents.field_limits(request.user, listed),
            total={HIT: value.numerator, REST: value.rest, ALL: value.denominator}[part],
        )  # fmt: skip
        context = {
            "title": found.label,
            "crumbs": [*crumbs_of(asked), (title_of(asked), reverse("portal:city") + asked.query())]
            if scope.may_oversee(request.user) and asked.subject is None
            else [],
            "figure": found,
            "value": value,
            "asked": asked,
            "page": page,
            "filterset": None,
            "chips": chips(found, value, request.GET, part),
            "problems": [*asked.problems, *page.problems],
            "exports": [],
            "head_actions": [],
            "where": where(asked),
            "empty": {"icon": "check", "title": _("没有这样的记录"), "text": value.why or _("换一个范围再看。")},
        }
        return render(request, "portal/figure.html", context)


def chips(figure: Figure, value: figures.FigureValue, sent: Any, part: str) -> list[Chip]:
    """The parts of a rate with their numbers; a plain number has one part only."""
    if not figure.is_rate:
        return []
    labels = ((HIT, _("计入"), value.numerator), (REST, figure.rest or _("未计入"), value.rest))
    return [
        *(Chip(str(label), n, url_with(sent, part=code, **{PAGE: None}), part == code) for code, label, n in labels),
        Chip(_("全部"), value.denominator, url_with(sent, part=ALL, **{PAGE: None}), part == ALL),
    ]


def title_of(asked: scope.Asked) -> str:
    """The name of the overview."""
    if asked.unit is not None:
        return _("%(unit)s一览") % {"unit": asked.unit.short_name or asked.unit.name}
    tops = scope.units_overseen(asked.user).filter(path__in=asked.paths)[:2]
    if len(tops) == 1 and tops[0].kind != "city":
        return _("%(unit)s一览") % {"unit": tops[0].short_name or tops[0].name}
    return _("全市一览") if len(tops) == 1 else _("所辖单位一览")


def report_url(asked: scope.Asked) -> str:
    """Where the report of what is shown is made."""
    unit = asked.unit or scope.units_overseen(asked.user).filter(path__in=asked.paths).first()
    if unit is None:
        return ""
    page = reverse("portal:report-preview", args=["compliance"])
    return f"{page}?subject={unit.pk}"


def crumbs_of(asked: scope.Asked) -> list[tuple[str, str]]:
    """The units above the one asked for, as far as they are overseen."""
    if asked.unit is None:
        return []
    above = [int(part) for part in asked.unit.path.split("/") if part][:-1]
    found = scope.units_overseen(asked.user).filter(pk__in=above)
    page = reverse("portal:city")
    return [(unit.short_name or unit.name, page + asked.query(unit=unit.pk, own=None)) for unit in found]


def where(asked: scope.Asked) -> str:
    """What is told of, in one line: unit, level, year."""
    unit = _("%(unit)s（本级）") % {"unit": asked.unit} if asked.alone else str(asked.unit or "")
    parts = [unit, level_name(asked.level) if asked.level is not None else "", _("%(n)d 年度") % {"n": asked.year}]
    return " · ".join(part for part in parts if part)
