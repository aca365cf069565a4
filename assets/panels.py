"""The inventory's own panels on the page of a protected object: parts, data, links, hosting, topology."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core.clock import today

from .components.tables import product
from .connections.models import Hosting
from .connections.queries import level_shortfall, links_of, platforms_of, tenants_of
from .connections.sides import seen_from
from .inventory.models import ProtectedObject
from .topology.drawing import drawing
from .topology.services import object_topology

SHOWN = 6


def topology_panel(obj: ProtectedObject, user: Any) -> dict[str, Any] | None:
    """The picture, when there is something to draw."""
    diagram = object_topology(obj, user)
    if diagram is None:
        return None
    address = reverse("assets:object-topology", args=[obj.pk])
    return {"picture": drawing(diagram), "url": address, "link": _("大图与连接")}


def hosting_panel(obj: ProtectedObject, user: Any) -> dict[str, Any]:
    """Where it runs, whether that platform's level is enough, what runs on it, and its recovery targets."""
    tenants = list(tenants_of(obj, today())) if obj.offers_hosting else []
    short = sum(level_shortfall(row) for row in tenants)
    return {
        "platforms": [_platform(row) for row in platforms_of(obj, today())],
        "tenants": len(tenants),
        "short": short,
        "short_text": _("%(n)d 个等级高于本平台") % {"n": short},
        "facts": [
            (_("业务信息"), _level(obj.business_level, "S")),
            (_("系统服务"), _level(obj.service_level, "A")),
            (_("恢复目标"), recovery_text(obj)),
        ],
        "url": f"{reverse('assets:hosting-list')}?protected_object={obj.pk}",
        "link": _("托管关系"),
    }


def _level(level: int | None, letter: str) -> str:
    return f"{letter}{level}" if level else ""


def _platform(row: Hosting) -> dict[str, Any]:
    known = row.platform.security_level and row.tenant.security_level
    short = level_shortfall(row)
    return {
        "name": str(row.platform),
        "url": row.get_absolute_url(),
        "level": row.platform.level_label,
        "model": row.get_model_display(),
        "match": _("平台等级不足") if short else _("等级够用") if known else _("等级待核"),
        "tone": "warn" if short else "ok" if known else "",
    }


def recovery_text(obj: ProtectedObject) -> str:
    """RTO 4 小时，RPO 15 分钟."""
    parts = [f"RTO {span(obj.rto_minutes)}"] if obj.rto_minutes is not None else []
    parts += [f"RPO {span(obj.rpo_minutes)}"] if obj.rpo_minutes is not None else []
    return "，".join(parts)


def span(minutes: int) -> str:
    """Whole hours as hours, else minutes."""
    if minutes and minutes % 60 == 0:
        return _("%(n)d 小时") % {"n": minutes // 60}
    return _("%(n)d 分钟") % {"n": minutes}


def components_panel(obj: ProtectedObject, user: Any) -> dict[str, Any] | None:
    """The first components, key ones first."""
    rows = obj.components.visible_to(user).select_related("zone__network").order_by("-is_key", "kind", "name")
    listed = list(rows[:SHOWN])
    heads = [_("名称"), _("类别"), _("产品"), _("数量"), _("冗余")]
    cells = [
        (row, [row.name, row.get_kind_display(), product(row), row.quantity, row.get_redundancy_display()])
        for row in listed
    ]
    return _table(obj, _("组成部件"), "component", heads, cells)


def data_panel(obj: ProtectedObject, user: Any) -> dict[str, Any] | None:
    """The first data classes, important ones first."""
    rows = list(obj.data_categories.visible_to(user).order_by("-level", "name")[:SHOWN])
    heads = [_("数据"), _("拟定级别"), _("个人信息"), _("总量（GB）"), _("交互")]
    cells = [
        (
            row,
            [row.name, row.get_level_display(), row.get_personal_display(), row.volume_gb,
             row.get_exchange_display()],
        )
        for row in rows
    ]  # fmt: skip
    return _table(obj, _("数据类别"), "data", heads, cells)


def links_panel(obj: ProtectedObject, user: Any) -> dict[str, Any] | None:
    """The first connections to the outside; what both ends see."""
    rows = list(
        links_of(obj, user)
        .select_related("from_component", "to_component")
        .exclude(from_object=obj, to_object=obj)[:SHOWN]
    )
    heads = [_("对端"), _("用途"), _("方向"), _("边界控制")]
    sides = [seen_from(row, obj) for row in rows]
    cells = [(side.link, [side.far_object, side.link.purpose, side.direction, side.control]) for side in sides]
    return _table(obj, _("互联关系"), "link", heads, cells)


def _table(
    obj: ProtectedObject, label: str, feature: str, heads: list[str], rows: list[Any]
) -> dict[str, Any] | None:
    if not rows:
        return None
    return {
        "label": label,
        "heads": heads,
        "rows": [
            {"url": row.get_absolute_url(), "cells": list(zip(heads, cells, strict=True))}
            for row, cells in rows
        ],
        "url": f"{reverse(f'assets:{feature}-list')}?protected_object={obj.pk}",
        "link": _("全部"),
    }
