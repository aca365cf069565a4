"""A neutral document as an HTML fragment: sheets of paper for the preview page, in the classes of app.css.

No style attribute and no script, so it stands under `default-src 'self'`; all text is escaped.
"""

from collections.abc import Iterable

from . import document as blocks
from .charts import chart_svg
from .tabular import alignments, column_shares, texts_of
from .text import _, chinese_date, display, escape_markup, printable_text

_CELL_CLASS = {"left": ' class="txt"', "right": ' class="num"', "center": ""}
_HEADING_CLASS = {1: "h-1", 2: "h-2", 3: "h-3", 4: "h-4"}


def _text(value: object) -> str:
    """A value as escaped text; line breaks are kept."""
    return escape_markup(display(value)).replace("\n", "<br>")


def _paragraph(block: blocks.Paragraph) -> str:
    if block.kind == "quote":
        return f"<blockquote><p>{_text(block.text)}</p></blockquote>"
    css = {"body": "", "flush": ' class="flush"', "note": ' class="flush note"'}[block.kind]
    return "".join(f"<p{css}>{escape_markup(line)}</p>" for line in printable_text(block.text).split("\n"))


def _row(cells: Iterable[str], classes: Iterable[str]) -> str:
    return "<tr>" + "".join(f"<td{css}>{c}</td>" for c, css in zip(cells, classes, strict=True)) + "</tr>"


def _table(block: blocks.Table) -> str:
    classes = [_CELL_CLASS[align] for align in alignments(block)]
    columns = "".join(f'<col width="{share * 100:.1f}%">' for share in column_shares(block, 49, 1.4))
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in block.columns)
    span = f' colspan="{len(block.columns)}"'
    body = [
        f'<tr class="group"><th{span} scope="rowgroup">{_text(row.text)}</th></tr>'
        if isinstance(row, blocks.GroupRow)
        else _row(map(_text, texts_of(row)), classes)
        for row in block.rows
    ] or [f"<tr><td{span}>{_('（无）')}</td></tr>"]
    caption = f"<caption>{_text(block.caption)}</caption>" if block.caption else ""
    note = f'<p class="flush note">{_text(block.note)}</p>' if block.note else ""
    label = escape_markup(display(block.caption) or "、".join(map(display, block.columns)))
    return (
        f'<div class="table-wrap" role="region" aria-label="{label}" tabindex="0">'
        f"<table>{caption}<colgroup>{columns}</colgroup><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>{note}"
    )


def _form(block: blocks.KeyValues) -> str:
    rows = []
    for start in range(0, len(block.pairs), block.columns):
        pairs = block.pairs[start : start + block.columns]
        cells = "".join(f'<th scope="row">{_text(k)}</th><td class="txt">{_text(v)}</td>' for k, v in pairs)
        cells += "<td></td><td></td>" * (block.columns - len(pairs))
        rows.append(f"<tr>{cells}</tr>")
    share = (22, 78) if block.columns == 1 else (17, 33, 17, 33)
    columns = "".join(f'<col width="{part}%">' for part in share)
    return f"<table><colgroup>{columns}</colgroup><tbody>{''.join(rows)}</tbody></table>" if rows else ""


def _figure(block) -> str:
    title = f"<strong>{_text(block.title)}</strong><br>" if block.title else ""
    scroll = f'<div class="chart-scroll" tabindex="0" role="group" aria-label="{_text(block.title or _("图"))}">'
    return (
        f'<figure class="figure">{scroll}{chart_svg(block)}</div>'
        f"<figcaption>{title}{_text(block.finding)}</figcaption></figure>"
    )


def _cover(cover: blocks.Cover) -> str:
    parts = [f'<p class="sheet-no">{_text(cover.number)}</p>'] if cover.number else []
    parts.append(f'<p class="doc-title">{_text(cover.title)}</p>')
    if cover.subtitle:
        parts.append(f'<p class="sheet-no">{_text(cover.subtitle)}</p>')
    parts.append(_form(blocks.KeyValues(cover.facts)))
    if cover.notice:
        parts.append(f'<p class="flush note">{_text(cover.notice)}</p>')
    closing = [_text(cover.org), escape_markup(chinese_date(cover.date))]
    parts += [f'<p class="sheet-no cover-org">{line}</p>' for line in closing if line]
    return "".join(parts)


