"""A diagram as plain values for a template: each box a group with its lines, so that a link has a name."""

from __future__ import annotations

from typing import Any

from secmgmt.core.reporting.charts import wrap_label
from secmgmt.core.reporting.document import Box, Diagram, Link

from .layout import EMS, LINE_HEIGHT

ARROW, WING = 8.0, 4.0


def drawing(diagram: Diagram) -> dict[str, Any]:
    """The values of ``assets/topology/svg.html``."""
    return {
        "title": diagram.title,
        "finding": diagram.finding,
        "view_box": f"0 0 {_n(diagram.width)} {_n(diagram.height)}",
        "is_wide": diagram.width > 600,
        "zones": [
            {"x": _n(z.x), "y": _n(z.y), "width": _n(z.width), "height": _n(z.height), "label": z.label,
             "text_x": _n(z.x + 8), "text_y": _n(z.y + 19)}
            for z in diagram.zones
        ],
        "wires": [_wire(link) for link in diagram.links],
        "boxes": [_box(box) for box in diagram.boxes],
    }  # fmt: skip


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _box(box: Box) -> dict[str, Any]:
    lines = [(text, "mid") for text in wrap_label(box.label, EMS)]
    lines += [(text, "mid mut") for text in wrap_label(box.detail, EMS)] if box.detail else []
    first = box.y + box.height / 2 - LINE_HEIGHT / 2 * len(lines) + 12
    return {
        "x": _n(box.x), "y": _n(box.y), "width": _n(box.width), "height": _n(box.height),
        "css": "box-warn" if box.tone in ("warn", "bad") else "box",
        "href": box.href,
        "name": f"{box.label} {box.detail}".strip(),
        "middle": _n(box.x + box.width / 2),
        "lines": [(text, css, _n(first + LINE_HEIGHT * n)) for n, (text, css) in enumerate(lines)],
    }  # fmt: skip


def _wire(link: Link) -> dict[str, str]:
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in link.points)
    return {"points": points, "css": "wire wire-dash" if link.dashed else "wire", "tip": _tip(link)}


def _tip(link: Link) -> str:
    """The arrow's head at the end of an axis-parallel or slanted last piece."""
    if not link.arrow:
        return ""
    (x0, y0), (x1, y1) = link.points[-2:]
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 or 1.0
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    back_x, back_y = x1 - ARROW * dx, y1 - ARROW * dy
    wings = (
        (x1, y1), (back_x - WING * dy, back_y + WING * dx), (back_x + WING * dy, back_y - WING * dx),
    )  # fmt: skip
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in wings)
