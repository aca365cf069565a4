"""Columns of the lists of filings, units' facts and rules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state

FILINGS = Table(
    (
        Column("protected_object", _("定级对象"), sort="protected_object__name", link=True),
        Column("unit", _("责任单位"), "protected_object.unit"),
        Column("kind", _("事项"), sort="kind"),
        Column("level", _("等级"), lambda f: f.protected_object.level_tag, sort="protected_object__security_level"),
        Column("state", _("状态"), render=lambda f: state(f), sort="state"),
        Column("due_on", _("应办日期"), sort="due_on"),
        Column("submitted_on", _("提交日期"), sort="submitted_on"),
        Column("answer_due_on", _("应答复日期"), sort="answer_due_on"),
        Column("answered_on", _("答复日期"), sort="answered_on", default=False),
        Column("certificate_number", _("备案证明")),
        Column("valid_until", _("有效期至"), "protected_object.filing_valid_until", default=False),
        Column("outside", _("系统外办理"), default=False),
        Column("created_at", _("登记时间"), sort="created_at", default=False),
    ),
    default_sort="-created_at",
)

FILING_UNITS = Table(
    (
        Column("unit", _("单位"), sort="unit__name", link=True),
        Column("kind", _("单位类型"), sort="kind"),
        Column("affiliation", _("隶属关系"), default=False),
        Column("police", _("受理公安机关")),
        Column("security_department", _("网络安全责任部门")),
        Column("security_contact", _("网络安全联系人")),
        Column("data_department", _("数据安全管理部门")),
        Column("data_contact", _("数据安全联系人")),
    ),
    default_sort="unit",
)

TERM_RULES = Table(
    (
        Column("label", _("规则"), sort="label", link=True),
        Column("area", _("用于"), sort="area"),
        Column("value", _("值"), "value_text"),
        Column("basis", _("依据")),
        Column("confidence", _("依据核对情况"), sort="confidence"),
        Column("is_changed", _("已由本单位调整"), default=False),
    ),
    default_sort="area",
)
