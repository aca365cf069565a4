"""Self-assessments on other pages: a step of an object's cycle, its list there, progress on the start page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.catalog.selection import COVERED_LEVELS
from secmgmt.core import permissions
from secmgmt.core.clock import today
from secmgmt.core.templatetags.ui import when

from .models import Assessment, AssessmentState
from .tables import ANSWERED

SHOWN = 6
OPEN = (AssessmentState.IN_PROGRESS, AssessmentState.RETURNED, AssessmentState.SUBMITTED)


def _rows(user: Any) -> QuerySet:
    rows = Assessment.objects.visible_to(user).select_related("protected_object")
    return rows.annotate(answered=ANSWERED)


def cycle_step(obj: Any, user: Any) -> dict[str, Any] | None:
    """年度自评估: done once the newest is confirmed, else where it stands."""
    if not permissions.may(user, Assessment, "view", permissions.path_of(obj)):
        return None
    newest = _rows(user).filter(protected_object=obj, engagement=None).order_by("-created_at", "-pk").first()
    if newest is None:
        return {"steps": [{"label": _("年度自评估"), "lines": [_("还没有开展")], "status": ""}]}
    if newest.state == AssessmentState.CONFIRMED:
        lines = [when(newest.report_date), newest.result.get("conclusion", "")]
        return {"steps": [{"label": _("年度自评估"), "lines": [line for line in lines if line], "status": "done"}]}
    late = newest.due_on is not None and newest.due_on < today()
    lines = [_("%(day)s 截止") % {"day": when(newest.due_on)}] if newest.due_on else []
    lines.append(f"{newest.answered} / {newest.total}")
    return {"steps": [{"label": _("年度自评估"), "lines": lines, "status": "late" if late else "now"}]}


def object_assessments(obj: Any, user: Any) -> dict[str, Any] | None:
    """The newest self-assessments of an object."""
    rows = list(_rows(user).filter(protected_object=obj).order_by("-created_at", "-pk")[:SHOWN])
    if rows:
        address = f"{reverse('assessments:assessment-list')}?protected_object={obj.pk}"
        return {"rows": rows, "url": address, "link": _("全部")}
    if obj.security_level in COVERED_LEVELS and permissions.may(user, Assessment, "add", permissions.path_of(obj)):
        address = f"{reverse('assessments:assessment-create')}?object={obj.pk}"
        return {"rows": rows, "url": address, "link": _("开始自评估")}
    return None


def running(user: Any, day: dt.date) -> dict[str, Any] | None:
    """Self-assessments under way, the soonest due first."""
    rows = _rows(user).filter(state__in=OPEN).order_by("due_on", "pk")
    listed = list(rows[: SHOWN + 1])
    if not listed:
        return None
    address = reverse("assessments:assessment-list")
    return {"rows": listed[:SHOWN], "names": True, "url": address, "link": _("全部自评估")}
