"""What the rows of the catalogue files say, as plain values. `sources` reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One requirement item of a standard at one level; the fields are the columns of the file.

    `weight` (1 一般, 2 重要, 3 关键) is None where the file does not say: weights are an organization's.
    `same_as_lower` is "Y", "enhanced", "new" or "": how the item stands to `lower_clause`, its
    predecessor one level down, which carry-over after regrading follows.
    """

    level: int
    clause: str
    item: str
    scope: str
    layer: str
    control_point: str
    domain: str
    summary: str
    same_as_lower: str
    lower_clause: str
    sag: str
    applies_to: str
    unit_code: str
    high_risk_2025: tuple[str, ...]
    weight: int | None = None

    @property
    def code(self) -> str:
        """The natural key within an edition, as in "8.1.4.1a"."""
        return self.clause + self.item


@dataclass(frozen=True, slots=True)
class GuidanceRow:
    """How one distinct requirement is answered; `codes` are the items of all levels it serves."""

    codes: tuple[str, ...]
    objects: tuple[str, ...]
    check: str
    evidence: str
    typical_gap: str
    remedy: str
    risk: str


@dataclass(frozen=True, slots=True)
class HighRiskCase:
    """A case of the 2025 high-risk guideline: it may apply from `min_level` on, to `mapped_items`.

    `condition` narrows it to some objects, `target` to one side of a cloud; both are often empty.
    """

    case_no: str
    case_title: str
    scope: str
    min_level: int
    condition: str
    target: str
    mapped_items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OverlayRow:
    """What an organization lays over one item; an empty text or None leaves ours as it is.

    `line` and `cells` (column → address in a workbook) say where it stands in the file.
    """

    code: str
    official_text: str
    weight: int | None
    applies_to: str
    line: int = field(default=0, compare=False)
    cells: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay as a file gives it: which of its columns the file has, and its lines, empty ones included."""

    columns: frozenset[str]
    rows: tuple[OverlayRow, ...]
