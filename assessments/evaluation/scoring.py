"""Scores and conclusions of the three report templates (2019, 2021, 2025), exact to the last digit.

Everything is computed in fractions and handed out as Decimal (50 significant digits), so that a total
of exactly 90 is 90 and not 89.99…: conclusions compare unrounded values, `show` rounds for the eye.
A float is refused everywhere, since it has already lost what it claims to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

TECHNICAL = "technical"
MANAGEMENT = "management"
DOMAINS = (TECHNICAL, MANAGEMENT)
DOMAIN_OF_LABEL = {"技术": TECHNICAL, "管理": MANAGEMENT}
"""From the catalogue's domain column to the domain of an ItemScore."""

WEIGHTS = (1, 2, 3)
"""一般, 重要, 关键: how many times its base score an unmet item costs in the 2021 template."""

ATTENTION_DEFAULT = Decimal("0.5")
"""关注系数: the technical domain's share of the 100 points, set by the authority, 0.5 unless it says so."""

MET_LABEL, MOSTLY_LABEL, UNMET_LABEL = "符合", "基本符合", "不符合"
EXCELLENT, GOOD, FAIR, POOR = "优", "良", "中", "差"

Number = int | Decimal | Fraction

_DIGITS = Context(prec=50, rounding=ROUND_HALF_EVEN)
_HALF = Fraction(1, 2)


def show(value: Number) -> str:
    """The value as it is printed: two decimal places, halves away from zero. "89.995" shows as "90.00"."""
    exact = as_decimal(_fraction("value", value))
    rounded = exact.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP, context=_DIGITS)
    return str(abs(rounded) if rounded.is_zero() else rounded)  # never "-0.00"


def as_decimal(value: Fraction) -> Decimal:
    """A fraction as Decimal: exact when it ends within 50 digits, else correctly rounded there."""
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What scoring needs of one answered item.

    domain: "technical" or "management". weight: 1 一般, 2 重要, 3 关键.
    value: 1 符合, between 部分符合, 0 不符合, None 不适用; a Fraction is welcome where a mean of
    components does not end as a decimal. ValueError names what is wrong.
    """

    domain: str
    weight: int
    value: Number | None

    def __post_init__(self) -> None:
        if not isinstance(self.domain, str) or self.domain not in DOMAINS:
            raise ValueError(f"unknown domain {self.domain!r}; known: {', '.join(DOMAINS)}")
        if isinstance(self.weight, bool) or not isinstance(self.weight, int) or self.weight not in WEIGHTS:
            raise ValueError(f"weight must be 1, 2 or 3, not {self.weight!r}")
        if self.value is not None:
            _share("value", self.value)

    @property
    def applies(self) -> bool:
        return self.value is not None

    @property
    def deficit(self) -> Fraction:
        """What the item lacks, 0–1. Only items that apply have one."""
        if self.value is None:
            raise ValueError("an item that does not apply has no deficit")
        return 1 - Fraction(self.value)


# --- 2021: deficit deduction -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DeficitScore:
    """Points of the two domains and their sum, unrounded; `show` prints them."""

    technical: Decimal
    management: Decimal
    total: Decimal


def deficit_score_2021(items: Iterable[ItemScore], *, attention: Decimal = ATTENTION_DEFAULT) -> DeficitScore:
    """The score of the 2021 report template, 0–100.

    Each of the n items that apply carries 100/n points; what it lacks is deducted `weight` times over
    from its domain's share (100·attention technical, the rest management), which never falls below 0.
    Items that do not apply are left out. ValueError: nothing applies, attention outside 0–1.
    """
    technical, management = _deficit_2021(_applicable(items), _share("attention", attention))
    return DeficitScore(as_decimal(technical), as_decimal(management), as_decimal(technical + management))


def _deficit_2021(items: list[ItemScore], attention: Fraction) -> tuple[Fraction, Fraction]:
    lacking = dict.fromkeys(DOMAINS, Fraction(0))
    for item in items:
        lacking[item.domain] += item.weight * item.deficit
    base = Fraction(100, len(items))
    return (
        max(Fraction(0), 100 * attention - lacking[TECHNICAL] * base),
        max(Fraction(0), 100 * (1 - attention) - lacking[MANAGEMENT] * base),
    )


def conclusion_2021(total: Number, *, high: int, medium: int) -> str:
    """优, 良, 中 or 差 by the table of the 2019 and 2021 templates.

    `high` and `medium` count the high and medium risks the object still faces (True counts as one).
    """
    score, high, medium = _percent("total", total), _count("high", high), _count("medium", medium)
    if high or score < 70:
        return POOR
    if score < 80:
        return FAIR
    return EXCELLENT if score >= 90 and not medium else GOOD


# --- 2025: conformity rate ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A 2025 conclusion. `boundary_warning`: the rate is exactly 90 or 60, which the rule leaves open."""

    label: str
    boundary_warning: bool


