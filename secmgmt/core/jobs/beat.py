"""A beat without a state file: every entry is due at start; ``once_per_period`` keeps that harmless."""

from __future__ import annotations

import datetime as dt

from celery.beat import Scheduler


class MemoryScheduler(Scheduler):
    """Celery's in-memory scheduler whose entries are due when beat starts.

    A state file would be pickle, and an hourly entry would never run where beat restarts within the hour.
    """

    def setup_schedule(self) -> None:
        """Install the entries of the settings as last run one period ago."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - dt.timedelta(days=1)
