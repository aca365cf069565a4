"""The text of a document, line by line, with the place each line stands in.

Only what the secrecy rules need: which lines are at the top, in a page header or footer, or running text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import IO

from django.utils.translation import gettext as _
from lxml import etree

from . import archives, pdftext, plaintext, sheetxml
from .refusal import FileRefused

TOP_LINES = 10
MAX_PDF_PAGES = 400
_HEADER_CODES = re.compile(r'&(?:"[^"]*"|\d+|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|[A-BD-KM-QS-Za-z])')
_OFD_PAGE = re.compile(r"Pages?/Page_(\d+)/Content\.xml$", re.I)


class Zone(Enum):
    """``TOP``: the first ten lines. ``HEADER``: page header or footer. ``EDGE``: a page's outer lines where
    header and text cannot be told apart. ``BODY``: running text."""

    TOP = "top"
    HEADER = "header"
    EDGE = "edge"
    BODY = "body"


@dataclass(frozen=True)
class Line:
    """``text`` (cells of one row parted by tabs), its ``zone``, and ``where`` in words for the person."""

    text: str
    zone: Zone
    where: str


def numbered(texts: Iterable[str], prefix: str, unit: str) -> Iterator[Line]:
    """Lines (or rows, by ``unit``) of a flowing text: the first ten that are not blank are its top."""
    filled = 0
    for number, text in enumerate(texts, 1):
        if text.strip():
            filled += 1
            zone = Zone.TOP if filled <= TOP_LINES else Zone.BODY
            yield Line(
                text, zone, _("%(prefix)s第 %(n)d %(unit)s") % {"prefix": prefix, "n": number, "unit": unit}
            )


def of_text(fileobj: IO[bytes], *, csv: bool = False) -> Iterator[Line]:
    """txt, log and csv (whose cells are parted)."""
    lines = plaintext.lines_of(fileobj, plaintext.encoding_of(fileobj) or "utf-8")
    texts = (re.sub(r'["]?[,;，][" ]?', "\t", line).strip('"\r\n') for line in lines) if csv else lines
    yield from numbered(texts, "", _("行"))


# --- docx -------------------------------------------------------------------------------------------------


def of_docx(fileobj: IO[bytes]) -> Iterator[Line]:
    """Headers and footers of every section, then the body with its tables and text boxes."""
    archive = archives.open_archive(fileobj)
    main = sheetxml.main_part(archive)
    for kind, part in archives.relations(archive, main).values():
        if kind in ("header", "footer") and part in archive:
            where = _("页眉") if kind == "header" else _("页脚")
            for block in archives.stream(archive, part, "{*}p", "{*}tbl"):
                yield from (
                    Line(t, Zone.HEADER, where) for t in (*block_lines(block), *floating_lines(block))
                )
    filled = number = 0
    for block in archives.stream(archive, main, "{*}p", "{*}tbl"):
        zone = Zone.TOP if filled < TOP_LINES else Zone.BODY
        for text in floating_lines(block):  # does not count: boxes must not push the top lines out
            yield Line(text, zone, _("正文第 %d 行旁的文本框") % (number + 1))
        for text in block_lines(block):
            number += 1
            filled += bool(text.strip())
            zone = Zone.TOP if filled <= TOP_LINES else Zone.BODY
            yield Line(text, zone, _("正文第 %d 行") % number)


def local(element: etree._Element) -> str:
    """Tag without its namespace (empty for comments)."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def own_text(element: etree._Element) -> str:
    """Text of a paragraph or cell without that of its text boxes."""
    pieces = []
    for child in element:
        name = local(child)
        if name == "t":
            pieces.append(child.text or "")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name not in ("Fallback", "txbxContent", "pPr", "rPr", "del"):
            pieces.append(own_text(child) + ("\n" if name == "p" else ""))
    return "".join(pieces)


def block_lines(block: etree._Element) -> list[str]:
    """A paragraph's lines; of a table each row as one line, or a lone cell's lines."""
    if local(block) == "p":
        return own_text(block).split("\n")
    lines: list[str] = []
    for row in block.iter("{*}tr"):
        cells = [text for cell in row.iterfind("{*}tc") if (text := own_text(cell).strip())]
        lines += cells[0].split("\n") if len(cells) == 1 else ["\t".join(c.replace("\n", " ") for c in cells)]
    return lines


def floating_lines(block: etree._Element) -> list[str]:
    """Lines of text boxes and the words of watermarks anchored in a block."""
    lines: list[str] = []
    for box in block.iter("{*}txbxContent"):
        lines += [line for child in box for line in block_lines(child) if line.strip()]
    return lines + [path.get("string", "") for path in block.iter("{*}textpath")]


# --- xlsx -------------------------------------------------------------------------------------------------


