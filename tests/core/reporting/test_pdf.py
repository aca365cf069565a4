"""PDF: what stands in it, where, and what it survives."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader

from secmgmt.core.reporting import flowables, fonts, pdf_pages
from secmgmt.core.reporting.document import (
    Contents,
    Cover,
    GroupRow,
    Heading,
    KeyValues,
    Paragraph,
    RadarChart,
    Series,
    Signature,
    SignOff,
    Table,
)
from secmgmt.core.reporting.flowables import set_lines
from secmgmt.core.reporting.linebreak import NO_END, NO_START
from secmgmt.core.reporting.pdf import render_pdf, unbroken
from secmgmt.core.reporting.pdf_styles import COLUMN, OFFICIAL

from .samples import document, full_report, item_rows

pytestmark = pytest.mark.pure


@pytest.fixture(scope="module")
def report() -> bytes:
    return render_pdf(full_report())


@pytest.fixture(scope="module")
def pages(report) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(report)).pages]


def pages_of(*blocks, **options) -> list[str]:
    reader = PdfReader(BytesIO(render_pdf(document(*blocks, **options))))
    return [page.extract_text() for page in reader.pages]


def test_the_level_three_report_has_forty_pages_and_more(pages):
    assert len(pages) >= 40


def test_the_same_document_gives_the_same_bytes(report):
    assert render_pdf(full_report()) == report


def test_title_language_dates_and_author_are_in_the_file(report):
    reader = PdfReader(BytesIO(report))
    assert reader.metadata.title == "政务服务平台自评估报告"
    assert reader.metadata.author == "等保管理系统"
    assert reader.metadata["/CreationDate"] == "D:20261123093000+08'00'"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"


def test_the_outline_and_the_contents_lead_to_the_page_of_each_heading(report, pages):
    reader = PdfReader(BytesIO(report))
    found = {entry.title: reader.get_destination_page_number(entry) for entry in _flat(reader.outline)}
    assert list(found) == ["一、基本情况", "（一）被评估系统", "二、逐项结果", "三、签署"]
    for title, index in found.items():
        assert title in pages[index]
        # the cover is not counted, so the printed number is the index
        assert re.search(rf"{title}\s*\n?{index}\b", pages[1]), title


def _flat(outline):
    for entry in outline:
        if isinstance(entry, list):
            yield from _flat(entry)
        else:
            yield entry


def test_every_page_but_the_cover_says_its_number_and_the_total(pages):
    total = len(pages) - 1
    assert "页" not in pages[0].splitlines()[-1]
    for number, text in enumerate(pages[1:], 1):
        assert f"第 {number} / {total} 页" in text


def test_the_header_row_and_the_caption_return_on_each_page_of_a_table(pages):
    inside = [text for text in pages if "表 2　逐项结果" in text]
    assert len(inside) > 30
    assert all("条款" in text and "发现" in text for text in inside)
    assert all("（续）" in text for text in inside[1:])


def test_the_demo_mark_stands_on_every_page(pages):
    assert all("演示数据" in text for text in pages)


def test_all_items_arrive(pages):
    text = "".join(pages)
    assert all(f"\n{number}\n" in text or f"{number}\n" in text for number in range(1, 212))


def test_no_line_of_the_whole_report_breaks_the_rules_of_line_starts_and_ends(monkeypatch):
    drawn = []
    original = flowables.literal_text

    def recording(canvas, x, y, lines, style, width, skip_indent):
        drawn.append(lines)
        original(canvas, x, y, lines, style, width, skip_indent)

    monkeypatch.setattr(flowables, "literal_text", recording)
    render_pdf(full_report())
    assert sum(map(len, drawn)) > 1500
    for lines in drawn:
        for (before, _used, ends), (after, _w, _e) in pairwise(lines):
            if not ends:
                assert before[-1] not in NO_END, before
                assert after[0] not in NO_START, after


def test_extracted_text_has_no_line_that_starts_with_a_closing_mark(pages):
    starts = [
        line for text in pages for line in text.splitlines() if line[:1] in tuple("，。、；：！？）》”】〕")
    ]
    assert starts == []


def test_official_pages_carry_their_number_between_dashes():
    texts = pages_of(Heading(1, "一、总体情况"), *[Paragraph("内容" * 200)] * 6, layout="official")
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert f"— {number} —" in text
    assert "许网评〔2026〕17 号" in texts[0]


def test_a_heading_never_stands_alone_at_the_foot_of_a_page():
    for filler in range(20, 44):
        blocks = [
            *[Paragraph("填充", "flush")] * filler,
            Heading(1, "甲标题"),
            Heading(2, "乙标题"),
            Paragraph("正文内容。"),
        ]
        for text in pages_of(*blocks):
            if "甲标题" in text:
                assert "正文内容" in text, filler


@pytest.mark.parametrize("lines_above", range(14, 24))
def test_a_heading_goes_on_with_a_paragraph_of_three_lines_which_is_never_split(lines_above):
    above = [Paragraph("上文。", "flush")] * lines_above
    for page in pages_of(*above, Heading(2, "（三）程度"), Paragraph("三行文字" * 19), layout="official"):
        if "（三）程度" in page:
            assert "三行文字" in page.split("（三）程度")[1]


@pytest.mark.parametrize("count", range(36, 52))
def test_the_last_row_of_a_table_does_not_go_to_a_new_page_alone(count):
    pages = pages_of(Table(["项", "值"], [(f"第{n}行", "一") for n in range(count)]))
    assert len(re.findall("第\\d+行", pages[-1])) != 1


def test_a_long_label_of_a_form_stays_on_its_line():
    (page,) = pages_of(KeyValues([("自评估结论（参考）和说明", "基本符合")]))
    assert "自评估结论（参考）和说明" in page


def test_a_group_row_never_stands_alone_at_the_foot_of_a_page():
    for text in pages_of(Table(("序号", "条款", "要求", "结果", "发现"), item_rows(60))):
        rows = [line for line in text.splitlines() if line and "第 " not in line and "生成" not in line]
        assert "控制点" not in rows[-1]


def test_a_cell_taller_than_a_page_is_split_and_nothing_is_lost():
    text = "".join(f"第{number:04}句。" for number in range(1500))
    flat = re.sub(r"\s", "", "".join(pages_of(Table(("要求", "发现"), [("甲", text), ("乙", "丙")]))))
    assert flat.count("句。") == 1500
    assert all(f"{number:04}" in flat for number in (0, 700, 1499))


def test_a_form_value_taller_than_a_page_is_split():
    assert len(pages_of(KeyValues([("说明", "内容" * 4000)]))) > 3


def test_titles_heads_captions_and_covers_longer_than_a_page_do_not_stop_the_report():
    long = "内容" * 1500
    blocks = [
        Cover(long, long, long, "", long, [(long, long)], long),
        Contents(),
        Heading(1, long),
        Table((long, "乙"), [("甲", "乙")], caption=long, note=long),
        RadarChart(long, ("甲", "乙", "丙"), [Series(long, (1, 2, 3))], long),
        SignOff(long, long),
    ]
    assert "".join(pages_of(*blocks, title=long)).count("容") > 1500 * 10


def test_a_paragraph_taller_than_a_page_goes_on():
    assert "".join(pages_of(Paragraph("内容" * 5000))).count("容") == 5000


def test_an_unbroken_word_longer_than_the_page_is_wide_does_not_stop_the_report():
    assert "".join(pages_of(Table(("甲", "乙"), [("x" * 500, "y" * 3)]))).count("x") == 500


def test_empty_tables_forms_texts_and_documents_are_drawn():
    texts = pages_of(Table(("甲", "乙"), []), KeyValues([]), Paragraph(""), Signature([]), Contents())
    assert "（无）" in texts[0]
    assert len(pages_of()) == 1


def test_empty_cells_and_control_characters_leave_no_trace():
    text = pages_of(Table(("甲", "乙"), [(None, "丙\x00\x07\ud800丁\u202e")]), title="题\x0b目")[0]
    assert "丙丁" in text
    assert "None" not in text


def test_a_group_row_in_an_otherwise_empty_table_is_drawn():
    assert "只有组名" in pages_of(Table(("甲", "乙"), [GroupRow("只有组名")]))[0]


def test_without_any_font_file_the_report_falls_back_to_the_font_of_the_reader(monkeypatch, settings):
    monkeypatch.setattr(fonts, "CANDIDATES", ())
    settings.REPORT_FONT = ""
    monkeypatch.setattr(fonts, "_registered", {})
    flowables._cached_lines.cache_clear()
    assert fonts.describe_font() == fonts.FontInfo("STSong-Light", "", embedded=False)
    data = render_pdf(full_report(5))
    assert b"STSong-Light" in data
    assert pdf_pages.describe_font().embedded is False


@pytest.mark.parametrize("lines_above", range(14, 27))
def test_a_signature_never_stands_on_a_page_alone(lines_above):
    above = [Paragraph(f"第{n}段。") for n in range(lines_above)]
    for signed in (SignOff("市网信办", "2026-05-01"), Signature(["负责人"])):
        found = pages_of(*above, Heading(1, "四、结论"), Paragraph("终段要求。" * 40), signed, layout="official")
        mark = "市网信办" if isinstance(signed, SignOff) else "负责人"
        page = next(text for text in found if mark in text)
        assert "要求" in page.partition(mark)[0], lines_above
        assert "".join(found).count("要求") == 40
        head = next(text for text in found if "四、结论" in text)
        assert "终段" in head.partition("四、结论")[2]


def test_a_long_title_is_not_cut_inside_a_word():
    style = OFFICIAL.title
    for filler in range(4, 30):
        title = "城" * filler + "预约平台安全审查意见书"
        lines = [line for line, _width, _ends in set_lines(unbroken(title, style, COLUMN), style, COLUMN)]
        assert "".join(lines) == title and any("审查意见书" in line for line in lines), lines
