"""Word, workbook and preview: opened again and read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from docx import Document as open_docx
from docx.oxml.ns import qn
from openpyxl import load_workbook

from secmgmt.core.reporting import docx as docx_renderer
from secmgmt.core.reporting.document import Contents, KeyValues, Paragraph, Signature, Table
from secmgmt.core.reporting.render import FORMATS, render
from secmgmt.core.reporting.xlsx_cells import CELL_LIMIT, export_rows, sheet_title

from .samples import WHEN, document, full_report, pictures

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def word():
    return open_docx(BytesIO(render(full_report(20), "docx")))


@pytest.fixture(scope="module")
def book():
    return load_workbook(BytesIO(render(full_report(20), "xlsx")))


@pytest.fixture(scope="module")
def page() -> str:
    return render(full_report(20), "html").decode()


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_document_gives_the_same_bytes(fmt):
    assert render(full_report(5), fmt) == render(full_report(5), fmt)


@pytest.mark.parametrize("fmt", FORMATS)
def test_hostile_values_are_survived(fmt):
    blocks = [
        Table(("甲", "乙"), [(None, "丙\x00\x0b\ud800\ufffe丁"), ("长" * 40000, Decimal("1E+2"))]),
        Table(("空",), []),
        KeyValues([]),
        Paragraph(""),
        Signature([]),
        Contents(),
    ]
    assert len(render(document(*blocks), fmt)) > 400


def test_an_unknown_format_is_named():
    with pytest.raises(ValueError, match="'odt'"):
        render(document(), "odt")


def test_word_headings_have_real_styles_and_chinese_fonts_by_name(word):
    headings = [(p.text, p.style.name) for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:2] == [("一、基本情况", "Heading 1"), ("（一）被评估系统", "Heading 2")]
    fonts = {
        name: word.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Heading 1", "Heading 2", "DocTitle")
    }
    assert fonts == {"Normal": "仿宋", "Heading 1": "黑体", "Heading 2": "楷体", "DocTitle": "方正小标宋简体"}
    assert not any("Theme" in key for key in word.styles["Heading 1"].element.rPr.rFonts.attrib)


def test_word_tables_repeat_their_header_and_hold_all_cells(word):
    table = next(table for table in word.tables if table.cell(0, 0).text == "序号")
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert [row.cells[0].text for row in table.rows if row.cells[0].text.isdigit()] == [
        str(n) for n in range(1, 21)
    ]


def test_word_pictures_have_the_finding_as_alternative_text(word):
    alternatives = [shape._inline.docPr.get("descr") for shape in word.inline_shapes]
    assert alternatives == [chart.finding for chart in pictures()]


def test_word_pages_have_a_number_field_and_the_margins_of_the_standard(word):
    section = word.sections[-1]
    assert "PAGE" in section.footer._element.xml
    assert [
        round(v.mm)
        for v in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    ] == [37, 35, 28, 26]


def test_word_contents_link_to_bookmarks_that_exist(word):
    xml = word.element.xml
    anchors = set(re.findall(r'w:anchor="(_Toc\d+)"', xml))
    assert anchors
    assert anchors <= set(re.findall(r'w:bookmarkStart w:id="\d+" w:name="(_Toc\d+)"', xml))


def test_word_draws_figures_as_tables_where_no_font_can_draw_pictures(monkeypatch):
    monkeypatch.setattr(docx_renderer, "to_png", lambda drawn: None)
    word = open_docx(BytesIO(render(document(*pictures()), "docx")))
    assert len(word.inline_shapes) == 0
    assert word.tables[0].cell(1, 0).text == "安全物理环境"
    assert word.tables[3].cell(1, 0).text == "边界防火墙"


def test_office_files_say_who_and_when_and_no_more():
    for fmt in ("docx", "xlsx"):
        with ZipFile(BytesIO(render(full_report(1), fmt))) as archive:
            core = archive.read("docProps/core.xml").decode()
            assert core.count("2026-11-23T01:30:00Z") == 2
            assert "等保管理系统" in core
            assert {info.date_time for info in archive.infolist()} == {(2026, 11, 23, 9, 30, 0)}


def test_each_table_and_chart_has_its_own_sheet_with_a_native_chart(book):
    assert book.sheetnames == [
        "说明",
        "图 1　符合率",
        "图 2　分布",
        "图 3　得分",
        "图 4　拓扑",
        "表 1　符合率",
        "表 2　逐项结果",
    ]
    assert [len(book[name]._charts) for name in book.sheetnames] == [0, 1, 1, 1, 0, 0, 0]


def test_sheets_keep_values_as_values_and_the_header_in_view(book):
    sheet = book["表 2　逐项结果"]
    assert sheet.freeze_panes == "A2"
    assert sheet["A3"].value == 1
    assert sheet.column_dimensions["C"].width > sheet.column_dimensions["A"].width
    assert book["表 1　符合率"]["B2"].value == pytest.approx(87.3)


def test_a_text_longer_than_a_cell_is_cut_with_a_remark():
    sheet = load_workbook(BytesIO(render(document(Table(("甲",), [("长" * 40000,)], caption="表")), "xlsx")))[
        "表"
    ]
    assert len(sheet["A2"].value) == CELL_LIMIT
    assert sheet["A2"].value.endswith("已截断）")


def test_a_table_in_two_equal_halves_is_one_list_in_its_sheet():
    rows = [("甲", "符合", "乙", "不符合"), ("丙", "符合", "", "")]
    table = Table(("控制点", "结果") * 2, rows, caption="表", align="lclc")
    sheet = load_workbook(BytesIO(render(document(table), "xlsx")))["表"]
    told = [("控制点", "结果"), ("甲", "符合"), ("乙", "不符合"), ("丙", "符合")]
    assert list(sheet.iter_rows(values_only=True)) == told
    assert sheet.auto_filter.ref == "A1:B4"


def test_sheet_names_are_legal_and_unique():
    first = sheet_title("a/b:c[d]*?'" + "长" * 40, [])
    assert len(first) == 31
    assert not set(first) & set("[]:*?/\\'")
    assert sheet_title(first, [first]) != first
    assert sheet_title("\x00", []) == "工作表"


def test_the_fast_export_keeps_numbers_dates_times_and_gaps():
    rows = [
        (
            "甲\x00\n乙",
            1,
            Decimal("2.50"),
            date(2026, 1, 2),
            datetime(2026, 1, 2, 0, 30, tzinfo=UTC),
            None,
            True,
        )
    ] * 3
    data = export_rows(tuple("ABCDEFG"), iter_twice(rows), title="导出", moment=WHEN)
    sheet = load_workbook(BytesIO(data)).active
    assert sheet.dimensions == "A1:G4"
    assert sheet.auto_filter.ref == "A1:G4"
    assert [cell.value for cell in sheet[4]] == [
        "甲\n乙",
        1,
        2.5,
        datetime(2026, 1, 2),
        datetime(2026, 1, 2, 8, 30),
        None,
        "是",
    ]


def iter_twice(rows):
    return list(rows)


def test_the_fast_export_without_rows_is_a_workbook_with_its_header():
    sheet = load_workbook(BytesIO(export_rows(("甲", "乙"), [], title="导出", moment=WHEN))).active
    assert [cell.value for cell in sheet[1]] == ["甲", "乙"]
    assert sheet.max_row == 1


def test_an_exported_list_is_words_and_prints_one_page_wide_with_its_header():
    data = export_rows(("名称", "标识"), [("甲", ["重要", "云计算"]), ("乙", [])], title="导出", moment=WHEN)
    sheet = load_workbook(BytesIO(data)).active
    assert [sheet["B2"].value, sheet["B3"].value or ""] == ["重要、云计算", ""]
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.print_title_rows == "$1:$1"


def test_the_workbook_draws_the_topology_beside_its_list_and_leaves_room_to_sign(book):
    drawn = [sheet.title for sheet in book if sheet._images]
    assert len(drawn) == 1 and book[drawn[0]].cell(1, 1).value == "对象"
    texts = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any("签名：" in text and "日期：" in text for text in texts)


def test_the_preview_is_well_formed_and_holds_no_style_or_script(page):
    closed = page.replace("<br>", "<br/>")
    closed = re.sub(r"(<col width=[^>]*)>", r"\1/>", closed)
    ElementTree.fromstring(f"<div>{closed}</div>")  # noqa: S314
    assert "style=" not in page
    assert "<script" not in page
    assert page.count("<article class=") == 3


def test_preview_charts_say_their_finding(page):
    for chart in pictures():
        assert f'aria-label="{chart.finding}"' in page
    assert page.count('role="img"') == 3
    assert re.search('<a href="/assets/1/" aria-label="[^"]+">', page)


def test_preview_contents_lead_to_headings(page):
    for target in re.findall(r'href="#(part-\d+)"', page):
        assert f'id="{target}"' in page


def test_preview_tables_have_scoped_heads_and_captions(page):
    assert '<th scope="col">条款</th>' in page
    assert "<caption>表 2　逐项结果</caption>" in page
