"""Results of items, of their components and of control points (GB/T 28449-2018, 8.2.1 and 8.2.2).

One rule combines results at both steps: what does not apply is set aside, results that are all alike
keep their result, any mixture is 部分符合, and where nothing applies the whole does not apply.
The clause speaks of 不适用 only for "all of them"; it is read here as applying to what is left after
不适用 has been set aside, since an item whose threat does not exist cannot make the rest worse.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from django.utils.translation import gettext_lazy as _

from assessments.evaluation.scoring import as_decimal

MET = "met"
PARTIAL = "partial"
UNMET = "unmet"
NOT_APPLICABLE = "not_applicable"
RESULTS = (MET, PARTIAL, UNMET, NOT_APPLICABLE)
RESULT_LABELS = MappingProxyType(
    {MET: _("符合"), PARTIAL: _("部分符合"), UNMET: _("不符合"), NOT_APPLICABLE: _("不适用")}
)

_RATIOS = MappingProxyType({MET: Fraction(1), PARTIAL: Fraction(1, 2), UNMET: Fraction(0)})


@dataclass(frozen=True, slots=True)
class Combined:
    """An item's result over its components.

    `ratio` is the exact mean of the components that apply (1, ½ and 0), None where none does: hand it
    to ItemScore, which takes fractions. `value` is the same as a Decimal, for storing and showing.
    """

    result: str
    ratio: Fraction | None

    @property
    def value(self) -> Decimal | None:
        return None if self.ratio is None else as_decimal(self.ratio)


def result_value(result: str) -> Decimal | None:
    """What one result counts in a score: 1, 0.5, 0, or None for 不适用. ValueError names another word."""
    _known(result)
    return None if result == NOT_APPLICABLE else as_decimal(_RATIOS[result])


def combine_components(results: Iterable[str]) -> Combined:
    """The item's result from those of its assessed components; the value is their mean.

    ValueError: no component, or a word that is no result.
    """
    listed = [_known(result) for result in results]
    combined = _combine(listed)
    ratios = [_RATIOS[result] for result in listed if result != NOT_APPLICABLE]
    return Combined(combined, sum(ratios, Fraction(0)) / len(ratios) if ratios else None)


def control_point_result(results: Iterable[str | None]) -> str | None:
    """The result of a control point (单元) from its items, None while one of them is unanswered.

    ValueError: no item, or a word that is no result.
    """
    listed = list(results)
    answered = [_known(result) for result in listed if result is not None]
    if listed and len(answered) < len(listed):
        return None
    return _combine(answered)


def _combine(results: list[str]) -> str:
    if not results:
        raise ValueError("results is empty: there is nothing to combine")
    kinds = set(results) - {NOT_APPLICABLE}
    if not kinds:
        return NOT_APPLICABLE
    return kinds.pop() if len(kinds) == 1 else PARTIAL


def _known(result: str) -> str:
    if not isinstance(result, str) or result not in RESULTS:
        raise ValueError(f"unknown result {result!r}; known: {', '.join(RESULTS)}")
    return result
