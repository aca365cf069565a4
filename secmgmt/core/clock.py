"""The one place where views, tasks and commands read the clock; services take ``at``."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    """The current instant, aware, UTC."""
    return timezone.now()


def today() -> dt.date:
    """The date on the wall of the office (Asia/Shanghai)."""
    return timezone.localdate()


def midnight(day: dt.date) -> dt.datetime:
    """The instant at which ``day`` begins in the office; OverflowError where no instant can be written."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min)).astimezone(dt.UTC)
