"""Who a job may act for, and who may have its result: asked again each time, never remembered (A08, A09)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from .. import crypto, digest, errors, permissions, sealed
from ..models.job import Job, JobState
from .registry import kind_named


def require_owner(job: Job) -> None:
    """The owner, read afresh, must still be able to act. The system's own jobs have none."""
    if job.owner_id is None:
        return
    owner = get_user_model().objects.filter(pk=job.owner_id).first()
    if owner is None or not owner.is_active or getattr(owner, "is_expired", False):
        raise errors.NotAllowed(_("提交人的账户已停用或到期，这项工作没有执行。"), obj=job)


def require_subject(job: Job, user: Any) -> Any:
    """The record the job is about, if ``user`` may still do the job's action on it; None when it has none.

    Raises OutOfScope or NotAllowed. The system's own jobs (no user) see what they are about.
    """
    if job.content_type_id is None:
        return None
    model = job.content_type.model_class()
    if model is None:
        raise errors.OutOfScope(model=str(job.content_type), lookup=job.object_id)
    if user is None:
        return model._default_manager.get(pk=job.object_id)
    user.forget_grants()
    return permissions.get_visible(model, user, job.subject_action, pk=job.object_id)


def require_kind(job: Job, user: Any) -> None:
    """The person must still be allowed this kind of work, where the kind says what that takes.

    A kind this release no longer knows has nothing to give (OutOfScope).
    """
    try:
        allowed = kind_named(job.kind).allowed
    except LookupError:
        raise errors.OutOfScope(model="core.Job", lookup=job.pk) from None
    if allowed is not None and user is not None:
        user.forget_grants()
        allowed(job, user)


def own_job(user: Any, pk: int) -> Job:
    """A job of ``user`` whose subject he may still see; anybody else's is as good as none (404)."""
    job = Job.objects.visible_to(user).select_related("content_type", "owner").filter(pk=pk).first()
    if job is None:
        raise errors.OutOfScope(model="core.Job", lookup=pk)
    return job


def open_result(job: Job, user: Any) -> BytesIO:
    """The result file of a job of ``user``, decrypted, after its digest was checked.

    Raises OutOfScope when there is no file (any more), NotAllowed when he may no longer do the job's action
    on its subject, or its kind of work, Conflict when the file is not what was stored.
    """
    if job.owner_id != user.pk or not job.result_key or job.state != JobState.DONE:
        raise errors.OutOfScope(_("结果文件已清理或尚未生成，请重新发起。"), model="core.Job", lookup=job.pk)
    require_subject(job, user)
    require_kind(job, user)
    try:
        content = sealed.get(job.result_key)
    except FileNotFoundError:
        raise errors.OutOfScope(_("结果文件已清理，请重新发起。"), model="core.Job", lookup=job.pk) from None
    except crypto.Unreadable:
        raise broken(job) from None
    check_digest(job, content)
    return BytesIO(content)


def check_digest(job: Job, content: bytes) -> None:
    """The file must be what the job stored."""
    algorithm = job.result.get("file", {}).get("algorithm", "")
    if digest.hash_bytes(content, algorithm) != job.result_digest:
        raise broken(job)


def broken(job: Job) -> errors.Conflict:
    """The refusal of a file that is not what the job stored."""
    return errors.Conflict(_("结果文件与生成时的摘要不一致，可能已损坏，请重新发起。"), obj=job)
