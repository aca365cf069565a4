"""Taking catalogue files in: any standard from the same columns, and complaints that say where."""

import csv
import datetime
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.catalog import files, sources
from assessments.catalog.selection import applicable
from assessments.catalog.sources import SourceError, parse_catalogue, parse_overlay

ITEM = {
    "level": "2",
    "clause": "A.1",
    "layer": "治理",
    "control_point": "方针",
    "domain": "管理",
    "summary": "制定并发布方针",
}


def as_csv(*rows, encoding="utf-8"):
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(*lines, hidden_first=False):
    book = openpyxl.Workbook()
    sheet = book.active
    if hidden_first:
        sheet.sheet_state = "hidden"
        sheet.append(["说明"])
        sheet = book.create_sheet("数据")
    for line in lines:
        sheet.append(line)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def complaints(parse, source, **kwargs):
    with pytest.raises(SourceError) as raised:
        parse(source, name="目录.csv", **kwargs)
    return str(raised.value)


# --- what is taken in -----------------------------------------------------------------------------------


def test_another_standard_needs_only_the_six_columns():
    (row,) = parse_catalogue(as_csv(ITEM))
    assert (row.level, row.code, row.domain, row.summary) == (2, "A.1", "管理", "制定并发布方针")
    assert (row.scope, row.sag, row.applies_to, row.lower_clause, row.high_risk_2025) == (
        "通用",
        "G",
        "",
        "",
        (),
    )
    assert row.weight is None
    assert applicable([row], business=2, service=1) == [row]


def test_chinese_headers_a_note_column_and_blank_lines_are_understood_in_xlsx():
    content = as_xlsx(
        ["等级", "条款", "项", "安全类", "控制点", "领域", "要求", "重要程度", "备注"],
        [2, "A.1", "a", "治理", "方针", "管理", "制定并发布方针", "关键", "随手一记"],
        [None, "  ", None, None, None, None, None, None, None],
        [2.0, "A.1", "b", "治理", "方针", "管理", "定期评审方针", 1, None],
    )
    first, second = parse_catalogue(content)
    assert [(row.level, row.code, row.weight) for row in (first, second)] == [(2, "A.1a", 3), (2, "A.1b", 1)]


def test_a_hidden_sheet_is_passed_over():
    lines = [list(ITEM), list(ITEM.values())]
    assert parse_catalogue(as_xlsx(*lines, hidden_first=True)) == parse_catalogue(as_csv(ITEM))


def test_cloud_rows_without_a_side_bind_both():
    (row,) = parse_catalogue(as_csv({**ITEM, "scope": "云计算"}))
    assert row.applies_to == "both"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_of_a_chinese_desktop_are_understood(encoding):
    assert parse_catalogue(as_csv(ITEM, encoding=encoding))[0].layer == "治理"


def test_the_shipped_catalogue_is_the_same_from_xlsx_as_from_csv():
    with sources.CATALOGUE_FILE.open(encoding="utf-8", newline="") as lines:
        content = as_xlsx(*csv.reader(lines))
    assert parse_catalogue(content) == sources.shipped_catalogue()


printable = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@given(st.lists(st.tuples(st.integers(1, 4), printable), min_size=1, max_size=8))
def test_what_is_written_is_read_back_in_order(items):
    written = [
        {**ITEM, "level": level, "clause": f"c.{n}", "summary": text} for n, (level, text) in enumerate(items)
    ]
    read = [(row.level, row.summary) for row in parse_catalogue(as_csv(*written))]
    assert read == items


# --- what is refused --------------------------------------------------------------------------------------


def test_every_wrong_cell_is_named_with_file_line_and_column_at_once():
    wrong = {**ITEM, "level": "5", "domain": "其他", "summary": ""}
    assert complaints(parse_catalogue, as_csv(ITEM | {"clause": "A.0"}, wrong)).splitlines() == [
        "目录.csv 第 3 行“level”列：“5”不在可选值中：1、2、3、4",
        "目录.csv 第 3 行“domain”列：“其他”不在可选值中：技术、管理",
        "目录.csv 第 3 行“summary”列：不能为空",
    ]


