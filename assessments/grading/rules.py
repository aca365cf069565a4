"""Protection levels by GB/T 22240-2020, with the reading of the 2025 filing form beside it.

Pure functions: no clock, no database. Codes are what is stored; the Chinese labels are what is shown.
Two rule sets exist because the 2025 filing form (备案表) widened the third object to regional security
and people's livelihood and raised its row; which set was used belongs on every grading report.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as LazyText

EARLIEST_REPORT = datetime.date(2008, 11, 1)  # GB/T 22240-2008 took effect: nothing was graded by it before

CITIZENS = "citizens"
PUBLIC_ORDER = "public_order"
NATIONAL_SECURITY = "national_security"
OBJECTS = (CITIZENS, PUBLIC_ORDER, NATIONAL_SECURITY)
JUDGING_ORDER = (NATIONAL_SECURITY, PUBLIC_ORDER, CITIZENS)
"""The order in which the objects are to be judged (GB/T 22240-2020, 6.2)."""

GENERAL = "general"
SERIOUS = "serious"
VERY_SERIOUS = "very_serious"
DEGREES = (GENERAL, SERIOUS, VERY_SERIOUS)
DEGREE_LABELS = MappingProxyType(
    {GENERAL: _("一般损害"), SERIOUS: _("严重损害"), VERY_SERIOUS: _("特别严重损害")}
)

LEVELS = (1, 2, 3, 4, 5)
LEVEL_LABELS = MappingProxyType(
    {1: _("第一级"), 2: _("第二级"), 3: _("第三级"), 4: _("第四级"), 5: _("第五级")}
)

RULE_SET_2025_SINCE = datetime.date(2025, 3, 20)
"""Grading reports dated on or after this day follow the 2025 form."""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the grading matrix: object → level for each degree, in the order of DEGREES."""

    code: str
    label: LazyText
    object_labels: Mapping[str, LazyText]
    matrix: Mapping[str, tuple[int, int, int]]


_CITIZENS_LABEL = _("公民、法人和其他组织的合法权益")
_PUBLIC_ORDER_LABEL = _("社会秩序、公共利益")

RULE_SETS: Mapping[str, RuleSet] = MappingProxyType(
    {
        "2020": RuleSet(
            code="2020",
            label=_("GB/T 22240-2020 定级矩阵"),
            object_labels=MappingProxyType(
                {
                    CITIZENS: _CITIZENS_LABEL,
                    PUBLIC_ORDER: _PUBLIC_ORDER_LABEL,
                    NATIONAL_SECURITY: _("国家安全"),
                }
            ),
            matrix=MappingProxyType(
                {CITIZENS: (1, 2, 2), PUBLIC_ORDER: (2, 3, 4), NATIONAL_SECURITY: (3, 4, 5)}
            ),
        ),
        "2025": RuleSet(
            code="2025",
            label=_("2025 版备案表定级矩阵"),
            object_labels=MappingProxyType(
                {
                    CITIZENS: _CITIZENS_LABEL,
                    PUBLIC_ORDER: _PUBLIC_ORDER_LABEL,
                    NATIONAL_SECURITY: _("国家安全或地区安全、国计民生"),
                }
            ),
            matrix=MappingProxyType(
                {CITIZENS: (1, 2, 2), PUBLIC_ORDER: (2, 3, 4), NATIONAL_SECURITY: (4, 5, 5)}
            ),
        ),
    }
)


LATEST = "2025"


def default_rule_set(report_date: datetime.date) -> str:
    """The rule set a grading report of this date follows: "2025" from 2025-03-20, before it "2020".

    A datetime is refused: which day it falls on depends on a time zone that only the caller knows.
    """
    if isinstance(report_date, datetime.datetime) or not isinstance(report_date, datetime.date):
        raise ValueError(f"report_date must be a date, not {report_date!r}")
    return LATEST if report_date >= RULE_SET_2025_SINCE else "2020"


def protection_level(object_harmed: str, degree: str, *, rule_set: str) -> int:
    """The level (1–5) that harm of this degree to this object calls for (GB/T 22240-2020, tables 1–3).

    The same matrix serves business information (S) and system service (A).
    ValueError names an unknown object, degree or rule set.
    """
    matrix = _rule_set(rule_set).matrix
    if not isinstance(object_harmed, str) or object_harmed not in matrix:
        raise ValueError(f"unknown object_harmed {object_harmed!r}; known: {', '.join(OBJECTS)}")
    if not isinstance(degree, str) or degree not in DEGREES:
        raise ValueError(f"unknown degree {degree!r}; known: {', '.join(DEGREES)}")
    return matrix[object_harmed][DEGREES.index(degree)]


def highest_level(harms: Iterable[tuple[str, str]], *, rule_set: str) -> int:
    """The level of several (object, degree) pairs harmed at once: the highest of them (6.1, 6.2).

    ValueError when no pair is given or one is unknown.
    """
    levels = [protection_level(harmed, degree, rule_set=rule_set) for harmed, degree in harms]
    if not levels:
        raise ValueError("harms is empty: at least one object must be judged")
    return max(levels)


def final_level(business: int, service: int) -> int:
    """The level of the object: the higher of business information and system service (6.1 c, 6.4)."""
    return max(checked_level("business", business), checked_level("service", service))


