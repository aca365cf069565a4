"""What a running task is given: its parameters, the person it acts for, progress, files, and its end."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import secrets
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _

from .. import audit, digest, errors, sealed
from ..clock import now
from ..models.job import Job, JobState
from ..notices import notify
from . import access
from .heartbeat import Heartbeat

RESULTS = "results"
PATIENCE = dt.timedelta(seconds=5)


class LeaseLost(Exception):
    """Another worker has taken the job over: nothing of this run may be kept."""


class JobContext:
    """One run of one job under one lease.

    ``params``: the job's parameters; ``user``: its owner as he is now (None for the system's own work);
    ``at``: when this run began; ``result``: what the job will show as its outcome.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.params: dict[str, Any] = job.params
        self.user = job.owner
        self.at: dt.datetime = now()
        self.result: dict[str, Any] = {}
        self.over = False
        self._heartbeat = Heartbeat(job.pk, job.lease_token)

    def __enter__(self) -> JobContext:
        self._heartbeat.start()
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self._heartbeat.stop()
        if not self.over:
            self.discard_file()

    @property
    def subject(self) -> Any:
        """The record the job is about, as the owner may still see it; None when it is about none."""
        return access.require_subject(self.job, self.user)

    def progress(self, done: int, total: int = 0, note: str = "") -> None:
        """Say how far the work is. Cheap to call in a loop; visible to others while a transaction is open.

        Raises LeaseLost when another worker has taken over, so that a long task stops early.
        """
        self._heartbeat.note(done, total, note)
        if self._heartbeat.lost:
            raise LeaseLost

    def save_file(self, name: str, media_type: str, content: bytes) -> None:
        """Store the result file, encrypted, under a random key with its digest; the last one saved is the job's.

        Raises NoSpace when the disk is full; nothing of the file is kept then.
        """
        self.discard_file()
        key = f"{RESULTS}/{secrets.token_hex(20)}"
        try:
            stored = sealed.put(key, content)
        except OSError as error:
            with contextlib.suppress(OSError):
                default_storage.delete(key)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise errors.NoSpace(_("服务器磁盘空间不足，结果文件没有保存。请联系系统管理员。")) from error
            raise
        self.job.result_key, self.job.result_name, self.job.result_type = stored, name[:160], media_type[:100]
        self.job.result_digest = digest.hash_bytes(content)
        self.result["file"] = {"size": len(content), "algorithm": settings.DIGEST_ALGORITHM}

    def discard_file(self) -> None:
        """Delete the file of a run that will not be kept."""
        if self.job.result_key:
            with contextlib.suppress(OSError):
                default_storage.delete(self.job.result_key)
            self.job.result_key = ""

    @contextlib.contextmanager
    def finishing(self) -> Iterator[dict[str, Any]]:
        """The task's last act: its writes, their audit rows and the job's end commit together or not at all.

        Rights are checked again before the commit (A09), and the lease is: a run whose lease was lost rolls
        everything back. Yields the result dictionary to fill.
        """
        with audit.act():
            yield self.result
            access.require_owner(self.job)
            access.require_subject(self.job, self.user)
            access.require_kind(self.job, self.user)
            self._mark_done()
        self.over = True

    def finish(self, result: dict[str, Any] | None) -> None:
        """End the job with what the function returned, unless ``finishing`` has ended it."""
        if self.over:
            return
        with self.finishing() as target:
            target.update(result or {})

    def _mark_done(self) -> None:
        job, beat = self.job, self._heartbeat
        kept = held(job).update(
            state=JobState.DONE,
            finished_at=now(),
            lease_until=None,
            progress_done=beat.total or beat.done,
            progress_total=beat.total,
            progress_note="",
            result=self.result,
            result_key=job.result_key,
            result_name=job.result_name,
            result_type=job.result_type,
            result_digest=job.result_digest,
            error="",
        )
        if not kept:
            raise LeaseLost
        after = {"file": job.result_name, "digest": job.result_digest} if job.result_key else {}
        audit.record("job.finish", job, by=self.user, at=now(), after=after, detail={"attempt": job.attempts})
        tell_owner(job, _("“%(name)s”已完成。") % {"name": job.label}, now())


def tell_owner(job: Job, text: str, at: dt.datetime) -> None:
    """A notice to whoever has probably left the job's page meanwhile."""
    if job.owner is not None and at - job.created_at > PATIENCE:
        notify(user=job.owner, text=text, url=reverse("core:job-detail", args=[job.pk]), parent=job, at=at)


def held(job: Job) -> Any:
    """The job's row as long as it is held under this lease (the condition of every update of a run)."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, lease_token=job.lease_token)
