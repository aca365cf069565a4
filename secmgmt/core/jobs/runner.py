"""The worker's side: claim a job, run it as its owner, end it once."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from .. import audit, errors, memory
from ..clock import now
from ..context import Origin, acting_from
from ..models.audit import AuditResult
from ..models.job import Job, JobState
from . import access
from .context import JobContext, LeaseLost, held, tell_owner
from .registry import Kind, kind_named

log = logging.getLogger(__name__)


def run_job(pk: int) -> bool:
    """Run a job if it is free. False: somebody else has it, or it is over (a second message is harmless)."""
    job = claim(pk, now())
    if job is None:
        return False
    with acting_from(Origin(channel="job", request_id=f"job-{pk}")), JobContext(job) as context:
        try:
            _run(context, kind_named(job.kind))
        except LeaseLost:
            log.warning("job %s: lease lost, this run is dropped", pk)
        except errors.DomainError as error:
            refused = isinstance(error, errors.NotAllowed | errors.OutOfScope)
            _note_refusal(context, error)
            _fail(context, error.message, AuditResult.REFUSED if refused else AuditResult.FAILED)
        except Exception:
            log.exception("job %s (%s) attempt %s failed", pk, job.kind, job.attempts)
            _retry(context)
    memory.give_back()
    return True


def claim(pk: int, at: dt.datetime) -> Job | None:
    """Take a free job by one conditional update: queued and due, or running with a lease that ran out."""
    token = secrets.token_hex(16)
    free = Q(state=JobState.QUEUED) & (Q(lease_until=None) | Q(lease_until__lte=at))
    free |= Q(state=JobState.RUNNING, lease_until__lt=at)
    taken = Job.objects.filter(free, pk=pk).update(
        state=JobState.RUNNING,
        lease_token=token,
        lease_until=at + dt.timedelta(seconds=settings.JOB_LEASE_SECONDS),
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", at),
    )
    if not taken:
        return None
    return Job.objects.select_related("owner", "content_type").get(pk=pk)


def _run(context: JobContext, kind: Kind) -> None:
    job = context.job
    if job.attempts > kind.max_attempts:  # each run before ended with its worker
        raise errors.DomainError(_("这项工作多次被中断，已停止重试。请联系系统管理员查看日志后再提交。"))
    with audit.act():
        audit.record("job.start", job, by=context.user, at=context.at, detail={"attempt": job.attempts})
    access.require_owner(job)
    access.require_subject(job, context.user)
    access.require_kind(job, context.user)
    context.finish(kind.function(context))


def _note_refusal(context: JobContext, error: errors.DomainError) -> None:
    """Its own row in the trail for an act that was refused, as a page or the API would have left it."""
    if type(error) is errors.DomainError or context.over:  # the work failed, nobody refused it
        return
    job, found = context.job, error.extra.get("obj") or getattr(error, "obj", None)
    detail = {"job": job.pk, "kind": job.kind, "status": error.status}
    audit.refuse(f"refused.{error.code}", found or job, by=context.user, reason=error.message[:500], detail=detail)


def _fail(context: JobContext, message: str, result: str) -> None:
    values = {"state": JobState.FAILED, "finished_at": now(), "error": message[:500]}
    _close(context, "job.fail", result, message, **values)


def _retry(context: JobContext) -> None:
    """Queue a job again after an unexpected error, a little later each time, or give up calmly."""
    job = context.job
    if context.over:
        return
    if job.attempts >= _max_attempts(job):
        message = _("系统没能完成这项工作，详情已记入日志（编号 job-%(pk)d），请联系系统管理员。")
        _fail(context, message % {"pk": job.pk}, AuditResult.FAILED)
        return
    later = now() + dt.timedelta(seconds=5 * 4 ** (job.attempts - 1))
    note = _("第 %(n)d 次没有成功，稍后自动重试") % {"n": job.attempts}
    _close(
        context, "job.retry", AuditResult.FAILED, note,
        state=JobState.QUEUED, lease_until=later, published_at=None, progress_note=note,
    )  # fmt: skip


def _max_attempts(job: Job) -> int:
    try:
        return kind_named(job.kind).max_attempts
    except LookupError:  # a kind of another release
        return 1


def _close(context: JobContext, verb: str, result: str, reason: str, **values: Any) -> None:
    job = context.job
    if context.over:
        return
    with audit.act():
        if held(job).update(**{"lease_until": None, "result_key": "", **values}):
            detail = {"attempt": job.attempts, "reason": reason[:500]}
            audit.record(verb, job, by=context.user, at=now(), result=result, detail=detail)
            if values["state"] == JobState.FAILED:
                tell_owner(job, _("“%(name)s”没有完成：%(why)s") % {"name": job.label, "why": reason}, now())
