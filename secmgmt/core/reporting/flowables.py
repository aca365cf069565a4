"""What a PDF page is made of: text set by our own line breaking, and tables of such text.

reportlab's Paragraph reads its text as markup, can fetch what an <img> names (A26) and breaks 避头尾;
its Table copies all that remains at each page and is quadratic.  These two flowables do neither.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable

from .fonts import describe_font, widths_of
from .linebreak import break_lines

color = lru_cache(maxsize=32)(HexColor)


@dataclass(frozen=True)
class Style:
    """How text is set: sizes in points, `indent` in ems for first lines, `inset` points on both sides.

    `bold` thickens the strokes, since one free font without a bold cut is all that a machine may have.
    """

    size: float = 10.5
    leading: float = 17.0
    align: str = "left"
    indent: float = 0.0
    inset: float = 0.0
    before: float = 0.0
    after: float = 0.0
    ink: str = "#000000"
    bold: bool = False


def _lines(text: str, font: str, size: float, width: float, indent: float) -> tuple:
    return tuple(break_lines(text, widths_of(font), size, width, indent))


_cached_lines = lru_cache(maxsize=4096)(
    _lines
)  # results, levels, captions: the same few words again and again
_CACHED_LENGTH = 60  # long texts are rarely repeated and would hold memory


def set_lines(text: str, style: Style, width: float) -> tuple:
    """`text` broken for a column of `width` points in the report font."""
    font = describe_font().name
    lay_out = _cached_lines if len(text) <= _CACHED_LENGTH else _lines
    return lay_out(text, font, style.size, round(width - 2 * style.inset, 2), style.indent * style.size)


def literal_text(
    canvas, x: float, y: float, lines: Sequence, style: Style, width: float, skip_indent: bool
) -> None:
    """Draw `lines` from baseline (x, y) down, as the characters they are: nothing in them is markup (A26)."""
    tx = canvas.beginText()
    tx.setFont(describe_font().name, style.size, style.leading)
    tx.setFillColor(color(style.ink))
    if style.bold:
        tx.setStrokeColor(color(style.ink))
        canvas.setLineWidth(style.size / 42)
        tx.setTextRenderMode(2)
    room = width - 2 * style.inset
    opening = not skip_indent
    spacing = 0.0
    for line, used, ends in lines:
        left = style.inset
        indent = style.indent * style.size if opening else 0.0
        extra = 0.0
        if style.align == "justify" and len(line) > 1 and (not ends or used > room - indent):
            extra = (room - indent - used) / (len(line) - 1)
            extra = (
                extra if extra < style.size * 0.5 else 0.0
            )  # a long word pushed over: leave the line ragged
        elif style.align == "center":
            left += (room - used) / 2
        elif style.align == "right":
            left += room - used
        if line:
            tx.setTextOrigin(x + left + indent, y)
            if extra != spacing:
                tx.setCharSpace(extra)
                spacing = extra
            tx.textOut(line)
        y -= style.leading
        opening = ends
    if spacing:
        tx.setCharSpace(0)
    if style.bold:
        tx.setTextRenderMode(0)
    canvas.drawText(tx)


class Text(Flowable):
    """A paragraph of plain text; keeps two lines together at both ends when it is split over pages."""

    def __init__(self, text: str, style: Style, lines: tuple | None = None, continued: bool = False):
        super().__init__()
        self.text, self.style, self.lines, self.continued = text, style, lines, continued

    def getSpaceBefore(self):
        return 0 if self.continued else self.style.before

    def getSpaceAfter(self):
        return self.style.after

    def wrap(self, avail_width, avail_height):
        if self.lines is None:
            self.lines = set_lines(self.text, self.style, avail_width)
        self.width, self.height = avail_width, len(self.lines) * self.style.leading
        return avail_width, self.height

    def split(self, avail_width, avail_height):
        self.wrap(avail_width, avail_height)
        fit, count = int((avail_height + 1e-6) // self.style.leading), len(self.lines)
        if count - fit == 1:
            fit -= 1
        if fit < 2 or fit >= count:
            return []
        head = Text(self.text, self.style, self.lines[:fit], self.continued)
        # The tail begins indented only where a paragraph ended just above.
        tail = Text(self.text, self.style, self.lines[fit:], not self.lines[fit - 1][2])
        return [head, tail]

    def draw(self):
        baseline = self.height - self.style.leading + (self.style.leading - self.style.size) / 2
        baseline += self.style.size * 0.14
        literal_text(self.canv, 0, baseline, self.lines, self.style, self.width, self.continued)


class Linked(Text):
    """A heading: tells the document on which page it came to stand, for outline and contents."""

    def __init__(self, text: str, style: Style, level: int, key: str, **kwargs):
        super().__init__(text, style, **kwargs)
        self.level, self.key = level, key

    def split(self, avail_width, avail_height):
        if len(self.lines or ()) * self.style.leading < 300:
            return []  # only what was never meant for a heading is taller, and it must not stop the report
        head, *rest = super().split(avail_width, avail_height) or [None]
        return [Linked(head.text, self.style, self.level, self.key, lines=head.lines), *rest] if head else []

    def draw(self):
        self.canv.bookmarkHorizontal(self.key, 0, self.height + 6)
        title = self.text.replace("\n", " ")
        self.canv.addOutlineEntry(title, self.key, self.level, closed=self.level > 0)
        super().draw()


@dataclass(frozen=True)
class Look:
    """How a table is drawn: cell padding, rules and tint in hex colours."""

    body: Style
    head: Style
    group: Style
    pad_x: float = 4.0
    pad_y: float = 3.2
    rule: str = "#9aa5b1"
    edge: str = "#4a5868"
    tint: str = "#eef2f7"
    group_tint: str = "#f6f8fb"


@dataclass
class Row:
    """A laid-out row: the lines of each cell, its style, and its height; one cell spans a group's columns."""

    cells: list[tuple]
    styles: list[Style]
    height: float
    kind: str = "body"


