"""Which objects a rule is asked of, and what of its findings waits for whom."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from assets.models import ProtectedObject
from secmgmt.core.clock import midnight
from secmgmt.core.models import Attachment, Decision

from .models import LIVE, AskedFact, FactState, Finding, FindingRule, FindingState

NEEDED = (
    *("pk", "name", "status", "security_level", "rto_minutes", "in_operation_on", "is_secret_register"),
    *("secret_number", "unit", "unit__path", "unit__name", "owner", "owner__name", "owner__is_active"),
)


def candidates(rule: FindingRule) -> list[Any]:
    """The objects in use that the rule is for; none where it is switched off."""
    if not rule.enabled:
        return []
    rows = ProtectedObject.objects.in_use().filter(
        security_level__gte=rule.min_level, security_level__lte=rule.max_level
    )
    return list(rows.select_related("unit", "owner").only(*NEEDED).order_by("pk"))


def one_per_unit(objects: Iterable[Any], known: set[int]) -> dict[int, list[Any]]:
    """Object that stands for its unit → the unit's objects: the one spoken of before, else the highest, the oldest."""
    units: dict[int, list[Any]] = defaultdict(list)
    for obj in objects:
        units[obj.unit_id].append(obj)
    return {
        min(listed, key=lambda obj: (obj.pk not in known, -obj.security_level, obj.pk)).pk: listed
        for listed in units.values()
    }


def live(rule: FindingRule) -> dict[int, Finding]:
    """Object → the finding of ``rule`` that counts."""
    rows = Finding.objects.filter(rule=rule, state__in=LIVE).select_related("protected_object__unit")
    return {row.protected_object_id: row for row in rows}


def revoked(rule: FindingRule) -> set[tuple[int, str]]:
    """(object, fingerprint) of what was disputed with success: the same data are no finding again."""
    rows = Finding.objects.filter(rule=rule, state=FindingState.REVOKED)
    return set(rows.values_list("protected_object_id", "fingerprint"))


def facts(rule: FindingRule) -> dict[int, AskedFact]:
    """Object → what was asked of it by ``rule``."""
    return {row.protected_object_id: row for row in AskedFact.objects.filter(rule=rule)}


def to_respond(user: Any) -> QuerySet:
    """Findings that ``user`` may accept or dispute."""
    rows = Finding.objects.visible_to(user, "respond").filter(state=FindingState.OPEN)
    return rows.select_related("protected_object", "rule").order_by("respond_by", "pk")


def to_rule_on(user: Any) -> QuerySet:
    """Disputes that ``user`` may decide."""
    rows = Finding.objects.visible_to(user, "rule_on").filter(state=FindingState.DISPUTED)
    return rows.select_related("protected_object", "rule").order_by("respond_by", "pk")


def to_answer(user: Any) -> QuerySet:
    """Questions that ``user`` may answer."""
    rows = AskedFact.objects.visible_to(user, "state_fact").filter(state=FactState.ASKED)
    return rows.select_related("protected_object", "rule").order_by("asked_on", "pk")


def elapsed(today: dt.date) -> QuerySet:
    """Findings nobody disputed in time."""
    return Finding.objects.filter(state=FindingState.OPEN, respond_by__lt=today).select_related(
        "protected_object__unit", "protected_object__owner", "rule"
    )


def disputed_by(row: Finding, by: Any) -> bool:
    """Whether ``by`` raised the dispute that is to be decided."""
    last = Decision.of(row).filter(transition="dispute").first()
    return last is not None and last.by_id == by.pk


def is_past(row: Finding, today: dt.date) -> bool:
    """Whether the days for a dispute are over."""
    return today > row.respond_by


def has_proof(fact: AskedFact) -> bool:
    """Whether a file was added since it was asked."""
    return Attachment.of(fact).filter(at__gte=midnight(fact.asked_on)).exists()


def searched(row: Finding) -> str:
    """What the site-wide search looks in."""
    return f"{row.title} {row.case} {row.clause} {row.protected_object} {row.protected_object.unit}"