def of_xlsx(fileobj: IO[bytes]) -> Iterator[Line]:
    """Of every sheet, hidden ones too: page headers and footers, rows, text boxes, its name."""
    archive = archives.open_archive(fileobj)
    main = sheetxml.main_part(archive)
    book = sheetxml.book_context(archive, main)
    parts = archives.relations(archive, main)
    for item in archives.parse(archive, main).iterfind("{*}sheets/{*}sheet"):
        identity = next((value for key, value in item.attrib.items() if key.endswith("}id")), "")
        kind, part = parts.get(identity, ("", ""))
        sheet = _("工作表“%s”") % item.get("name", "")
        yield Line(item.get("name", ""), Zone.BODY, sheet + _("的名称"))
        if kind in ("worksheet", "chartsheet"):
            yield from print_titles(archive, part, sheet)
            yield from drawing_lines(archive, part, sheet)
        if kind == "worksheet":
            yield from row_lines(archive, part, sheet, book)


def row_lines(archive: archives.Archive, part: str, sheet: str, book: sheetxml.Book) -> Iterator[Line]:
    """Rows; the first ten filled ones are the top."""
    for filled, (number, cells) in enumerate(sheetxml.read_rows(archive, part, book), 1):
        values = (v.text if isinstance(v, sheetxml.BadCell) else v for v in cells.values())
        text = "\t".join(str(value).replace("\n", " ") for value in values)
        zone = Zone.TOP if filled <= TOP_LINES else Zone.BODY
        yield Line(text, zone, _("%(sheet)s第 %(n)d 行") % {"sheet": sheet, "n": number})


def print_titles(archive: archives.Archive, part: str, sheet: str) -> Iterator[Line]:
    """Page headers and footers (``&C机密``) without their codes."""
    for which, coded in sheetxml.page_titles(archive, part):
        where = sheet + (_("的页眉") if which.endswith("Header") else _("的页脚"))
        text = _HEADER_CODES.sub("", coded.replace("&&", "＆"))
        for line in re.sub("&[LCRlcr]", "\t", text).splitlines():
            yield Line(line, Zone.HEADER, where)


def drawing_lines(archive: archives.Archive, part: str, sheet: str) -> Iterator[Line]:
    """Text boxes and shapes; those that begin in the first ten rows are at the top."""
    for kind, path in archives.relations(archive, part).values():
        if kind != "drawing" or path not in archive:
            continue
        for anchor in archives.parse(archive, path):
            row = anchor.findtext("{*}from/{*}row") or "0"
            zone = Zone.TOP if row.isdigit() and int(row) < TOP_LINES else Zone.BODY
            for paragraph in anchor.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}p"):
                yield Line(own_text(paragraph), zone, sheet + _("的文本框"))


# --- pages: pdf and ofd -----------------------------------------------------------------------------------


def page_lines(number: int, texts: list[str]) -> Iterator[Line]:
    """Lines of one page as its text layer gives them (drawing order, so the outer lines are all suspect)."""
    lines = [text for text in texts if text.strip()]
    for index, text in enumerate(lines):
        if number == 1 and index < TOP_LINES:
            zone = Zone.TOP
        elif index == 0:
            zone = Zone.HEADER
        else:
            zone = Zone.EDGE if index < 3 or index >= len(lines) - 2 else Zone.BODY
        yield Line(text, zone, _("第 %(page)d 页第 %(n)d 行") % {"page": number, "n": index + 1})


def of_pdf(fileobj: IO[bytes]) -> Iterator[Line]:
    """The text layer, page by page."""
    fileobj.seek(0)
    found = pdftext.read(fileobj.read(), MAX_PDF_PAGES)
    check_pdf_read(found)
    check_pdf_length(found.count)
    for number, text in enumerate(found.pages, 1):
        yield from page_lines(number, text.splitlines())


def check_pdf_read(found: pdftext.Reading) -> None:
    """Every page could be read."""
    if found.fault == "busy":
        raise FileRefused("pdf-busy", _("正在检查其他 PDF，暂时轮不到这一份，没有保存。请过一分钟再上传。"))
    if found.fault == "locked":
        raise FileRefused("pdf-encrypted", _("PDF 设有打开密码，无法检查。请去掉密码后再上传。"))
    if found.fault == "endless":
        message = _(
            "PDF 内容过于复杂，在限定的时间和内存内读不完，无法逐页检查密级标志。"
            "请拆分为较小的文件，或用阅读器打开后“打印为 PDF”，再上传新文件。"
        )
        raise FileRefused("pdf-endless", message)
    if found.fault:
        where = _("第 %d 页") % (len(found.pages) + 1) if found.count else _("结构")
        message = _("PDF 已损坏，%s无法读出。请用阅读器打开后“打印为 PDF”，再上传新文件。")
        raise FileRefused("pdf-broken", message % where)


def check_pdf_length(count: int) -> None:
    """A text layer is read to its end or not accepted."""
    if count > MAX_PDF_PAGES:
        message = _("PDF 超过 %d 页，无法逐页检查密级标志。请拆分后再上传。")
        raise FileRefused("pdf-too-long", message % MAX_PDF_PAGES)


def of_ofd(fileobj: IO[bytes]) -> Iterator[Line]:
    """Text objects of each page in drawing order."""
    archive = archives.open_archive(fileobj)
    pages = sorted((int(hit.group(1)), name) for name in archive.names if (hit := _OFD_PAGE.search(name)))
    for number, (_index, name) in enumerate(pages, 1):
        texts = [
            "".join(code.text or "" for code in item.iter("{*}TextCode"))
            for item in archives.stream(archive, name, "{*}TextObject")
        ]
        yield from page_lines(number, texts)
