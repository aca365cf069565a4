"""What of the self-assessments waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.manifest import Todo

from .models import Answer, Assessment, AssessmentState

OPEN = (AssessmentState.IN_PROGRESS, AssessmentState.RETURNED)


def answering_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Open assessments whose items the user answers."""
    rows = Assessment.objects.visible_to(user, "answer").filter(state__in=OPEN)
    for row in rows.order_by("due_on", "pk")[:20]:
        late = bool(row.due_on and row.due_on < today)
        returned = row.state == AssessmentState.RETURNED
        open_items = Answer.objects.filter(assessment=row, result="").count()
        yield Todo(
            kind=_("自评估"),
            title=_("填报“%(name)s”") % {"name": row},
            note=_("还有 %(n)d 项未答") % {"n": open_items} if not returned else _("已退回，请按意见修改后再提交"),
            url=reverse("assessments:assessment-answer", args=[row.pk]),
            action=_("填报"),
            due=row.due_on,
            state=row.get_state_display(),
            tone="bad" if late else "warn" if returned else "info",
        )


def confirming_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Submitted assessments the user confirms."""
    if not permissions.may(user, Assessment, "confirm"):
        return
    own = Answer.objects.filter(Q(answered_by=user) | Q(assignee=user), assessment=OuterRef("pk"))
    rows = Assessment.objects.visible_to(user, "confirm").filter(~Exists(own), state=AssessmentState.SUBMITTED)
    for row in rows.select_related("protected_object").order_by("due_on", "pk")[:20]:
        yield Todo(
            kind=_("自评估"),
            title=_("审定“%(name)s”") % {"name": row},
            note=str(row.protected_object),
            url=row.get_absolute_url(),
            action=_("审定"),
            due=row.due_on,
            state=row.get_state_display(),
        )
