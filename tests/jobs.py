"""Run background jobs in a test without a worker."""

from __future__ import annotations

from secmgmt.core.jobs import run_job
from secmgmt.core.models import Job, JobState


def run_queued() -> list[Job]:
    """Run every queued job in order, inside the test's transaction; the jobs as they are afterwards."""
    numbers = list(Job.objects.filter(state=JobState.QUEUED).order_by("pk").values_list("pk", flat=True))
    for pk in numbers:
        run_job(pk)
    return list(Job.objects.filter(pk__in=numbers).order_by("pk"))
