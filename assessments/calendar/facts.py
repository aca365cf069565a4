"""Duties no single feature owns, when last done: after a regrading, after a 密评, before going into service."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils import timezone

from assessments.engagement.models import Engagement, EngagementKind, EngagementState
from assessments.grading.models import Grading, GradingState
from assessments.review.models import Project, Stage
from assets.inventory.choices import Status
from assets.inventory.queries import basics
from assets.models import ProtectedObject
from secmgmt.core.manifest import DutyFact, Rows

STANDING = (GradingState.DETERMINED, GradingState.FINAL)


def after_regrading(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "change-evaluation": an object whose level changed is evaluated anew (GB/T 22239-2019 7.1.9.9b)."""
    rows = Grading.objects.filter(protected_object__in=ids, state__in=STANDING, determined_at__isnull=False)
    changed: dict[int, dt.date] = {}
    level_of: dict[int, int | None] = {}
    for row in rows.order_by("determined_at", "pk"):
        pk = row.protected_object_id
        if pk in level_of and level_of[pk] != row.level:
            changed[pk] = timezone.localdate(row.determined_at)
        level_of[pk] = row.level
    done = _reported(list(changed), EngagementKind.LEVEL)
    return {
        pk: DutyFact(start=day, done=done[pk].report_date if pk in done else None) for pk, day in changed.items()
    }


def crypto_filed(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "crypto-filing": the result of the last 密评 is handed to the authority (国家密码管理局令第3号)."""
    return {
        pk: DutyFact(start=row.report_date, done=row.reported_on, url=row.get_absolute_url())
        for pk, row in _reported(ids, EngagementKind.CRYPTO).items()
    }


def _reported(ids: Rows, kind: str) -> dict[int, Engagement]:
    """Object → its newest completed evaluation of ``kind``."""
    rows = Engagement.objects.filter(
        protected_object__in=ids, kind=kind, state=EngagementState.DONE, report_date__isnull=False
    )
    return {row.protected_object_id: row for row in rows.order_by("report_date", "pk")}


def accepted(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "gate-acceptance": an object being built passes its project's acceptance before the day planned for it.

    Of several projects the one whose day comes first; leadership's leave to go into service ends the duty.
    """
    built = ProtectedObject.objects.filter(pk__in=ids, status=Status.BUILDING)
    open_ones = Project.objects.exclude(stage=Stage.ACCEPTED).filter(override_at=None, targets__in=built)
    found: dict[int, DutyFact] = {}
    asked = {pk for pk, obj in basics(ids).items() if obj.status == Status.BUILDING}
    names = ("targets", "pk", "planned_on", "created_at")
    for obj, pk, planned, created in open_ones.order_by("-planned_on", "-pk").values_list(*names):
        url = reverse("assessments:project-detail", args=[pk])
        found[obj] = DutyFact(start=timezone.localdate(created), due=planned, url=url)
    return {pk: fact for pk, fact in found.items() if pk in asked}
