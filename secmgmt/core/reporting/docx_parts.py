"""WordprocessingML written as text and parsed once: a table of a thousand cells costs milliseconds."""

from collections.abc import Sequence

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from .docx_styles import COLUMN_MM
from .text import escape_markup

WIDTH = round(COLUMN_MM * 56.6929)  # twentieths of a point
_SPACE = nsdecls("w")
_JC = {"left": "left", "center": "center", "right": "right"}


def run_xml(text: str, extra: str = "") -> str:
    """A run of plain text with its line breaks; markup in it is escaped."""
    body = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape_markup(line)}</w:t>' for line in text.split("\n")
    )
    return f"<w:r>{extra}{body}</w:r>"


def paragraph_xml(text: str, style: str, align: str = "", hold: bool = False) -> str:
    """A paragraph of plain text in the style with the id `style`; `hold` keeps it with the next."""
    keep = "<w:keepNext/>" if hold else ""
    jc = f'<w:jc w:val="{_JC[align]}"/>' if align else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{keep}{jc}</w:pPr>{run_xml(text) if text else ""}</w:p>'


def cell_xml(
    text: str, width: int, style: str, align: str = "", *, tint: str = "", span: int = 1, hold: bool = False
) -> str:
    """A table cell of `width` twentieths of a point."""
    grid = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{tint}"/>' if tint else ""
    middle = '<w:vAlign w:val="center"/>' if align == "center" or tint else ""
    properties = f'<w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{grid}{shade}{middle}</w:tcPr>'
    return f"<w:tc>{properties}{paragraph_xml(text, style, align, hold)}</w:tc>"


def row_xml(cells: Sequence[str], *, header: bool = False, keep: bool = True, least: int = 0) -> str:
    """A table row; a header repeats on each page, a `keep` row is not split."""
    options = "<w:cantSplit/>" if keep else ""
    if least:
        options += f'<w:trHeight w:val="{least}" w:hRule="atLeast"/>'
    if header:
        options += "<w:tblHeader/>"
    return f"<w:tr><w:trPr>{options}</w:trPr>{''.join(cells)}</w:tr>"


def table_element(rows: Sequence[str], widths: Sequence[int], label: str = "", margin: int = 80):
    """A bordered table over the whole column; `label` is its alternative text."""
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="4A5868"/>'
        for side, size in (
            ("top", 8),
            ("left", 8),
            ("bottom", 8),
            ("right", 8),
            ("insideH", 4),
            ("insideV", 4),
        )
    )
    sides = "".join(
        f'<w:{side} w:w="{amount}" w:type="dxa"/>'
        for side, amount in (("top", 40), ("left", margin), ("bottom", 40), ("right", margin))
    )
    caption = f'<w:tblCaption w:val="{escape_markup(label)}"/>' if label else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return parse_xml(
        f'<w:tbl {_SPACE}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{sides}</w:tblCellMar>"
        f"{caption}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )


def field_xml(code: str, shown: str = "1", dirty: bool = False) -> str:
    """A field such as PAGE, with what is shown until it is worked out."""
    mark = ' w:dirty="true"' if dirty else ""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"{mark}/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>{shown}</w:t></w:r>'
        f'<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph_element(content: str, style: str):
    """A paragraph of ready runs and fields."""
    return parse_xml(f'<w:p {_SPACE}><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>')


def contents_elements(entries: Sequence[tuple[str, str, int]], depth: int, styles: dict[int, str]) -> list:
    """A contents field; its entries (text, bookmark, level) stand there already, linked to their headings."""
    paragraphs = []
    for number, (text, bookmark, level) in enumerate(entries):
        opening = closing = ""
        if number == 0:
            opening = (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                '<w:r><w:instrText xml:space="preserve">'
                f' TOC \\o "1-{depth}" \\h \\z \\u </w:instrText></w:r>'
                '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
            )
        if number == len(entries) - 1:
            closing = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
        page = field_xml(f"PAGEREF {bookmark} \\h", "", dirty=True)
        link = f'<w:hyperlink w:anchor="{bookmark}">{run_xml(text)}<w:r><w:tab/></w:r>{page}</w:hyperlink>'
        paragraphs.append(paragraph_element(opening + link + closing, styles[level]))
    return paragraphs
