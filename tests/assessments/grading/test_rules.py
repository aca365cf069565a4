"""Protection levels: both matrices, the worked cases and the special rules."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.grading import rules
from assessments.grading.rules import final_level, protection_level, sag

MATRIX_2020 = {
    ("citizens", "general"): 1,
    ("citizens", "serious"): 2,
    ("citizens", "very_serious"): 2,
    ("public_order", "general"): 2,
    ("public_order", "serious"): 3,
    ("public_order", "very_serious"): 4,
    ("national_security", "general"): 3,
    ("national_security", "serious"): 4,
    ("national_security", "very_serious"): 5,
}
MATRIX_2025 = MATRIX_2020 | {
    ("national_security", "general"): 4,
    ("national_security", "serious"): 5,
    ("national_security", "very_serious"): 5,
}

levels = st.integers(1, 5)
objects = st.sampled_from(rules.OBJECTS)
degrees = st.sampled_from(rules.DEGREES)
rule_sets = st.sampled_from(sorted(rules.RULE_SETS))


@pytest.mark.parametrize(("rule_set", "matrix"), [("2020", MATRIX_2020), ("2025", MATRIX_2025)])
def test_every_cell_of_both_matrices_is_as_printed(rule_set, matrix):
    for (harmed, degree), level in matrix.items():
        assert protection_level(harmed, degree, rule_set=rule_set) == level


def test_a_serious_harm_to_public_order_with_a_general_one_to_its_service_is_s3a2g3():
    business = protection_level("public_order", "serious", rule_set="2020")
    service = protection_level("public_order", "general", rule_set="2020")
    assert (business, service, final_level(business, service)) == (3, 2, 3)
    assert sag(business, service) == "S3A2G3"


@pytest.mark.parametrize("rule_set", ["2020", "2025"])
def test_harm_to_citizens_reaches_level_2_under_both_rule_sets(rule_set):
    business = protection_level("citizens", "very_serious", rule_set=rule_set)
    service = protection_level("citizens", "general", rule_set=rule_set)
    assert sag(business, service) == "S2A1G2"


def test_several_harmed_objects_are_graded_by_the_highest():
    harms = [("citizens", "very_serious"), ("public_order", "serious"), ("citizens", "general")]
    assert rules.highest_level(harms, rule_set="2025") == 3
    with pytest.raises(ValueError, match="harms is empty"):
        rules.highest_level([], rule_set="2025")


@given(objects, rule_sets)
def test_more_harm_never_lowers_the_level(harmed, rule_set):
    row = [protection_level(harmed, degree, rule_set=rule_set) for degree in rules.DEGREES]
    assert row == sorted(row)


@given(degrees, rule_sets)
def test_a_graver_object_never_lowers_the_level(degree, rule_set):
    column = [protection_level(harmed, degree, rule_set=rule_set) for harmed in rules.OBJECTS]
    assert column == sorted(column)


@given(objects, degrees)
def test_the_2025_rule_set_is_never_milder_than_2020(harmed, degree):
    assert protection_level(harmed, degree, rule_set="2025") >= protection_level(
        harmed, degree, rule_set="2020"
    )


@given(levels, levels)
def test_the_final_level_is_one_of_the_two_and_no_lower_than_either(business, service):
    final = final_level(business, service)
    assert final in (business, service)
    assert final == final_level(service, business) == max(business, service)
    assert sag(business, service) == f"S{business}A{service}G{final}"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (datetime.date(2020, 11, 1), "2020"),
        (datetime.date(2025, 3, 19), "2020"),
        (datetime.date(2025, 3, 20), "2025"),
        (datetime.date(2026, 12, 31), "2025"),
    ],
)
def test_the_rule_set_follows_the_date_of_the_report(day, expected):
    assert rules.default_rule_set(day) == expected


@pytest.mark.parametrize("wrong", [datetime.datetime(2025, 3, 20, 8), "2025-03-20", None])
def test_only_a_date_chooses_the_rule_set(wrong):
    with pytest.raises(ValueError, match="report_date"):
        rules.default_rule_set(wrong)


@pytest.mark.parametrize(
    ("harmed", "degree", "rule_set", "named"),
    [
        ("society", "general", "2020", "'society'"),
        ("citizens", "severe", "2020", "'severe'"),
        ("citizens", "general", "2019", "'2019'"),
        ("citizens", "general", None, "None"),
        (["citizens"], "general", "2020", "citizens"),
        ("citizens", {}, "2020", "degree"),
        ("citizens", "general", 2020, "2020"),
    ],
)
def test_wrong_words_are_named(harmed, degree, rule_set, named):
    with pytest.raises(ValueError, match=named):
        protection_level(harmed, degree, rule_set=rule_set)


@pytest.mark.parametrize("wrong", [0, 6, -1, True, 3.0, "3", None])
def test_what_is_no_level_is_named(wrong):
    for call in (final_level, sag):
        with pytest.raises(ValueError, match="business must be a level"):
            call(wrong, 2)
        with pytest.raises(ValueError, match="service must be a level"):
            call(2, wrong)


def test_each_rule_set_labels_its_own_third_object():
    assert rules.RULE_SETS["2020"].object_labels["national_security"] == "国家安全"
    assert rules.RULE_SETS["2025"].object_labels["national_security"] == "国家安全或地区安全、国计民生"
    assert [str(label) for label in rules.DEGREE_LABELS.values()] == ["一般损害", "严重损害", "特别严重损害"]
    assert list(rules.JUDGING_ORDER) == ["national_security", "public_order", "citizens"]


def test_a_platform_below_what_it_hosts_is_warned_of_with_the_hosted_named():
    hosted = [("网站群", 2), ("行政审批", 3), ("居民卡", 4)]
    (warning,) = rules.hosting_warnings(2, hosted)
    assert (warning.code, warning.level, warning.minimum) == (rules.HOSTED_HIGHER, 2, 4)
    assert warning.subjects == (("居民卡", 4), ("行政审批", 3))
    assert (
        warning.message
        == "拟定第二级低于所承载对象的等级，应不低于第四级：居民卡（第四级）、行政审批（第三级）"
    )


@given(levels, st.lists(st.tuples(st.text(max_size=5), levels)))
def test_a_platform_is_warned_of_exactly_when_something_on_it_is_higher(level, hosted):
    warnings = rules.hosting_warnings(level, hosted)
    assert bool(warnings) == any(hosted_level > level for _, hosted_level in hosted)
    for warning in warnings:
        assert rules.hosting_warnings(warning.minimum, hosted) == ()


def test_much_personal_data_and_public_big_data_below_level_3_are_each_warned_of():
    warnings = rules.special_rule_warnings(2, large_personal_data=True, public_big_data=True)
    assert [warning.code for warning in warnings] == [rules.PERSONAL_DATA, rules.BIG_DATA_SERVICE]
    assert all(warning.minimum == 3 for warning in warnings)
    assert "个人信息" in warnings[0].message
    assert "第二级" in warnings[0].message
    assert "大数据" in warnings[1].message


@given(st.integers(3, 5))
def test_from_level_3_on_data_gives_no_warning(level):
    assert rules.special_rule_warnings(level, large_personal_data=True, public_big_data=True) == ()


def test_a_hosted_level_that_is_none_is_named_with_its_object():
    with pytest.raises(ValueError, match=r"网站群.*7"):
        rules.hosting_warnings(2, [("网站群", 7)])
