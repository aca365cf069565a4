"""Two assessments of one object held against each other, item by item along the lineage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.catalog.lineage import LOWER, Lineage, lineage_of

from . import points
from .carrying import confirmed_of
from .models import Answer, Assessment
from .responsibility import BADNESS

BETTER, WORSE, UNCHANGED, SCOPE, NEW, GONE, OPEN = "better", "worse", "same", "scope", "new", "gone", "open"
KINDS = {
    WORSE: _("变差"), BETTER: _("变好"), SCOPE: _("适用性变化"), NEW: _("新增条款"), GONE: _("不再适用的条款"),
    UNCHANGED: _("不变"), OPEN: _("本次未答"),
}  # fmt: skip
"""How an item stands to last time, what matters first."""
ROWS = ("code", "scope", "layer", "control_point", "summary", "result", "pending", "order")


@dataclass(frozen=True)
class Line:
    """One item: ``before``, ``after``: results, "" where there was none; ``stronger``: it asks for more now."""

    kind: str
    code: str
    code_before: str
    scope: str
    layer: str
    control_point: str
    summary: str
    before: str
    after: str
    stronger: bool = False

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(KINDS[self.kind])

    @property
    def before_label(self) -> str:
        """Last time's result in words."""
        return str(points.RESULT_LABELS.get(self.before, "—"))

    @property
    def after_label(self) -> str:
        """This time's result in words."""
        return str(points.RESULT_LABELS.get(self.after, "—"))


def kind_of(before: str, after: str) -> str:
    """How two results of one item stand to each other."""
    if not after:
        return OPEN
    if before == after:
        return UNCHANGED
    if before not in BADNESS or after not in BADNESS:
        return SCOPE
    return WORSE if BADNESS[after] > BADNESS[before] else BETTER


def compared(newer: Sequence[Any], older: Sequence[Any], lineage: Lineage) -> list[Line]:
    """Every item of both, the newer one's in their order, then what has no successor.

    ``newer``, ``older``: mappings with the keys ROWS. Of several relatives the worst result counts.
    """
    known: dict[str, Any] = {row["code"]: row for row in older}
    met: set[str] = set()
    lines = []
    for row in newer:
        kin = [one for one in lineage.kin_among(row["code"], known) if known[one.code]["result"]]
        met.update(one.code for one in kin)
        after = "" if row["pending"] else row["result"]
        told = (row["scope"], row["layer"], row["control_point"], row["summary"])
        if not kin:
            lines.append(Line(NEW, row["code"], "", *told, "", after))
            continue
        first = max(kin, key=lambda one: BADNESS.get(known[one.code]["result"], -1))
        before = known[first.code]["result"]
        lines.append(
            Line(kind_of(before, after), row["code"], first.code, *told, before, after, first.relation == LOWER)
        )
    for row in older:
        if row["code"] not in met:
            told = (row["scope"], row["layer"], row["control_point"], row["summary"])
            lines.append(Line(GONE, row["code"], row["code"], *told, row["result"], ""))
    return lines


@dataclass(frozen=True)
class Comparison:
    """``newer`` held against ``older``."""

    newer: Assessment
    older: Assessment
    lines: list[Line]

    @property
    def counts(self) -> dict[str, int]:
        """How many items of each kind."""
        found = Counter(line.kind for line in self.lines)
        return {kind: found[kind] for kind in KINDS}

    def of(self, *kinds: str) -> list[Line]:
        """The items of some kinds."""
        return [line for line in self.lines if line.kind in kinds]

    @property
    def by_layer(self) -> list[tuple[str, str, dict[str, int]]]:
        """Scope, layer and how many items of each kind."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for line in self.lines:
            found.setdefault((line.scope, line.layer), Counter())[line.kind] += 1
        return [(*name, {kind: counts[kind] for kind in KINDS}) for name, counts in found.items()]


def compare(newer: Assessment, older: Assessment) -> Comparison:
    """Two assessments of one object: two queries."""
    after, before = (
        list(Answer.objects.filter(assessment=one).order_by("order").values(*ROWS)) for one in (newer, older)
    )
    return Comparison(newer, older, compared(after, before, lineage_of(newer.standard)))


def usual(assessment: Assessment) -> Assessment | None:
    """What it is held against unless another is chosen: the last of its own kind, else the last."""
    earlier = earlier_of(assessment).select_related("engagement__agency", "protected_object__unit")
    return earlier.filter(engagement__isnull=not assessment.by_agency).first() or earlier.first()


def earlier_of(assessment: Assessment) -> QuerySet:
    """The confirmed assessments of the object by the same standard that came before, the latest first."""
    rows = confirmed_of(assessment.protected_object, assessment.standard_code)
    return rows.filter(created_at__lt=assessment.created_at).exclude(pk=assessment.pk)
