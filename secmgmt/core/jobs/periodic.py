"""Periodic work once per period, however many beats send it."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction

from ..models.job import PeriodicRun


def once_per_period(name: str, seconds: int, at: dt.datetime) -> bool:
    """Whether the caller is the one to do ``name`` in the period of ``seconds`` around ``at`` (UTC grid)."""
    period = str(int(at.timestamp()) // seconds)
    try:
        with transaction.atomic():
            PeriodicRun.objects.create(name=name, period=period, at=at)
    except IntegrityError:
        return False
    return True
