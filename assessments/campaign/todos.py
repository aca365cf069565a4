"""What of the campaigns waits for a person."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core.manifest import Todo
from secmgmt.core.permissions import may

from .models import Campaign, CampaignKind, CampaignState, CampaignTask

CLOSING_DAYS = 7


def campaign_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Drafts to publish and campaigns at their end, for who runs them; tasks of work that has no to-do of its own."""
    if may(user, Campaign, "publish"):
        rows = Campaign.objects.visible_to(user, "publish")
        for row in rows.filter(state=CampaignState.DRAFT).order_by("starts_on", "pk"):
            yield _line(row, _("发布“%(name)s”"), row.starts_on, _("发布"), today)
        ending = rows.filter(state=CampaignState.RUNNING, ends_on__lte=today + dt.timedelta(days=CLOSING_DAYS))
        for row in ending.order_by("ends_on", "pk"):
            yield _line(row, _("总结“%(name)s”"), row.ends_on, _("总结"), today)
    tasks = CampaignTask.objects.visible_to(user).filter(assignee=user, reason="")
    tasks = tasks.filter(campaign__state=CampaignState.RUNNING)
    counts = Counter(tasks.order_by().values_list("campaign", flat=True))
    mine = Campaign.objects.visible_to(user).filter(pk__in=counts)
    for row in mine.exclude(kind=CampaignKind.SELF).order_by("submit_by", "pk"):
        yield Todo(
            kind=_("专项工作"),
            title=str(row),
            note=_("您承办 %(n)d 个对象") % {"n": counts[row.pk]},
            url=f"{reverse('assessments:campaigntask-list')}?campaign={row.pk}",
            action=_("查看"),
            due=row.submit_by,
            tone="bad" if row.submit_by < today else "info",
        )


def _line(row: Campaign, title: str, due: dt.date, action: str, today: dt.date) -> Todo:
    return Todo(
        kind=_("专项工作"),
        title=title % {"name": row},
        note=row.get_kind_display(),
        url=row.get_absolute_url(),
        action=action,
        due=due,
        state=row.get_state_display(),
        tone="bad" if due < today else "info",
    )