def test_the_column_is_named_as_the_file_names_it():
    content = as_xlsx(
        ["等级", "条款", "层面", "控制点", "领域", "要求"], ["", "A.1", "治理", "方针", "管理", "要求"]
    )
    assert complaints(parse_catalogue, content) == "目录.csv 第 2 行“等级”列：不能为空"


def test_problems_carry_their_parts_for_a_page_to_lay_out():
    with pytest.raises(SourceError) as raised:
        parse_catalogue(as_csv({**ITEM, "sag": "Z"}), name="目录.csv")
    (problem,) = raised.value.problems
    assert (problem.file, problem.line, problem.column) == ("目录.csv", 2, "sag")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"scope": "大数据"}, "“大数据”不在可选值中"),
        ({"applies_to": "provider"}, "只用于云计算扩展要求"),
        ({"same_as_lower": "Y"}, "应在不变或增强时填写"),
        ({"lower_clause": "A.0"}, "应在不变或增强时填写"),
        ({"same_as_lower": "new", "lower_clause": "A.0"}, "应在不变或增强时填写"),
        ({"same_as_lower": "Y", "lower_clause": "A.0"}, "第 1 级没有条款 A.0"),
        ({"high_risk_2025": "甲"}, "“甲”的写法不对"),
        ({"high_risk_2025": "6.1.1.1 6.1.1.1"}, "有重复的值"),
        ({"weight": "4"}, "“4”不在可选值中"),
        ({"clause": "A 1"}, "“A 1”的写法不对"),
        ({"summary": "长" * 501}, "长 501 字，超过 500 字"),
        ({"summary": "坏\x07字"}, "含有控制字符"),
    ],
)
def test_a_wrong_catalogue_cell_is_explained(change, message):
    assert message in complaints(parse_catalogue, as_csv({**ITEM, **change}))


def test_a_code_or_unit_code_given_twice_is_refused_at_its_second_place():
    text = complaints(
        parse_catalogue, as_csv({**ITEM, "unit_code": "U1"}, {**ITEM, "level": "3", "unit_code": "U1"})
    )
    assert text.splitlines() == [
        "目录.csv 第 3 行“clause”列：“A.1”已在前面出现",
        "目录.csv 第 3 行“unit_code”列：“U1”已在前面出现",
    ]


def test_two_items_cannot_follow_the_same_predecessor():
    lower = {**ITEM, "same_as_lower": "", "lower_clause": ""}
    upper = {**lower, "level": "3", "same_as_lower": "Y", "lower_clause": "A.1"}
    text = complaints(parse_catalogue, as_csv(lower, {**upper, "clause": "B.1"}, {**upper, "clause": "B.2"}))
    assert text.count("A.1 被多个条款沿用") == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "缺少这一列"),
        (b"level,clause\r\n1,2\r\n", "“安全层面”列：缺少这一列"),
        (as_csv({**ITEM, "levle": "1"}), "“levle”列：不认识的列"),
        (as_csv({**ITEM, "等级": "1"}), "“等级”列：列重复"),
        (as_csv(ITEM).splitlines(keepends=True)[0], "没有数据行"),
        (as_csv(ITEM).rstrip() + b",x\r\n", "第 2 行：单元格比表头多"),
        (as_csv(ITEM).rstrip() + b'\r\n"1,2', "不是完整的 csv"),
        (b"\xff\xfe\x81\xff", "不是 UTF-8 或 GB18030"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 xls"),
        (b"PK\x03\x04 not a zip", "目录.csv：文件不完整"),
        (b" " * (files.MAX_BYTES + 1), "文件超过 10 MB"),
    ],
)
def test_a_file_that_is_no_such_table_is_explained(content, message):
    assert message in complaints(parse_catalogue, content)


