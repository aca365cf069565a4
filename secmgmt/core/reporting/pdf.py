"""A neutral document as PDF: A4, GB/T 9704 margins, embedded Chinese font, outline, contents, table heads."""

from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, PageBreak, Spacer

from . import document as blocks
from .charts import picture
from .flowables import Grid, Linked, Look, Style, Text, color, layout_row, literal_text, set_lines
from .painting import PictureFlowable
from .pdf_pages import ContentsLine, Pages
from .pdf_styles import COLUMN, DEPTH, SHEETS
from .tabular import alignments, column_shares, form_shares, texts_of
from .text import _, chinese_date, display, printable_text


class FactLines(Flowable):
    """The facts of a cover: label, then a value on a rule."""

    def __init__(self, pairs: list[tuple[str, str]]):
        super().__init__()
        self.pairs = pairs
        self.style = Style(size=14, leading=22)
        self.label_width = 14 * max(
            4.5, min(11.0, max((len(label) for label, _value in pairs), default=0) + 1.5)
        )

    def wrap(self, avail_width, avail_height):
        self.width = avail_width
        self.inset = 28.0
        room = avail_width - self.label_width - 2 * self.inset
        self.laid = [
            (set_lines(k, self.style, self.label_width), set_lines(v, self.style, room))
            for k, v in self.pairs
        ]
        self.height = sum(self._row_height(row) for row in self.laid)
        return avail_width, self.height

    @staticmethod
    def _row_height(row) -> float:
        return max(len(row[0]), len(row[1]), 1) * 22 + 12

    def draw(self):
        y = self.height
        right = self.width - self.inset
        self.canv.setStrokeColor(color("#4a5868"))
        self.canv.setLineWidth(0.6)
        for row in self.laid:
            label, value = row
            literal_text(self.canv, self.inset, y - 26, label, self.style, self.label_width, False)
            left = self.inset + self.label_width
            literal_text(self.canv, left + 6, y - 26, value, self.style, right - left, False)
            y -= self._row_height(row)
            self.canv.line(left, y + 2, right, y + 2)


class Boxed(Flowable):
    """A remark in a thin frame."""

    def __init__(self, text: str):
        super().__init__()
        self.text, self.style = text, Style(size=10.5, leading=17, align="justify", ink="#4a5868")

    def wrap(self, avail_width, avail_height):
        self.width = avail_width
        self.lines = set_lines(self.text, self.style, avail_width - 76)
        self.height = len(self.lines) * 17 + 16
        return avail_width, self.height

    def draw(self):
        self.canv.setStrokeColor(color("#8391a2"))
        self.canv.setLineWidth(0.6)
        self.canv.rect(28, 0, self.width - 56, self.height, fill=0, stroke=1)
        literal_text(self.canv, 38, self.height - 8 - 12.3, self.lines, self.style, self.width - 76, False)


WORDS = ("审查意见书", "意见书", "通知书", "备案表", "整改", "评估", "报告", "方案", "系统", "平台", "项目", "工程")
SIGNED_WITH = 3  # lines of the paragraph before that a signature takes along to its page


def unbroken(title: str, style: Style, width: float) -> str:
    """A title of several lines, parted before a word of ``WORDS`` that the end of a line would cut."""
    lines, end = set_lines(title, style, width), 0
    if "\n" in title:
        return title
    for line, _width, _ends in lines[:-1]:
        end += len(line)
        for word in WORDS:
            start = title.find(word, max(0, end - len(word) + 1), end + len(word) - 1)
            if start > 0:
                return title[:start] + "\n" + unbroken(title[start:], style, width)
    return title


def _signed(flow: list, made: list) -> list:
    """What is signed with the end of the paragraph before it, which leaves ``flow``: it never stands alone."""
    if not made or not flow or type(flow[-1]) is not Text:
        return made
    last = flow.pop()
    last.wrap(COLUMN, DEPTH)
    if len(last.lines) > 2 * SIGNED_WITH:
        flow.append(Text(last.text, last.style, last.lines[:-SIGNED_WITH], last.continued))
        begun = not last.lines[-SIGNED_WITH - 1][2]
        last = Text(last.text, last.style, last.lines[-SIGNED_WITH:], begun)
    above: list = []
    while len(last.lines) <= 2 * SIGNED_WITH and flow and isinstance(flow[-1], Linked):
        above.insert(0, flow.pop())
    parts = [part for one in made for part in (one._content if isinstance(one, KeepTogether) else [one])]
    return [KeepTogether([*above, last, *parts])]


