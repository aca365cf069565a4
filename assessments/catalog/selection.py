"""Which items of a catalogue a graded object has to meet (GB/T 22239-2019, Annex A and B).

An item marked S follows the level of business information, one marked A that of system service, one
marked G the higher of the two. So an S3A2G3 object takes its A items from the level 2 rows even where
level 3 asks for more, and it never takes the same requirement twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType
from typing import Protocol, TypeVar

GENERAL_SCOPE = "通用"
CLOUD_SCOPE = "云计算"
EXTENSION_SCOPES = MappingProxyType(
    {
        "cloud_provider": CLOUD_SCOPE,
        "cloud_tenant": CLOUD_SCOPE,
        "mobile": "移动互联",
        "iot": "物联网",
        "ics": "工业控制",
    }
)
EXTENSIONS = tuple(EXTENSION_SCOPES)
SCOPES = (GENERAL_SCOPE, CLOUD_SCOPE, "移动互联", "物联网", "工业控制")
COVERED_LEVELS = (1, 2, 3, 4)

_CLOUD_SIDES = MappingProxyType({"cloud_provider": "provider", "cloud_tenant": "tenant"})
CLOUD_RESPONSIBILITIES = ("provider", "tenant", "both")


class Row(Protocol):
    """What selection reads of a catalogue row, as in the csv."""

    @property
    def level(self) -> int: ...
    @property
    def scope(self) -> str: ...
    @property
    def sag(self) -> str: ...
    @property
    def applies_to(self) -> str: ...


AnyRow = TypeVar("AnyRow", bound=Row)


class LevelNotCovered(ValueError):
    """Level 5 can be graded, but its requirements are not published and so are not in any catalogue."""


def applicable(
    rows: Iterable[AnyRow], *, business: int, service: int, extensions: Iterable[str] = ()
) -> list[AnyRow]:
    """The rows an object of these levels has to meet, in the order given.

    rows: all levels of a catalogue. business, service: levels 1–4 of business information and system
    service. extensions: any of "cloud_provider", "cloud_tenant", "mobile", "iot", "ics"; the general
    rows (通用) always apply, cloud rows by who answers for them, a row of both sides once.
    ValueError names a wrong level, extension or row; for level 5 it is LevelNotCovered.
    """
    levels = {"S": _level("business", business), "A": _level("service", service)}
    levels["G"] = max(levels.values())
    chosen = _extensions(extensions)
    scopes = {GENERAL_SCOPE, *(EXTENSION_SCOPES[name] for name in chosen)}
    sides = {_CLOUD_SIDES[name] for name in chosen & _CLOUD_SIDES.keys()}
    if sides:
        sides.add("both")

    def applies(row: AnyRow) -> bool:
        _check_row(row)
        if row.scope not in scopes or row.level != levels[row.sag]:
            return False
        return row.scope != CLOUD_SCOPE or row.applies_to in sides

    return [row for row in rows if applies(row)]


def _level(name: str, value: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 5:
        raise ValueError(f"{name} must be a level from 1 to 4, not {value!r}")
    if value == 5:
        raise LevelNotCovered(f"{name} is level 5, for which the catalogue has no items")
    return value


def _extensions(extensions: Iterable[str]) -> set[str]:
    if isinstance(extensions, str):  # its letters would pass as a sequence of unknown names
        raise ValueError(f"extensions must be a sequence of names, not the string {extensions!r}")
    chosen = list(extensions)
    for name in chosen:
        if not isinstance(name, str) or name not in EXTENSION_SCOPES:
            raise ValueError(f"unknown extension {name!r}; known: {', '.join(EXTENSIONS)}")
    return set(chosen)


def _check_row(row: Row) -> None:
    """A row that cannot be placed is refused: leaving it out would hide a requirement."""
    if isinstance(row.level, bool) or not isinstance(row.level, int):
        raise ValueError(f"level of a row must be an int, not {row.level!r}: {row!r}")
    if row.scope not in SCOPES:
        raise ValueError(f"unknown scope {row.scope!r} of {row!r}; known: {', '.join(SCOPES)}")
    if row.sag not in ("S", "A", "G"):
        raise ValueError(f"unknown sag {row.sag!r} of {row!r}; known: S, A, G")
    if row.scope == CLOUD_SCOPE and row.applies_to not in CLOUD_RESPONSIBILITIES:
        raise ValueError(f"unknown applies_to {row.applies_to!r} of {row!r}; known: provider, tenant, both")
