"""Columns of the lists of inspections, their items, notices, and the departments' data."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state, tag_

from .comparison import LABELS, TONES, compare
from .models import InspectionItem

INSPECTIONS = Table(
    (
        Column("title", _("检查"), sort="title", link=True),
        Column("protected_object", _("被检查对象"), sort="protected_object__name"),
        Column("unit", _("单位"), "protected_object.unit"),
        Column("lead", _("牵头部门"), "lead.short"),
        Column("starts_on", _("开始"), sort="starts_on"),
        Column("ends_on", _("结束"), default=False),
        Column("finding_count", _("问题数"), sort="finding_count", align="num"),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
        Column("concluded_on", _("结论日期"), default=False),
    ),
    default_sort="-starts_on",
)


def versus(item: InspectionItem) -> str:
    """How the result stands to the unit's own."""
    return str(LABELS.get(compare(item.self_result, item.result), ""))


def _versus_tag(item: InspectionItem) -> Any:
    code = compare(item.self_result, item.result)
    return tag_(LABELS[code], TONES[code]) if code else "—"


ITEMS = Table(
    (
        Column("code", _("条款"), link=True),
        Column("control_point", _("控制点")),
        Column("summary", _("检查内容")),
        Column("result", _("检查结果"), "get_result_display"),
        Column("risk", _("风险")),
        Column("versus", _("与自评估比较"), versus, render=_versus_tag),
        Column("method", _("方法"), "get_method_display", default=False),
        Column("self_result", _("自评估结果"), "get_self_result_display", default=False),
        Column("found", _("检查情况"), default=False),
        Column("high_risk_case", _("高风险判例"), default=False),
        Column("recheck", _("复查"), "get_recheck_display"),
        Column("inspection", _("检查"), "inspection.title", default=False),
        Column("place", _("序号"), "order", sort="order", default=False),
    ),
    default_sort="place",
)

NOTICES = Table(
    (
        Column("number", _("文号"), sort="number", link=True),
        Column("kind_name", _("文书")),
        Column("protected_object", _("对象"), sort="protected_object__name"),
        Column("unit", _("单位"), "protected_object.unit"),
        Column("issuer", _("签发部门")),
        Column("issued_on", _("签发日期"), sort="issued_on"),
        Column("deadline", _("整改期限"), sort="deadline"),
        Column("round", _("轮次"), default=False),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
    ),
    default_sort="-issued_on",
)

DEPARTMENTS = Table(
    (
        Column("name", _("部门"), sort="name", link=True),
        Column("short", _("简称")),
        Column("kind", _("类别"), sort="kind"),
        Column("duty", _("检查中的分工")),
        Column("unit", _("对应单位")),
        Column("is_active", _("在用")),
        Column("code", _("编码"), sort="code", default=False),
    ),
    default_sort="name",
)

NOTICE_KINDS = Table(
    (
        Column("name", _("文书"), sort="name", link=True),
        Column("department", _("部门"), "department.short", sort="department__code"),
        Column("word", _("发文代字"), sort="word"),
        Column("basis", _("依据")),
        Column("confidence", _("核对情况"), "get_confidence_display"),
        Column("reply_days", _("回复天数"), align="num"),
        Column("needs_signature", _("须领导签发")),
        Column("is_active", _("在用"), default=False),
    ),
    default_sort="department",
)
