"""How the items of a standard's levels descend from each other: what an answer given at one level says at another.

An item repeats (``Y``) or strengthens its predecessor one level down; equal codes mean nothing, since items keep
their text and change their code between levels. Carry-over after regrading, inheritance from a platform of another
level and the tables of responsibility all go by this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable
from functools import lru_cache
from typing import NamedTuple

from .models import CatalogItem, Standard

SAME, LOWER, HIGHER = "same", "lower", "higher"
"""The relative asks the same, less, or more than the item it is a relative of."""


class Kin(NamedTuple):
    """An item of the same descent and how what it asks stands to what was asked for."""

    code: str
    relation: str


class Lineage:
    """The descent of all items of one standard."""

    def __init__(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """``rows``: code, same_as_lower (Y, enhanced, new, ""), lower_clause ("" = no predecessor)."""
        self._below: dict[str, Kin] = {}
        self._above: dict[str, list[Kin]] = defaultdict(list)
        for code, change, lower in rows:
            if lower:
                unchanged = change == "Y"
                self._below[code] = Kin(lower, SAME if unchanged else LOWER)
                self._above[lower].append(Kin(code, SAME if unchanged else HIGHER))

    def below(self, code: str) -> list[Kin]:
        """The predecessors, the nearest first."""
        found: list[Kin] = []
        relation, seen = SAME, {code}
        while (step := self._below.get(code)) is not None and step.code not in seen:
            relation = relation if step.relation == SAME else LOWER
            code = step.code
            seen.add(code)
            found.append(Kin(code, relation))
        return found

    def above(self, code: str) -> list[list[Kin]]:
        """The successors, one list for each level up: one item may be split into several."""
        storeys: list[list[Kin]] = []
        here, seen = [Kin(code, SAME)], {code}
        while True:
            here = [
                Kin(up.code, kin.relation if up.relation == SAME else HIGHER)
                for kin in here for up in self._above.get(kin.code, ()) if up.code not in seen
            ]  # fmt: skip
            if not here:
                return storeys
            seen.update(kin.code for kin in here)
            storeys.append(here)

    def kin_among(self, code: str, among: Container[str]) -> list[Kin]:
        """The nearest relatives of ``code`` among these codes: itself, else the predecessor, else the successors."""
        if code in among:
            return [Kin(code, SAME)]
        for kin in self.below(code):
            if kin.code in among:
                return [kin]
        for storey in self.above(code):
            if found := [kin for kin in storey if kin.code in among]:
                return found
        return []


def lineage_of(standard: Standard | None) -> Lineage:
    """The descent in ``standard``, read once for what its files are now; None knows of no relatives."""
    if standard is None:
        return Lineage(())
    return _lineage(standard.pk, standard.digest) if standard.digest else _read(standard.pk)


@lru_cache(maxsize=8)
def _lineage(standard: int, _digest: str) -> Lineage:
    return _read(standard)


def _read(standard: int) -> Lineage:
    rows = CatalogItem.objects.filter(standard=standard).order_by("order")
    return Lineage(rows.values_list("code", "same_as_lower", "lower_clause"))
