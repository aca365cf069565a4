"""Real worker processes, killed, doubled and left without messages: every job still ends once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from secmgmt.celery import app
from secmgmt.core.clock import now
from secmgmt.core.jobs import enqueue
from secmgmt.core.models import AuditEvent, Job, JobState, PeriodicRun

from .conftest import Processes, wait_for
from .kinds import effects

pytestmark = [pytest.mark.jobs, pytest.mark.django_db(transaction=True)]
killed = pytest.mark.slow(reason="waits for the lease of a killed worker to run out")


def slow_job(city, at, tmp_path: Path, seconds: float, name: str = "a") -> Job:
    params = {"started": str(tmp_path / f"{name}.started"), "seconds": seconds, "name": name}
    return enqueue("test.slow", params=params, by=city.lin, at=at, subject=city.health_record)


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


@pytest.fixture
def city(city):
    """The cast, with nothing a job could be about: these jobs are about no record."""
    city.health_record = None
    return city


@killed
def test_a_worker_killed_mid_task_loses_nothing_and_the_job_ends_once(
    city, at, tmp_path, processes: Processes
):
    job = slow_job(city, at, tmp_path, 300)  # however slow this machine is, the worker is killed before its end
    first = processes.worker()
    processes.beat()
    wait_for(lambda: (tmp_path / "a.started").exists(), 60, "the first attempt")
    wait_for(lambda: Job.objects.get(pk=job.pk).progress_done > 0, 30, "progress")
    first.kill()
    first.wait()
    Job.objects.filter(pk=job.pk).update(params={**job.params, "seconds": 0.1})  # the second has less to do
    processes.worker()
    wait_for(lambda: state(job) == JobState.DONE, 60, "the second attempt")
    assert job.attempts == 2
    assert effects("a") == 1
    assert default_storage.exists(job.result_key)
    events = AuditEvent.objects.filter(object_type="core.job", object_id=str(job.pk)).order_by("seq")
    assert [event.verb for event in events] == ["job.enqueue", "job.start", "job.start", "job.finish"]


@killed
def test_a_lost_message_is_sent_again(city, at, tmp_path, processes: Processes):
    job = slow_job(city, at, tmp_path, 0.1)
    with app.connection_for_write() as broker:
        assert broker.default_channel.queue_purge(app.conf.task_default_queue) == 1
    processes.worker()
    processes.beat()
    wait_for(lambda: state(job) == JobState.DONE, 30, "the lost job")
    assert job.attempts == 1
    assert effects("a") == 1


@killed
def test_two_beats_run_a_periodic_task_once_and_a_job_once(city, at, tmp_path, processes: Processes):
    job = slow_job(city, at, tmp_path, 1)
    processes.worker()
    processes.worker()
    processes.beat()
    processes.beat()
    wait_for(lambda: state(job) == JobState.DONE, 30, "the job")
    wait_for(lambda: processes.logs().count("core.housekeeping") >= 2, 10, "housekeeping, sent by both beats")
    runs = PeriodicRun.objects.filter(name="housekeeping", at__gte=at - dt.timedelta(hours=1))
    wait_for(runs.exists, 10, "housekeeping")
    assert runs.values("period").distinct().count() == runs.count()
    assert (effects("a"), job.attempts) == (1, 1)


@killed
def test_progress_is_seen_while_the_task_still_works(city, at, tmp_path, processes: Processes):
    job = slow_job(city, at, tmp_path, 2)
    processes.worker()
    wait_for(lambda: state(job) == JobState.RUNNING and 0 < job.progress_done < 20, 20, "progress")
    assert job.progress_note == "步骤"
    wait_for(lambda: state(job) == JobState.DONE, 20, "the end")
    assert job.progress_done == job.progress_total == 20
    assert job.finished_at <= now()
