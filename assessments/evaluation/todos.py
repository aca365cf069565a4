"""What of the self-assessments waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.manifest import Todo, todos_of
from secmgmt.core.models import Decision
from secmgmt.core.templatetags.ui import when

from .models import Answer, Assessment, AssessmentState

OPEN = (AssessmentState.IN_PROGRESS, AssessmentState.RETURNED)


def answering_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Open assessments whose items the user answers."""
    rows = Assessment.objects.visible_to(user, "answer").filter(state__in=OPEN).select_related("engagement")
    yield from todos_of(rows.order_by("due_on", "pk"), lambda row: _to_answer(row, today), _rest(""))


def _to_answer(row: Assessment, today: dt.date) -> Todo:
    late = bool(row.due_on and row.due_on < today)
    returned = row.state == AssessmentState.RETURNED
    open_items = Answer.objects.filter(Q(result="") | ~Q(pending=""), assessment=row).count()
    return Todo(
        kind=row.noun,
        title=_("填报“%(name)s”") % {"name": row},
        note=_("还有 %(n)d 项未答或待确认") % {"n": open_items} if not returned else why_returned(row)[:120],
        url=reverse("assessments:assessment-answer", args=[row.pk]),
        action=_("填报"),
        due=row.due_on,
        state=row.get_state_display(),
        tone="bad" if late else "warn" if returned else "info",
    )


def why_returned(row: Assessment) -> str:
    """The opinion an assessment came back with, by whom and when."""
    last = Decision.of(row).filter(transition="return_").first()
    if last is None:
        return _("已退回，请按意见修改后再提交")
    told = {"opinion": last.opinion, "who": last.by, "when": when(last.at)}
    return _("退回意见：%(opinion)s（%(who)s，%(when)s）") % told


def confirming_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Submitted assessments the user confirms."""
    if not permissions.may(user, Assessment, "confirm"):
        return
    own = Answer.objects.filter(Q(answered_by=user) | Q(assignee=user), assessment=OuterRef("pk"))
    rows = Assessment.objects.visible_to(user, "confirm").filter(~Exists(own), state=AssessmentState.SUBMITTED)
    rows = rows.select_related("protected_object", "engagement").order_by("due_on", "pk")
    yield from todos_of(rows, _to_confirm, _rest(f"?state={AssessmentState.SUBMITTED}"))


def _to_confirm(row: Assessment) -> Todo:
    return Todo(
        kind=row.noun,
        title=_("审定“%(name)s”") % {"name": row},
        note=str(row.protected_object),
        url=row.get_absolute_url(),
        action=_("审定"),
        due=row.due_on,
        state=row.get_state_display(),
    )


def _rest(query: str) -> Callable[[int], Todo]:
    url = reverse("assessments:assessment-list") + query
    return lambda count: Todo(
        _("自评估"), _("还有 %(n)d 项自评估") % {"n": count}, _("在清单里办理"), url, _("看清单"), stands_for=count
    )
