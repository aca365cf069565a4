"""Scores and conclusions: the worked cases, the bounds and the types."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.evaluation import scoring
from assessments.evaluation.scoring import (
    Conclusion,
    ItemScore,
    conclusion_2021,
    conclusion_2025,
    conformity_rate,
    deficit_score_2021,
    show,
    template_score_2019,
)

HALF = Decimal("0.5")


def some(count, domain, weight, value):
    return [ItemScore(domain, weight, value)] * count


def filled(items, *, technical, management):
    """The items with as many met ones as are missing to these numbers."""
    have = [item.domain for item in items]
    return (
        items
        + some(technical - have.count("technical"), "technical", 1, 1)
        + some(management - have.count("management"), "management", 1, 1)
    )


values = st.one_of(
    st.none(),
    st.decimals(0, 1, places=4),
    st.fractions(0, 1, max_denominator=9),
    st.sampled_from([0, 1]),
)
item_scores = st.builds(ItemScore, st.sampled_from(scoring.DOMAINS), st.integers(1, 3), values)
scorable = st.lists(item_scores, min_size=1, max_size=30).filter(lambda items: any(i.applies for i in items))
attentions = st.decimals(0, 1, places=3)
counts = st.integers(0, 400)


# --- 2021 ---------------------------------------------------------------------------------------------


def test_worked_case_a_scores_36_46_82_and_is_good_unless_a_high_risk_remains():
    items = filled(
        some(4, "technical", 3, 0)
        + some(6, "technical", 2, HALF)
        + some(10, "technical", 1, 0)
        + some(2, "management", 2, 0)
        + some(8, "management", 1, HALF),
        technical=120,
        management=80,
    )
    score = deficit_score_2021(items)
    assert (score.technical, score.management, score.total) == (36, 46, 82)
    assert (show(score.technical), show(score.management), show(score.total)) == ("36.00", "46.00", "82.00")
    assert conclusion_2021(score.total, high=0, medium=3) == "良"
    assert conclusion_2021(score.total, high=1, medium=0) == "差"


def test_worked_case_c_does_not_deduct_below_zero():
    score = deficit_score_2021(filled(some(25, "technical", 3, 0), technical=50, management=50))
    assert (score.technical, score.management, score.total) == (0, 50, 50)
    assert conclusion_2021(score.total, high=0, medium=0) == "差"


def test_worked_case_e_reaches_90_and_is_excellent_only_without_medium_risks():
    score = deficit_score_2021(filled(some(20, "technical", 1, 0), technical=100, management=100))
    assert (score.technical, score.total) == (40, 90)
    assert conclusion_2021(score.total, high=0, medium=0) == "优"
    assert conclusion_2021(score.total, high=0, medium=1) == "良"


def test_a_total_of_exactly_90_is_not_lost_in_thirds():
    third = Fraction(1, 3)
    items = filled(some(15, "technical", 1, third), technical=50, management=50)
    assert deficit_score_2021(items).total == 90
    assert deficit_score_2021(some(3, "technical", 1, third)).technical == 0


def test_a_caller_with_a_short_decimal_context_gets_the_same_digits():
    items = [ItemScore("technical", 1, 0), *some(6, "management", 1, 1)]
    with localcontext(prec=3):
        short = deficit_score_2021(items)
    assert short == deficit_score_2021(items)
    assert show(short.technical) == "35.71"


def test_items_that_do_not_apply_change_nothing():
    items = filled(some(2, "technical", 3, 0), technical=10, management=10)
    assert deficit_score_2021(items) == deficit_score_2021(items + some(7, "technical", 3, None))


def test_attention_moves_the_points_between_the_domains():
    score = deficit_score_2021(some(4, "technical", 1, 1), attention=Decimal("0.6"))
    assert (score.technical, score.management, score.total) == (60, 40, 100)


@given(scorable, attentions)
def test_the_2021_score_stays_in_its_bounds_and_is_the_sum_of_its_parts(items, attention):
    score = deficit_score_2021(items, attention=attention)
    assert 0 <= score.technical <= 100 * attention
    assert 0 <= score.management <= 100 * (1 - attention)
    assert 0 <= score.total <= 100
    assert abs(score.total - score.technical - score.management) < Decimal("1e-20")


@given(scorable, st.randoms(use_true_random=False))
def test_the_order_of_the_items_does_not_matter(items, random):
    shuffled = list(items)
    random.shuffle(shuffled)
    assert deficit_score_2021(shuffled) == deficit_score_2021(items)


@given(scorable, st.integers(0, 29))
def test_a_better_answer_never_lowers_the_2021_score(items, index):
    index %= len(items)
    if not items[index].applies:
        return
    better = list(items)
    better[index] = ItemScore(items[index].domain, items[index].weight, 1)
    assert deficit_score_2021(better).total >= deficit_score_2021(items).total


@given(scorable)
def test_a_heavier_weight_never_raises_the_2021_score(items):
    heavier = [ItemScore(item.domain, 3, item.value) for item in items]
    assert deficit_score_2021(heavier).total <= deficit_score_2021(items).total


@pytest.mark.parametrize(
    ("total", "high", "medium", "label"),
    [
        ("100", 0, 0, "优"),
        ("90", 0, 0, "优"),
        ("89.9999999999", 0, 0, "良"),
        ("95", 0, 2, "良"),
        ("80", 0, 9, "良"),
        ("79.995", 0, 0, "中"),
        ("70", 0, 9, "中"),
        ("69.999", 0, 0, "差"),
        ("100", 1, 0, "差"),
        ("0", 0, 0, "差"),
    ],
)
def test_2021_conclusions_compare_the_unrounded_total(total, high, medium, label):
    assert conclusion_2021(Decimal(total), high=high, medium=medium) == label


@given(st.decimals(0, 100, places=2), st.integers(0, 2), st.integers(0, 2))
def test_a_further_risk_never_betters_the_2021_conclusion(total, high, medium):
    order = ["差", "中", "良", "优"]
    now = order.index(conclusion_2021(total, high=high, medium=medium))
    assert order.index(conclusion_2021(total, high=high + 1, medium=medium)) <= now
    assert order.index(conclusion_2021(total, high=high, medium=medium + 1)) <= now


# --- 2025 ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "partial", "unmet", "simple", "half", "conclusion"),
    [
        (190, 6, 4, "95.00", "96.50", Conclusion("符合", boundary_warning=False)),
        (150, 30, 20, "75.00", "82.50", Conclusion("基本符合", boundary_warning=False)),
        (180, 0, 20, "90.00", "90.00", Conclusion("基本符合", boundary_warning=True)),
    ],
)
def test_the_worked_conformity_rates_and_their_conclusions(met, partial, unmet, simple, half, conclusion):
    rates = [conformity_rate(met=met, partial=partial, unmet=unmet, formula=f) for f in ("simple", "half")]
    assert [show(rate) for rate in rates] == [simple, half]
    assert rates == [Decimal(simple), Decimal(half)]
    assert [conclusion_2025(rate, major_hazards=0) for rate in rates] == [conclusion] * 2
    assert conformity_rate(met=met, partial=partial, unmet=unmet) == rates[0]


@pytest.mark.parametrize(
    ("rate", "hazards", "label", "warning"),
    [
        ("100", 0, "符合", False),
        ("90.0001", 0, "符合", False),
        ("90.0001", 1, "基本符合", False),
        ("90", 0, "基本符合", True),
        ("90", 2, "基本符合", True),
        ("89.9999", 0, "基本符合", False),
        ("60.00", 0, "基本符合", True),
        ("60", 5, "基本符合", True),
        ("59.9999", 0, "不符合", False),
        ("0", 0, "不符合", False),
    ],
)
def test_2025_conclusions_read_the_bounds_strictly(rate, hazards, label, warning):
    assert conclusion_2025(Decimal(rate), major_hazards=hazards) == Conclusion(label, warning)


@given(counts, counts, counts)
def test_rates_stay_between_0_and_100_and_half_is_never_below_simple(met, partial, unmet):
    if not met + partial + unmet:
        return
    simple = conformity_rate(met=met, partial=partial, unmet=unmet)
    half = conformity_rate(met=met, partial=partial, unmet=unmet, formula="half")
    assert 0 <= simple <= half <= 100
    assert (simple == half) == (partial == 0)


@given(counts, counts, st.integers(1, 400))
def test_mending_an_unmet_item_raises_the_rate(met, partial, unmet):
    for formula in ("simple", "half"):
        before = conformity_rate(met=met, partial=partial, unmet=unmet, formula=formula)
        assert conformity_rate(met=met + 1, partial=partial, unmet=unmet - 1, formula=formula) > before


@given(st.decimals(0, 100, places=2), st.integers(0, 3))
def test_a_major_hazard_never_betters_the_2025_conclusion(rate, hazards):
    order = ["不符合", "基本符合", "符合"]
    now = conclusion_2025(rate, major_hazards=hazards)
    worse = conclusion_2025(rate, major_hazards=hazards + 1)
    assert order.index(worse.label) <= order.index(now.label)
    assert worse.boundary_warning == now.boundary_warning == (rate in (60, 90))


# --- 2019 ---------------------------------------------------------------------------------------------


def test_the_2019_score_is_100_less_the_mean_deficit():
    assert template_score_2019([Decimal("0.1"), Decimal("0.3")]) == 80
    assert template_score_2019([Decimal(0)] * 10) == 100
    assert template_score_2019([Fraction(1, 3)] * 3) == Decimal(
        "66.666666666666666666666666666666666666666666666667"
    )


def test_the_2019_score_from_items_halves_what_is_partly_met_and_skips_what_does_not_apply():
    classes = {
        "安全物理环境": [ItemScore("technical", 1, 0), ItemScore("technical", 3, 1)],
        "安全管理制度": [ItemScore("management", 2, HALF), ItemScore("management", 2, 1)],
        "安全管理中心": [ItemScore("technical", 2, None)],
    }
    assert scoring.score_2019(classes) == 75


def test_three_thirds_of_a_2019_deficit_stay_exact():
    one_of_three = [ItemScore("technical", 1, 0), *some(2, "technical", 1, 1)]
    two_of_three = [ItemScore("technical", 1, 1), *some(2, "technical", 1, 0)]
    assert scoring.score_2019({"a": one_of_three, "b": two_of_three}) == 50


@given(st.lists(st.decimals(0, 1, places=4), min_size=1, max_size=10), st.randoms(use_true_random=False))
def test_the_2019_score_is_bounded_and_blind_to_order(ratios, random):
    shuffled = list(ratios)
    random.shuffle(shuffled)
    assert 0 <= template_score_2019(ratios) <= 100
    assert template_score_2019(shuffled) == template_score_2019(ratios)


# --- showing and refusing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("82", "82.00"),
        ("89.995", "90.00"),
        ("89.985", "89.99"),
        ("89.9949999", "89.99"),
        ("0.005", "0.01"),
        ("-0.001", "0.00"),
        ("-0.005", "-0.01"),
        ("1E+2", "100.00"),
    ],
)
def test_two_places_are_shown_with_halves_rounded_up(value, shown):
    assert show(Decimal(value)) == shown
    assert show(Fraction(Decimal(value))) == shown


@pytest.mark.parametrize(
    "wrong", [0.5, True, "0.5", Decimal("NaN"), Decimal("Infinity"), Decimal("1.01"), -1]
)
def test_a_value_that_is_no_exact_share_is_named(wrong):
    with pytest.raises(ValueError, match="value"):
        ItemScore("technical", 1, wrong)
    with pytest.raises(ValueError, match="attention"):
        deficit_score_2021([ItemScore("technical", 1, 1)], attention=wrong)
    with pytest.raises(ValueError, match="class_deficits"):
        template_score_2019([wrong])


@pytest.mark.parametrize(("domain", "weight"), [("技术", 1), (None, 1), ([], 1)])
def test_an_unknown_domain_is_named(domain, weight):
    with pytest.raises(ValueError, match="domain"):
        ItemScore(domain, weight, 1)


@pytest.mark.parametrize("wrong", [0, 4, True, Decimal(1), 1.0, "1", None])
def test_a_wrong_weight_is_named(wrong):
    with pytest.raises(ValueError, match="weight"):
        ItemScore("technical", wrong, 1)


@pytest.mark.parametrize("wrong", [-1, 1.0, Decimal(1), "1", None])
def test_a_wrong_count_is_named(wrong):
    with pytest.raises(ValueError, match="partial"):
        conformity_rate(met=1, partial=wrong, unmet=1)
    with pytest.raises(ValueError, match="major_hazards"):
        conclusion_2025(Decimal(95), major_hazards=wrong)
    with pytest.raises(ValueError, match="high"):
        conclusion_2021(Decimal(95), high=wrong, medium=0)
    with pytest.raises(ValueError, match="medium"):
        conclusion_2021(Decimal(10), high=1, medium=wrong)


@pytest.mark.parametrize(
    "wrong", [95.0, True, "95", Decimal("100.01"), Decimal("-0.01"), Decimal("NaN"), None]
)
def test_a_wrong_percentage_is_named(wrong):
    with pytest.raises(ValueError, match="rate"):
        conclusion_2025(wrong, major_hazards=0)
    with pytest.raises(ValueError, match="total"):
        conclusion_2021(wrong, high=0, medium=0)


def test_true_is_no_number_of_items_or_hazards():
    with pytest.raises(ValueError, match="met"):
        conformity_rate(met=True, partial=0, unmet=0)
    with pytest.raises(ValueError, match="major_hazards"):
        conclusion_2025(Decimal(95), major_hazards=True)


def test_nothing_to_score_is_refused_everywhere():
    nothing = some(3, "technical", 1, None)
    for call in (
        lambda: deficit_score_2021([]),
        lambda: deficit_score_2021(nothing),
        lambda: conformity_rate(met=0, partial=0, unmet=0),
        lambda: template_score_2019([]),
        lambda: scoring.score_2019({"a": nothing}),
    ):
        with pytest.raises(ValueError, match="nothing to score"):
            call()


@pytest.mark.parametrize("formula", ["deficit2021", "third", None])
def test_a_formula_that_counts_cannot_feed_is_named(formula):
    with pytest.raises(ValueError, match=repr(formula)):
        conformity_rate(met=1, partial=0, unmet=0, formula=formula)


def test_what_is_no_item_score_is_named():
    with pytest.raises(ValueError, match="'met'"):
        deficit_score_2021(["met"])
