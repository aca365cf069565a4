"""Into which rows of a table of units each unit falls: one level beneath those asked for, or the whole tree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from secmgmt.accounts.models import OrgUnit
from secmgmt.core.figures import Cell

Groups = dict[str, dict[int, list[Cell]]]


@dataclass(frozen=True)
class Places:
    """The rows of a table of units (number → name), how deep each stands, and the rows each unit falls into.

    ``alone``: the row that is a unit without what is beneath it.
    """

    labels: dict[int, str] = field(default_factory=dict)
    depths: dict[int, int] = field(default_factory=dict)
    of: dict[int, tuple[int, ...]] = field(default_factory=dict)
    alone: int | None = None

    def grouped(self, cells: dict[str, list[Cell]], codes: Iterable[str]) -> Groups:
        """Code → row → the cells that count there."""
        found: Groups = {}
        for code in codes:
            found[code] = defaultdict(list)
            for cell in cells[code]:
                for row in self.of.get(cell.unit, ()):
                    found[code][row].append(cell)
        return found


Unit = tuple[int, str, str]
"""Number, path, short name."""


def units_beneath(paths: tuple[str, ...]) -> list[Unit]:
    """The units at and beneath ``paths`` in the order of the tree: one query."""
    rows = OrgUnit.objects.none()
    for path in paths:
        rows = rows | OrgUnit.objects.filter(path__startswith=path)
    listed = rows.order_by("path").values_list("pk", "path", "name", "short_name")
    return [(pk, path, short or name) for pk, path, name, short in listed]


def right_beneath(units: list[Unit], tops: tuple[str, ...]) -> Places:
    """The units one level beneath the one asked for, each with everything under it; several asked for are the rows."""
    deeper = len(tops) == 1 and any(path != tops[0] for _pk, path, _name in units)
    if not deeper:
        return _tops(units, tops)
    depth = tops[0].count("/") + 1
    found, alone = Places(), None
    for pk, path, name in units:
        if path == tops[0]:
            found.labels[pk], alone = _("本级"), pk
        elif path.count("/") <= depth:
            found.labels[pk] = name
        found.of[pk] = (int(path.split("/")[depth - 1]) if path.count("/") >= depth else pk,)
    return Places(found.labels, dict.fromkeys(found.labels, 0), found.of, alone)


def _tops(units: list[Unit], tops: tuple[str, ...]) -> Places:
    found = Places()
    for pk, path, name in units:
        if path in tops:
            found.labels[pk], found.depths[pk] = name, 0
        found.of[pk] = (next(_last(held) for held in tops if path.startswith(held)),)
    return found


def tree(units: list[Unit], tops: tuple[str, ...]) -> Places:
    """Every unit, each with everything under it."""
    found = Places()
    for pk, path, name in units:
        top = next(held for held in tops if path.startswith(held))
        above = [int(part) for part in path.split("/") if part][top.count("/") - 2 :]
        found.labels[pk], found.depths[pk], found.of[pk] = name, len(above) - 1, tuple(above)
    return found


def _last(path: str) -> int:
    return int(path.rstrip("/").rpartition("/")[2])
