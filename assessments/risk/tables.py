"""Columns of the lists of risk assessments, assets and risks, and of what they choose from."""

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
        Column("edition", _("计算矩阵"), default=False),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
        Column("assessed_on", _("评估日期"), sort="assessed_on"),
    ),
    default_sort="-assessed_on",
)
ASSETS = Table(
    (
        Column("name", _("资产"), sort="name", link=True),
        Column("layer", _("层次"), sort="layer"),
        Column("parent", _("上层资产")),
        Column("confidentiality", _("保密性"), align="num"),
        Column("integrity", _("完整性"), align="num"),
        Column("availability", _("可用性"), align="num"),
        Column("value", _("价值"), sort="value", align="num"),
        Column("note", _("赋值说明"), default=False),
        Column("assessment", _("评估"), default=False),
    ),
    default_sort="-value",
)
RISKS = Table(
    (
        Column("asset", _("资产"), sort="asset__name", link=True),
        Column("asset_value", _("价值"), sort="asset_value", align="num"),
        Column("threat_text", _("威胁"), sort="threat_text"),
        Column("frequency", _("频率"), align="num", default=False),
        Column("weakness", _("脆弱性"), sort="weakness"),
        Column("severity", _("严重程度"), align="num", default=False),
        Column("value", _("风险值"), sort="value", align="num"),
        Column("level", _("等级"), sort="level"),
        Column("standing", _("处置")),
        Column("residual_level", _("剩余风险"), sort="residual_level"),
        Column("accepted_until", _("接受至"), sort="accepted_until", default=False),
        Column("method", _("方法"), default=False),
        Column("edition", _("矩阵版本"), default=False),
        Column("assessment", _("评估"), default=False),
    ),
    default_sort="-value",
)
THREATS = Table(
    (
        Column("code", _("编码"), sort="code", link=True),
        Column("name", _("威胁"), sort="name"),
        Column("source", _("来源"), sort="source"),
        Column("frequency", _("起始频率"), sort="frequency"),
        Column("properties", _("影响属性")),
        Column("basis", _("依据")),
        Column("is_confirmed", _("依据已核对")),
        Column("in_use", _("使用")),
        Column("description", _("说明"), default=False),
    ),
    default_sort="code",
)
VULNERABILITIES = Table(
    (
        Column("code", _("编码"), sort="code", link=True),
        Column("name", _("脆弱性"), sort="name"),
        Column("layer", _("层面"), sort="layer"),
        Column("items", _("对应条款")),
        Column("severity", _("起始严重程度"), sort="severity"),
        Column("basis", _("依据")),
        Column("is_confirmed", _("依据已核对")),
        Column("in_use", _("使用")),
        Column("threats", _("威胁"), default=False),
        Column("description", _("说明"), default=False),
    ),
    default_sort="code",
)
MATRICES = Table(
    (
        Column("edition", _("版本"), sort="edition", link=True),
        Column("basis", _("依据")),
        Column("is_confirmed", _("依据已核对")),
        Column("in_use", _("使用")),
    ),
    default_sort="edition",
)
