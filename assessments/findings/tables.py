"""Columns of the lists of automatic findings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import state, tag_

SHORT = 36
TONES = {"low": "", "medium": "warn", "high": "bad", "major": "bad"}


def severity_tag(row: Any) -> Any:
    """The gravity in its tone."""
    return tag_(row.get_severity_display(), TONES[row.severity])


def levels(rule: Any) -> str:
    """第三级至第五级."""
    low, high = level_label(rule.min_level), level_label(rule.max_level)
    return low if low == high else f"{low}至{high}"


def told(row: Any) -> str:
    """The evidence in one line."""
    return "；".join(f"{what}：{value}" for what, value in row.evidence)


def first_told(row: Any) -> str:
    """The first of the evidence and how much more there is: a list is to be overlooked."""
    what, value = row.evidence[0] if row.evidence else ("", "—")
    line = f"{what}：{value}" if what else value
    short = line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"
    return short if len(row.evidence) < 2 else _t("%(line)s 等 %(n)d 项") % {"line": short, "n": len(row.evidence)}


def place(row: Any) -> Any:
    """The object over its unit."""
    return two_lines(row.protected_object, row.protected_object.unit)


FINDINGS = Table(
    [
        Column("title", _("发现"), sort="title", link=True),
        Column("protected_object", _("对象"), render=place, sort="protected_object__name"),
        Column("unit", _("责任单位"), "protected_object.unit", sort="protected_object__unit__name", default=False),
        Column("level", _("等级"), value=lambda row: level_label(row.level), sort="level"),
        Column("severity", _("风险"), render=severity_tag),
        Column("evidence", _("依据的数据"), value=told, render=first_told),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
        Column("respond_by", _("异议截止"), sort="respond_by"),
        Column("found_on", _("发现日期"), sort="found_on", default=False),
        Column("case", _("高风险判例"), css="mono", default=False),
        Column("clause", _("条款"), css="mono", default=False),
        Column("basis", _("依据"), default=False),
        Column("rectification", _("整改事项"), default=False),
        Column("seen_on", _("最近一次检查"), sort="seen_on", default=False),
    ],
    default_sort="-found_on",
)
FACTS = Table(
    [
        Column("question", _("询问"), sort="question", link=True),
        Column("protected_object", _("对象"), sort="protected_object__name"),
        Column("unit", _("责任单位"), value="protected_object.unit", sort="protected_object__unit__name"),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
        Column("answer", _("答复")),
        Column("asked_on", _("询问日期"), sort="asked_on"),
        Column("answered_on", _("答复日期"), sort="answered_on"),
        Column("valid_until", _("有效期至"), sort="valid_until"),
        Column("answered_by", _("答复人"), default=False),
        Column("rule", _("规则"), default=False),
    ],
    default_sort="-asked_on",
)
RULES = Table(
    [
        Column("name", _("发现"), sort="name", link=True),
        Column("case", _("高风险判例"), sort="case", css="mono"),
        Column("levels", _("等级"), value=levels),
        Column("condition", _("条件"), value=lambda row: row.get_condition_display()),
        Column("number", _("参数"), value=lambda row: row.number_text),
        Column("severity", _("风险"), render=severity_tag),
        Column("when_unknown", _("未知时")),
        Column("basis", _("依据"), render=lambda row: two_lines(row.basis, row.get_confidence_display())),
        Column("enabled", _("启用")),
        Column("source", _("数据来源"), default=False),
        Column("code", _("编号"), sort="code", default=False),
    ],
    default_sort="code",
)
