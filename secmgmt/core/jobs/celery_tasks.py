"""The Celery tasks: thin, idempotent, their only argument an id."""

from __future__ import annotations

from secmgmt.celery import app

from .. import audit_trail, manifest
from ..clock import now
from . import housekeeping, periodic, queue, runner

HOUR = 3600


@app.task(name="core.run_job")
def run_job(pk: int) -> None:
    """Run one job if it is free."""
    runner.run_job(pk)


@app.task(name="core.sweep_jobs")
def sweep_jobs() -> None:
    """Send again what was lost."""
    queue.sweep(now())


@app.task(name="core.anchor_audit")
def anchor_audit() -> None:
    """Write the head of the audit chain to the anchor file, once an hour."""
    if periodic.once_per_period("anchor-audit", HOUR, now()):
        audit_trail.anchor()


@app.task(name="core.housekeeping")
def run_housekeeping() -> None:
    """Tidy files, once an hour."""
    at = now()
    if periodic.once_per_period("housekeeping", HOUR, at):
        housekeeping.housekeeping(at)
        for chore in manifest.collect("chores"):
            chore(at)