def sag(business: int, service: int) -> str:
    """The notation of GB/T 22239 for a graded object, as in "S3A2G3"."""
    general = final_level(business, service)
    return f"S{business}A{service}G{general}"


def checked_level(name: str, value: int) -> int:
    """`value` if it is a level, else a ValueError that names both. True is not level 1."""
    if isinstance(value, bool) or not isinstance(value, int) or value not in LEVELS:
        raise ValueError(f"{name} must be a level from 1 to 5, not {value!r}")
    return value


def _rule_set(code: str) -> RuleSet:
    if not isinstance(code, str) or code not in RULE_SETS:
        raise ValueError(f"unknown rule_set {code!r}; known: {', '.join(RULE_SETS)}")
    return RULE_SETS[code]


CERTIFICATE_YEARS = 3
VALIDITY_SINCE = datetime.date(2025, 1, 1)
"""Filing certificates issued earlier count from this day (公网安〔2025〕1846 号 Q6)."""


def certificate_valid_until(issued: datetime.date) -> datetime.date:
    """The last day of a filing certificate: three years from its issue, at the earliest from 2025-01-01.

    Each completed level evaluation lengthens it by a year; that is not counted here.
    """
    start = max(issued, VALIDITY_SINCE)
    leap_day = (start.month, start.day) == (2, 29)
    ends = start.replace(year=start.year + CERTIFICATE_YEARS, **({"day": 28} if leap_day else {}))
    return ends if leap_day else ends - datetime.timedelta(days=1)


# --- special rules (clause 7): they warn and ask, they do not decide --------------------------------

HOSTED_HIGHER = "hosted_higher"
PERSONAL_DATA = "personal_data"
BIG_DATA_SERVICE = "big_data_service"

PERSONAL_DATA_MINIMUM = 3
"""Level below which much personal data, or a public big-data service, needs an explanation (7)."""


@dataclass(frozen=True, slots=True)
class GradingWarning:
    """A special rule that a proposed level does not meet.

    `code` says which rule, `level` what was proposed, `minimum` what the rule expects, and `subjects`
    the hosted objects (name, level) that cause it, highest first, for the rule that has any.
    """

    code: str
    level: int
    minimum: int
    subjects: tuple[tuple[str, int], ...] = field(default=())

    @property
    def message(self) -> str:
        """The warning in words, for the person who grades."""
        words: dict[str, str | LazyText] = {
            "level": LEVEL_LABELS[self.level],
            "minimum": LEVEL_LABELS[self.minimum],
        }
        if self.code == HOSTED_HIGHER:
            named = [f"{name}（{LEVEL_LABELS[level]}）" for name, level in self.subjects]
            words["names"] = gettext("、").join(named)
            return gettext("拟定%(level)s低于所承载对象的等级，应不低于%(minimum)s：%(names)s") % words
        if self.code == PERSONAL_DATA:
            text = gettext("含大量公民个人信息的对象原则上不低于%(minimum)s，现为%(level)s")
        else:
            text = gettext("面向公民服务的大数据对象原则上不低于%(minimum)s，现为%(level)s")
        return text % words


def hosting_warnings(level: int, hosted: Iterable[tuple[str, int]]) -> tuple[GradingWarning, ...]:
    """A network or cloud platform is graded no lower than what it carries (7).

    `hosted` are (name, level) of the objects it carries. At most one warning, which lists the objects
    above `level`, the highest first and otherwise in the order given.
    """
    checked_level("level", level)
    above = [(name, lv) for name, lv in hosted if checked_level(f"level of {name!r}", lv) > level]
    if not above:
        return ()
    above.sort(key=lambda pair: -pair[1])
    return (GradingWarning(HOSTED_HIGHER, level, above[0][1], tuple(above)),)


def data_warnings(
    level: int, *, large_personal_data: bool = False, public_big_data: bool = False
) -> tuple[GradingWarning, ...]:
    """Much personal data, or big data that serves citizens, is level 3 or higher in principle (7)."""
    checked_level("level", level)
    if level >= PERSONAL_DATA_MINIMUM:
        return ()
    rules = ((PERSONAL_DATA, large_personal_data), (BIG_DATA_SERVICE, public_big_data))
    return tuple(GradingWarning(code, level, PERSONAL_DATA_MINIMUM) for code, applies in rules if applies)


def report_date_problem(day: datetime.date, today: datetime.date) -> str:
    """Why a grading report cannot bear this date, "" when it can: neither to come nor before the first standard."""
    if day > today:
        return gettext("定级报告日期不能晚于今天，请照报告落款日期填写。")
    if day < EARLIEST_REPORT:
        return gettext("定级报告日期早于 2008-11-01（GB/T 22240-2008 实施之日），请核对报告落款日期。")
    return ""


def special_rule_warnings(
    level: int,
    *,
    hosted: Iterable[tuple[str, int]] = (),
    large_personal_data: bool = False,
    public_big_data: bool = False,
) -> tuple[GradingWarning, ...]:
    """All special rules at once: hosting first, then data. Empty when nothing speaks against `level`."""
    return hosting_warnings(level, hosted) + data_warnings(
        level, large_personal_data=large_personal_data, public_big_data=public_big_data
    )
