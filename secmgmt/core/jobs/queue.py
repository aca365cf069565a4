"""Putting work into the queue, and putting it there again when a message or a worker was lost."""

from __future__ import annotations

import datetime as dt
import functools
import logging
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import F, Q

from secmgmt.celery import app

from .. import audit
from ..models.job import Job, JobState
from .registry import kind_named

log = logging.getLogger(__name__)
SWEEP_LIMIT = 200


def enqueue(
    kind: str,
    *,
    params: dict[str, Any],
    by: Any,
    at: dt.datetime,
    label: str = "",
    subject: Any = None,
    subject_action: str = "view",
) -> Job:
    """Create a job's row in the caller's transaction; its message leaves when that commits.

    ``subject``: the record it is about: the work and its result are open to ``by`` only as long as he may do
    ``subject_action`` on it. A broker that is down changes nothing: the row waits for the sweep.
    """
    known = kind_named(kind)
    with audit.act():
        job = Job(
            kind=kind,
            label=(label or str(known.label))[:160],
            params=params,
            owner=by,
            subject_action=subject_action,
            created_at=at,
            published_at=at,  # taken back when the broker refuses; a crash in between is the sweep's business
        )
        if subject is not None:
            job.content_type, job.object_id = ContentType.objects.get_for_model(subject), subject.pk
        job.save()
        audit.record("job.enqueue", job, by=by, at=at, after={"kind": kind, "label": job.label})
        transaction.on_commit(functools.partial(publish, job.pk))
    return job


def publish(pk: int) -> bool:
    """Send a job's message. A broker that does not take it leaves the row for the sweep."""
    try:
        app.send_task("core.run_job", args=[pk])
    except Exception:  # whatever the broker's library raises, the user's act is already done
        log.warning("broker did not take job %s; the sweep will send it again", pk, exc_info=True)
        Job.objects.filter(pk=pk, state=JobState.QUEUED).update(published_at=None)
        return False
    return True


def sweep(at: dt.datetime) -> int:
    """Send again what waits without a message: never sent, message lost, worker killed. Returns how many.

    ``published_at`` is moved by a conditional update first, so that neither the next tick nor a second beat
    sends the same job again within two leases.
    """
    again = at - dt.timedelta(seconds=2 * settings.JOB_LEASE_SECONDS)
    waiting = Q(state=JobState.QUEUED) & (Q(lease_until=None) | Q(lease_until__lte=at))
    waiting &= Q(published_at=None) | Q(published_at__lte=again)
    abandoned = Q(state=JobState.RUNNING, lease_until__lt=at)
    abandoned &= Q(published_at=None) | Q(published_at__lt=F("lease_until")) | Q(published_at__lte=again)
    sent = 0
    due = Job.objects.filter(waiting | abandoned).order_by("pk").values_list("pk", "state", "published_at")
    for pk, state, published_at in due[:SWEEP_LIMIT]:
        if Job.objects.filter(pk=pk, state=state, published_at=published_at).update(published_at=at):
            if not publish(pk):
                break  # the broker is down: the others can wait for the next tick as well
            sent += 1
    return sent
