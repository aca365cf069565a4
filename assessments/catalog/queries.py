"""What pages say of a standard and of an item beyond their own fields."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Min, Q

from assets.inventory.models import level_label

from .models import CHANGES, CatalogItem, HighRiskCase, Standard
from .selection import SCOPES


def values_of(field: str, **within: str) -> list[str]:
    """The values the loaded catalogues have in ``field``, as they come in the standards; ``within``: of which items."""
    rows = CatalogItem.objects.filter(**within).order_by().values(field).annotate(first=Min("order")).order_by("first")
    return [row[field] for row in rows]


def lineage(item: CatalogItem) -> list[CatalogItem]:
    """The item among its predecessors and successors of the other levels, the lowest level first."""
    peers, chain = CatalogItem.objects.filter(standard=item.standard_id), [item]
    while chain[0].lower_clause:
        below = peers.filter(level=chain[0].level - 1, code=chain[0].lower_clause).first()
        if below is None:
            break
        chain.insert(0, below)
    while (above := peers.filter(level=chain[-1].level + 1, lower_clause=chain[-1].code).first()) is not None:
        chain.append(above)
    return chain


def highest_level(item: CatalogItem) -> int:
    """The highest level the item's standard has requirements for."""
    return CatalogItem.objects.filter(standard=item.standard_id).aggregate(top=Max("level"))["top"]


def cases_of(item: CatalogItem) -> list[HighRiskCase]:
    """The high-risk cases that may apply to an item; the guideline numbers them for every standard alike."""
    found = {case.case_no: case for case in HighRiskCase.objects.filter(case_no__in=item.high_risk)}
    return [found[number] for number in sorted(found)]


@dataclass(frozen=True)
class Level:
    """The items of one level: how many of each scope, and how they stand to the level below."""

    number: int
    total: int
    scopes: list[tuple[str, int]]
    changes: list[tuple[Any, int]]


def levels_of(standard: Standard) -> tuple[list[str], list[Level]]:
    """The scopes a standard has, and its levels."""
    rows = standard.items.order_by().values_list("level", "scope", "same_as_lower").annotate(n=Count("pk"))
    by_scope: Counter[tuple[int, str]] = Counter()
    by_change: Counter[tuple[int, str]] = Counter()
    for level, scope, change, count in rows:
        by_scope[level, scope] += count
        by_change[level, change] += count
    scopes = [scope for scope in SCOPES if any(named == scope for _level, named in by_scope)]
    found = []
    for number in sorted({level for level, _scope in by_scope}):
        counts = [(scope, by_scope[number, scope]) for scope in scopes]
        changes = [(label, by_change[number, change]) for change, label in reversed(CHANGES)]
        found.append(Level(number, sum(count for _scope, count in counts), counts, changes))
    return scopes, found


def overlay_counts(standard: Standard) -> dict[str, Any]:
    """How much of a standard the organization has laid its own over."""
    return standard.items.aggregate(
        items=Count("pk"),
        texts=Count("pk", filter=~Q(official_text="")),
        weights=Count("weight_own"),
        sides=Count("pk", filter=~Q(applies_to_own="")),
    )


def searched_title(item: CatalogItem) -> str:
    """What tells an item from its like at the other levels."""
    return f"{item.code} {item.control_point}（{level_label(item.level)}）{item.summary}"


def searched_text(item: CatalogItem) -> str:
    """What the site-wide search finds an item by."""
    texts = [item.code, item.unit_code, item.layer, item.control_point, item.summary, item.official_text]
    if item.guidance is not None:
        texts += [item.guidance.check_text, item.guidance.evidence, item.guidance.typical_gap]
    return " ".join(texts)
