"""The registry of formulas and what an output says about its figure."""

import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evaluation import formulas
from assessments.evaluation.scoring import DOMAINS, ItemScore, conformity_rate, deficit_score_2021

values = st.one_of(st.none(), st.fractions(0, 1, max_denominator=6))
items = st.lists(
    st.builds(ItemScore, st.sampled_from(DOMAINS), st.integers(1, 3), values), min_size=1, max_size=25
).filter(lambda listed: any(item.applies for item in listed))


def test_the_registry_holds_the_three_readings_with_chinese_names():
    assert list(formulas.FORMULAS) == ["simple", "half", "deficit2021"]
    assert [str(formula.label) for formula in formulas.FORMULAS.values()] == [
        "简单符合率",
        "折半符合率",
        "2021 版缺陷扣分",
    ]


@given(items)
def test_every_formula_agrees_with_the_function_it_stands_for(listed):
    shares = [Fraction(item.value) for item in listed if item.value is not None]
    met, unmet = shares.count(Fraction(1)), shares.count(Fraction(0))
    counted = {"met": met, "partial": len(shares) - met - unmet, "unmet": unmet}
    assert formulas.rate(listed) == conformity_rate(**counted)
    assert formulas.rate(listed, formula="half") == conformity_rate(**counted, formula="half")
    assert formulas.rate(listed, formula="deficit2021") == deficit_score_2021(listed).total


@given(items)
def test_a_formula_without_weights_does_not_see_them(listed):
    heavy = [ItemScore(item.domain, 3, item.value) for item in listed]
    for code, formula in formulas.FORMULAS.items():
        if not formula.weighted:
            assert formulas.rate(heavy, formula=code) == formulas.rate(listed, formula=code)


@given(items)
def test_every_rate_lies_between_0_and_100(listed):
    for code in formulas.FORMULAS:
        assert 0 <= formulas.rate(listed, formula=code) <= 100


def test_all_formulas_agree_where_everything_is_met_or_nothing():
    met = [ItemScore(domain, 1, 1) for domain in DOMAINS]
    unmet = [ItemScore(domain, 1, 0) for domain in DOMAINS]
    for code in formulas.FORMULAS:
        assert formulas.rate(met, formula=code) == 100
        assert formulas.rate(unmet, formula=code) == 0


@pytest.mark.parametrize("code", list(formulas.FORMULAS))
def test_nothing_to_score_is_refused_by_every_formula(code):
    with pytest.raises(ValueError, match="nothing to score"):
        formulas.rate([ItemScore("technical", 1, None)], formula=code)


@pytest.mark.parametrize("wrong", ["third", None, 1])
def test_an_unknown_formula_is_named(wrong):
    with pytest.raises(ValueError, match=f"unknown formula {wrong!r}"):
        formulas.rate([ItemScore("technical", 1, 1)], formula=wrong)


@pytest.mark.parametrize(
    ("day", "template"),
    [(datetime.date(2025, 3, 19), "2021"), (datetime.date(2025, 3, 20), "2025")],
)
def test_the_template_follows_the_date_of_the_report(day, template):
    assert formulas.default_template(day) == template


def test_a_datetime_does_not_choose_the_template():
    with pytest.raises(ValueError, match="report_date"):
        formulas.default_template(datetime.datetime(2025, 3, 20))


def test_the_method_says_template_formula_coefficient_and_weights():
    assert formulas.Method("2025").sentence == (
        "测评报告模板 2025 版（符合率与重大风险隐患）；符合率公式：简单符合率；不使用重要程度权重"
    )
    assert formulas.Method("2025", "deficit2021", Decimal("0.6"), "own").sentence == (
        "测评报告模板 2025 版（符合率与重大风险隐患）；符合率公式：2021 版缺陷扣分；关注系数：0.6；"
        "重要程度：本单位导入的重要程度，未标注的按“一般”"
    )
    assert formulas.Method("2021").sentence == (
        "测评报告模板 2021 版（缺陷扣分法）；关注系数：0.5；重要程度：默认全部为“一般”（官方权重未公开）"
    )
    assert "关注系数" not in formulas.Method("2019").sentence
    assert "重要程度" in formulas.Method("2019").sentence


@pytest.mark.parametrize("wrong", [{"template": "2020"}, {"formula": "x"}, {"weights": "x"}])
def test_a_method_of_unknown_parts_is_refused(wrong):
    with pytest.raises(ValueError, match="unknown"):
        formulas.Method(**{"template": "2025", **wrong})
