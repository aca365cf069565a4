"""The two methods and the value of an asset: worked examples, bounds, and that worse is never less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.risk.calculation import SHIPPED, Matrices, asset_value, matrix_method, product_method

GRADE = st.integers(1, 5)


@pytest.mark.parametrize(
    ("a", "t", "v", "likelihood", "likelihood_level", "loss", "loss_level", "value", "level"),
    [(2, 2, 2, 6, 2, 5, 1, 6, 1), (2, 2, 5, 17, 4, 16, 4, 20, 4),
     (4, 1, 3, 7, 2, 14, 3, 9, 2), (5, 5, 5, 25, 5, 25, 5, 25, 5)],
)  # fmt: skip
def test_the_matrix_method_gives_the_worked_examples(
    a, t, v, likelihood, likelihood_level, loss, loss_level, value, level
):
    found = matrix_method(asset=a, threat=t, vulnerability=v)
    assert (found.likelihood, found.likelihood_level, found.loss, found.loss_level) == (
        likelihood, likelihood_level, loss, loss_level,
    )  # fmt: skip
    assert (found.value, found.level) == (value, level)


@pytest.mark.parametrize(
    ("a", "t", "v", "likelihood", "loss", "value", "level"),
    [(2, 2, 2, 2, 2, 4, 1), (2, 2, 5, 3.162, 3.162, 10, 2), (4, 1, 3, 1.732, 3.464, 6, 2), (5, 5, 5, 5, 5, 25, 5)],
)
def test_the_product_method_gives_the_worked_examples(a, t, v, likelihood, loss, value, level):
    found = product_method(asset=a, threat=t, vulnerability=v)
    assert (found.likelihood, found.loss) == (pytest.approx(likelihood, abs=5e-4), pytest.approx(loss, abs=5e-4))
    assert (found.value, found.level, found.likelihood_level, found.loss_level) == (value, level, None, None)


def test_the_value_of_an_asset_follows_the_chosen_rule():
    one = {"confidentiality": 4, "integrity": 3, "availability": 2}
    other = {"confidentiality": 5, "integrity": 1, "availability": 1}
    assert [asset_value(**one, rule=rule) for rule in ("log", "max", "mean")] == [3, 4, 3]
    assert [asset_value(**other, rule=rule) for rule in ("log", "max", "mean")] == [4, 5, 2]
    with pytest.raises(ValueError, match="unknown rule"):
        asset_value(**one, rule="guess")


@given(GRADE, GRADE, GRADE)
def test_worse_is_never_less_and_results_stay_within_bounds(a, t, v):
    for method in (matrix_method, product_method):
        here = method(asset=a, threat=t, vulnerability=v)
        assert 1 <= here.value <= 25
        assert 1 <= here.level <= 5
        for worse in ((a + 1, t, v), (a, t + 1, v), (a, t, v + 1)):
            if max(worse) <= 5:
                there = method(asset=worse[0], threat=worse[1], vulnerability=worse[2])
                assert there.value >= here.value
                assert there.level >= here.level


@given(GRADE, GRADE, GRADE, st.sampled_from(["log", "max", "mean"]))
def test_an_asset_is_worth_between_its_least_and_its_highest_grade(c, i, a, rule):
    value = asset_value(confidentiality=c, integrity=i, availability=a, rule=rule)
    assert min(c, i, a) <= value <= max(c, i, a)
    if c < 5:
        assert asset_value(confidentiality=c + 1, integrity=i, availability=a, rule=rule) >= value


@pytest.mark.parametrize("wrong", [0, 6, -1, 2.5, "3", True, None])
def test_a_grade_outside_one_to_five_is_refused(wrong):
    for name in ("asset", "threat", "vulnerability"):
        for method in (matrix_method, product_method):
            with pytest.raises(ValueError, match=name):
                method(**{"asset": 1, "threat": 1, "vulnerability": 1, name: wrong})


def test_tables_that_would_make_a_worse_case_a_smaller_risk_are_refused():
    data = {name: getattr(SHIPPED, name) for name in SHIPPED.__dataclass_fields__}
    assert Matrices.of(data) == SHIPPED
    rows = [list(row) for row in SHIPPED.risk]
    rows[0][4] = 1
    bands = {"risk_bands": [6, 6, 18, 23, 25]}, {"product_bands": [1, 2, 3, 4, 5]}
    for broken in ({"risk": rows}, {"loss": rows[:4]}, *bands):
        with pytest.raises(ValueError, match=next(iter(broken))):
            Matrices.of(data | broken)
