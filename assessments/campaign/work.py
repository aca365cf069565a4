"""What fulfils a task of each kind of campaign, and how far it is: asked of the features in bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from .models import CampaignKind


@dataclass(frozen=True)
class Work:
    """How far the work on one object is: begun, handed in, finished; None = not yet. ``url``: where it is done."""

    begun_on: dt.date | None = None
    submitted_on: dt.date | None = None
    done_on: dt.date | None = None
    url: str = ""


Asked = Callable[[list[int], dt.date], dict[int, Work]]

# Kind → function (numbers of the objects, first day) → what was done on each since then, in a fixed number of queries.
# Self-assessments are not here: a task knows the one that fulfils it.
PROVIDERS: dict[str, Asked] = {}


def is_provided(kind: str) -> bool:
    """Whether a feature of this installation does the work of such a campaign."""
    return kind == CampaignKind.SELF or kind in PROVIDERS


def work_since(kind: str, objects: list[int], day: dt.date) -> dict[int, Work]:
    """What was done on ``objects`` since ``day``; nothing where no feature does it."""
    provider = PROVIDERS.get(kind)
    return provider(objects, day) if provider and objects else {}
