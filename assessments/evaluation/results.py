"""The scores of an assessment as its answers stand: by layer, by control point, in total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from assessments.catalog.selection import EXTENSION_SCOPES

from . import formulas, points, scoring
from .models import Answer, Assessment


@dataclass(frozen=True)
class PointResult:
    """A control point; ``result`` is "" while one of its items is open."""

    name: str
    result: str

    @property
    def label(self) -> str:
        """The result in words."""
        return str(points.RESULT_LABELS.get(self.result, ""))


@dataclass(frozen=True)
class LayerResult:
    """A layer: numbers of items by result, and its rate 0–100 as printed ("" while nothing can be scored).

    An extension's items are a layer of their own, named by ``layer_title``: its control points bear general names.
    """

    name: str
    total: int
    met: int
    partial: int
    unmet: int
    not_applicable: int
    rate: str
    points: tuple[PointResult, ...]

    @property
    def answered(self) -> int:
        """Items that have a result."""
        return self.met + self.partial + self.unmet + self.not_applicable

    @property
    def open(self) -> int:
        """Items that have none yet."""
        return self.total - self.answered


@dataclass(frozen=True)
class Summary:
    """Everything a page or report says about the result.

    ``total``: rate or score 0–100, two decimals, of what is answered; ``conclusion``: "" while an item is open.
    ``sentence``: how the figure came about. ``layer_formula``: the reading used for the rates of the layers.
    ``technical``, ``management``: the two parts of a deficit score, "" where the total is none.
    """

    layers: tuple[LayerResult, ...]
    items: int
    answered: int
    total: str
    conclusion: str
    boundary_warning: bool
    high_risks: int
    medium_risks: int
    major_hazards: int
    sentence: str
    layer_formula: str
    technical: str = ""
    management: str = ""

    @property
    def complete(self) -> bool:
        """Whether every item has a result."""
        return self.items == self.answered

    def as_json(self) -> dict[str, Any]:
        """Plain values, for keeping."""
        return asdict(self)


@dataclass(frozen=True)
class Part:
    """How far a layer or a control point is; ``key`` names it in addresses and element ids.

    ``plain``: its open items that are not high-risk, which may be answered at once; ``carried``: those that were
    carried over and may be confirmed at once.
    """

    key: str
    name: str
    total: int
    answered: int
    result: str
    plain: int
    carried: int = 0

    @property
    def label(self) -> str:
        """The control point's result in words, "" while an item is open."""
        return str(points.RESULT_LABELS.get(self.result, ""))

    @property
    def done(self) -> bool:
        """Whether every item has a result."""
        return self.answered == self.total


class Group(NamedTuple):
    """What one control point of the answering page is made of."""

    scope: str
    layer: str
    control_point: str


@dataclass(frozen=True)
class Progress:
    """What the answering page counts, from all items of an assessment whatever it shows of them.

    ``counts``: items by filter of the page; ``layers``: by (scope, layer), an extension's apart from the general.
    """

    total: int
    answered: int
    counts: dict[str, int]
    layers: dict[tuple[str, str], Part]
    groups: dict[Group, Part]


Item = tuple[str, bool, str]  # settled result, answered one by one, what it waits for
PROGRESS_FIELDS = ("scope", "layer", "control_point", "result", "high_risk", "assignee_id", "pending", "duty", "reuse")


def progress(rows: Iterable[Sequence[Any]], user: Any, only: Group | None = None) -> Progress:
    """Count ``rows`` (PROGRESS_FIELDS, in the items' order) as ``user`` sees them; ``only``: the one group wanted."""
    listed = list(rows)
    by_layer: dict[tuple[str, str], list[Item]] = defaultdict(list)
    by_group: dict[Group, list[Item]] = defaultdict(list)
    for scope, layer, point, result, cases, _assignee, pending, duty, _reuse in listed:
        item = ("" if pending else result, bool(cases or duty), pending)
        by_layer[scope, layer].append(item)
        by_group[Group(scope, layer, point)].append(item)
    given = [row[3] for row in listed]
    counts = {result: given.count(result) for result in points.RESULTS} | {
        "": len(listed),
        "open": given.count(""),
        "pending": sum(bool(row[6]) for row in listed),
        "inherited": sum(bool(row[7]) for row in listed),
        "reused": sum(bool(row[8]) for row in listed),
        "high": sum(bool(row[4]) for row in listed),
        "mine": sum(row[5] == user.pk for row in listed),
    }
    return Progress(
        total=len(listed),
        answered=sum(bool(row[3]) and not row[6] for row in listed),
        counts=counts,
        layers={
            name: _part(f"l{n}", layer_title(*name), found)
            for n, (name, found) in enumerate(by_layer.items())
            if only is None or name == only[:2]
        },
        groups={
            group: _part(f"g{n}", group.control_point, found)
            for n, (group, found) in enumerate(by_group.items())
            if only is None or group == only
        },
    )


def layer_title(scope: str, layer: str) -> str:
    """A layer's heading; an extension's names the extension."""
    if scope not in EXTENSION_SCOPES.values():
        return layer
    return _("%(scope)s扩展 · %(layer)s") % {"scope": scope, "layer": layer}


