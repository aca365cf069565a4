"""Which objects have a yearly plan of protection work, on what it stands, and when it was last made."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.engagement.models import Engagement, EngagementKind, EngagementState
from assessments.evaluation.models import Assessment, AssessmentState
from assessments.rectification.models import Rectification
from assets.inventory.queries import basics
from assets.models import ProtectedObject
from secmgmt.core.manifest import DutyFact, Rows
from secmgmt.core.models import ReportRun

KIND = "protection-plan"
FROM_LEVEL = 3


def planned_for(rows: QuerySet) -> QuerySet:
    """Those of ``rows`` that have such a plan: of level 3 and above, not out of service."""
    return rows.filter(pk__in=ProtectedObject.objects.in_use().filter(security_level__gte=FROM_LEVEL).values("pk"))


def evaluation_of(obj: Any, since: dt.date, until: dt.date) -> Engagement | None:
    """The level evaluation whose report came out in the year, on which the plan is to stand."""
    rows = obj.engagements.filter(kind=EngagementKind.LEVEL, state=EngagementState.DONE)
    return rows.filter(report_date__range=(since, until)).select_related("agency").order_by("-report_date").first()


def results_of(obj: Any, since: dt.date, until: dt.date) -> Assessment | None:
    """The results by item of the year, the agency's where there are any; else the last confirmed ones before it."""
    rows = obj.assessments.filter(state=AssessmentState.CONFIRMED, report_date__lte=until)
    of_year = rows.filter(report_date__gte=since)
    found = of_year.order_by(F("engagement").desc(nulls_last=True), "-report_date", "-pk").first()
    return found or rows.order_by("-report_date", "-pk").first()


def problems(obj: Any, since: dt.date, until: dt.date) -> list[Rectification]:
    """What there was to put right in the year: found by its end and not closed before it began; the worst first."""
    left = Q(closed_on__isnull=True) | Q(closed_on__gte=since)
    rows = obj.rectifications.filter(left, found_on__lte=until).select_related("owner")
    worst = {"高": 0, "中": 1, "低": 2}
    return sorted(rows, key=lambda row: (not row.major, worst.get(row.risk, 3), row.due_on, row.pk))


def made() -> QuerySet:
    """The plans that were made, the newest first."""
    kind = ContentType.objects.get_for_model(ProtectedObject)
    return ReportRun.objects.filter(kind=KIND, content_type=kind).order_by("-at", "-pk")


def duty_facts(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """When the plan of an object was last made here; that it was handed in is proven by the police's receipt."""
    note = _("以在系统内编制为准；报公安机关的回执另行留存")
    found = {
        pk: DutyFact(start=obj.filed_on, url=f"/reports/{KIND}/preview/?subject={pk}", note=note)
        for pk, obj in basics(ids).items()
        if obj.is_in_use and (obj.level or 0) >= FROM_LEVEL
    }
    ours = made().filter(at__year__gte=today.year - 1).order_by("at", "pk")
    for obj, at, pk, params in ours.values_list("object_id", "at", "pk", "params"):
        year = (params.get("options") or {}).get("year")
        day = timezone.localdate(at)
        if obj in found and year == day.year:  # the plan of another year does not fulfil this one's duty
            found[obj] = DutyFact(start=found[obj].start, done=day, url=f"/reports/{pk}/", note=note)
    return found
