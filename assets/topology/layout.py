"""Placing boxes in columns and lines between them: the same input gives the same picture.

Units are those of the report's diagram block: a page column holds 560 of them, y grows downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from secmgmt.core.reporting.charts import wrap_label
from secmgmt.core.reporting.document import Box, Diagram, Link, Zone

BOX_WIDTH = 104
LINE_HEIGHT = 16
BOX_PADDING = 12
ROW_GAP = 14
COLUMN_PADDING = 10
COLUMN_GAP = 22
HEAD_HEIGHT = 30
MARGIN = 4
LANE = 7
FONT = 12
EMS = (BOX_WIDTH - 10) / FONT
COLUMN_WIDTH = BOX_WIDTH + 2 * COLUMN_PADDING


@dataclass(frozen=True)
class Node:
    """A box before it is placed. ``key`` is unique in the picture."""

    key: str
    label: str
    detail: str = ""
    tone: str = ""
    href: str = ""


@dataclass(frozen=True)
class Column:
    """A zone with its boxes from top to bottom."""

    label: str
    nodes: Sequence[Node]


@dataclass(frozen=True)
class Wire:
    """A line between two boxes, or from a box to a whole column (``end`` = "column:2")."""

    start: str
    end: str
    directed: bool = False
    dashed: bool = False


@dataclass
class _Placed:
    boxes: dict[str, Box] = field(default_factory=dict)
    column_of: dict[str, int] = field(default_factory=dict)
    zones: list[Zone] = field(default_factory=list)
    bottom: float = 0


def box_height(node: Node) -> float:
    """Room for all lines of the label and the detail; names are wrapped, never cut."""
    lines = len(wrap_label(node.label, EMS)) + (len(wrap_label(node.detail, EMS)) if node.detail else 0)
    return max(2, lines) * LINE_HEIGHT + BOX_PADDING


def arrange(title: str, finding: str, columns: Sequence[Column], wires: Sequence[Wire]) -> Diagram:
    """The picture: zones as columns, boxes in them, wires in the channels between; none crosses a box."""
    placed = _place(columns)
    links: list[Link] = []
    lanes = 0
    used: set[tuple[str, str]] = set()
    for wire in wires:
        ends = (min(wire.start, wire.end), max(wire.start, wire.end))
        if wire.start == wire.end or ends in used or not _known(placed, wire):
            continue
        used.add(ends)
        points, lane = _route(placed, wire, len(links), lanes)
        lanes += lane
        links.append(Link(points, dashed=wire.dashed, arrow=wire.directed))
    width = 2 * MARGIN + len(columns) * COLUMN_WIDTH + max(0, len(columns) - 1) * COLUMN_GAP
    height = placed.bottom + MARGIN + (lanes + 1) * LANE * bool(lanes)
    return Diagram(title, finding, width, height, placed.zones, list(placed.boxes.values()), links)


def _place(columns: Sequence[Column]) -> _Placed:
    placed = _Placed()
    for index, column in enumerate(columns):
        x = MARGIN + index * (COLUMN_WIDTH + COLUMN_GAP)
        y: float = MARGIN + HEAD_HEIGHT
        for node in column.nodes:
            height = box_height(node)
            placed.boxes[node.key] = Box(
                x + COLUMN_PADDING, y, BOX_WIDTH, height, node.label, node.detail, node.tone, node.href
            )
            placed.column_of[node.key] = index
            y += height + ROW_GAP
        placed.bottom = max(placed.bottom, y - ROW_GAP + COLUMN_PADDING)
    for index, column in enumerate(columns):
        x = MARGIN + index * (COLUMN_WIDTH + COLUMN_GAP)
        placed.zones.append(Zone(x, MARGIN, COLUMN_WIDTH, placed.bottom - MARGIN, column.label))
    return placed


def _known(placed: _Placed, wire: Wire) -> bool:
    return wire.start in placed.boxes and (wire.end in placed.boxes or wire.end.startswith("column:"))


def _route(placed: _Placed, wire: Wire, number: int, lanes: int) -> tuple[list[tuple[float, float]], int]:
    """The points of a wire, and how many lanes beneath the boxes it takes."""
    start = placed.boxes[wire.start]
    if wire.end.startswith("column:"):
        return _to_column(placed, start, int(wire.end.partition(":")[2]), number), 0
    end = placed.boxes[wire.end]
    first, last = placed.column_of[wire.start], placed.column_of[wire.end]
    if first == last:
        return _within(placed, start, end, number), 0
    if first > last:
        points, lane = _across(placed, end, start, last, first, number, lanes)
        return points[::-1], lane
    return _across(placed, start, end, first, last, number, lanes)


def _middle(box: Box) -> float:
    return box.y + box.height / 2


def _channel(placed: _Placed, index: int, number: int) -> float:
    """Where a wire runs down between column ``index`` and the next: five tracks side by side."""
    zone = placed.zones[index]
    return zone.x + zone.width + 3 + (number % 5) * (COLUMN_GAP - 6) / 4


def _to_column(placed: _Placed, box: Box, index: int, number: int) -> list[tuple[float, float]]:
    zone = placed.zones[index]
    y = _middle(box)
    if box.x < zone.x:
        return [(box.x + box.width, y), (zone.x, y)]
    return [(box.x, y), (zone.x + zone.width, y)]


def _within(placed: _Placed, start: Box, end: Box, number: int) -> list[tuple[float, float]]:
    upper, lower = (start, end) if start.y < end.y else (end, start)
    x = upper.x + upper.width / 2
    neighbours = abs(lower.y - (upper.y + upper.height) - ROW_GAP) < 1
    if neighbours:
        points = [(x, upper.y + upper.height), (x, lower.y)]
    else:
        side = upper.x + upper.width + 3 + (number % 3) * 2
        points = [(upper.x + upper.width, _middle(upper)), (side, _middle(upper)), (side, _middle(lower)),
                  (lower.x + lower.width, _middle(lower))]  # fmt: skip
    return points if start is upper else points[::-1]


def _across(
    placed: _Placed, left: Box, right: Box, first: int, last: int, number: int, lanes: int
) -> tuple[list[tuple[float, float]], int]:
    begin, finish = (left.x + left.width, _middle(left)), (right.x, _middle(right))
    out = _channel(placed, first, number)
    if last == first + 1:
        if abs(begin[1] - finish[1]) < 1:
            return [begin, finish], 0
        return [begin, (out, begin[1]), (out, finish[1]), finish], 0
    lane = placed.bottom + (lanes + 1) * LANE
    into = _channel(placed, last - 1, number)
    return [begin, (out, begin[1]), (out, lane), (into, lane), (into, finish[1]), finish], 1
