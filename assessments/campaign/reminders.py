"""Reminders of running campaigns: each once, some days before a day and on the day after it; and when asked."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors

from . import queries, services
from .models import Campaign, CampaignReminder, CampaignState, CampaignTask, remind_days_of

SUBMIT, CONFIRM, URGE = "submit", "confirm", "urge"
FIRST_HOUR = 8  # nobody is written to at night
AFTER = -1  # the reminder of the day after


def send_due(at: dt.datetime) -> None:
    """Send the reminders whose time has come; called every hour, and late ones are sent as soon as it is."""
    if timezone.localtime(at).hour < FIRST_HOUR:
        return
    for row in Campaign.objects.filter(state=CampaignState.RUNNING, opened_at__isnull=False).order_by("pk"):
        for phase, due in ((SUBMIT, row.submit_by), (CONFIRM, row.confirm_by)):
            days = step_of(row, due, timezone.localdate(at))
            if days is not None:
                remind(campaign=row, phase=phase, due=due, days=days, at=at)


def step_of(row: Campaign, due: dt.date, today: dt.date) -> int | None:
    """The reminder that is the turn of ``today``: the nearest of the days named that has come, AFTER when it is late.

    None: none has come yet, or it came before the campaign was opened.
    """
    left = (due - today).days
    days = AFTER if left < 0 else min((n for n in remind_days_of(row.remind_days) if n >= left), default=None)
    if days is None or due - dt.timedelta(days=days) <= timezone.localdate(row.opened_at):
        return None
    return days


@audit.audited
def remind(*, campaign: Campaign, phase: str, due: dt.date, days: int, at: dt.datetime) -> int | None:
    """Tell those whose turn it is; how many. None: this reminder went out before."""
    key = {"campaign": campaign, "phase": phase, "due": due, "days": days}
    sent, is_new = CampaignReminder.objects.get_or_create(**key, defaults={"at": at})
    if not is_new:
        return None
    counts = waiting(campaign, phase, timezone.localdate(at))
    what = services.WORDS[campaign.kind][phase == CONFIRM]
    text = _("“%(name)s”：您有 %(n)d 个对象") + what + _("，期限 %(day)s")
    if days == AFTER:
        text += _("，已逾期")
    services.tell(campaign, counts, text, at, due)
    CampaignReminder.objects.filter(pk=sent.pk).update(people=len(counts))
    detail = {"phase": phase, "days": days, "people": len(counts)}
    audit.record("assessments.campaign.remind", campaign, by=None, at=at, detail=detail)
    return len(counts)


def waiting(campaign: Campaign, phase: str, today: dt.date) -> dict[Any, int]:
    """Person → how many tasks wait for him: the owner or inspector until it is handed in, then who ends it."""
    tasks = list(campaign.tasks.select_related("assignee", "protected_object__unit", "assessment"))
    progress = queries.progress_of(campaign, tasks, today)
    counts: dict[Any, int] = defaultdict(int)
    for turn in (services.OWNER, services.UNIT_LEAD, services.INSPECTOR):
        mine = [
            task for task in tasks
            if progress[task.pk].waits_for == turn and progress[task.pk].handed_in == (phase == CONFIRM)
        ]  # fmt: skip
        for person, count in services.people_of(campaign, mine, today, turn).items():
            counts[person] += count
    return dict(counts)


@audit.audited
def urge(*, campaign: Campaign, by: Any, at: dt.datetime) -> int:
    """Remind everybody with an unfinished task now, once a day at most; how many people. Raises Conflict."""
    row = services.held(campaign.pk, by, "publish")
    today = timezone.localdate(at)
    key = {"campaign": row, "phase": URGE, "due": today, "days": 0}
    sent, is_new = CampaignReminder.objects.get_or_create(**key, defaults={"at": at})
    if not is_new:
        raise errors.Conflict(_("今天已经催办过，每天只发一次。"), obj=row)
    what, due = row.phase_due(today)
    text = _("“%(name)s”：您有 %(n)d 个对象尚未完成，%(what)s期限 %(day)s").replace("%(what)s", what)
    counts = waiting(row, SUBMIT, today)
    for person, count in waiting(row, CONFIRM, today).items():
        counts[person] = counts.get(person, 0) + count
    services.tell(row, counts, text, at, due)
    CampaignReminder.objects.filter(pk=sent.pk).update(people=len(counts))
    audit.record("assessments.campaign.urge", row, by=by, at=at, detail={"people": len(counts)})
    return len(counts)


def open_tasks(user: Any) -> Any:
    """Tasks of running campaigns that ``user`` has in charge."""
    rows = CampaignTask.objects.visible_to(user).filter(campaign__state=CampaignState.RUNNING, assignee=user)
    return queries.loaded(rows)
