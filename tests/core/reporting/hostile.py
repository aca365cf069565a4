"""Abuse cases A18, A25 and A26 as checks of documents made of hostile text."""

from __future__ import annotations

from io import BytesIO

from docx import Document as open_docx
from openpyxl import load_workbook
from pypdf import PdfReader

from secmgmt.core.reporting.document import Box, Cover, Diagram, Heading, KeyValues, Paragraph, Table
from secmgmt.core.reporting.html import render_html
from secmgmt.core.reporting.render import render
from secmgmt.core.reporting.xlsx_cells import export_rows

from .samples import WHEN, document

TAG = '<img src="file:///etc/hostname" onerror="alert(1)"/><b>粗</b>&amp;'
FORMULAS = ('=HYPERLINK("http://evil/","x")', "+1+1", "-2+3", "@SUM(A1)", "=1+1")


def hostile_document():
    return document(
        Cover(TAG, TAG, TAG, "", TAG, [(TAG, TAG)], TAG),
        Heading(1, TAG),
        Paragraph(TAG),
        KeyValues([(TAG, TAG)]),
        Table((TAG, "乙"), [(TAG, "丙")], caption=TAG, note=TAG),
        Diagram(TAG, TAG, 560, 80, boxes=[Box(10, 10, 400, 60, TAG, href="javascript:alert(1)")]),
        title=TAG,
    )


def text_of_pdf(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def check_pdf_prints_markup() -> None:
    data = render(document(Paragraph(TAG), title="甲"), "pdf")
    flat = text_of_pdf(data).replace("\n", "").replace(" ", "")
    assert TAG.replace(" ", "") in flat
    assert all(
        "/XObject" not in (page["/Resources"] or {}) or _only_forms(page)
        for page in PdfReader(BytesIO(data)).pages
    )


def _only_forms(page) -> bool:
    return all(item.get_object()["/Subtype"] == "/Form" for item in page["/Resources"]["/XObject"].values())


def check_html_escapes() -> None:
    page = render_html(hostile_document()).decode()
    assert "<img" not in page
    assert "<b>" not in page
    assert "javascript:" not in page
    assert "&lt;img" in page


def check_docx_escapes() -> None:
    book = open_docx(BytesIO(render(hostile_document(), "docx")))
    assert TAG in [paragraph.text for paragraph in book.paragraphs]
    assert book.tables[0].cell(0, 0).text == TAG


def check_xlsx_formulas_are_text() -> None:
    rows = [(text, index) for index, text in enumerate(FORMULAS)]
    data = render(document(Table(FORMULAS[:2], rows, caption="=表"), title="=甲"), "xlsx")
    sheet = load_workbook(BytesIO(data))["=表"]
    for number, text in enumerate(FORMULAS, 2):
        cell = sheet.cell(number, 1)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    assert sheet["A1"].data_type == "s"


def check_fast_export_formulas_are_text() -> None:
    data = export_rows(("甲",), [(text,) for text in FORMULAS], title="导出", moment=WHEN)
    sheet = load_workbook(BytesIO(data)).active
    for number, text in enumerate(FORMULAS, 2):
        cell = sheet.cell(number, 1)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
