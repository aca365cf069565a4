"""Columns of the lists of interconnections and hostings."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.inventory.models import ProtectedObject
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import tag_

from .queries import level_shortfall
from .sides import seen_from


def control_cell(row: Any, text: str = "") -> Any:
    """No control at a boundary is worth a look; inside one object it is not."""
    tone = "warn" if row.control == row.Control.NONE and not row.is_inner else "plain"
    return tag_(text or row.get_control_display(), tone)


def match_cell(row: Any) -> Any:
    """Whether the platform's level covers the tenant's."""
    if level_shortfall(row):
        return tag_(_("平台等级不足"), "warn")
    if row.platform.security_level and row.tenant.security_level:
        return tag_(_("等级够用"), "ok")
    return tag_(_("待定级"), "")


LINKS = Table(
    [
        Column("from_object", _("本端系统"), sort="from_object__name", link=True),
        Column("other_end", _("对端"), value="other_end"),
        Column("purpose", _("用途")),
        Column("direction", _("方向")),
        Column("protocol", _("协议")),
        Column("ports", _("端口"), css="mono"),
        Column("control", _("边界控制"), render=control_cell, sort="control"),
        Column("line", _("线路与带宽")),
        Column("is_encrypted", _("传输加密"), default=False),
        Column("line_redundant", _("线路冗余"), default=False),
        Column("from_component", _("本端部件"), default=False),
        Column("to_component", _("对端部件"), default=False),
    ],
    default_sort="from_object",
)


def links_seen_from(obj: ProtectedObject) -> Table:
    """The connections of one object, under the same names: each from this end, whoever registered it."""

    def far(row: Any) -> str:
        side = seen_from(row, obj)
        return f"{side.near} → {side.far}" if row.is_inner else side.far_object

    def turned(name: str) -> Any:
        ends = {"from_component": "to_component", "to_component": "from_component"}
        return lambda row: getattr(row, name if row.from_object_id == obj.pk else ends[name])

    told: dict[str, Column] = {
        "direction": Column("direction", _("方向"), value=lambda row: seen_from(row, obj).direction),
        "control": Column(
            "control", _("边界控制"), sort="control",
            value=lambda row: seen_from(row, obj).control,
            render=lambda row: control_cell(row, seen_from(row, obj).control),
        ),
        "from_component": Column("from_component", _("本端部件"), value=turned("from_component"), default=False),
        "to_component": Column("to_component", _("对端部件"), value=turned("to_component"), default=False),
    }  # fmt: skip
    rest = [told.get(column.name, column) for column in LINKS.columns[2:]]
    return Table([Column("other_end", _("对端"), value=far, link=True), *rest])


HOSTINGS = Table(
    [
        Column("tenant", _("被承载系统"), sort="tenant__name", link=True),
        Column("tenant_level", _("等级"), value="tenant.level_label"),
        Column("platform", _("承载平台"), sort="platform__name"),
        Column("platform_level", _("平台等级"), value="platform.level_label"),
        Column("match", _("等级比较"), value=level_shortfall, render=match_cell),
        Column("model", _("承载方式"), sort="model"),
        Column("since", _("起"), sort="since"),
        Column("until", _("止"), sort="until"),
        Column("agreement", _("服务协议"), default=False),
    ],
    default_sort="tenant",
)
