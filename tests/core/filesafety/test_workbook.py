"""Bad workbooks get a sentence that says what and where; good ones come back as they were written."""

from __future__ import annotations

import datetime as dt
import io
import math
import time

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from secmgmt.core.filesafety import archives, sheetxml, workbook
from secmgmt.core.filesafety.refusal import FileRefused

from . import builders

pytestmark = pytest.mark.pure
SHEET = "xl/worksheets/sheet1.xml"
SPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def written(rows, *, title: str = "系统清单", change=None) -> io.BytesIO:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    return builders.saved(book)


def opened(fileobj, **options):
    return workbook.open_workbook(fileobj, **{"max_rows": 1000, "max_bytes": 10**7, **options})


def refusal_of(fileobj, **options) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        list(opened(fileobj, **options).rows)
    assert refused.value.message.endswith("。")
    return refused.value


def sheet_of(body: str, *, head: str = "") -> io.BytesIO:
    return builders.changed(
        written([["甲"]]), {SHEET: f'{head}<worksheet xmlns="{SPACE}">{body}</worksheet>'}
    )


def test_header_rows_numbers_and_types_come_back():
    moment = dt.datetime(2024, 5, 6, 7, 8, 9)
    rows = [
        ["名称", "数量", "日期", "时刻", "是否"],
        ["甲", 3, dt.date(2024, 2, 29), moment, True],
        [],
        ["乙", 2.5],
    ]
    found = opened(written(rows))
    assert (found.sheet, found.header) == ("系统清单", rows[0])
    assert list(found.rows) == [(2, tuple(rows[1])), (4, ("乙", 2.5, None, None, None))]


def test_formulas_errors_and_control_characters_are_marked_with_their_cell():
    body = (
        '<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>名称</t></is></c></row>'
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c></row><row r="3"><c r="A3" t="e"><v>#REF!</v></c></row>'
        '<row r="4"><c r="A4" t="inlineStr"><is><t>甲_x000B_乙</t></is></c></row></sheetData>'
    )
    values = {number: row[0] for number, row in opened(sheet_of(body)).rows}
    assert values[2] == workbook.Formula("=1+1")
    assert values[2].sentence("A2").startswith("A2 是公式（=1+1）")
    assert "A3 是错误值 #REF!" in values[3].sentence(workbook.cell_address(3, 0))
    assert "A4 含有看不见的控制字符" in values[4].sentence("A4")


def test_text_that_looks_like_a_formula_stays_text():
    def quote(book):
        book.active["A2"].data_type = "s"

    assert list(opened(written([["名称"], ["=HYPERLINK(1)"]], change=quote)).rows) == [
        (2, ("=HYPERLINK(1)",))
    ]


def test_a_file_that_is_no_workbook_says_what_it_is():
    assert "CSV" in refusal_of(builders.text_file("名称,地址")).message
    assert ".docx" in refusal_of(builders.word("docx", "x")).message
    assert (
        refusal_of(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"))).code
        == "old-format"
    )
    encrypted = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert refusal_of(io.BytesIO(encrypted)).code == "encrypted"
    assert refusal_of(io.BytesIO(b"")).code == "empty"
    assert refusal_of(written([["甲"]]), max_bytes=100).code == "too-large"


def test_bombs_entities_and_macros_stop_at_the_archive_guard():
    good = written([["名称"], ["甲"]])
    bomb = {SHEET: "<worksheet>" + " " * (8 * archives.MB) + "</worksheet>"}
    assert refusal_of(builders.changed(good, bomb)).code == "bomb"
    assert refusal_of(sheet_of("<sheetData/>", head='<!DOCTYPE w [<!ENTITY a "b">]>')).code == "dtd"
    assert refusal_of(builders.changed(good, {"xl/vbaProject.bin": b"x"})).code == "macro"


def test_the_reader_itself_stops_at_a_document_type():
    fileobj = builders.zipped({"a.xml": '<!DOCTYPE w [<!ENTITY a "b">]><worksheet>&a;</worksheet>'})
    archive = archives.Archive(archives.zipfile.ZipFile(fileobj))
    with pytest.raises(FileRefused):
        list(sheetxml.read_rows(archive, "a.xml", sheetxml.Book()))


def test_the_wanted_sheet_must_be_there_and_visible():
    def hide(book):
        book.create_sheet("字典").sheet_state = "hidden"

    fileobj = written([["名称"], ["甲"]], change=hide)
    refused = refusal_of(fileobj, sheet="网络清单")
    assert (refused.code, "系统清单" in refused.message, "字典" in refused.message) == (
        "wrong-sheet",
        True,
        False,
    )
    assert refusal_of(fileobj, sheet="字典").code == "hidden-sheet"
    assert list(opened(fileobj, sheet="系统清单").rows) == [(2, ("甲",))]
    assert list(opened(fileobj).rows) == [(2, ("甲",))]


def test_merged_cells_are_named():
    header = refusal_of(
        written([["名称", None], ["甲", "乙"]], change=lambda b: b.active.merge_cells("A1:B1"))
    )
    assert (header.code, "A1:B1" in header.message) == ("merged-header", True)
    data = refusal_of(written([["名称"], ["甲"], ["乙"]], change=lambda b: b.active.merge_cells("A2:A3")))
    assert (data.code, "A2:A3" in data.message) == ("merged-cells", True)


def test_headers_are_there_once_each():
    twice = refusal_of(written([["名称", "地址", "名称 "], ["甲"]]))
    assert (twice.code, "A1" in twice.message, "C1" in twice.message) == ("duplicate-header", True, True)
    blank = refusal_of(written([["名称", None, "地址"], ["甲"]]))
    assert (blank.code, "B1" in blank.message) == ("blank-header", True)
    assert refusal_of(written([[], ["甲"]])).code == "no-header"
    assert refusal_of(written([["=A2"], ["甲"]])).code == "bad-header"
    beside = refusal_of(written([["名称"], ["甲", None, "丙"]]))
    assert (beside.code, "C2" in beside.message) == ("beside-header", True)


def test_one_row_too_many_is_refused_and_the_limit_itself_is_not():
    assert len(list(opened(written([["名称"], ["甲"], ["乙"]]), max_rows=2).rows)) == 2
    assert refusal_of(written([["名称"], ["甲"], ["乙"], ["丙"]]), max_rows=2).code == "too-many-rows"


def test_rows_are_counted_while_reading_even_when_the_survey_missed_them(monkeypatch):
    monkeypatch.setattr(workbook, "survey", lambda *_args: (0, []))
    assert refusal_of(written([["名称"], ["甲"], ["乙"], ["丙"]]), max_rows=2).code == "too-many-rows"


def test_200_000_rows_are_refused_at_once():
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n * 7919}</v></c></row>' for n in range(1, 200_001))
    fileobj = sheet_of(f"<sheetData>{rows}</sheetData>")
    began = time.process_time()
    refused = refusal_of(fileobj, max_rows=20_000)
    assert (refused.code, "200000" in refused.message) == ("too-many-rows", True)
    assert time.process_time() - began < 2


