"""Beat's own Celery application: it only sends names of tasks, so it loads no Django apps and stays small.

``celery --app secmgmt.beat beat``; the tasks themselves belong to ``secmgmt.celery``.
"""

from __future__ import annotations

import datetime as dt
import os

from celery import Celery
from celery.beat import Scheduler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "secmgmt.settings")
app = Celery("secmgmt", fixups=(), set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")


class MemoryScheduler(Scheduler):
    """Celery's in-memory scheduler whose entries are due when beat starts.

    A state file would be pickle, and an hourly entry would never run where beat restarts within the hour;
    ``once_per_period`` keeps the first sending harmless.
    """

    def setup_schedule(self) -> None:
        """Install the entries of the settings as last run one day ago."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - dt.timedelta(days=1)
