"""What time alone does to items, hourly: acceptances lapse, lateness goes up the line."""

from __future__ import annotations

import datetime as dt

from . import services
from .workflow import lapse_accepted


def lapse_and_escalate(at: dt.datetime) -> dict[str, int]:
    """How many acceptances lapsed, and of how many items the lateness was told."""
    return {"lapsed": lapse_accepted(at), "escalated": services.escalate(at=at)}
