"""Combining results of components and of control points."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evaluation import points
from assessments.evaluation.points import MET, NOT_APPLICABLE, PARTIAL, UNMET
from assessments.evaluation.scoring import ItemScore, deficit_score_2021

results = st.lists(st.sampled_from(points.RESULTS), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("given_results", "expected"),
    [
        ([MET, MET], MET),
        ([UNMET, UNMET], UNMET),
        ([NOT_APPLICABLE, NOT_APPLICABLE], NOT_APPLICABLE),
        ([PARTIAL], PARTIAL),
        ([MET, UNMET], PARTIAL),
        ([MET, PARTIAL], PARTIAL),
        ([UNMET, PARTIAL], PARTIAL),
        ([MET, NOT_APPLICABLE], MET),
        ([UNMET, NOT_APPLICABLE], UNMET),
        ([MET, UNMET, NOT_APPLICABLE], PARTIAL),
    ],
)
def test_a_control_point_and_an_item_combine_alike(given_results, expected):
    assert points.control_point_result(given_results) == expected
    assert points.combine_components(given_results).result == expected


def test_a_control_point_has_no_result_while_an_item_is_unanswered():
    assert points.control_point_result([MET, None]) is None
    assert points.control_point_result([None]) is None


def test_the_value_of_an_item_is_the_mean_of_its_components_that_apply():
    combined = points.combine_components([MET, PARTIAL, UNMET, MET, NOT_APPLICABLE])
    assert combined == points.Combined(PARTIAL, Fraction(5, 8))
    assert combined.value == Decimal("0.625")
    assert points.combine_components([NOT_APPLICABLE]).value is None


def test_a_mean_in_thirds_enters_the_score_unrounded():
    ratio = points.combine_components([MET, MET, UNMET]).ratio
    items = [ItemScore("technical", 1, ratio)] * 15 + [ItemScore("management", 1, 1)] * 35
    assert deficit_score_2021(items).total == 90


@given(results)
def test_the_result_and_the_value_tell_the_same(listed):
    combined = points.combine_components(listed)
    expected = {MET: combined.value == 1, UNMET: combined.value == 0, NOT_APPLICABLE: combined.value is None}
    assert expected.get(combined.result, combined.value is not None and 0 < combined.value < 1)


@given(results, st.randoms(use_true_random=False))
def test_order_and_items_that_do_not_apply_change_nothing(listed, random):
    shuffled = [*listed, NOT_APPLICABLE]
    random.shuffle(shuffled)
    assert points.combine_components(shuffled) == points.combine_components(listed)
    assert points.control_point_result(shuffled) == points.control_point_result(listed)


@given(st.lists(st.sampled_from([MET, PARTIAL, UNMET]), min_size=1, max_size=8))
def test_repeating_every_component_keeps_the_value(listed):
    assert points.combine_components(listed * 3) == points.combine_components(listed)


def test_each_result_has_its_value_and_its_label():
    assert [points.result_value(result) for result in points.RESULTS] == [1, Decimal("0.5"), 0, None]
    assert [str(points.RESULT_LABELS[result]) for result in points.RESULTS] == [
        "符合",
        "部分符合",
        "不符合",
        "不适用",
    ]


@pytest.mark.parametrize("wrong", ["符合", "", 1, None, True])
def test_a_word_that_is_no_result_is_named(wrong):
    with pytest.raises(ValueError, match="unknown result"):
        points.combine_components([MET, wrong])
    with pytest.raises(ValueError, match="unknown result"):
        points.result_value(wrong)


def test_nothing_to_combine_is_refused():
    for combine in (points.combine_components, points.control_point_result):
        with pytest.raises(ValueError, match="empty"):
            combine([])