def test_cells_without_references_prefixes_and_phonetics_are_read():
    body = (
        '<x:worksheet xmlns:x="%s"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:r><x:t>名</x:t></x:r>'
        "<x:r><x:t>称</x:t></x:r><x:rPh><x:t>ming</x:t></x:rPh></x:is></x:c></x:row>"
        '<x:row><x:c t="b"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    ).replace("%s", SPACE)
    found = opened(builders.changed(written([["甲"]]), {SHEET: body}))
    assert (found.header, list(found.rows)) == (["名称"], [(2, (True,))])


@pytest.mark.parametrize(
    "body",
    [
        "<sheetData><row r='1'>",
        "<sheetData><row r='x'/></sheetData>",
        "<sheetData><row r='1'><c r='A1' t='s'><v>999</v></c></row></sheetData>",
        "<sheetData><row r='1'><c r='ZZZZ1'><v>1</v></c></row></sheetData>",
    ],
)
def test_a_damaged_sheet_is_refused_as_broken(body):
    assert refusal_of(sheet_of(body)).code == "broken"


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(
    lambda text: (
        "_x" not in text
        and not text.startswith("=")
        and not ILLEGAL_CHARACTERS_RE.search(text)
        and text not in openpyxl.cell.cell.ERROR_CODES
    )
)
MOMENT = st.datetimes(dt.datetime(1901, 1, 1), dt.datetime(2200, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)
DATE = st.dates(dt.date(1901, 1, 1), dt.date(2200, 1, 1))
NUMBER = st.integers(-(10**15), 10**15) | st.floats(allow_nan=False, allow_infinity=False)
VALUE = st.none() | TEXT | MOMENT | DATE | NUMBER | st.booleans()


def kept(value):
    """What the file format keeps of a value: floats to 16 digits, a midnight is still a moment."""
    return float(f"{value:.16g}") if isinstance(value, float) else value


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUE, VALUE, VALUE), max_size=8), st.booleans())
def test_what_was_written_comes_back_equal(rows, write_only):
    book = openpyxl.Workbook(write_only=write_only)
    sheet = book.create_sheet("甲") if write_only else book.active
    for row in [("一", "二", "三"), *rows]:
        sheet.append(row)
    found = opened(builders.saved(book))
    expected = [
        (n, tuple(map(kept, row))) for n, row in enumerate(rows, 2) if any(v is not None for v in row)
    ]
    back = list(found.rows)
    assert back == expected
    for (_n, row), (_m, wanted) in zip(back, expected, strict=True):
        for value, want in zip(row, wanted, strict=True):
            assert isinstance(value, type(want)) or (isinstance(want, float) and math.isclose(value, want))


def test_a_large_sheet_is_read_several_times_faster_than_by_the_usual_library():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("甲")
    sheet.append([f"列{n}" for n in range(40)])
    for number in range(1000):
        sheet.append([f"文字{number}" if n % 2 else number * n for n in range(40)])
    fileobj = builders.saved(book)

    def cost(read) -> float:
        began = time.process_time()
        assert len(list(read())) == 1000
        return time.process_time() - began

    def usual():
        return list(
            openpyxl.load_workbook(fileobj, read_only=True).worksheets[0].iter_rows(values_only=True)
        )[1:]

    ours = min(cost(lambda: opened(fileobj).rows) for _ in range(3))
    assert ours < cost(usual) / 1.8
