"""Columns of the rules, and of the duties in a workbook."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import tag_

from .models import Confidence, DutyRule
from .queries import DONE, LATE, LATER, SOON, UNKNOWN, Duty, is_provided

STATE_LABELS = {
    LATE: _("逾期"), SOON: _("临近"), LATER: _("未到期"), DONE: _("本期已完成"), UNKNOWN: _("缺起算日")
}  # fmt: skip
TONES = {LATE: "bad", SOON: "warn", DONE: "ok"}


def in_use(rule: DutyRule) -> str:
    """启用, 未启用 (no feature has its data) or 本市不执行."""
    if not rule.is_active:
        return _t("本市不执行")
    return _t("启用") if is_provided(rule) else _t("未启用")


def in_use_tag(rule: DutyRule) -> str:
    """The same as a tag."""
    text = in_use(rule)
    return tag_(text, "ok" if text == _t("启用") else "")


def levels(rule: DutyRule) -> str:
    """第三级至第五级."""
    low, high = level_label(rule.min_level), level_label(rule.max_level)
    return low if low == high else f"{low}至{high}"


def basis(rule: DutyRule) -> str:
    """The ground of the duty, and whether it is checked."""
    checked = rule.get_confidence_display()
    return two_lines(rule.basis, f"{checked} · {_t('法定') if rule.statutory else _t('标准要求或本市惯例')}")


RULES = Table(
    [
        Column("name", _("义务"), sort="name", link=True),
        Column("subject", _("适用对象"), value=lambda rule: f"{rule.subject}，{levels(rule)}"),
        Column("every", _("周期"), value=lambda rule: rule.every),
        Column("deadline", _("每年期限"), sort="deadline"),
        Column("basis", _("依据"), render=basis),
        Column("remind_days", _("提前提醒"), default=False),
        Column("confidence", _("核对情况"), value=lambda rule: Confidence(rule.confidence).label, default=False),
        Column("in_use", _("执行情况"), render=in_use_tag, value=in_use),
        Column("code", _("编号"), sort="code"),
    ],
    default_sort="code",
)
HEADS = (
    _("义务"), _("对象"), _("责任单位"), _("等级"), _("系统负责人"), _("到期日"), _("最后工作日"), _("状态"),
    _("说明"), _("依据"), _("核对情况"),
)  # fmt: skip


def line_of(duty: Duty, units: dict[int, Any], people: dict[int, Any]) -> list[Any]:
    """A duty as a line of the workbook, in the order of HEADS."""
    obj = duty.obj
    return [
        duty.rule.name, str(obj), str(units.get(obj.unit_id, "")), level_label(obj.security_level),
        str(people.get(obj.owner_id, "")), duty.day, duty.act_by, str(STATE_LABELS[duty.state]), duty.due.why,
        duty.rule.basis, duty.rule.get_confidence_display(),
    ]  # fmt: skip
