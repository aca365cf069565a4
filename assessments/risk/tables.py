"""Columns of the lists of risk assessments and risks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state

ASSESSMENTS = Table(
    (
        Column("title", _("名称"), sort="title", link=True),
        Column("protected_object", _("对象"), sort="protected_object__name"),
        Column("unit", _("责任单位"), "protected_object.unit"),
        Column("leading", _("组织方式")),
        Column("method", _("方法")),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
        Column("assessed_on", _("评估日期"), sort="assessed_on"),
    ),
    default_sort="-assessed_on",
)
RISKS = Table(
    (
        Column("asset", _("资产"), sort="asset", link=True),
        Column("layer", _("层次"), default=False),
        Column("asset_value", _("价值"), sort="asset_value", align="num"),
        Column("threat", _("威胁")),
        Column("frequency", _("频率"), align="num"),
        Column("vulnerability", _("脆弱性")),
        Column("severity", _("严重程度"), align="num"),
        Column("value", _("风险值"), sort="value", align="num"),
        Column("level", _("等级"), sort="level"),
        Column("treatment", _("处置")),
        Column("residual_level", _("剩余风险")),
        Column("accepted_until", _("接受至"), sort="accepted_until", default=False),
        Column("method", _("方法"), default=False),
        Column("edition", _("矩阵版本"), default=False),
        Column("assessment", _("评估"), default=False),
    ),
    default_sort="-value",
)
