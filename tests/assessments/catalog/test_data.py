"""The shipped catalogue, guidance and high-risk cases hold together."""

import re
from collections import Counter, defaultdict

import pytest

from assessments.catalog import sources
from assessments.catalog.selection import SCOPES

ROWS = sources.shipped_catalogue()
GUIDANCE = sources.shipped_guidance()
CASES = sources.shipped_cases()
BY_CODE = {row.code: row for row in ROWS}

TECHNICAL = ("安全物理环境", "安全通信网络", "安全区域边界", "安全计算环境", "安全管理中心")
MANAGEMENT = ("安全管理制度", "安全管理机构", "安全管理人员", "安全建设管理", "安全运维管理")
UNIT_LETTERS = dict(
    zip(
        TECHNICAL + MANAGEMENT,
        ("PES", "CNS", "ABS", "CES", "SMC", "PSS", "ORS", "HRS", "CMS", "MMS"),
        strict=True,
    )
)
ITEMS = {
    "通用": [55, 135, 211, 228],
    "云计算": [11, 29, 46, 49],
    "移动互联": [5, 14, 19, 21],
    "物联网": [4, 7, 20, 21],
    "工业控制": [9, 15, 21, 22],
}
POINTS = {
    "通用": [42, 68, 71, 71],
    "云计算": [7, 13, 16, 16],
    "移动互联": [5, 7, 9, 9],
    "物联网": [3, 4, 8, 8],
    "工业控制": [5, 9, 9, 9],
}
S_POINTS = {
    "电磁防护", "可信验证", "身份鉴别", "数据完整性", "数据保密性", "剩余信息保护", "个人信息保护",
}  # fmt: skip
A_POINTS = {"电力供应", "数据备份恢复"}
ENDED = {"7.1.10.7b", "8.1.3.2e", "8.1.3.5d"}


def clauses():
    grouped = defaultdict(list)
    for row in ROWS:
        grouped[row.clause].append(row)
    return grouped


@pytest.mark.parametrize("scope", SCOPES)
def test_items_and_control_points_are_as_many_as_printed(scope):
    items = Counter(row.level for row in ROWS if row.scope == scope)
    points = Counter(group[0].level for group in clauses().values() if group[0].scope == scope)
    assert [items[level] for level in (1, 2, 3, 4)] == ITEMS[scope]
    assert [points[level] for level in (1, 2, 3, 4)] == POINTS[scope]


def test_there_are_942_items_with_one_code_each():
    assert len(ROWS) == len(BY_CODE) == 942


def test_clause_numbers_say_level_and_scope():
    for row in ROWS:
        chapter, scope, *rest = row.clause.split(".")
        assert len(rest) == 2, row.code
        assert int(chapter) == row.level + 5, row.code
        assert SCOPES[int(scope) - 1] == row.scope, row.code
        assert re.fullmatch("[a-z]?", row.item), row.code


def test_layers_have_the_domain_of_their_half_of_the_standard():
    for row in ROWS:
        assert row.domain == ("技术" if row.layer in TECHNICAL else "管理"), row.code
        assert row.layer in UNIT_LETTERS, row.code


def test_unit_codes_say_level_layer_and_scope():
    for row in ROWS:
        scope = row.clause.split(".")[1]
        prefix = f"L{row.level}-{UNIT_LETTERS[row.layer]}{scope}-"
        assert re.fullmatch(re.escape(prefix) + r"\d\d", row.unit_code), row.code


def test_items_of_a_clause_are_lettered_without_gaps_and_share_one_control_point():
    for clause, group in clauses().items():
        letters = [""] if len(group) == 1 else [chr(ord("a") + n) for n in range(len(group))]
        assert [row.item for row in group] == letters, clause
        assert len({(row.scope, row.layer, row.control_point, row.sag) for row in group}) == 1, clause


def test_clause_numbers_run_without_gaps():
    children = defaultdict(set)
    for clause in clauses():
        a, b, c, d = map(int, clause.split("."))
        children[a, b].add(c)
        children[a, b, c].add(d)
    for node, numbers in children.items():
        assert numbers == set(range(1, len(numbers) + 1)), node


def test_rows_stand_in_the_order_of_the_standard():
    keys = [(*map(int, row.clause.split(".")), row.item) for row in ROWS]
    assert keys == sorted(keys)


def test_markings_follow_annex_a():
    for row in ROWS:
        if row.scope != "通用":
            expected = "G"
        elif row.control_point in S_POINTS or (row.layer, row.control_point) == ("安全计算环境", "访问控制"):
            expected = "S"
        else:
            expected = "A" if row.control_point in A_POINTS else "G"
        assert row.sag == expected, row.code


def test_lineage_keeps_scope_layer_marking_and_side_of_the_cloud():
    for row in ROWS:
        if row.lower_clause:
            lower = BY_CODE[row.lower_clause]
            assert lower.level == row.level - 1, row.code
            assert (lower.scope, lower.layer, lower.sag, lower.applies_to) == (
                row.scope, row.layer, row.sag, row.applies_to,
            ), row.code  # fmt: skip


