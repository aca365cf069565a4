"""A report as neutral blocks: what it says, not how any one format draws it.

``build(params, user) -> Document`` of a feature makes these; ``render`` turns them into PDF, docx, xlsx or
HTML.  Blocks are frozen, hold only plain values, and refuse contradictory input when they are made, so an
error names the feature that built the block and not the renderer that met it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

Value = str | int | float | Decimal | date | datetime | bool | None
Day = date | str
Number = int | float | Decimal

PARAGRAPH_KINDS = ("body", "flush", "note", "quote")
LAYOUTS = ("report", "official")
TONES = ("", "ok", "warn", "bad", "idle")


def _freeze(block: object, **fields: Sequence) -> None:
    """Store `fields` as tuples: a caller may pass lists and keep no hold on the block."""
    for name, value in fields.items():
        object.__setattr__(block, name, tuple(value))


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True)
class Cover:
    """The first page.  `facts` are (label, value) lines such as 被评估系统; `notice` is a boxed remark."""

    title: str
    subtitle: str = ""
    org: str = ""
    date: Day = ""
    number: str = ""
    facts: Sequence[tuple[str, Value]] = ()
    notice: str = ""

    def __post_init__(self):
        _freeze(self, facts=[tuple(pair) for pair in self.facts])


@dataclass(frozen=True)
class Heading:
    """A heading of level 1–4; its number ("一、") is part of the text, as officials number by hand."""

    level: int
    text: str

    def __post_init__(self):
        _require(self.level in (1, 2, 3, 4), f"heading level {self.level!r} is not 1, 2, 3 or 4")


@dataclass(frozen=True)
class Paragraph:
    """Running text.  body: first line indented; flush: not indented; note: small; quote: set in, 楷体."""

    text: str
    kind: str = "body"

    def __post_init__(self):
        _require(
            self.kind in PARAGRAPH_KINDS, f"paragraph kind {self.kind!r} is not one of {PARAGRAPH_KINDS}"
        )


@dataclass(frozen=True)
class KeyValues:
    """A form of labels and values; `columns` pairs stand side by side (1 or 2)."""

    pairs: Sequence[tuple[str, Value]]
    columns: int = 1

    def __post_init__(self):
        _require(self.columns in (1, 2), f"a form has 1 or 2 columns, not {self.columns!r}")
        _freeze(self, pairs=[tuple(pair) for pair in self.pairs])


@dataclass(frozen=True)
class GroupRow:
    """A row of a table that spans all columns and names the rows below it."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows of values under `columns`.

    `widths` are relative; without them they follow the content.  `align` has one letter a column: l, c or r;
    without it, numbers stand right and text left.  `caption` stands above ("表 1 …"), `note` below.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[Value] | GroupRow]
    widths: Sequence[float] = ()
    caption: str = ""
    header_repeat: bool = True
    align: str = ""
    note: str = ""

    def __post_init__(self):
        count = len(self.columns)
        _require(count > 0, "a table needs at least one column")
        _require(len(self.widths) in (0, count), f"{len(self.widths)} widths for {count} columns")
        _require(all(width > 0 for width in self.widths), "column widths must be positive")
        _require(len(self.align) in (0, count), f"{len(self.align)} alignments for {count} columns")
        _require(set(self.align) <= set("lcr"), f"alignment {self.align!r} has letters other than l, c, r")
        rows = [row if isinstance(row, GroupRow) else tuple(row) for row in self.rows]
        for number, row in enumerate(rows, 1):
            short = isinstance(row, tuple) and len(row) != count
            _require(not short, f"row {number} has a number of cells other than {count}")
        _freeze(self, columns=self.columns, rows=rows, widths=self.widths)


@dataclass(frozen=True)
class Series:
    """One line or set of bars: a value per label, None where nothing is known.  `tone` picks the colour."""

    name: str
    values: Sequence[Number | None]
    tone: str = ""

    def __post_init__(self):
        _require(self.tone in TONES, f"tone {self.tone!r} is not one of {TONES}")
        _freeze(self, values=self.values)


