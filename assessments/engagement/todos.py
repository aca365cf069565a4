"""What of the evaluations waits for a person: those under way, those due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assets.inventory.queries import mine
from secmgmt.core import permissions
from secmgmt.core.manifest import Todo, todos_of

from . import queries
from .models import OPEN, Engagement, EngagementKind

AHEAD = dt.timedelta(days=60)
SHOWN = 20


def engagement_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Engagements one works on, then the owner's objects whose evaluation is due."""
    yield from todos_of(queries.under_way(user), lambda row: _line(row, today), _rest)
    if permissions.may(user, Engagement, "add"):
        yield from _due(user, today)


def _line(row: Engagement, today: dt.date) -> Todo:
    return Todo(
        kind=row.get_kind_display(),
        title=_("推进“%(name)s”") % {"name": row},
        note=str(row.agency),
        url=row.get_absolute_url(),
        action=_("办理"),
        due=row.ends_on,
        state=row.get_state_display(),
        tone="bad" if row.ends_on < today else "info",
    )


def _due(user: Any, today: dt.date) -> Iterable[Todo]:
    """Evaluated before, and due again within two months or already; nothing that is under way."""
    rows = {row.pk: row for row in mine(user).filter(security_level__gte=2)}
    busy = set(
        Engagement.objects.filter(protected_object__in=rows, kind=EngagementKind.LEVEL, state__in=OPEN).values_list(
            "protected_object", flat=True
        )
    )
    due = queries.next_evaluation(rows, today)
    soon = sorted((day, pk) for pk, day in due.items() if day and day <= today + AHEAD and pk not in busy)
    for day, pk in soon[:SHOWN]:
        yield Todo(
            kind=_("等级测评"),
            title=_("委托“%(name)s”的等级测评") % {"name": rows[pk]},
            note=_("按周期应再次测评"),
            url=f"{reverse('assessments:engagement-create')}?object={pk}",
            action=_("登记委托"),
            due=day,
            state=_("逾期") if day < today else _("将到期"),
            tone="bad" if day < today else "warn",
        )
    if len(soon) > SHOWN:
        yield _rest(len(soon) - SHOWN)


def _rest(count: int) -> Todo:
    listed = reverse("assessments:engagement-list")
    return Todo(
        _("等级测评"), _("还有 %(n)d 项测评") % {"n": count}, _("在清单里办理"), listed, _("看清单"), stands_for=count
    )