def test_a_zip_that_is_no_workbook_is_explained():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "text")
    assert "目录.csv：不接收压缩包" in complaints(parse_catalogue, out.getvalue())


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_read():
    out = io.BytesIO(as_xlsx(list(ITEM), list(ITEM.values())))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/padding.xml", b"0" * 8 * 1024 * 1024)
    assert "压缩炸弹" in complaints(parse_catalogue, out.getvalue())


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("=1+1", "B2 是公式"),
        (datetime.date(2026, 1, 1), "B2 被存成了日期"),
        (True, "B2 不是文本"),
        ("#REF!", "B2 是错误值"),
    ],
)
def test_a_cell_that_is_no_text_is_named(value, message):
    content = as_xlsx(list(ITEM), [2, value, "治理", "方针", "管理", "要求"])
    assert message in complaints(parse_catalogue, content)


def test_more_lines_than_any_catalogue_has_are_refused():
    line = as_csv(ITEM).splitlines(keepends=True)
    content = line[0] + line[1] * (files.MAX_ROWS + 1)
    assert "超过 20000 行" in complaints(parse_catalogue, content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SourceError, match=r"没有\.csv：无法读取"):
        parse_catalogue(tmp_path / "没有.csv")


def test_a_line_number_counts_lines_of_the_file_not_records():
    content = as_csv({**ITEM, "summary": "两\n行"}, {**ITEM, "level": "9"})
    assert "第 4 行“level”列" in complaints(parse_catalogue, content)


@given(st.binary(max_size=200))
def test_no_bytes_bring_anything_but_a_source_error(content):
    with pytest.raises(SourceError):
        parse_catalogue(content, name="x")


# --- guidance and cases -------------------------------------------------------------------------------------

GUIDE = {
    "codes": "A.1", "objects": "人员；管理制度", "check": "看", "evidence": "照片",
    "typical_gap": "没有", "remedy": "补上", "risk": "中",
}  # fmt: skip
CASE = {
    "case_no": "6.1", "case_title": "没有方针", "scope": "通用", "min_level": "2", "mapped_items": "A.1",
}  # fmt: skip


def test_guidance_is_split_into_codes_and_objects():
    (row,) = sources.parse_guidance(as_csv({**GUIDE, "codes": "A.1 B.1"}))
    assert (row.codes, row.objects, row.risk) == (("A.1", "B.1"), ("人员", "管理制度"), "中")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"codes": ""}, "“codes”列：不能为空"),
        ({"codes": "A.1 A.1"}, "有重复的值"),
        ({"risk": "极高"}, "“极高”不在可选值中"),
        ({"remedy": ""}, "“remedy”列：不能为空"),
    ],
)
def test_wrong_guidance_is_explained(change, message):
    assert message in complaints(sources.parse_guidance, as_csv({**GUIDE, **change}))


def test_an_item_cannot_have_two_guidance_rows():
    assert "第 3 行“codes”列：“A.1”已在前面出现" in complaints(sources.parse_guidance, as_csv(GUIDE, GUIDE))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"case_no": "甲"}, "“甲”的写法不对"),
        ({"mapped_items": ""}, "“mapped_items”列：不能为空"),
        ({"min_level": "0"}, "“0”不在可选值中"),
        ({"scope": ""}, "“scope”列：不能为空"),
    ],
)
def test_a_wrong_case_is_explained(change, message):
    assert message in complaints(sources.parse_cases, as_csv({**CASE, **change}))


@pytest.mark.parametrize(
    ("item", "case", "message"),
    [
        ({"high_risk_2025": ""}, {}, "案例 6.1 与条款 A.1 的对应只在一方出现"),
        ({"high_risk_2025": "6.1"}, {"mapped_items": "B.1"}, "案例 6.1 所指的条款 B.1 不在目录中"),
        ({"high_risk_2025": "6.1"}, {"min_level": "3"}, "范围或等级不合"),
        ({"high_risk_2025": "6.1"}, {"scope": "物联网"}, "范围或等级不合"),
    ],
)
def test_cases_and_items_that_do_not_fit_together_are_refused(item, case, message):
    rows = parse_catalogue(as_csv({**ITEM, **item}))
    cases = sources.parse_cases(as_csv({**CASE, **case}))
    with pytest.raises(SourceError, match=message):
        sources.check_references(rows, cases=cases, file="目录.csv")