class Grid(Flowable):
    """A table whose header returns on each page and whose rows split only where they are very tall.

    Rows are laid out once; a page takes a slice of them, so the cost is linear in the rows.
    """

    def __init__(
        self, rows: Sequence[Row], header: Sequence[Row], widths: Sequence[float], look: Look, **options
    ):
        super().__init__()
        self.rows, self.header, self.widths, self.look = rows, header, widths, look
        self.start, self.stop = options.get("start", 0), options.get("stop", len(rows))
        self.caption: tuple[str, str, Style] | None = options.get(
            "caption"
        )  # first text, continued text, style
        self.continued = options.get("continued", False)
        self.repeat = options.get("repeat", True)
        self.page_height = options.get("page_height", 638.0)
        self.label_rows = options.get("label_columns", 0)
        self.spaceBefore, self.spaceAfter = 4, 8
        self.total = sum(widths)
        body = options.get("body")  # handed on by split: adding up all that remains at each page is quadratic
        self.body = sum(rows[n].height for n in range(self.start, self.stop)) if body is None else body

    def _top(self) -> list[Row]:
        return [] if self.continued and not self.repeat else list(self.header)

    def _caption_height(self) -> float:
        return len(self._caption_lines()) * self.caption[2].leading + 2 if self.caption else 0.0

    def _caption_lines(self) -> tuple:
        if self.caption is None:
            return ()
        first, again, style = self.caption
        return set_lines(again if self.continued else first, style, self.total)

    def wrap(self, avail_width, avail_height):
        self.height = self._caption_height() + sum(row.height for row in self._top()) + self.body
        self.width = avail_width
        return self.total, self.height

    def stays_whole(self) -> bool:
        """A table that takes less than half a page moves to the next page rather than breaking."""
        return not self.continued and self.wrap(self.total, 0)[1] < self.page_height * 0.45

    def _part(
        self,
        start: int,
        stop: int,
        continued: bool,
        rows: Sequence[Row] | None = None,
        body: float | None = None,
    ) -> "Grid":
        return Grid(
            self.rows if rows is None else rows,
            self.header,
            self.widths,
            self.look,
            start=start,
            stop=stop,
            caption=self.caption,
            continued=continued,
            repeat=self.repeat,
            page_height=self.page_height,
            label_columns=self.label_rows,
            body=body,
        )

    def split(self, avail_width, avail_height):
        if self.stays_whole() and avail_height < self.page_height - 1:
            return []
        fixed = self._caption_height() + sum(row.height for row in self._top())
        room, cut = avail_height - fixed + 1e-6, self.start
        while cut < self.stop and self.rows[cut].height <= room:
            room -= self.rows[cut].height
            cut += 1
        if cut < self.stop and self.rows[cut].height > self.page_height * 0.4:
            divided = self._divide(cut, room)
            if divided:
                return divided
        if self.stop - cut == 1 and cut - self.start > 3:
            cut -= 1  # the last row does not go to a new page alone
        while cut > self.start and self.rows[cut - 1].kind == "group":
            cut -= 1  # the name of a group does not stay behind alone
        if cut == self.start or cut == self.stop:
            return []
        head = self._part(self.start, cut, self.continued)
        return [head, self._part(cut, self.stop, True, body=self.body - head.body)]

    def _divide(self, index: int, room: float) -> list["Grid"]:
        """Cut row `index`, too tall to be moved whole, after the lines that fit into `room`."""
        row, pad = self.rows[index], 2 * self.look.pad_y
        leading = max(style.leading for style in row.styles)
        fit = int((room - pad) // leading)
        if fit < 2:
            return []
        head = _row([cell[:fit] for cell in row.cells], row.styles, self.look, row.kind)
        tail = _row([cell[fit:] for cell in row.cells], row.styles, self.look, row.kind)
        rows = [*self.rows[:index], head, tail, *self.rows[index + 1 :]]
        first = self._part(self.start, index + 1, self.continued, rows)
        return [first, self._part(index + 1, self.stop + 1, True, rows)]

    def draw(self):
        canvas, look = self.canv, self.look
        offset = (self.width - self.total) / 2
        canvas.saveState()
        canvas.translate(offset, 0)
        y = self.height
        if self.caption:
            style = self.caption[2]
            lines = self._caption_lines()
            literal_text(canvas, 0, y - style.leading + 4, lines, style, self.total, False)
            y -= self._caption_height()
        top = y
        edges = [y]
        body = [self.rows[n] for n in range(self.start, self.stop)]
        for row in [*self._top(), *body]:
            self._draw_tint(row, y)
            self._draw_row(row, y)
            y -= row.height
            edges.append(y)
        self._draw_rules(canvas, look, edges, [*self._top(), *body], top)
        canvas.restoreState()

    def _draw_tint(self, row: Row, y: float) -> None:
        tint = {"head": self.look.tint, "group": self.look.group_tint}.get(row.kind)
        if tint:
            self.canv.setFillColor(color(tint))
            self.canv.rect(0, y - row.height, self.total, row.height, fill=1, stroke=0)
        elif self.label_rows:
            self.canv.setFillColor(color(self.look.tint))
            step = len(self.widths) // self.label_rows
            for n in range(0, len(self.widths), step):
                self.canv.rect(
                    sum(self.widths[:n]), y - row.height, self.widths[n], row.height, fill=1, stroke=0
                )

    def _draw_row(self, row: Row, y: float) -> None:
        x = 0.0
        widths = [self.total] if row.kind == "group" else self.widths
        for lines, style, width in zip(row.cells, row.styles, widths, strict=True):
            if lines:
                room = row.height - 2 * self.look.pad_y - len(lines) * style.leading
                drop = room / 2 if row.kind == "head" or style.align == "center" or self.label_rows else 0.0
                base = y - self.look.pad_y - drop - style.leading + (style.leading - style.size) / 2
                inner = width - 2 * self.look.pad_x
                base += style.size * 0.14
                literal_text(self.canv, x + self.look.pad_x, base, lines, style, inner, False)
            x += width

    def _draw_rules(self, canvas, look: Look, edges: list[float], rows: list[Row], top: float) -> None:
        canvas.setLineWidth(0.4)
        canvas.setStrokeColor(color(look.rule))
        for y in edges[1:-1]:
            canvas.line(0, y, self.total, y)
        x = 0.0
        for width in self.widths[:-1]:
            x += width
            start = top
            for row, bottom in zip(rows, edges[1:], strict=True):
                if row.kind == "group":
                    if start > bottom + row.height:
                        canvas.line(x, start, x, bottom + row.height)
                    start = bottom
            if start > edges[-1]:
                canvas.line(x, start, x, edges[-1])
        canvas.setLineWidth(0.9)
        canvas.setStrokeColor(color(look.edge))
        canvas.rect(0, edges[-1], self.total, top - edges[-1], fill=0, stroke=1)


def _row(cells: list, styles: list[Style], look: Look, kind: str) -> Row:
    tallest = max(max(1, len(lines)) * style.leading for lines, style in zip(cells, styles, strict=True))
    return Row(cells, styles, tallest + 2 * look.pad_y, kind)


def layout_row(
    texts: Sequence[str], styles: Sequence[Style], widths: Sequence[float], look: Look, kind: str
) -> Row:
    """Break the cells of a row for columns of `widths` points; a group row has one cell over all of them."""
    columns = [sum(widths)] if kind == "group" else widths
    cells = [
        set_lines(text, style, width - 2 * look.pad_x) if text else ()
        for text, style, width in zip(texts, styles, columns, strict=True)
    ]
    return _row(cells, list(styles), look, kind)
