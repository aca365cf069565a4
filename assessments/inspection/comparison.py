"""An inspection's results beside the unit's own self-assessment, item by item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from assessments.evaluation import points

AGREES, BETTER, WORSE, NOT_ASSESSED = "agrees", "better", "worse", "not_assessed"
LABELS = {AGREES: _("一致"), BETTER: _("好于自评"), WORSE: _("差于自评"), NOT_ASSESSED: _("未自评")}
TONES = {AGREES: "ok", BETTER: "info", WORSE: "bad", NOT_ASSESSED: "plain"}
_RANK = {points.UNMET: 0, points.PARTIAL: 1, points.MET: 2, points.NOT_APPLICABLE: 2}


def compare(own: str, found: str) -> str:
    """How the inspection's result stands to the unit's own; "" while nothing was found yet.

    不适用 and 符合 both leave nothing to put right: they differ, but neither is better.
    """
    if not found:
        return ""
    if not own:
        return NOT_ASSESSED
    if _RANK[own] == _RANK[found]:
        return AGREES
    return BETTER if _RANK[found] > _RANK[own] else WORSE


def counted(items: Iterable[Any]) -> list[tuple[str, Any, int]]:
    """(code, label, how many) in a fixed order."""
    found = Counter(compare(item.self_result, item.result) for item in items)
    return [(code, label, found[code]) for code, label in LABELS.items()]