def test_guidance_for_an_item_that_is_not_there_is_refused():
    rows = parse_catalogue(as_csv(ITEM))
    guidance = sources.parse_guidance(as_csv({**GUIDE, "codes": "A.1 Z.9"}))
    with pytest.raises(SourceError, match=r"Z\.9 不在目录中"):
        sources.check_references(rows, guidance=guidance, file="目录.csv")


# --- overlay ------------------------------------------------------------------------------------------------


def test_an_overlay_gives_wording_weight_and_side_and_says_where_each_stands():
    content = as_xlsx(
        ["编码", "官方原文", "重要程度", "适用责任"],
        ["8.1.1.2", "官方的\n句子", "关键", None],
        ["8.2.2.1b", None, None, "云服务客户"],
        ["8.1.1.3a", None, 2, None],
        ["8.1.1.3b", None, None, None],
    )
    overlay = parse_overlay(content, rows=sources.shipped_catalogue())
    assert overlay.columns == {"official_text", "weight", "applies_to"}
    assert overlay.rows == (
        sources.OverlayRow("8.1.1.2", "官方的\n句子", 3, ""),
        sources.OverlayRow("8.2.2.1b", "", None, "tenant"),
        sources.OverlayRow("8.1.1.3a", "", 2, ""),
        sources.OverlayRow("8.1.1.3b", "", None, ""),
    )
    assert (overlay.rows[1].line, overlay.rows[1].cells["applies_to"]) == (3, "D3")


def test_an_overlay_says_which_columns_its_file_has_and_passes_over_those_for_the_eye():
    content = as_xlsx(["条款", "等级", "控制点", "要求概述", "重要程度"], ["8.1.1.2", 3, "物理访问控制", "概述", 3])
    assert parse_overlay(content).columns == {"weight"}


def test_a_secrecy_mark_in_an_uploaded_text_is_refused_at_its_cell():
    content = as_xlsx(["条款", "官方原文"], ["8.1.1.2", "机密★\n机房出入口应……"])
    with pytest.raises(SourceError) as raised:
        parse_overlay(content)
    (problem,) = raised.value.problems
    assert (problem.cell, "国家秘密标志" in problem.message) == ("B2", True)


@pytest.mark.parametrize("header", ["条款", "编码", "条款编码", "code"])
def test_the_code_column_of_an_overlay_has_several_names(header):
    assert parse_overlay(as_csv({header: "8.1.1.2", "重要程度": "重要"})).rows[0].weight == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"条款": "8.9.9.9"}, "第 2 行“条款”列：目录中没有“8.9.9.9”"),
        ({"条款": "8.1.1.2", "适用责任": "both"}, "“适用责任”列：只用于云计算扩展要求"),
        ({"条款": "8.1.1.2", "适用责任": "甲方"}, "“甲方”不在可选值中"),
        ({"条款": "8.1.1.2", "重要程度": "很重要"}, "“很重要”不在可选值中"),
        ({"条款": "", "重要程度": "重要"}, "“条款”列：不能为空"),
    ],
)
def test_a_wrong_overlay_line_is_explained(line, message):
    assert message in complaints(parse_overlay, as_csv(line), rows=sources.shipped_catalogue())


def test_an_overlay_cannot_say_two_things_of_one_item():
    line = {"条款": "8.1.1.2", "重要程度": "重要"}
    assert "第 3 行“条款”列：“8.1.1.2”已在前面出现" in complaints(parse_overlay, as_csv(line, line))
