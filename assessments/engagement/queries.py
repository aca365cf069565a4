"""What evaluations say of objects: the last one, when the next is due. All in bulk."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, Q, QuerySet

from assessments.evaluation.models import Answer
from assessments.filing.queries import terms
from assessments.filing.terms import Terms, add_months
from assessments.rectification.choices import Origin, State
from assessments.rectification.queries import items_of
from assets.inventory.queries import basics
from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.accounts.models import Position, User
from secmgmt.core import permissions
from secmgmt.core.context import asked_once
from secmgmt.core.manifest import DutyFact, Rows
from secmgmt.core.models import Participation

from .models import ACCOUNT, Engagement, EngagementFinding, EngagementKind, EngagementState

SEVERE = ("high", "major")

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


def newest_of(ids: Iterable[int], kind: str) -> dict[int, Engagement]:
    """Object pk → its newest completed engagement of ``kind``: one query."""
    rows = Engagement.objects.filter(protected_object__in=list(ids), kind=kind, state=EngagementState.DONE)
    rows = rows.filter(report_date__isnull=False).select_related("agency").order_by("report_date", "pk")
    return {row.protected_object_id: row for row in rows}


def dated(row: Engagement) -> dt.date:
    """The date of its report, which every completed one has."""
    if row.report_date is None:
        raise ValueError(f"engagement {row.pk} has no report")
    return row.report_date


def last_evaluation(ids: Iterable[int], kind: str = LEVEL) -> dict[int, Evaluation]:
    """Object pk → its newest completed evaluation of ``kind``; few queries. Objects without one are left out."""
    newest = newest_of(ids, kind)
    high = open_severe([row.pk for row in newest.values()])
    return {
        pk: Evaluation(
            row.pk, row.report_number, dated(row), row.agency.name, row.get_conclusion_display(), row.rate,
            row.next_due_on, high.get(row.pk, 0),
        )
        for pk, row in newest.items()
    }  # fmt: skip


def open_severe(engagements: list[int]) -> Counter[int]:
    """Engagement → its high and major problems, by item or not, whose corrective action is not closed."""
    told = EngagementFinding.objects.filter(engagement__in=engagements, severity__in=SEVERE)
    gaps = Answer.objects.filter(assessment__engagement__in=engagements, result__in=("partial", "unmet"))
    gaps = gaps.filter(Q(risk="高") | ~Q(high_risk_applies=[]))
    found: Counter[int] = Counter()
    for model, rows in ((EngagementFinding, told.values_list("pk", "engagement")),
                        (Answer, gaps.values_list("pk", "assessment__engagement"))):  # fmt: skip
        owned = dict(rows)
        states = states_of(model, owned) if owned else {}
        found.update(engagement for pk, engagement in owned.items() if states.get(pk) != State.CLOSED)
    return found


def states_of(model: Any, ids: Iterable[int]) -> dict[int, str]:
    """Row of ``model`` an agency reported → the state of its corrective action; those without one are left out."""
    kind = ContentType.objects.get_for_model(model).pk
    found = items_of(Origin.AGENCY, kind, ids)
    return dict(found.values_list("sources__object_id", "state"))


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
    """Object pk → by when its next evaluation is due, by the rules of today; never evaluated: None. Three queries.

    Objects that need none (below level 2, retired, not graded) are left out; for 密评 those that never had one too,
    since who needs it is not in the inventory.
    """
    ids, rules = list(ids), terms()
    last = newest_of(ids, kind)
    rows = ProtectedObject.objects.in_use().filter(pk__in=ids, security_level__gte=2)
    levels = dict(rows.values_list("pk", "security_level"))
    return {
        pk: next_due(kind, level, dated(last[pk]), rules) if pk in last else None
        for pk, level in levels.items()
        if pk in last or kind == LEVEL
    }


def evaluation_duty(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "evaluation"."""
    return _duty(ids, today, LEVEL)


def crypto_duty(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Duty "crypto-evaluation"."""
    return _duty(ids, today, CRYPTO)


def _duty(ids: Rows, today: dt.date, kind: str) -> dict[int, DutyFact]:
    last = asked_once("engagement.last", ids, lambda: _last_reports(ids))
    return {
        pk: DutyFact(start=obj.operating, done=last.get((pk, kind)))
        for pk, obj in basics(ids).items()
        if obj.is_in_use and (obj.level or 0) >= 2 and ((pk, kind) in last or kind == LEVEL)
    }


def _last_reports(ids: Rows) -> dict[tuple[int, str], dt.date | None]:
    """(object, kind) → the date of the newest report of a completed evaluation."""
    done = Engagement.objects.filter(protected_object__in=ids, state=EngagementState.DONE).order_by()
    rows = done.values_list("protected_object", "kind").annotate(last=Max("report_date"))
    return {(pk, kind): last for pk, kind, last in rows}


def accounts_of(engagement: Engagement) -> QuerySet:
    """The people of the agency who were let in."""
    return Participation.of(engagement).filter(capacity=ACCOUNT).select_related("user__unit").order_by("pk")


def may_drop(rows: Iterable[EngagementFinding], engagement: Engagement, user: Any, at: dt.datetime) -> set[int]:
    """Which of an engagement's problems ``user`` may take back: all as one of the agency's people, else his own."""
    is_of_agency = accounts_of(engagement).filter(user=user, until__gt=at).exists()
    return {row.pk for row in rows if is_of_agency or row.by_id == user.pk}


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
