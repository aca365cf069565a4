"""Due dates and routing as tables: what ships, and how the first fitting rule is found. Pure, no rows are read here.

The standards set no common term and name no approver (process-facts of the trade leave both to the city), so every
shipped value says that it is the city's own default and still to be confirmed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles

from .choices import Matter, Risk

OWN_TERM = "本市默认期限，标准未作统一规定，待领导小组核对"
OWN_ROUTE = "本市默认权限，待领导小组核对"
FALLBACK = str(OWN_ROUTE)


class Due(NamedTuple):
    """Days for a risk, and what they rest on."""

    risk: str
    major: bool
    days: int
    basis: str


class Route(NamedTuple):
    """A routing rule; see ``models.RouteRule``."""

    order: int
    matter: str
    risk: str
    only_major: bool
    min_level: int | None
    min_cost: Decimal | None
    role: str
    basis: str


SHIPPED_DUES = (
    Due(Risk.HIGH.value, True, 30, OWN_TERM),
    Due(Risk.HIGH.value, False, 30, OWN_TERM),
    Due(Risk.MEDIUM.value, False, 90, OWN_TERM),
    Due(Risk.LOW.value, False, 180, OWN_TERM),
)
SHIPPED_ROUTES = (
    Route(10, "", "", True, None, None, roles.LEADER.code, "重大风险隐患由安全领导审批；" + OWN_ROUTE),
    Route(20, "", Risk.HIGH.value, False, None, None, roles.LEADER.code, "高风险由安全领导审批；" + OWN_ROUTE),
    Route(
        30, Matter.PLAN.value, "", False, None, Decimal(100), roles.LEADER.code,
        "经费 100 万元以上的方案由安全领导审批；" + OWN_ROUTE,
    ),
    Route(40, "", "", False, None, None, roles.UNIT_HEAD.code, "中、低风险由单位分管领导审批；" + OWN_ROUTE),
)  # fmt: skip
NOBODY_HOLDS = _("%(basis)s；本单位无人任“%(role)s”，改由安全领导审批")


def due_date(known: Iterable[Any], *, risk: str, major: bool, found_on: dt.date) -> tuple[dt.date, str]:
    """(last day, basis) by ``known`` rules (of the shape of ``Due``); a major hazard without a rule is a high risk."""
    listed = {(rule.risk, rule.major): rule for rule in (*SHIPPED_DUES, *known)}
    rule = (major and listed.get((Risk.HIGH.value, True))) or listed[risk, False]
    return found_on + dt.timedelta(days=rule.days), rule.basis


def route(
    known: Iterable[Any], *, matter: str, risk: str, major: bool, level: int | None, cost: Decimal | None
) -> tuple[str, str]:
    """(role, basis) of the first of ``known`` rules (of the shape of ``Route``, in their order) that fits.

    Where none fits the security leadership decides: nothing is approved by nobody.
    """
    for rule in known:
        if (
            rule.matter in ("", matter)
            and rule.risk in ("", risk)
            and (major or not rule.only_major)
            and (rule.min_level is None or (level or 0) >= rule.min_level)
            and (rule.min_cost is None or (cost or Decimal(0)) >= rule.min_cost)
        ):
            return rule.role, rule.basis
    return roles.LEADER.code, FALLBACK
