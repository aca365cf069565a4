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
