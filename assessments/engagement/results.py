"""The agency's results item by item, on the engine of the self-assessment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from assessments.evaluation.models import Answer, Assessment, AssessmentState
from assessments.evaluation.services import drafted, frozen, items_for
from assessments.evaluation.workflow import WORKFLOW
from secmgmt.core import audit, errors, records, search

from . import services
from .models import Engagement, EngagementState

STATES = (EngagementState.ONSITE, EngagementState.REPORTING)


def of(engagement: Engagement) -> Assessment | None:
    """The results of an engagement, None while there are none by item."""
    return Assessment.objects.filter(engagement=engagement).select_related("protected_object__unit").first()


@audit.audited
def begin(*, engagement: Engagement, standard: Any, report_date: dt.date, by: Any, at: dt.datetime) -> Assessment:
    """Open the items of the object's levels for the agency's results; nothing is carried over or inherited.

    They are entered by the agency's people or, from its report, by the owner; by page, workbook or API. Raises
    NotAllowed, Conflict (over, not on site yet, begun before), Invalid (not graded, no item applies).
    """
    fresh = services.locked(engagement, by, "work")
    if fresh.state not in STATES:
        raise errors.Conflict(_("进场测评之后才录入逐项结果。"), obj=fresh)
    obj = fresh.protected_object
    items = items_for(obj, standard)
    words = {"name": str(obj)[:80], "year": report_date.year, "kind": fresh.get_kind_display()}
    title = _("%(name)s %(year)d 年%(kind)s") % words
    found = drafted(obj, standard, items, report_date=report_date, title=title, engagement=fresh)
    records.stamp(found, by=by, at=at)
    try:
        with transaction.atomic():
            found.save()
    except IntegrityError as error:
        raise errors.Conflict(_("逐项结果已经开始录入。"), obj=fresh) from error
    Answer.objects.bulk_create(frozen(found, items), batch_size=300)
    search.refresh(found)
    after, detail = audit.fields_of(found), {"items": len(items), "engagement": fresh.pk}
    audit.record("assessments.assessment.add", found, by=by, at=at, after=after, detail=detail)
    return found


def stop(engagement: Engagement, *, at: dt.datetime, reason: str) -> None:
    """The engagement is over without a report: its results stay as they are and count for nothing."""
    found = of(engagement)
    if found is not None and found.state != AssessmentState.CONFIRMED:
        WORKFLOW.elapse(found, "stop", at=at, reason=reason)