def _signature(block: blocks.Signature) -> str:
    rows = []
    for signer in block.signers:
        opinion = f"{_text(signer.opinion)}<br>" if signer.opinion else "<br>"
        line = _("签名（盖章）：{name}　　日期：{date}").format(
            name=escape_markup(printable_text(signer.name)) or "　　　　　　",
            date=escape_markup(chinese_date(signer.date)) or _("　　　　年　　月　　日"),
        )
        rows.append(
            f'<tr><th scope="row">{_text(signer.role)}</th><td class="txt">{opinion}<br>{line}</td></tr>'
        )
    columns = '<col width="22%"><col width="78%">'
    return f"<table><colgroup>{columns}</colgroup><tbody>{''.join(rows)}</tbody></table>" if rows else ""


class _Writer:
    """Writes blocks into sheets; a page break or a cover ends a sheet."""

    def __init__(self, document: blocks.Document):
        self.document = document
        self.headings = document.of(blocks.Heading)
        self.next_heading = 0
        self.sheets: list[list[str]] = [[]]

    def _heading(self, block: blocks.Heading) -> str:
        self.next_heading += 1
        level = min(block.level + 1, 5)
        css = _HEADING_CLASS[block.level]
        return f'<h{level} class="{css}" id="part-{self.next_heading}">{_text(block.text)}</h{level}>'

    def _contents(self, block: blocks.Contents) -> str:
        entries = [
            f'<li class="toc-{heading.level}"><a href="#part-{number}">{_text(heading.text)}</a></li>'
            for number, heading in enumerate(self.headings, 1)
            if heading.level <= block.depth
        ]
        title = f'<p class="doc-title">{_("目　录")}</p>'
        return f'<nav aria-label="{_("目录")}">{title}<ol>{"".join(entries)}</ol></nav>'

    def _block(self, block) -> str:
        match block:
            case blocks.Heading():
                return self._heading(block)
            case blocks.Paragraph():
                return _paragraph(block)
            case blocks.KeyValues():
                return _form(block)
            case blocks.Table():
                return _table(block)
            case blocks.Signature():
                return _signature(block)
            case blocks.SignOff():
                date = escape_markup(chinese_date(block.date))
                return f'<p class="sign sign-unit">{_text(block.unit)}</p><p class="sign">{date}</p>'
            case blocks.Contents():
                return self._contents(block)
            case blocks.Cover():
                return _cover(block)
        return _figure(block)

    def _title(self) -> None:
        number = self.document.meta.number
        if number and self.document.meta.layout == "official":
            self.sheets[-1].append(f'<p class="sheet-no">{_text(number)}</p>')
        self.sheets[-1].append(f'<p class="doc-title">{_text(self.document.title)}</p>')

    def write(self) -> str:
        if not self.document.of(blocks.Cover):
            self._title()
        for block in self.document.blocks:
            if isinstance(block, blocks.PageBreak):
                self.sheets.append([])
                continue
            self.sheets[-1].append(self._block(block))
            if isinstance(block, blocks.Cover):
                self.sheets.append([])
        return "\n".join(self._sheet(n, parts) for n, parts in enumerate(filter(None, self.sheets), 1))

    def _sheet(self, number: int, parts: list[str]) -> str:
        meta = self.document.meta
        label = escape_markup(_("{title}，第 {number} 部分").format(title=self.document.title, number=number))
        css = "sheet" if meta.layout == "official" else "sheet sheet-report"
        if number == 1 and isinstance(self.document.blocks[0], blocks.Cover):
            css += " sheet-cover"
        mark = f'<p class="flush sheet-mark">{_("演示数据")}</p>' if meta.demo else ""
        foot = f'<p class="flush note">{_text(meta.footer)}</p>' if meta.footer else ""
        return f'<article class="{css}" aria-label="{label}">{mark}{"".join(parts)}{foot}</article>'


def render_html(document: blocks.Document) -> bytes:
    """The preview of a document: `article.sheet` elements to be placed in a page, as UTF-8."""
    return _Writer(document).write().encode()
