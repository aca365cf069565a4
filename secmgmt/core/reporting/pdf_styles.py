"""How the two layouts look on paper; measures in points, page after GB/T 9704-2012 §5."""

from dataclasses import dataclass, field, replace

from reportlab.lib.units import mm

from .flowables import Look, Style

PAGE = (210 * mm, 297 * mm)
TOP, BOTTOM, LEFT, RIGHT = 37 * mm, 35 * mm, 28 * mm, 26 * mm
COLUMN = PAGE[0] - LEFT - RIGHT
DEPTH = PAGE[1] - TOP - BOTTOM

_INK = "#1c2733"
_QUIET = "#4a5868"


@dataclass(frozen=True)
class Sheet:
    """The styles of one layout."""

    title: Style
    headings: tuple[Style, Style, Style, Style]
    body: Style
    note: Style
    quote: Style
    caption: Style
    table: Look
    form: Look
    cover_title: Style = field(default=Style(size=26, leading=40, align="center", bold=True))
    cover_subtitle: Style = field(default=Style(size=18, leading=28, align="center", before=10))
    cover_line: Style = field(default=Style(size=14, leading=24, align="center"))
    contents: Style = field(default=Style(size=12, leading=22))

    def paragraph(self, kind: str) -> Style:
        """The style of a paragraph kind."""
        if kind == "flush":
            return replace(self.body, indent=0)
        return {"body": self.body, "note": self.note, "quote": self.quote}[kind]


def _look(size: float, leading: float, **options) -> Look:
    body = Style(size=size, leading=leading, ink=_INK)
    head = replace(body, align="center", bold=True)
    return Look(body=body, head=head, group=replace(body, bold=True), **options)


REPORT = Sheet(
    title=Style(size=20, leading=32, align="center", bold=True, after=14),
    headings=(
        Style(size=16, leading=26, bold=True, before=16, after=6, ink=_INK),
        Style(size=14, leading=23, bold=True, before=12, after=4, ink=_INK),
        Style(size=12, leading=20, bold=True, before=8, after=3, ink=_INK),
        Style(size=12, leading=20, before=6, after=2, ink=_INK),
    ),
    body=Style(size=12, leading=21, align="justify", indent=2, after=3),
    note=Style(size=9.5, leading=15, ink=_QUIET, after=4, align="justify"),
    quote=Style(size=11.5, leading=20, align="justify", inset=24, before=4, after=6, ink=_QUIET),
    caption=Style(size=10.5, leading=17, align="center", bold=True, ink=_INK),
    table=_look(9, 13.2),
    form=_look(10.5, 16.5, pad_x=6, pad_y=4.2),
)

OFFICIAL = Sheet(
    title=Style(size=22, leading=34, align="center", bold=True, after=28.95),
    headings=(
        Style(size=16, leading=28.95, indent=2, bold=True),
        Style(size=16, leading=28.95, indent=2),
        Style(size=16, leading=28.95, indent=2, bold=True),
        Style(size=16, leading=28.95, indent=2),
    ),
    body=Style(size=16, leading=28.95, align="justify", indent=2),
    note=Style(size=12, leading=20, align="justify"),
    quote=Style(size=16, leading=28.95, align="justify", inset=32),
    caption=Style(size=14, leading=24, align="center", bold=True),
    table=_look(12, 18, rule="#000000", edge="#000000", tint="#ffffff", group_tint="#ffffff"),
    form=_look(12, 19, rule="#000000", edge="#000000", tint="#ffffff", pad_x=6, pad_y=4),
    contents=Style(size=16, leading=28.95),
)

SHEETS = {"report": REPORT, "official": OFFICIAL}