def _part(key: str, name: str, found: list[Item]) -> Part:
    given = [result for result, _singly, _pending in found]
    result = points.control_point_result([one or None for one in given]) or ""
    plain = sum(not one and not singly and not pending for one, singly, pending in found)
    carried = sum(pending == "carried" and not singly for _one, singly, pending in found)
    return Part(key, name, len(given), sum(map(bool, given)), result, plain, carried)


def summary(assessment: Assessment, answers: Iterable[Answer] | None = None) -> Summary:
    """The result of ``assessment``; ``answers``: all of its items, when already loaded."""
    if answers is None:
        answers = assessment.answers.order_by("order").prefetch_related("component_results")
    listed = list(answers)
    method = assessment.method
    layer_formula = method.formula if method.formula in ("simple", "half") else "simple"
    by_layer: dict[tuple[str, str], list[Answer]] = defaultdict(list)
    for answer in listed:
        by_layer[answer.scope, answer.layer].append(answer)
    done = [answer for answer in listed if answer.settled]
    gaps = [answer for answer in done if answer.result in (points.PARTIAL, points.UNMET)]
    high = sum(answer.risk == "高" for answer in gaps)
    medium = sum(answer.risk == "中" for answer in gaps)
    hazards = len(hazardous(gaps))
    total = _total(method, done)
    label, warning = "", False
    if total is not None and len(done) == len(listed):
        label, warning = _conclusion(method.template, total, high, medium, hazards)
    return Summary(
        layers=tuple(_layer(layer_title(*name), rows, layer_formula) for name, rows in by_layer.items()),
        items=len(listed),
        answered=len(done),
        total="" if total is None else scoring.show(total),
        conclusion=label,
        boundary_warning=warning,
        high_risks=high,
        medium_risks=medium,
        major_hazards=hazards,
        sentence=method.sentence,
        layer_formula=str(formulas.find(layer_formula).label),
        **_parts(method, done),
    )


def hazardous(gaps: Iterable[Answer]) -> list[Answer]:
    """The items that may be a 重大风险隐患: a high-risk case applies, one or several; each item counts once."""
    return [answer for answer in gaps if answer.high_risk_applies]


def standing(assessment: Assessment, answers: Iterable[Answer] | None = None) -> Summary:
    """The result as it was confirmed, whatever has become of the formulas since; before that as it adds up now."""
    kept = assessment.result
    if not kept:
        return summary(assessment, answers)
    layers = tuple(
        LayerResult(**{**layer, "points": tuple(PointResult(**point) for point in layer["points"])})
        for layer in kept["layers"]
    )
    known = {name: value for name, value in kept.items() if name != "printed"}
    return Summary(**{**known, "layers": layers})


def _scores(answers: Iterable[Answer]) -> list[scoring.ItemScore]:
    """What counts in a score; an item answered by component counts with their exact mean."""
    return [
        scoring.ItemScore(scoring.DOMAIN_OF_LABEL[a.domain], a.weight, a.ratio) for a in answers if a.value is not None
    ]


def _total(method: formulas.Method, done: list[Answer]) -> Decimal | None:
    items = _scores(done)
    if not items:
        return None
    if method.template == "2021":
        return scoring.deficit_score_2021(items, attention=method.attention).total
    if method.template == "2019":
        classes: dict[str, list[Answer]] = defaultdict(list)
        for answer in done:
            classes[answer.layer].append(answer)
        return scoring.score_2019({name: _scores(rows) for name, rows in classes.items()})
    return formulas.rate(items, formula=method.formula, attention=method.attention)


def _parts(method: formulas.Method, done: list[Answer]) -> dict[str, str]:
    """The technical and the management part of a deficit score."""
    items = _scores(done)
    if not (items and method.by_deficit):
        return {}
    score = scoring.deficit_score_2021(items, attention=method.attention)
    return {"technical": scoring.show(score.technical), "management": scoring.show(score.management)}


def _conclusion(template: str, total: Decimal, high: int, medium: int, hazards: int) -> tuple[str, bool]:
    if template == "2025":
        found = scoring.conclusion_2025(total, major_hazards=hazards)
        return found.label, found.boundary_warning
    return scoring.conclusion_2021(total, high=high, medium=medium), False


def _layer(name: str, rows: list[Answer], formula: str) -> LayerResult:
    counts = {result: sum(row.settled == result for row in rows) for result in points.RESULTS}
    scored = _scores(row for row in rows if not row.pending)
    by_point: dict[str, list[str | None]] = defaultdict(list)
    for row in rows:
        by_point[row.control_point].append(row.settled or None)
    return LayerResult(
        name=name,
        total=len(rows),
        met=counts[points.MET],
        partial=counts[points.PARTIAL],
        unmet=counts[points.UNMET],
        not_applicable=counts[points.NOT_APPLICABLE],
        rate=scoring.show(formulas.rate(scored, formula=formula)) if scored else "",
        points=tuple(
            PointResult(point, points.control_point_result(found) or "") for point, found in by_point.items()
        ),
    )
