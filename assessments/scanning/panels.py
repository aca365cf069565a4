"""The open problems of a component and of an object, on their pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from .models import ScanFinding
from .queries import OPEN

SHOWN = 6


def of_component(component: Any, user: Any) -> dict[str, Any] | None:
    """Open problems of one component, the latest first; None when there are none."""
    found = _panel(ScanFinding.objects.visible_to(user).filter(component=component))
    if found:
        found["url"] = f"{reverse('assessments:scanfinding-list')}?component={component.pk}"
        found["link"] = _("全部")
    return found


def of_object(obj: Any, user: Any) -> dict[str, Any] | None:
    """Open problems on the components of an object."""
    return _panel(ScanFinding.objects.visible_to(user).filter(component__protected_object=obj))


def _panel(rows: Any) -> dict[str, Any] | None:
    listed = list(rows.filter(state__in=OPEN).select_related("component").order_by("-last_seen", "-pk")[:SHOWN])
    if not listed:
        return None
    heads = [_("问题"), _("部件"), _("严重程度"), _("状态"), _("最近发现")]
    cells = [
        (row, [row, row.component, row.get_severity_display(), row.get_state_display(), row.last_seen])
        for row in listed
    ]
    return {
        "label": _("扫描问题"),
        "heads": heads,
        "rows": [
            {"url": row.get_absolute_url(), "cells": list(zip(heads, line, strict=True))} for row, line in cells
        ],
    }
