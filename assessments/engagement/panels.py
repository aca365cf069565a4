"""Evaluations on an object's page: a step of its cycle, the last and the present one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.clock import today
from secmgmt.core.templatetags.ui import when

from . import queries
from .models import OPEN, Engagement, EngagementKind

SHOWN = 5


def cycle_step(obj: Any, user: Any) -> dict[str, Any] | None:
    """等级测评: done while the last one holds, late once the next is due."""
    if not permissions.may(user, Engagement, "view", permissions.path_of(obj)):
        return None
    due = queries.next_evaluation([obj.pk], today())
    if obj.pk not in due:
        return None
    last, wanted = queries.last_evaluation([obj.pk]).get(obj.pk), due[obj.pk]
    if last is None or wanted is None:
        return {"steps": [{"label": _("等级测评"), "lines": [_("还没有测评")], "status": ""}]}
    lines = [f"{when(last.report_date)} {last.conclusion}", _("下次 %(day)s") % {"day": when(wanted)}]
    return {"steps": [{"label": _("等级测评"), "lines": lines, "status": "late" if wanted < today() else "done"}]}


def object_engagements(obj: Any, user: Any) -> dict[str, Any] | None:
    """The object's evaluations, the newest first."""
    rows = list(obj.engagements.visible_to(user).select_related("agency").order_by("-starts_on", "-pk")[:SHOWN])
    may_add = permissions.may(user, Engagement, "add", permissions.path_of(obj)) and (obj.security_level or 0) >= 2
    if not rows and not may_add:
        return None
    begin = f"{reverse('assessments:engagement-create')}?object={obj.pk}"
    level_open = any(row.state in OPEN and row.kind == EngagementKind.LEVEL for row in rows)
    return {
        "rows": rows,
        "due": queries.next_evaluation([obj.pk], today()).get(obj.pk),
        "add": begin if may_add and not level_open else "",
        "url": f"{reverse('assessments:engagement-list')}?protected_object={obj.pk}",
        "link": _("等级测评与密评"),
    }
