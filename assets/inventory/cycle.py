"""The cycle of protection on an object's page: the inventory's own steps, then those other apps contribute.

A panel whose ``column`` is CYCLE is not drawn as a card: the ``steps`` of its context ({label, lines, status})
follow the inventory's own in the panels' order.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core.templatetags.ui import when

from .choices import Status
from .models import ProtectedObject

CYCLE = "cycle"


def steps_of(obj: ProtectedObject, panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All steps; the first that is not done is where the object stands, unless a panel names one."""
    steps = [_graded(obj), _filed(obj), _running(obj)]
    for panel in panels:
        steps += panel["context"].get("steps", [])
    if not any(step["status"] in ("now", "late") for step in steps):
        for step in steps:
            if not step["status"]:
                step["status"] = "now"
                break
    return steps


def _step(label: str, done: bool, lines: list[str]) -> dict[str, Any]:
    return {"label": label, "lines": lines, "status": "done" if done else ""}


def _graded(obj: ProtectedObject) -> dict[str, Any]:
    if not obj.security_level:
        return _step(_("定级"), False, [_("未定级")])
    return _step(_("定级"), True, [when(obj.graded_on), obj.sag or obj.level_label])


def _filed(obj: ProtectedObject) -> dict[str, Any]:
    if obj.security_level == 1:
        return _step(_("备案"), True, [_("第一级不需备案")])
    if not obj.filing_number:
        return _step(_("备案"), False, [_("未备案")])
    lines = [when(obj.filed_on)]
    if obj.filing_valid_until:
        lines.append(_("有效至 %(day)s") % {"day": obj.filing_valid_until.isoformat()})
    return _step(_("备案"), True, lines)


def _running(obj: ProtectedObject) -> dict[str, Any]:
    done = obj.status != Status.BUILDING
    return _step(_("投入运行"), done, [when(obj.in_operation_on) if done else _("在建设")])
