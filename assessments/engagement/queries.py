"""What evaluations say of objects: the last one, when the next is due. All in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from assessments.filing.queries import terms
from assessments.filing.terms import Terms, add_months
from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.accounts.models import Position, User
from secmgmt.core import permissions
from secmgmt.core.manifest import DutyFact
from secmgmt.core.models import Participation

from .models import ACCOUNT, Engagement, EngagementFinding, EngagementKind, EngagementState

LEVEL, CRYPTO = EngagementKind.LEVEL, EngagementKind.CRYPTO
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Evaluation:
    """A completed evaluation. ``open_high``: its high and major problems not reported closed (单位自述)."""

    pk: int
    report_number: str
    report_date: dt.date
    agency: str
    conclusion: str
    rate: Decimal | None
    next_due_on: dt.date | None
    open_high: int


def last_evaluation(ids: Iterable[int], kind: str = LEVEL) -> dict[int, Evaluation]:
    """Object pk → its newest completed evaluation of ``kind``; two queries. Objects without one are left out."""
    rows = Engagement.objects.filter(protected_object__in=list(ids), kind=kind, state=EngagementState.DONE)
    newest = {row.protected_object_id: row for row in rows.select_related("agency").order_by("report_date", "pk")}
    severe = EngagementFinding.objects.filter(engagement__in=[row.pk for row in newest.values()])
    high: dict[int, int] = {}
    for engagement in severe.filter(severity__in=("high", "major")).exclude(closure="closed").values_list(
        "engagement", flat=True
    ):
        high[engagement] = high.get(engagement, 0) + 1
    return {
        pk: Evaluation(
            row.pk, row.report_number, row.report_date, row.agency.name, row.get_conclusion_display(), row.rate,
            row.next_due_on, high.get(row.pk, 0),
        )
        for pk, row in newest.items() if row.report_date
    }  # fmt: skip


def months_for(kind: str, level: int | None, rules: Terms) -> int | None:
    """How often an object of ``level`` is evaluated, in months; None below level 2."""
    if kind == CRYPTO:
        return rules["crypto_months"]
    if (level or 0) < 2:
        return None
    return rules["evaluation_level3_months" if (level or 0) >= 3 else "evaluation_level2_months"]


def next_due(kind: str, level: int | None, done: dt.date, rules: Terms) -> dt.date | None:
    """By when the next evaluation is due after one of ``done``."""
    months = months_for(kind, level, rules)
    return add_months(done, months) if months else None


def next_evaluation(ids: Iterable[int], today: dt.date, kind: str = LEVEL) -> dict[int, dt.date | None]:
    """Object pk → by when its next evaluation is due, by the rules of today; never evaluated: None. Four queries.

    Objects that need none (below level 2, retired, not graded) are left out; for 密评 those that never had one too,
    since who needs it is not in the inventory.
    """
    ids, rules = list(ids), terms()
    last = last_evaluation(ids, kind)
    rows = ProtectedObject.objects.in_use().filter(pk__in=ids, security_level__gte=2)
    levels = dict(rows.values_list("pk", "security_level"))
    return {
        pk: next_due(kind, level, last[pk].report_date, rules) if pk in last else None
        for pk, level in levels.items()
        if pk in last or kind == LEVEL
    }


def evaluation_duty(ids: list[int], today: dt.date) -> dict[int, DutyFact]:
    """Duty "evaluation"."""
    return _duty(ids, today, LEVEL)


def crypto_duty(ids: list[int], today: dt.date) -> dict[int, DutyFact]:
    """Duty "crypto-evaluation"."""
    return _duty(ids, today, CRYPTO)


def _duty(ids: list[int], today: dt.date, kind: str) -> dict[int, DutyFact]:
    last, wanted = last_evaluation(ids, kind), next_evaluation(ids, today, kind)
    began = dict(ProtectedObject.objects.filter(pk__in=list(wanted)).values_list("pk", "in_operation_on"))
    done = {pk: last[pk].report_date for pk in wanted if pk in last}
    return {pk: DutyFact(start=began.get(pk), done=done.get(pk)) for pk in wanted}


def accounts_of(engagement: Engagement) -> QuerySet:
    """The people of the agency who were let in."""
    return Participation.of(engagement).filter(capacity=ACCOUNT).select_related("user__unit").order_by("pk")


def possible_accounts(day: dt.date) -> QuerySet:
    """Who may be let in: active people who hold the agency's position on ``day``."""
    places = Position.objects.valid_on(day).filter(permission__codename=roles.AGENCY.code)
    return User.objects.filter(pk__in=places.values("user"), is_active=True).order_by("name", "pk")


def under_way(user: Any) -> QuerySet:
    """Engagements on which the user works or which he completes."""
    rows = Engagement.objects.visible_to(user, "work").filter(~Q(state__in=("done", "terminated")))
    return rows.select_related("protected_object__unit", "agency").order_by("ends_on", "pk")


def sees_any(user: Any) -> bool:
    """Whether there is anything in the list for him."""
    return Engagement.objects.visible_to(user).exists()


def sees_any_or_may(user: Any) -> bool:
    """Who has a position over engagements, or was let in to one."""
    return permissions.may(user, Engagement, "view") or sees_any(user)


def content_type() -> ContentType:
    """Of engagements."""
    return ContentType.objects.get_for_model(Engagement)
