"""One thread beside a running task: renews its lease and publishes its progress on a connection of its own.

The task may hold a transaction open for long; its progress is still seen by others, because this thread's
connection commits by itself. On SQLite a write waits while the task writes, and comes a little later.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from ..clock import now
from ..models.job import Job, JobState

log = logging.getLogger(__name__)
PROGRESS_SECONDS = 0.5


class Heartbeat:
    """Renews a lease by its token. ``lost`` becomes true when the row is no longer held under the token."""

    def __init__(self, pk: int, token: str) -> None:
        self.pk, self.token = pk, token
        self.done = self.total = 0
        self.text = ""
        self.lost = False
        self._dirty = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, unless the caller is inside a transaction: then another connection could not see the row."""
        if not connection.in_atomic_block:
            self._thread = threading.Thread(target=self._run, name=f"job-{self.pk}-lease", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def note(self, done: int, total: int, text: str) -> None:
        """Remember the progress; it is written at the next beat (or now, where no thread runs)."""
        self.done, self.total = max(0, done), max(0, total)
        self.text = text[:200]
        self._dirty = True
        if self._thread is None:
            self._write()

    def _run(self) -> None:
        every = settings.JOB_LEASE_SECONDS / 3
        due = time.monotonic() + every
        try:
            while not self._stop.wait(PROGRESS_SECONDS):
                if self._dirty or time.monotonic() >= due:
                    try:
                        self._write()
                        due = time.monotonic() + every
                    except DatabaseError:
                        log.warning("lease of job %s could not be renewed now", self.pk, exc_info=True)
        finally:
            connection.close()

    def _write(self) -> None:
        self._dirty = False
        values: dict[str, Any] = {"lease_until": now() + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS)}
        if self.text or self.total or self.done:
            values |= {"progress_done": self.done, "progress_total": self.total, "progress_note": self.text}
        mine = Job.objects.filter(pk=self.pk, state=JobState.RUNNING, lease_token=self.token)
        rows = mine.update(**values)
        if not rows and not self._stop.is_set():
            self.lost = True
