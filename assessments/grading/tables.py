"""Columns of the list of gradings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state

GRADINGS = Table(
    (
        Column("protected_object", _("定级对象"), sort="protected_object__name", link=True),
        Column("unit", _("责任单位"), "protected_object.unit"),
        Column("kind", _("对象类型"), "protected_object.kind", default=False),
        Column("level", _("等级"), lambda g: g.level_text, sort="level"),
        Column("state", _("状态"), render=lambda g: state(g), sort="state"),
        Column("report_date", _("报告日期"), sort="report_date"),
        Column("rule_set", _("定级矩阵"), default=False),
        Column("authority_name", _("主管部门"), default=False),
        Column("certificate_number", _("备案证明")),
        Column("certified_on", _("发证日期"), sort="certified_on", default=False),
    ),
    default_sort="-report_date",
)
