"""The scoring methods by name, so that every output can say which formula, rule set and weights it used.

The official formula of the 2025 conformity rate is not published; three readings can be chosen, and the
one chosen is printed wherever its figure is.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.evaluation import scoring
from assessments.evaluation.scoring import ItemScore

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText

TEMPLATE_2025_SINCE = datetime.date(2025, 3, 20)
"""Evaluation reports dated on or after this day follow the 2025 template."""

TEMPLATES = MappingProxyType(
    {
        "2019": _("测评报告模板 2019 版"),
        "2021": _("测评报告模板 2021 版（缺陷扣分法）"),
        "2025": _("测评报告模板 2025 版（符合率与重大风险隐患）"),
    }
)

DEFAULT_WEIGHTS = "default"
OWN_WEIGHTS = "own"
WEIGHT_LABELS = MappingProxyType({1: _("一般"), 2: _("重要"), 3: _("关键")})
WEIGHT_SOURCES = MappingProxyType(
    {
        DEFAULT_WEIGHTS: _("默认全部为“一般”（官方权重未公开）"),
        OWN_WEIGHTS: _("本单位导入的重要程度，未标注的按“一般”"),
    }
)


@dataclass(frozen=True, slots=True)
class Formula:
    """One reading of the conformity rate. `weighted`: whether importance weights change its figure."""

    code: str
    label: LazyText
    explanation: LazyText
    weighted: bool
    compute: Callable[[list[ItemScore], Decimal], Decimal]


def _by_counts(formula: str) -> Callable[[list[ItemScore], Decimal], Decimal]:
    def compute(items: list[ItemScore], attention: Decimal) -> Decimal:
        values = [item.value for item in items if item.value is not None]
        met, unmet = values.count(1), values.count(0)
        return scoring.conformity_rate(
            met=met, partial=len(values) - met - unmet, unmet=unmet, formula=formula
        )

    return compute


def _by_deficit(items: list[ItemScore], attention: Decimal) -> Decimal:
    return scoring.deficit_score_2021(items, attention=attention).total


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        "simple": Formula(
            "simple",
            _("简单符合率"),
            _("符合项数 ÷（符合项数＋部分符合项数＋不符合项数）× 100，不适用项不计"),
            False,
            _by_counts("simple"),
        ),
        "half": Formula(
            "half",
            _("折半符合率"),
            _("（符合项数＋部分符合项数 × 0.5）÷ 适用项数 × 100，不适用项不计"),
            False,
            _by_counts("half"),
        ),
        "deficit2021": Formula(
            "deficit2021",
            _("2021 版缺陷扣分"),
            _("技术与管理两部分各自从满分中按缺陷扣分（一般 1 倍、重要 2 倍、关键 3 倍），扣完为止"),
            True,
            _by_deficit,
        ),
    }
)


def default_template(report_date: datetime.date) -> str:
    """The template a report of this date follows: "2025" from 2025-03-20, before it "2021".

    "2019" is only ever chosen by hand, for old reports. A datetime is refused, as in grading.
    """
    if isinstance(report_date, datetime.datetime) or not isinstance(report_date, datetime.date):
        raise ValueError(f"report_date must be a date, not {report_date!r}")
    return "2025" if report_date >= TEMPLATE_2025_SINCE else "2021"


def rate(
    items: Iterable[ItemScore], *, formula: str = "simple", attention: Decimal = scoring.ATTENTION_DEFAULT
) -> Decimal:
    """The 2025 conformity rate of answered items, 0–100, by any formula of the registry.

    An item whose components differ has a value between 0 and 1 and counts as 部分符合 in "simple" and
    "half"; "deficit2021" uses the value itself. ValueError: unknown formula, nothing to score.
    """
    listed = scoring.checked_items(items)
    return find(formula).compute(listed, attention)


def find(code: str) -> Formula:
    """The formula of this name, or a ValueError that names it."""
    if not isinstance(code, str) or code not in FORMULAS:
        raise ValueError(f"unknown formula {code!r}; known: {', '.join(FORMULAS)}")
    return FORMULAS[code]


@dataclass(frozen=True, slots=True)
class Method:
    """How a figure came about: template, formula, attention coefficient, where the weights are from."""

    template: str
    formula: str = "simple"
    attention: Decimal = scoring.ATTENTION_DEFAULT
    weights: str = DEFAULT_WEIGHTS

    def __post_init__(self) -> None:
        if self.template not in TEMPLATES:
            raise ValueError(f"unknown template {self.template!r}; known: {', '.join(TEMPLATES)}")
        if self.weights not in WEIGHT_SOURCES:
            raise ValueError(f"unknown weights {self.weights!r}; known: {', '.join(WEIGHT_SOURCES)}")
        find(self.formula)

    @property
    def figure(self) -> str:
        """What the total is called."""
        return gettext("符合率（%）") if self.template == "2025" else gettext("得分")

    @property
    def by_deficit(self) -> bool:
        """Whether the total is the deficit score, which has a technical and a management part."""
        return self.template == "2021" or (self.template == "2025" and self.formula == "deficit2021")

    @property
    def is_weighted(self) -> bool:
        """Whether importance weights change the total."""
        return self.by_deficit or self.template == "2019"

    @property
    def sentence(self) -> str:
        """One line for pages and reports: rule set, formula, and what the figure depends on."""
        parts = [str(TEMPLATES[self.template])]
        if self.template == "2025":
            parts.append(gettext("符合率公式：%(formula)s") % {"formula": find(self.formula).label})
        if self.by_deficit:
            parts.append(gettext("关注系数：%(attention)s") % {"attention": self.attention})
        if self.is_weighted:
            parts.append(gettext("重要程度：%(weights)s") % {"weights": WEIGHT_SOURCES[self.weights]})
        else:
            parts.append(gettext("不使用重要程度权重"))
        return gettext("；").join(parts)
