"""What pages, guards and other features ask about inspections."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from assessments.evaluation.models import Assessment, AssessmentState
from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.accounts.models import Position, User
from secmgmt.core import permissions
from secmgmt.core.models import Decision, Participation

from .models import Department, Inspection, InspectionItem, InspectionState, IssuedNotice, IssuedState

MEMBER = "inspection_member"
RUNNING = (
    *(InspectionState.PLANNED, InspectionState.ONSITE, InspectionState.SUMMING),
    *(InspectionState.SIGNING, InspectionState.ISSUED, InspectionState.RECHECKING),
)


def belongs(user: Any, department: Department) -> bool:
    """Whether ``user`` is one of the department's people; a department without a unit takes every inspector."""
    if department.unit is None:
        return True
    return bool(user.unit_id) and user.unit.path.startswith(department.unit.path)


def leads(user: Any, inspection: Inspection) -> bool:
    """Whether ``user`` inspects for the leading department: by position over the object, and one of its people."""
    path = permissions.path_of(inspection)
    over = any(g.role == roles.INSPECTOR.code and path.startswith(g.path) for g in user.grants())
    return over and belongs(user, inspection.lead)


def departments_of(user: Any) -> QuerySet:
    """The departments for which ``user`` may lead an inspection."""
    rows = Department.objects.filter(is_active=True).select_related("unit")
    return rows.filter(pk__in=[row.pk for row in rows if belongs(user, row)])


def inspectable(user: Any) -> QuerySet:
    """Graded objects in use under the user's inspector's position."""
    rows = permissions.where_may(ProtectedObject.objects.in_use(), user, Inspection, "add")
    return rows.filter(security_level__lte=4).select_related("unit").order_by("name")


def members(inspection: Inspection) -> QuerySet:
    """Who was invited into the team, the newest last."""
    return Participation.of(inspection).filter(capacity=MEMBER).select_related("user__unit").order_by("pk")


def may_be_invited(inspection: Inspection) -> QuerySet:
    """People of other units: nobody examines his own house, no administrator examines anything."""
    own = inspection.protected_object.unit
    people = User.objects.filter(is_active=True, admin_role="", unit__isnull=False)
    people = people.exclude(unit__path__startswith=own.path).exclude(pk=inspection.protected_object.owner_id)
    return people.exclude(pk__in=members(inspection).values("user")).select_related("unit").order_by("name")


def last_confirmed(obj: Any, standard_code: str) -> Assessment | None:
    """The unit's own last confirmed self-assessment by this standard."""
    own = obj.assessments.filter(engagement=None)  # an agency's evaluation is not the unit's own word
    rows = own.filter(state=AssessmentState.CONFIRMED, standard_code=standard_code)
    return rows.order_by("-report_date", "-pk").first()


def findings(inspection: Inspection) -> QuerySet:
    """What has to be put right, in the order of the checklist."""
    return inspection.items.filter(result__in=("partial", "unmet")).order_by("order")


def unchecked(inspection: Inspection) -> int:
    """How many findings were not looked at again yet."""
    return findings(inspection).filter(recheck="").count()


def is_awaited(notice: IssuedNotice, today: dt.date) -> bool:
    """Whether the unit's reply may still come in time."""
    return notice.state != IssuedState.REPLIED and notice.deadline > today


def current_notice(inspection: Inspection) -> IssuedNotice | None:
    """The notice that was issued, if one was."""
    return inspection.notices.order_by("-pk").first()


def proposed_by(inspection: Inspection, by: Any) -> bool:
    """Whether ``by`` put the notice before the leadership."""
    last = Decision.of(inspection).filter(transition="propose").first()
    return last is not None and last.by_id == by.pk


def recipients(notice: IssuedNotice, today: dt.date) -> list[Any]:
    """Who in the unit takes a notice: the person in charge and the unit's owners and leads."""
    unit = notice.protected_object.unit
    held = Position.objects.valid_on(today).filter(
        permission__codename__in=(roles.OWNER.code, roles.UNIT_LEAD.code), content_object=unit
    )
    found = User.objects.filter(pk__in=held.values("user"), is_active=True)
    owner = notice.protected_object.owner
    return list({person.pk: person for person in (*found, *([owner] if owner else []))}.values())


@dataclass(frozen=True)
class Inspected:
    """How far the last inspection of an object is. ``at_the_unit``: the notice waits for the unit."""

    started_on: dt.date | None
    issued_on: dt.date | None
    concluded_on: dt.date | None
    at_the_unit: bool
    url: str


def inspected_since(ids: list[int], since: dt.date) -> dict[int, Inspected]:
    """For each object its last inspection that begins on ``since`` or later, or ends then; two queries."""
    rows = Inspection.objects.filter(protected_object_id__in=ids, ends_on__gte=since)
    rows = rows.exclude(state=InspectionState.CANCELLED).order_by("starts_on", "pk")
    last = {row.protected_object_id: row for row in rows}
    notices = IssuedNotice.objects.filter(inspection__in=[row.pk for row in last.values()]).order_by("pk")
    issued = {row.inspection_id: row for row in notices}
    return {pk: _inspected(row, issued.get(row.pk)) for pk, row in last.items()}


def _inspected(row: Inspection, notice: IssuedNotice | None) -> Inspected:
    began = row.starts_on if row.state != InspectionState.PLANNED else None
    at_unit = notice is not None and notice.is_open and row.state == InspectionState.ISSUED
    issued = notice.issued_on if notice else None
    return Inspected(began, issued, row.concluded_on, at_unit, row.get_absolute_url())


def overdue_notices(today: dt.date) -> QuerySet:
    """Notices not replied to by their deadline."""
    return IssuedNotice.objects.filter(
        state__in=(IssuedState.ISSUED, IssuedState.RECEIVED), deadline__lt=today
    )


def open_items(inspection: Inspection) -> int:
    """How many items of the checklist have no result yet."""
    return InspectionItem.objects.filter(inspection=inspection, result="").count()
