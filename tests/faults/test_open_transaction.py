"""A task with a long transaction keeps its lease and shows its progress."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from secmgmt.core.jobs import enqueue, run_job
from secmgmt.core.models import Job, JobState

from .conftest import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_progress_of_a_task_is_seen_while_its_transaction_is_open(city, at, tmp_path, monkeypatch):
    monkeypatch.setattr("secmgmt.core.jobs.queue.publish", lambda pk: True)
    go = tmp_path / "go"
    job = enqueue("test.open_transaction", params={"go": str(go)}, by=city.lin, at=at)

    def work() -> None:
        try:
            run_job(job.pk)
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        if connection.vendor == "postgresql":  # SQLite has one writer: there the progress comes at the commit
            wait_for(lambda: Job.objects.get(pk=job.pk).progress_done == 1, 10, "progress")
            assert Job.objects.get(pk=job.pk).state == JobState.RUNNING
    finally:
        go.touch()
        worker.join()
    job.refresh_from_db()
    assert (job.state, job.progress_done, job.progress_total) == (JobState.DONE, 2, 2)
