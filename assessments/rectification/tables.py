"""Columns of the lists of items and of the rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import due, state, tag_

from .choices import RUNNING
from .models import Rectification


def risk_tag(item: Rectification) -> str:
    """The risk as a tag: red only while somebody has to act."""
    return tag_(item.risk_tag, item.risk_tone, "flag")


def due_cell(item: Rectification) -> str:
    """The due date; how far it is, while it counts."""
    day = item.due_on.isoformat()
    return two_lines(day, due(item.due_on)) if item.state in RUNNING else day


RECTIFICATIONS = Table(
    (
        Column("title", _("问题"), render=lambda r: two_lines(r.title, r.number), value="title", link=True),
        Column("number", _("编号"), sort="number", default=False),
        Column("protected_object", _("对象"), sort="protected_object__name"),
        Column("unit", _("责任单位"), "protected_object.unit"),
        Column("level", _("等级"), sort="level", align="num", default=False),
        Column("risk", _("风险"), render=risk_tag, value="risk"),
        Column("major", _("重大风险隐患"), default=False),
        Column("state", _("状态"), render=lambda r: state(r), sort="state"),
        Column("due_on", _("整改期限"), render=due_cell, sort="due_on"),
        Column("owner", _("责任人")),
        Column("origin", _("来源"), sort="origin", default=False),
        Column("standard", _("标准"), default=False),
        Column("clause", _("条款"), sort="clause"),
        Column("requirement", _("要求"), default=False),
        Column("finding", _("问题描述"), default=False),
        Column("measure", _("整改措施"), default=False),
        Column("cost", _("经费（万元）"), sort="cost", align="num", default=False),
        Column("progress", _("进展"), default=False),
        Column("decides_role", _("由谁决定"), default=False),
        Column("found_on", _("发现日期"), sort="found_on", default=False),
        Column("closed_on", _("关闭日期"), sort="closed_on", default=False),
    ),
    default_sort="due_on",
)
DUE_RULES = Table(
    (
        Column("name", _("规则"), lambda r: str(r), link=True),
        Column("days", _("期限（天）"), sort="days", align="num"),
        Column("basis", _("依据")),
    ),
    default_sort="days",
)
ROUTE_RULES = Table(
    (
        Column("order", _("次序"), sort="order", link=True),
        Column("matter", _("事项")),
        Column("risk", _("风险")),
        Column("only_major", _("仅重大风险隐患")),
        Column("min_level", _("等级不低于"), align="num"),
        Column("min_cost", _("经费不少于（万元）"), align="num"),
        Column("role", _("由谁审批")),
        Column("basis", _("依据")),
    ),
    default_sort="order",
)
