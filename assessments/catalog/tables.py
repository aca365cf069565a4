"""Columns of the requirement catalogue and of the standards."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import tag_

from .models import WEIGHTS

TONES = {"new": "info", "enhanced": "warn", "Y": "plain"}


def change_tag(item: Any) -> Any:
    """How an item stands to the level below."""
    return tag_(item.get_same_as_lower_display(), TONES[item.same_as_lower]) if item.same_as_lower else "—"


ITEMS = Table(
    (
        Column("code", _("条款"), sort=("-standard__is_shipped", "standard__code", "order"), link=True),
        Column("level", _("级别"), value=lambda item: level_label(item.level), sort=("level", "order"), css="nw"),
        Column("scope", _("范围"), sort="scope", default=False),
        Column("layer", _("层面"), sort="layer", css="nw"),
        Column("control_point", _("控制点"), sort="control_point"),
        Column("summary", _("要求(概述)")),
        Column("same_as_lower", _("与低一级相比"), render=change_tag, sort="same_as_lower"),
        Column("high_risk", _("高风险判例"), value=lambda item: " ".join(item.high_risk)),
        Column("official_text", _("标准原文(本单位导入)"), default=False),
        Column("weight", _("重要程度"), value=lambda item: dict(WEIGHTS).get(item.own_weight, ""), default=False),
        Column("sag", _("S/A/G"), sort="sag", default=False),
        Column("standard", _("标准"), sort=("standard__code", "order"), default=False),
    ),
    default_sort="code",
)

STANDARDS = Table(
    (
        Column("code", _("标准号"), sort="code", link=True),
        Column("name", _("名称"), sort="name"),
        Column("edition", _("版本"), sort="edition"),
        Column("item_count", _("要求项"), align="num", sort="item_count"),
        Column("is_shipped", _("来源"), value=lambda row: _("随产品提供") if row.is_shipped else _("本单位上传")),
        Column("used", _("自评估采用"), align="num", sort="used"),
    ),
    default_sort="code",
)
