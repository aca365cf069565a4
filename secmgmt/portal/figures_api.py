"""The API of figures: the same numbers as on the pages and in the reports, and the rows behind each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router, Schema

from secmgmt.core import errors, figures
from secmgmt.core.api import MOST
from secmgmt.core.clock import today
from secmgmt.core.figures import HIT, PARTS, FigureValue

from . import scope


class FigureOut(Schema):
    """A figure: ``value`` is the percent or the number, null where it does not apply (``why`` says why)."""

    code: str
    label: str
    unit: str
    value: float | None
    text: str
    numerator: int
    denominator: int
    settled: int | None
    why: str
    basis: str


class FiguresOut(Schema):
    """All figures of a scope."""

    year: int
    items: list[FigureOut]


class FigureRow(Schema):
    """A row behind a figure."""

    id: int
    name: str
    url: str


class FigureRowsOut(Schema):
    """A figure with a page of its rows."""

    figure: FigureOut
    part: str
    page: int
    size: int
    total: int
    items: list[FigureRow]


def _parameter(name: str, told: Any) -> dict[str, Any]:
    return {"in": "query", "required": False, "schema": {"type": "integer"}, "name": name, "description": told}


SCOPE = {
    "parameters": [
        _parameter("unit", _("单位编号，含下级；不写为您所辖的全部")),
        _parameter("own", _("写 1 只计本级")),
        _parameter("level", _("等级 1–5，0 为未定级")),
        _parameter("year", _("年度")),
        _parameter("object", _("定级对象编号，写了就不看单位")),
    ]
}
router = Router(tags=["指标"])


@router.get(
    "", response=FiguresOut, operation_id="figures", summary="全部指标", url_name="figures", openapi_extra=SCOPE
)
def listed(request: HttpRequest) -> HttpResponse:
    """Every figure of the scope asked for."""
    asked = _asked(request)
    within = asked.scope()
    values = figures.values([(figure, within) for figure in scope.figures_for(request.user, asked.subject)])
    return JsonResponse({"year": asked.year, "items": [told(value) for value in values]})


@router.get(
    "/{slug:figure}", response=FigureRowsOut, operation_id="figure_rows", summary="一项指标和它背后的记录",
    url_name="figure-rows", openapi_extra=SCOPE,
)  # fmt: skip
def behind(
    request: HttpRequest, figure: str = Path(..., description="指标代码"),
    part: str = Query(HIT, description="hit 计入的、rest 应计未达的、all 全部"),
    page: int = Query(1, ge=1, le=1_000_000), size: int = Query(50, ge=1, le=MOST),
) -> HttpResponse:  # fmt: skip
    """One figure and a page of the rows it counts; ``part``: hit, rest or all."""
    asked = _asked(request)
    found = scope.figure_named(figure, asked)
    if part not in PARTS:
        raise errors.Invalid({"part": ["可用：" + "、".join(PARTS) + "。"]})
    rows = figures.rows(found, asked.scope(), part).order_by("pk")
    shown = rows[(page - 1) * size : page * size]
    items = [{"id": row.pk, "name": str(row), "url": row.get_absolute_url()} for row in found.loaded(shown)]
    value = told(figures.value(found, asked.scope()))
    return JsonResponse(
        {"figure": value, "part": part, "page": page, "size": size, "total": rows.count(), "items": items}
    )


def _asked(request: HttpRequest) -> scope.Asked:
    """The scope; what makes no sense is refused and not guessed."""
    asked = scope.asked(request.user, request.GET, today(), objects=True)
    if asked.problems:
        raise errors.Invalid(message="".join(asked.problems))
    return asked


def told(value: FigureValue) -> dict[str, Any]:
    """A value as JSON."""
    number = value.number
    return {
        "code": value.figure.code, "label": str(value.figure.label), "unit": str(value.figure.unit),
        "value": None if number is None else float(number), "text": value.text, "numerator": value.numerator,
        "denominator": value.denominator, "settled": value.settled, "why": value.why, "basis": str(value.figure.basis),
    }  # fmt: skip
