"""A neutral document as a Word file: real heading styles, contents field, repeated table heads, alt texts."""

from io import BytesIO
from itertools import count

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

from . import document as blocks
from .archive import stable_zip
from .charts import chart_rows, picture
from .docx_parts import (
    WIDTH,
    cell_xml,
    contents_elements,
    field_xml,
    paragraph_element,
    row_xml,
    run_xml,
    table_element,
)
from .docx_styles import COLUMN_MM, add_styles, font_table, new_section, styled_book
from .painting import to_png
from .tabular import alignments, column_shares, form_shares, texts_of
from .templates import filled
from .text import _, chinese_date, display, local_time, printable_text

_KIND_STYLES = {"body": "BodyText", "flush": "Flush", "note": "Note", "quote": "QuoteText"}
_TINT = "EEF2F7"
_GROUP_TINT = "F6F8FB"


class _Writer:
    """Writes the blocks of one document into a fresh Word file."""

    def __init__(self, document: blocks.Document, template: bytes | None = None):
        self.document, self.meta = document, document.meta
        self.official = self.meta.layout == "official"
        self.place, self.said = None, frozenset[str]()  # where the body goes, what the template says already
        if template is None:
            self.book = styled_book(self.official)
        else:
            self.book, self.place, self.said = filled(template, document)
            add_styles(self.book, self.official)
        self.ids = {style.name: style.style_id for style in self.book.styles}
        self.headings = document.of(blocks.Heading)
        self.next_heading = count(1)

    def _style(self, name: str) -> str:
        return self.ids[name]

    def _add(self, element) -> None:
        if self.place is None:
            self.book.element.body.insert_element_before(element, "w:sectPr")
        else:
            self.place.addprevious(element)

    def _line(self, text: str, style: str) -> None:
        self._add(paragraph_element(run_xml(printable_text(text)), self._style(style)))

    def _heading(self, block: blocks.Heading) -> None:
        number = next(self.next_heading)
        start = f'<w:bookmarkStart w:id="{number}" w:name="{_bookmark(number)}"/>'
        runs = run_xml(printable_text(block.text))
        content = f'{start}{runs}<w:bookmarkEnd w:id="{number}"/>'
        self._add(paragraph_element(content, self._style(f"Heading {block.level}")))

    def _paragraph(self, block: blocks.Paragraph) -> None:
        for line in printable_text(block.text).split("\n"):
            self._line(line, _KIND_STYLES[block.kind])

    def _gap(self) -> None:
        """The small paragraph that keeps two tables apart."""
        self._line("", "TableText")

    def _form(self, block: blocks.KeyValues) -> None:
        if not block.pairs:
            return
        size = 12 if self.official else 10.5
        widths = [round(WIDTH * share) for share in form_shares(block, WIDTH / 20 / size)]
        style, rows = self._style("FormText"), []
        cells = [display(part) for pair in block.pairs for part in pair]
        cells += [""] * (-len(cells) % len(widths))
        for start in range(0, len(cells), len(widths)):
            rows.append(
                row_xml(
                    [
                        cell_xml(cells[start + n], width, style, "left", tint="" if n % 2 else _TINT)
                        for n, width in enumerate(widths)
                    ]
                )
            )
        self._add(table_element(rows, widths, margin=120))
        self._gap()

    def _table(self, block: blocks.Table) -> None:
        if block.caption:
            self._line(block.caption, "Caption")
        size = 12 if self.official else 9
        widths = [round(WIDTH * share) for share in column_shares(block, WIDTH / 20 / size, 8 / size)]
        small = len(block.rows) <= 12  # a short table moves to the next page as one
        aligns, text, head = alignments(block), self._style("TableText"), self._style("TableHead")
        names = [
            cell_xml(display(n), w, head, tint=_TINT, hold=True)
            for n, w in zip(block.columns, widths, strict=True)
        ]
        rows = [row_xml(names, header=block.header_repeat)]
        for row in block.rows:
            if isinstance(row, blocks.GroupRow):
                rows.append(
                    row_xml(
                        [
                            cell_xml(
                                display(row.text),
                                sum(widths),
                                head,
                                "left",
                                tint=_GROUP_TINT,
                                span=len(widths),
                                hold=True,
                            )
                        ]
                    )
                )
                continue
            texts = texts_of(row)
            hold = small and row is not block.rows[-1]
            cells = [
                cell_xml(t, w, text, a, hold=hold) for t, w, a in zip(texts, widths, aligns, strict=True)
            ]
            rows.append(row_xml(cells, keep=max(map(len, texts)) < 1200))
        if not block.rows:
            rows.append(row_xml([cell_xml(_("（无）"), sum(widths), text, "center", span=len(widths))]))
        self._add(table_element(rows, widths, printable_text(block.caption)))
        if block.note:
            self._line(block.note, "Note")
        else:
            self._gap()

    def _picture(self, block) -> None:
        drawn = picture(block)
        data = to_png(drawn)
        if data is None:
            self._figures(block)
            return
        width = min(COLUMN_MM, COLUMN_MM * drawn.width / 560, 200 * drawn.width / drawn.height)
        paragraph = self.book.add_paragraph(style="Caption")
        if self.place is not None:
            self.place.addprevious(paragraph._element)
        paragraph.paragraph_format.line_spacing = 1.0
        shape = paragraph.add_run().add_picture(BytesIO(data), width=Mm(width))
        properties = shape._inline.docPr
        properties.set("descr", printable_text(block.finding))
        properties.set("title", printable_text(block.title))
        properties.set("name", f"Picture {properties.get('id')}")
        self._titles(block)

    def _titles(self, block) -> None:
        if block.title:
            self._line(block.title, "Caption")
        self._line(block.finding, "CenteredNote")

    def _figures(self, block) -> None:
        """A chart's figures, or a diagram's boxes, as a table: where no font can draw the picture."""
        if isinstance(block, blocks.Diagram):
            table = blocks.Table((_("对象"), _("说明")), [(box.label, box.detail) for box in block.boxes])
        else:
            columns, rows = chart_rows(block)
            table = blocks.Table(columns, rows)
        self._table(table)
        self._titles(block)

    def _signature(self, block: blocks.Signature) -> None:
        widths, style = [round(WIDTH * 0.22), round(WIDTH * 0.78)], self._style("FormText")
        rows = []
        for signer in block.signers:
            text = _("{opinion}\n\n\n签名（盖章）：{name}　　日期：{date}").format(
                opinion=printable_text(signer.opinion),
                name=printable_text(signer.name) or "　　　　　　",
                date=chinese_date(signer.date) or _("　　　　年　　月　　日"),
            )
            role = cell_xml(printable_text(signer.role), widths[0], style, "left", tint=_TINT)
            rows.append(row_xml([role, cell_xml(text, widths[1], style, "left")], least=1500))
        if rows:
            self._add(table_element(rows, widths, margin=120))
            self._gap()

    def _contents(self, block: blocks.Contents) -> None:
        self._line(_("目　录"), "DocTitle")
        entries = [
            (printable_text(heading.text).replace("\n", " "), _bookmark(number), heading.level)
            for number, heading in enumerate(self.headings, 1)
            if heading.level <= block.depth
        ]
        styles = {level: self._style(f"TOC {level}") for level in (1, 2, 3, 4)}
        for element in contents_elements(entries, block.depth, styles):
            self._add(element)

    def _cover(self, cover: blocks.Cover, first: bool) -> None:
        if cover.number:
            self._line(cover.number, "CoverNumber")
        self._line(cover.title, "CoverTitle")
        if cover.subtitle:
            self._line(cover.subtitle, "CoverLine")
        for _unused in range(4):
            self._line("", "CoverLine")
        self._form(blocks.KeyValues(cover.facts))
        if cover.notice:
            self._line(cover.notice, "Note")
        for _unused in range(4):
            self._line("", "CoverLine")
        for text in (cover.org, chinese_date(cover.date)):
            if text:
                self._line(text, "CoverLine")
        if first and self.place is None:
            self._demo_mark(self.book.sections[0])
            new_section(self.book, restart=True)
        else:
            self._page_break()

    def _page_break(self) -> None:
        self._add(paragraph_element('<w:r><w:br w:type="page"/></w:r>', self._style("TableText")))

    def _block(self, block, first: bool) -> None:
        match block:
            case blocks.Cover():
                self._cover(block, first)
            case blocks.Heading():
                self._heading(block)
            case blocks.Paragraph():
                self._paragraph(block)
            case blocks.KeyValues():
                self._form(block)
            case blocks.Table():
                self._table(block)
            case blocks.Signature():
                self._signature(block)
            case blocks.SignOff():
                self._line("", "BodyText")
                self._line(block.unit, "SignOff")
                self._line(chinese_date(block.date), "SignOff")
            case blocks.PageBreak():
                self._page_break()
            case blocks.Contents():
                self._contents(block)
            case _:
                self._picture(block)

    def _demo_mark(self, section) -> None:
        if self.meta.demo:
            paragraph = section.header.paragraphs[0]
            paragraph.text, paragraph.style = _("演示数据"), self.book.styles["Header"]
            paragraph.alignment = 2

    def _head_and_foot(self, section) -> None:
        self._demo_mark(section)
        if not self.official and not self.meta.demo:
            section.header.paragraphs[0].text = printable_text(self.document.title).replace("\n", "")
        if self.official:
            self.book.settings.odd_and_even_pages_header_footer = True
            for foot, side in ((section.footer, "right"), (section.even_page_footer, "left")):
                self._foot(foot, run_xml("— ") + field_xml("PAGE") + run_xml(" —"), side)
            return
        number = run_xml(_("第") + " ") + field_xml("PAGE") + run_xml(" " + _("页"))
        self._foot(section.footer, number, "center")
        made = local_time(self.meta.generated_at).strftime("%Y-%m-%d %H:%M")
        parts = (self.meta.footer, self.meta.generated_by, f"{made} {_('生成')}")
        text = "　".join(filter(None, map(printable_text, parts)))
        section.footer._element.append(paragraph_element(run_xml(text), self._style("Footer")))

    def _foot(self, foot, content: str, side: str) -> None:
        old = foot.paragraphs[0]._element
        new = paragraph_element(content, self._style("Footer"))
        jc = OxmlElement("w:jc")
        jc.set(qn("w:val"), side)
        new.pPr.append(jc)
        if side != "center":  # one character in from the edge of the text
            indent = OxmlElement("w:ind")
            indent.set(qn("w:right" if side == "right" else "w:left"), "280")
            jc.addprevious(indent)
        old.getparent().replace(old, new)

    def render(self) -> bytes:
        document, meta = self.document, self.meta
        if self.place is not None and meta.demo:
            self._line(_("演示数据"), "CoverNumber")
        if not document.of(blocks.Cover):
            if self.official and meta.number and "number" not in self.said:
                self._line(meta.number, "DocNumber")
            if "title" not in self.said:
                self._line(document.title, "DocTitle")
        for index, block in enumerate(document.blocks):
            self._block(block, first=index == 0)
        if self.place is None:
            self._head_and_foot(self.book.sections[-1])
        else:
            self.place.getparent().remove(self.place)
        properties = self.book.core_properties
        properties.title, properties.subject = (
            printable_text(document.title)[:255],
            printable_text(meta.number)[:255],
        )
        properties.author = properties.last_modified_by = printable_text(meta.generated_by)[:255]
        properties.language, properties.comments = "zh-CN", ""
        output = BytesIO()
        self.book.save(output)
        return stable_zip(output.getvalue(), meta.generated_at, {"word/fontTable.xml": font_table})


def _bookmark(number: int) -> str:
    return f"_Toc{number:06d}"


def render_docx(document: blocks.Document, template: bytes | None = None) -> bytes:
    """The document as a Word file; the same document (in the same `template`) gives the same bytes.

    Raises `TemplateRefused` where the template cannot be used.
    """
    return _Writer(document, template).render()