def conformity_rate(*, met: int, partial: int, unmet: int, formula: str = "simple") -> Decimal:
    """The conformity rate (符合率), 0–100, from counts of items; 不适用 is not counted.

    "simple" counts 符合 alone, "half" counts 部分符合 as one half. ValueError: nothing to score, a
    negative count, an unknown formula ("deficit2021" needs the items: see formulas.rate).
    """
    counts = {"met": met, "partial": partial, "unmet": unmet}
    total = sum(_count(name, value, flags=False) for name, value in counts.items())
    if formula == "simple":
        earned = Fraction(met)
    elif formula == "half":
        earned = met + partial * _HALF
    else:
        raise ValueError(f"unknown formula {formula!r} for counts; known: simple, half")
    if total == 0:
        raise ValueError("nothing to score: met, partial and unmet are all 0")
    return as_decimal(100 * earned / total)


def conclusion_2025(rate: Number, *, major_hazards: int) -> Conclusion:
    """符合, 基本符合 or 不符合 by the 2025 template.

    Above 90 and no major hazard (重大风险隐患) is 符合, below 60 is 不符合, all between is 基本符合.
    The rule says "above" and "below", so exactly 90 and exactly 60 are read as 基本符合, with a warning.
    """
    percent = _percent("rate", rate)
    hazards = _count("major_hazards", major_hazards, flags=False)
    if percent < 60:
        label = UNMET_LABEL
    elif percent > 90 and hazards == 0:
        label = MET_LABEL
    else:
        label = MOSTLY_LABEL
    return Conclusion(label, boundary_warning=percent in (60, 90))


# --- 2019: mean deficit of the security classes --------------------------------------------------------


def template_score_2019(class_deficits: Iterable[Number]) -> Decimal:
    """The score of the 2019 template, 0–100: 100 less the mean deficit of the classes (安全类) that apply.

    One ratio 0–1 per class. ValueError: no class, a ratio outside 0–1.
    """
    return as_decimal(_score_2019([_share("class_deficits", ratio) for ratio in class_deficits]))


def score_2019(classes: Mapping[str, Iterable[ItemScore]]) -> Decimal:
    """The 2019 score straight from the items of each class, without an intermediate rounding.

    A class in which nothing applies is left out; ValueError when that leaves none.
    """
    listed = [[item for item in checked_items(items) if item.applies] for items in classes.values()]
    return as_decimal(_score_2019([_class_deficit(items) for items in listed if items]))


def _class_deficit(items: list[ItemScore]) -> Fraction:
    """0–1: the weight of the unmet items of a class and half of the partly met, over all weight."""
    # 2019 knows no degrees of 部分符合: whatever the mean of the components, it costs one half
    lacking = [item.weight * (_HALF if 0 < item.deficit < 1 else item.deficit) for item in items]
    return sum(lacking, Fraction(0)) / sum(item.weight for item in items)


def _score_2019(ratios: list[Fraction]) -> Fraction:
    if not ratios:
        raise ValueError("nothing to score: no security class applies")
    return 100 - 100 * sum(ratios, Fraction(0)) / len(ratios)


# --- what is accepted --------------------------------------------------------------------------------


def checked_items(items: Iterable[ItemScore]) -> list[ItemScore]:
    """The items as a list, or a ValueError that names the first that is no ItemScore."""
    listed = list(items)
    for item in listed:
        if not isinstance(item, ItemScore):
            raise ValueError(f"items must be ItemScore, not {item!r}")
    return listed


def _applicable(items: Iterable[ItemScore]) -> list[ItemScore]:
    listed = [item for item in checked_items(items) if item.applies]
    if not listed:
        raise ValueError("nothing to score: no item applies")
    return listed


def _fraction(name: str, value: Number) -> Fraction:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | Fraction):
        raise ValueError(f"{name} must be a Decimal, not {type(value).__name__} {value!r}")
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{name} must be a finite number, not {value!r}")
    return Fraction(value)


def _share(name: str, value: Number) -> Fraction:
    share = _fraction(name, value)
    if not 0 <= share <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, not {value!r}")
    return share


def _percent(name: str, value: Number) -> Fraction:
    percent = _fraction(name, value)
    if not 0 <= percent <= 100:
        raise ValueError(f"{name} must lie between 0 and 100, not {value!r}")
    return percent


def _count(name: str, value: int, *, flags: bool = True) -> int:
    if not isinstance(value, int) or (isinstance(value, bool) and not flags) or value < 0:
        raise ValueError(f"{name} must be a count of 0 or more, not {value!r}")
    return int(value)