@dataclass(frozen=True)
class _Chart:
    """What all charts share.  `finding` is the sentence a reader should take away: caption and aria-label."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    finding: str
    maximum: Number | None = None
    unit: str = ""

    def __post_init__(self):
        _freeze(self, labels=self.labels, series=self.series)
        _require(bool(self.finding.strip()), "a chart needs the sentence that states its finding")
        _require(bool(self.series), "a chart needs at least one series")
        _require(self.maximum is None or self.maximum > 0, "a chart's maximum must be positive")
        for series in self.series:
            _require(
                len(series.values) == len(self.labels),
                f"series {series.name!r} has {len(series.values)} values for {len(self.labels)} labels",
            )
            negative = any(value is not None and value < 0 for value in series.values)
            _require(not negative, f"series {series.name!r} has a negative value")


@dataclass(frozen=True)
class RadarChart(_Chart):
    """One axis per label; fewer than three labels are drawn as bars, which two axes cannot replace."""


@dataclass(frozen=True)
class BarChart(_Chart):
    """Horizontal bars, one group per label: Chinese labels stay readable and the list may be long."""

    stacked: bool = False


@dataclass(frozen=True)
class LineChart(_Chart):
    """A course over time; `goal` draws a dashed target line."""

    goal: Number | None = None


@dataclass(frozen=True)
class Zone:
    """A named area of a diagram: its corner and size in the diagram's own units."""

    x: float
    y: float
    width: float
    height: float
    label: str = ""


@dataclass(frozen=True)
class Box:
    """A node of a diagram.  `href` is a path of this site (pages only); tone "warn" asks for a person."""

    x: float
    y: float
    width: float
    height: float
    label: str
    detail: str = ""
    tone: str = ""
    href: str = ""

    def __post_init__(self):
        _require(self.tone in TONES, f"tone {self.tone!r} is not one of {TONES}")


@dataclass(frozen=True)
class Link:
    """A connection along `points` (two or more); `label` stands at its middle."""

    points: Sequence[tuple[float, float]]
    label: str = ""
    dashed: bool = False
    arrow: bool = False

    def __post_init__(self):
        _require(len(self.points) >= 2, "a link needs two points")
        _freeze(self, points=[tuple(point) for point in self.points])


@dataclass(frozen=True)
class Diagram:
    """A picture of zones, boxes and links, in units of which a page column holds 560; y grows downwards."""

    title: str
    finding: str
    width: float
    height: float
    zones: Sequence[Zone] = ()
    boxes: Sequence[Box] = ()
    links: Sequence[Link] = ()

    def __post_init__(self):
        _require(self.width > 0 and self.height > 0, "a diagram needs a positive size")
        _freeze(self, zones=self.zones, boxes=self.boxes, links=self.links)


@dataclass(frozen=True)
class Signer:
    """One box of a signature page; what is empty is left to be written by hand."""

    role: str
    name: str = ""
    date: Day = ""
    opinion: str = ""


@dataclass(frozen=True)
class Signature:
    """Boxes to sign in, one per role; a plain string is a role with everything left open."""

    roles: Sequence[Signer | str]

    def __post_init__(self):
        _freeze(self, roles=self.signers)

    @property
    def signers(self) -> list[Signer]:
        """The boxes, plain roles made into open ones."""
        return [Signer(role) if isinstance(role, str) else role for role in self.roles]


@dataclass(frozen=True)
class SignOff:
    """The closing of an official document: issuing unit and date, set right (GB/T 9704)."""

    unit: str
    date: Day


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page."""


@dataclass(frozen=True)
class Contents:
    """The table of contents down to headings of level `depth`."""

    depth: int = 2

    def __post_init__(self):
        _require(self.depth in (1, 2, 3, 4), f"contents depth {self.depth!r} is not 1 to 4")


Block = (
    Cover
    | Heading
    | Paragraph
    | KeyValues
    | Table
    | RadarChart
    | BarChart
    | LineChart
    | Diagram
    | Signature
    | SignOff
    | PageBreak
    | Contents
)


@dataclass(frozen=True)
class Meta:
    """Who made the document and when, and what every page carries.

    `generated_at` is the only clock a renderer knows: the same document gives the same bytes.
    `footer` is plain text for the foot of the page and never a secrecy mark.
    """

    generated_at: datetime
    generated_by: str = ""
    number: str = ""
    footer: str = ""
    demo: bool = False
    layout: str = "report"

    def __post_init__(self):
        _require(self.layout in LAYOUTS, f"layout {self.layout!r} is not one of {LAYOUTS}")


@dataclass(frozen=True)
class Document:
    """A title, its blocks in reading order, and its meta data."""

    title: str
    blocks: Sequence[Block]
    meta: Meta = field(kw_only=True)

    def __post_init__(self):
        _freeze(self, blocks=self.blocks)

    def of(self, *kinds: type) -> list:
        """The blocks of the given kinds, in order."""
        return [block for block in self.blocks if isinstance(block, kinds)]
