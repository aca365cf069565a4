"""The open problems of a component and of an object, on their pages."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from .models import ScanFinding
from .queries import OPEN

SHOWN = 6


def of_component(component: Any, user: Any) -> dict[str, Any] | None:
    """Open problems of one component, the worst kinds first; None when there are none."""
    found = _panel(ScanFinding.objects.filter(component=component), user)
    if found:
        found["url"] = f"{reverse('assessments:scanfinding-list')}?component={component.pk}"
        found["link"] = _("全部")
    return found


def of_object(obj: Any, user: Any) -> dict[str, Any] | None:
    """Open problems on the components of an object."""
    return _panel(ScanFinding.objects.filter(component__protected_object=obj), user)


def _panel(rows: Any, user: Any) -> dict[str, Any] | None:
    rows = rows.filter(state__in=OPEN) & ScanFinding.objects.visible_to(user)
    listed = list(rows.select_related("component").order_by("-last_seen", "-pk")[:SHOWN])
    if not listed:
        return None
    heads = [_("问题"), _("部件"), _("严重程度"), _("状态"), _("最近发现")]
    return {
        "data": {
            "label": _("扫描问题"),
            "heads": heads,
            "rows": [
                {
                    "url": row.get_absolute_url(),
                    "cells": list(zip(heads, [
                        str(row), row.component, row.get_severity_display(), row.get_state_display(), row.last_seen,
                    ], strict=True)),
                }
                for row in listed
            ],
        },
    }  # fmt: skip