class Builder:
    """Turns blocks into flowables; one builder a document."""

    def __init__(self, document: blocks.Document):
        self.document = document
        self.sheet = SHEETS[document.meta.layout]
        self.official = document.meta.layout == "official"
        self.headings = [(f"h{number}", block) for number, block in enumerate(document.of(blocks.Heading), 1)]
        self.keys = iter(self.headings)
        self.outline = -1  # level of the last heading in the outline, which goes down one level at a time

    def story(self) -> list:
        """All flowables in order; headings bring the room that keeps them with what follows."""
        document, flow = self.document, []
        if not document.of(blocks.Cover):
            flow += self._title()
        waiting: list = []
        for block in document.blocks:
            made = self._make(block)
            if isinstance(block, blocks.Heading):
                waiting += made
                continue
            if isinstance(block, blocks.Signature | blocks.SignOff) and not waiting:
                made = _signed(flow, made)
            flow += self._with_headings(waiting, made, block)
            waiting = []
        flow += waiting
        return flow or [Spacer(1, 1)]

    def _with_headings(self, headings: list, made: list, block) -> list:
        if not headings or not made:
            return headings + made
        need = 0.0
        for part in headings:
            need += part.wrap(COLUMN, DEPTH)[1] + part.getSpaceBefore() + part.getSpaceAfter()
        need += min(self._least(made[0]), DEPTH - need)
        return [CondPageBreak(need), *headings, *made]

    def _least(self, flowable) -> float:
        """The least height of `flowable` that must stand below its heading."""
        if isinstance(flowable, Grid):
            if flowable.stays_whole():
                return flowable.wrap(COLUMN, DEPTH)[1] + 12
            return sum(row.height for row in [*flowable.header, *flowable.rows[:3]]) + 24
        if isinstance(flowable, Text):
            lines = round(flowable.wrap(COLUMN, DEPTH)[1] / flowable.style.leading)
            return (lines if lines <= 3 else 2) * flowable.style.leading  # three lines are never split
        if isinstance(flowable, KeepTogether):
            return sum(part.wrap(COLUMN, DEPTH)[1] + part.getSpaceBefore() for part in flowable._content) + 16
        return 40.0

    def _make(self, block) -> list:
        match block:
            case blocks.Cover():
                return self._cover(block)
            case blocks.Heading():
                return self._heading(block)
            case blocks.Paragraph():
                return [Text(printable_text(block.text), self.sheet.paragraph(block.kind))]
            case blocks.KeyValues():
                return self._form(block)
            case blocks.Table():
                return self._table(block)
            case blocks.Signature():
                return self._signature(block)
            case blocks.SignOff():
                return self._sign_off(block)
            case blocks.PageBreak():
                return [PageBreak()]
            case blocks.Contents():
                return self._contents(block)
        return self._picture(block)

    def _title(self) -> list:
        meta, made = self.document.meta, []
        if self.official and meta.number:
            made.append(
                Text(printable_text(meta.number), Style(size=16, leading=28.95, align="center", after=18))
            )
        title = unbroken(printable_text(self.document.title), self.sheet.title, COLUMN)
        return [*made, Text(title, self.sheet.title)]

    def _cover(self, cover: blocks.Cover) -> list:
        sheet = self.sheet
        number = Text(printable_text(cover.number), Style(size=12, leading=20, align="right"))
        head = [Text(printable_text(cover.title), sheet.cover_title)]
        if cover.subtitle:
            head.append(Text(printable_text(cover.subtitle), sheet.cover_subtitle))
        middle = [FactLines([(display(k), display(v)) for k, v in cover.facts])] if cover.facts else []
        foot = [Boxed(printable_text(cover.notice)), Spacer(1, 24)] if cover.notice else []
        foot += [
            Text(text, sheet.cover_line)
            for text in (printable_text(cover.org), chinese_date(cover.date))
            if text
        ]
        parts = [number, *head, *middle, *foot]
        used = sum(part.wrap(COLUMN, DEPTH)[1] + part.getSpaceBefore() for part in parts)
        free = max(0.0, DEPTH - used - 6)
        if used > DEPTH - 6:  # too much for one page: blocks that can be split take over
            middle = self._form(blocks.KeyValues(cover.facts))
            if cover.notice:
                foot[0] = Text(printable_text(cover.notice), sheet.note)
        space = [Spacer(1, free * share) for share in (0.26, 0.26, 0.40)]
        return [number, space[0], *head, space[1], *middle, space[2], *foot, PageBreak()]

    def _heading(self, block: blocks.Heading) -> list:
        key, _block = next(self.keys)
        style = self.sheet.headings[block.level - 1]
        self.outline = min(block.level - 1, self.outline + 1)
        return [Linked(printable_text(block.text), style, self.outline, key)]

    def _contents(self, block: blocks.Contents) -> list:
        title = Style(
            size=self.sheet.title.size, leading=self.sheet.title.leading, align="center", bold=True, after=12
        )
        lines: list = [Text(_("目　录"), title)]
        for key, heading in self.headings:
            if heading.level <= block.depth:
                style = self.sheet.contents
                if heading.level > 1 and not self.official:
                    style = Style(size=11, leading=19, ink="#1c2733")
                lines.append(ContentsLine(printable_text(heading.text), key, style, heading.level))
        return lines

    def _form(self, block: blocks.KeyValues) -> list:
        if not block.pairs:
            return []
        look = self.sheet.form
        label = Style(size=look.body.size, leading=look.body.leading, ink="#1c2733")
        widths = [COLUMN * part for part in form_shares(block, COLUMN / look.body.size)]
        cells = [text for pair in block.pairs for text in (display(pair[0]), display(pair[1]))]
        cells += [""] * (-len(cells) % len(widths))
        rows = [
            layout_row(cells[n : n + len(widths)], [label, look.body] * block.columns, widths, look, "body")
            for n in range(0, len(cells), len(widths))
        ]
        return [self._grid(rows, [], widths, look, label_columns=block.columns)]

    @staticmethod
    def _grid(rows: list, header: list, widths: list[float], look: Look, **options) -> Grid:
        return Grid(rows, header, widths, look, page_height=DEPTH, **options)

    def _shares(self, block: blocks.Table) -> list[float]:
        look = self.sheet.table
        return column_shares(block, COLUMN / look.body.size, (2 * look.pad_x + 0.5) / look.body.size)

    def _table(self, block: blocks.Table) -> list:
        look, made = self.sheet.table, []
        widths = [COLUMN * share for share in self._shares(block)]
        styles = [
            Style(size=look.body.size, leading=look.body.leading, align=align, ink=look.body.ink)
            for align in alignments(block)
        ]
        names = [display(name) for name in block.columns]
        header = [layout_row(names, [look.head] * len(names), widths, look, "head")]
        rows = [
            layout_row([display(row.text)], [look.group], widths, look, "group")
            if isinstance(row, blocks.GroupRow)
            else layout_row(texts_of(row), styles, widths, look, "body")
            for row in block.rows
        ]
        if header[0].height > DEPTH * 0.4:
            rows, header = [*header, *rows], []  # a head this tall cannot return on every page
        if not rows:
            empty = Style(size=look.body.size, leading=look.body.leading, align="center", ink="#4a5868")
            rows = [layout_row([_("（无）")], [empty], widths, look, "group")]
        caption = printable_text(block.caption)
        titles = (
            (caption, _("{caption}（续）").format(caption=caption), self.sheet.caption) if caption else None
        )
        if titles and len(set_lines(caption, self.sheet.caption, COLUMN)) > 3:
            made.append(Text(caption, self.sheet.caption))
            titles = None
        made.append(self._grid(rows, header, widths, look, caption=titles, repeat=block.header_repeat))
        if block.note:
            made.append(Text(printable_text(block.note), self.sheet.note))
        return made

    def _picture(self, block) -> list:
        drawn = PictureFlowable(picture(block), COLUMN, DEPTH - 80)
        title = Style(**{**vars(self.sheet.caption), "before": 4})
        note = Style(size=9.5, leading=15, align="center", ink="#4a5868", after=10)
        parts = [Spacer(1, 6), drawn]
        if block.title:
            parts.append(Text(printable_text(block.title), title))
        return [KeepTogether([*parts, Text(printable_text(block.finding), note)])]

    def _signature(self, block: blocks.Signature) -> list:
        look = self.sheet.form
        plain, right = look.body, Style(size=look.body.size, leading=look.body.leading, ink=look.body.ink)
        rows = []
        for signer in block.signers:
            date = chinese_date(signer.date) or _("　　　　年　　月　　日")
            name = printable_text(signer.name) or "　　　　　　"
            opinion = printable_text(signer.opinion) + "\n\n\n" if signer.opinion else "\n\n\n"
            text = _("{opinion}签名（盖章）：{name}　　日期：{date}").format(
                opinion=opinion, name=name, date=date
            )
            rows.append(
                layout_row(
                    [printable_text(signer.role), text],
                    [plain, right],
                    [COLUMN * 0.22, COLUMN * 0.78],
                    look,
                    "body",
                )
            )
        return [self._grid(rows, [], [COLUMN * 0.22, COLUMN * 0.78], look, label_columns=1)] if rows else []

    def _sign_off(self, block: blocks.SignOff) -> list:
        style = Style(
            **{**vars(self.sheet.body), "align": "right", "indent": 0, "inset": 4 * self.sheet.body.size}
        )
        lines = [Spacer(1, self.sheet.body.leading * 1.5), Text(printable_text(block.unit), style)]
        return [KeepTogether([*lines, Text(chinese_date(block.date), style)])]


def render_pdf(document: blocks.Document) -> bytes:
    """The document as PDF bytes; the same document gives the same bytes."""
    has_cover = bool(document.blocks) and isinstance(document.blocks[0], blocks.Cover)
    return Pages(document, has_cover).render(Builder(document).story())