def test_an_unchanged_item_repeats_the_words_and_an_enhanced_one_does_not():
    for row in ROWS:
        if row.lower_clause:
            same = BY_CODE[row.lower_clause].summary == row.summary
            assert same == (row.same_as_lower == sources.UNCHANGED), row.code


def test_every_item_above_level_1_says_how_it_stands_to_the_level_below():
    for row in ROWS:
        assert (row.same_as_lower == "") == (row.level == 1), row.code


def test_only_three_known_items_end_before_level_4():
    followed = {row.lower_clause for row in ROWS}
    assert {row.code for row in ROWS if row.level < 4 and row.code not in followed} == ENDED


def test_codes_that_move_between_levels_2_and_3_are_followed_by_lineage_alone():
    moved = [
        row.code
        for row in ROWS
        if row.level == 3 and row.same_as_lower == sources.UNCHANGED and row.code[1:] != row.lower_clause[1:]
    ]
    assert "8.1.10.13b" in moved
    assert len(moved) == 45


def test_only_cloud_items_have_a_side():
    for row in ROWS:
        assert (row.applies_to != "") == (row.scope == "云计算"), row.code


def test_summaries_are_short_sentences_of_our_own_without_stray_punctuation():
    for row in ROWS:
        assert 15 <= len(row.summary) <= 80, row.code
        assert not re.search(r"[\u4e00-\u9fff][,;:?!]|\s{2}|\n|。$", row.summary), row.code


def test_guidance_covers_every_item_once():
    served = Counter(code for row in GUIDANCE for code in row.codes)
    assert served.keys() == BY_CODE.keys()
    assert set(served.values()) == {1}
    assert len(GUIDANCE) == 392


def test_one_guidance_row_serves_one_requirement_along_its_lineage():
    for row in GUIDANCE:
        assert len({BY_CODE[code].summary for code in row.codes}) == 1, row.codes
        for lower, upper in zip(row.codes, row.codes[1:], strict=False):
            assert BY_CODE[upper].lower_clause == lower, row.codes


def test_guidance_texts_are_complete_and_distinct():
    for name in ("check", "evidence", "typical_gap", "remedy"):
        texts = [getattr(row, name) for row in GUIDANCE]
        assert len(set(texts)) == len(texts), name
        assert all(text == text.strip() and len(text) >= 8 for text in texts), name
        for text in texts:
            for opening, closing in ("（）", "“”", "《》"):
                assert text.count(opening) == text.count(closing), text
            assert not re.search(r"[\u4e00-\u9fff][,;?!]", text), text


def test_guidance_names_only_the_known_kinds_of_objects():
    known = {
        "机房", "网络设备", "安全设备", "服务器", "终端", "数据库", "中间件", "应用系统", "数据", "存储备份",
        "云平台", "网络整体", "管理制度", "人员", "全系统",
    }  # fmt: skip
    for row in GUIDANCE:
        assert row.objects
        assert set(row.objects) <= known, row.codes


def test_an_item_with_a_high_risk_case_at_level_3_is_suggested_as_high():
    risk = {code: row.risk for row in GUIDANCE for code in row.codes}
    for case in CASES:
        for code in case.mapped_items:
            if BY_CODE[code].level == 3:
                assert risk[code] == "高", (case.case_no, code)


def test_a_requirement_that_may_be_met_is_suggested_as_low():
    for row in GUIDANCE:
        if BY_CODE[row.codes[0]].control_point == "可信验证":
            assert row.risk == "低", row.codes


def test_high_risk_cases_and_items_name_each_other():
    from_cases = {(case.case_no, code) for case in CASES for code in case.mapped_items}
    from_items = {(number, row.code) for row in ROWS for number in row.high_risk_2025}
    assert from_cases == from_items
    sources.check_references(ROWS, guidance=GUIDANCE, cases=CASES, file="随附数据")


def test_each_of_the_81_cases_reaches_from_its_level_to_the_highest():
    assert len(CASES) == 81
    for case in CASES:
        covered = [BY_CODE[code].level for code in case.mapped_items]
        first = 3 if case.case_no == "7.4.3.2" else case.min_level  # its item does not exist at level 2
        assert covered == list(range(first, 5)), case.case_no


def test_the_items_of_a_case_are_one_requirement_through_its_lineage():
    for case in CASES:
        for lower, upper in zip(case.mapped_items, case.mapped_items[1:], strict=False):
            assert BY_CODE[upper].lower_clause == lower, case.case_no


def test_a_case_about_one_side_of_a_cloud_names_items_that_side_answers():
    sides = {"云计算平台": "provider", "云服务客户": "tenant"}
    for case in CASES:
        for target in filter(None, case.target.split("+")):
            for code in case.mapped_items:
                assert BY_CODE[code].applies_to in (sides[target], "both"), (case.case_no, code)


def test_case_titles_use_full_width_punctuation():
    for case in CASES:
        assert not re.search(r"[,;:()]", case.case_title), case.case_no
