"""What fulfils a task of each kind of campaign, and how far it is: asked of the features in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from assessments.inspection import queries as inspections
from assessments.rectification.choices import State
from assessments.rectification.models import Rectification
from assessments.risk.models import Leading, Risk, RiskAssessment, RiskAsset, RiskState

from .models import CampaignKind


@dataclass(frozen=True)
class Work:
    """How far the work on one object is: begun, handed in, finished; None = not yet. ``url``: where it is done.

    ``waits_for``: whose turn it is, where it does not follow from the days: owner | unit_lead | inspector.
    """

    begun_on: dt.date | None = None
    submitted_on: dt.date | None = None
    done_on: dt.date | None = None
    url: str = ""
    waits_for: str = ""


Asked = Callable[[list[int], dt.date], dict[int, Work]]


def rechecked(objects: list[int], day: dt.date) -> dict[int, Work]:
    """整改复查: an object is done once none of its problems is open; an accepted risk is settled.

    An object without an open problem on the first day is done on it: there is nothing to check again.
    """
    rows = Rectification.objects.filter(protected_object__in=objects).order_by()
    states: dict[int, list[tuple[str, dt.date | None]]] = {pk: [] for pk in objects}
    for pk, state, closed_on in rows.values_list("protected_object", "state", "closed_on"):
        states[pk].append((state, closed_on))
    return {pk: _settled(found, day) for pk, found in states.items()}


def _settled(found: list[tuple[str, dt.date | None]], day: dt.date) -> Work:
    left = [state for state, _closed in found if state not in (State.CLOSED, State.ACCEPTED)]
    closed = [closed_on for _state, closed_on in found if closed_on and closed_on >= day]
    last = max(closed, default=day)
    if not left:
        return Work(last, last, last)
    is_begun = bool(closed) or any(state != State.PLANNING for state in left)
    to_verify = all(state == State.VERIFYING for state in left)
    return Work(last if is_begun else None, last if to_verify else None)


def inspected(objects: list[int], day: dt.date) -> dict[int, Work]:
    """检查评估: carried out when the notice is out or nothing was found, done with the conclusion."""
    found = {}
    for pk, last in inspections.inspected_since(objects, day).items():
        handed_in = last.issued_on or last.concluded_on
        turn = "owner" if last.at_the_unit else "inspector"
        found[pk] = Work(last.started_on, handed_in, last.concluded_on, last.url, turn)
    return {pk: found.get(pk, Work(waits_for="inspector")) for pk in objects}


def risks_assessed(objects: list[int], day: dt.date) -> dict[int, Work]:
    """风险评估: begun with the first asset or risk, handed in when submitted, done when signed."""
    rows = RiskAssessment.objects.filter(protected_object__in=objects, assessed_on__gte=day)
    filled = Exists(RiskAsset.objects.filter(assessment=OuterRef("pk"))) | Exists(
        Risk.objects.filter(assessment=OuterRef("pk"))
    )
    return {row.protected_object_id: _risk_work(row) for row in rows.annotate(is_filled=filled).order_by("pk")}


def _risk_work(row: Any) -> Work:
    began = timezone.localdate(row.created_at) if row.is_filled or row.state != RiskState.DRAFT else None
    handed_in = None if row.state == RiskState.DRAFT else timezone.localdate(row.updated_at)
    signed = timezone.localdate(row.signed_at) if row.state == RiskState.SIGNED and row.signed_at else None
    turn = "inspector" if row.leading == Leading.INSPECTION and not handed_in else ""
    return Work(began, signed or handed_in, signed, row.get_absolute_url(), turn)


# Kind → function (numbers of the objects, first day) → what was done on each since then, in a fixed number of queries.
# Self-assessments are not here: a task knows the one that fulfils it.
PROVIDERS: dict[str, Asked] = {
    CampaignKind.RECHECK: rechecked, CampaignKind.INSPECTION: inspected, CampaignKind.RISK: risks_assessed
}  # fmt: skip


def work_since(kind: str, objects: list[int], day: dt.date) -> dict[int, Work]:
    """What was done on ``objects`` since ``day``."""
    return PROVIDERS[kind](objects, day) if objects else {}
