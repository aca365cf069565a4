"""Every duty of the objects somebody may see: what is due, when, and why."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from assessments.catalog.services import shipped_standard
from assessments.evaluation.models import Assessment, AssessmentState
from assets.inventory.queries import basics
from assets.models import ProtectedObject
from secmgmt.core.manifest import DutyFact, Rows, duty_providers
from secmgmt.core.workdays import workday_on_or_before

from .due import Due, due_of
from .models import DutyRule

LATE, SOON, LATER, DONE, UNKNOWN = "late", "soon", "later", "done", "unknown"
OBJECT = "assets.ProtectedObject"
NEEDED = ("pk", "name", "unit_id", "owner_id", "security_level", "is_secret_register", "secret_number")


@dataclass(frozen=True)
class Duty:
    """One duty of one object. ``state``: late, soon (within its days of notice), later, done or unknown."""

    rule: DutyRule
    obj: Any
    fact: DutyFact
    due: Due
    state: str

    @property
    def day(self) -> dt.date | None:
        """When it is due."""
        return self.due.day

    @cached_property
    def act_by(self) -> dt.date | None:
        """The last working day on which it can still be done in time."""
        return workday_on_or_before(self.due.day) if self.due.day else None

    @property
    def url(self) -> str:
        """Where it is done, else the object."""
        return self.fact.url or self.obj.get_absolute_url()


def active_rules() -> list[DutyRule]:
    """The rules that are followed and whose data an installed feature has."""
    known = {code for code, provider in duty_providers().items() if provider.model == OBJECT}
    return [rule for rule in DutyRule.objects.filter(is_active=True).order_by("code") if rule.provider in known]


def is_provided(rule: DutyRule) -> bool:
    """Whether an installed feature knows when this duty was last done; without one it is 未启用."""
    return rule.provider in duty_providers()


def subjects(user: Any) -> QuerySet:
    """The objects in use that ``user`` may see, with what a duty is told of."""
    return ProtectedObject.objects.in_use().visible_to(user).only(*NEEDED).order_by("name", "pk")


def mine(user: Any) -> QuerySet:
    """Those of them he has in charge."""
    return subjects(user).filter(owner=user)


def duties_of(objects: Iterable[Any], today: dt.date, rules: list[DutyRule] | None = None) -> list[Duty]:
    """The duties of ``objects``, the soonest first: a fixed number of queries for each provider, whatever their number.

    The same duty by several rules counts once, by the earliest day.
    """
    rules = active_rules() if rules is None else rules
    rows = {obj.pk: obj for obj in objects}
    # of a whole city a query within the query costs far less than thousands of numbers
    ids = objects.order_by().values_list("pk", flat=True) if isinstance(objects, QuerySet) else list(rows)
    providers, facts = duty_providers(), {}
    for code in {rule.provider for rule in rules}:
        facts[code] = providers[code].facts(ids, today) if rows else {}
    found: list[Duty] = []
    for rule in rules:
        for pk, fact in facts[rule.provider].items():
            obj = rows.get(pk)
            if obj is None or not rule.min_level <= (obj.security_level or 0) <= rule.max_level:
                continue
            due = due_of(rule, fact, today)
            if due is not None:
                found.append(Duty(rule, obj, fact, due, state_of(rule, due, today)))
    return sorted(found, key=lambda duty: (duty.day is None, duty.day or today, duty.rule.code, duty.obj.name))


def state_of(rule: DutyRule, due: Due, today: dt.date) -> str:
    """Where a duty stands today."""
    if due.day is None:
        return UNKNOWN
    if due.is_done and due.day >= today:
        return DONE
    if due.day < today:
        return LATE
    return SOON if (due.day - today).days <= rule.notice_days else LATER


def by_month(duties: Iterable[Duty]) -> list[tuple[str, list[Duty]]]:
    """(「2026-11」, its duties) in order; those without a day last, under ""."""
    months: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        months[duty.day.strftime("%Y-%m") if duty.day else ""].append(duty)
    return sorted(months.items(), key=lambda entry: entry[0] or "9999")


def by_unit(duties: Iterable[Duty]) -> dict[int, dict[str, int]]:
    """Unit → state → how many."""
    units: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys((LATE, SOON, LATER, DONE, UNKNOWN), 0))
    for duty in duties:
        units[duty.obj.unit_id][duty.state] += 1
    return dict(units)


def self_assessed(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """Provider of the yearly self-assessment: confirmed last, by the shipped standard (DUTY-08)."""
    standard = shipped_standard()
    confirmed = Q(state=AssessmentState.CONFIRMED, standard_code=standard.code if standard else "")
    rows = Assessment.objects.filter(confirmed, protected_object__in=ids, engagement=None).order_by()
    last = dict(rows.values_list("protected_object").annotate(at=Max("updated_at")))
    return {
        pk: DutyFact(
            start=obj.filed_on or obj.graded_on, done=timezone.localdate(last[pk]) if pk in last else None
        )
        for pk, obj in basics(ids).items()
        if (obj.level or 0) >= 2
    }  # fmt: skip
