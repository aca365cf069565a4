"""What fulfils a task of each kind of campaign, and how far it is: asked of the features in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from assessments.rectification.choices import State
from assessments.rectification.models import Rectification

from .models import CampaignKind


@dataclass(frozen=True)
class Work:
    """How far the work on one object is: begun, handed in, finished; None = not yet. ``url``: where it is done."""

    begun_on: dt.date | None = None
    submitted_on: dt.date | None = None
    done_on: dt.date | None = None
    url: str = ""


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


# Kind → function (numbers of the objects, first day) → what was done on each since then, in a fixed number of queries.
# Self-assessments are not here: a task knows the one that fulfils it.
PROVIDERS: dict[str, Asked] = {CampaignKind.RECHECK: rechecked}


def is_provided(kind: str) -> bool:
    """Whether a feature of this installation does the work of such a campaign."""
    return kind == CampaignKind.SELF or kind in PROVIDERS


def work_since(kind: str, objects: list[int], day: dt.date) -> dict[int, Work]:
    """What was done on ``objects`` since ``day``; nothing where no feature does it."""
    provider = PROVIDERS.get(kind)
    return provider(objects, day) if provider and objects else {}
