"""Background work as rows: the broker's message carries only the id."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..parents import with_visible_parent


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("进行中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("未完成")


class JobQuerySet(models.QuerySet):
    """A job is its owner's, as long as he may see what it is about."""

    def visible_to(self, user: Any, action: str = "view") -> JobQuerySet:
        """The jobs of ``user`` about nothing in particular or about records he may still see."""
        if not getattr(user, "is_active", False):
            return self.none()
        mine = self.filter(owner=user)
        about = with_visible_parent(mine.filter(content_type__isnull=False), user).order_by().values("pk")
        return mine.filter(models.Q(content_type__isnull=True) | models.Q(pk__in=about))


class Job(models.Model):
    """One background task. Claimed by conditional update; its lease is renewed while it runs.

    ``result``: what the task returned (JSON); ``result_key``: its file in the default storage. The file is
    handed out only to ``owner`` and only while he may still see ``subject`` (and do ``subject_action``).
    """

    scope_path: ClassVar[str] = ""
    scope_parents: ClassVar[tuple[str, ...]] = ()
    state_tones: ClassVar[dict[str, str]] = {
        JobState.QUEUED: "plain", JobState.RUNNING: "info", JobState.DONE: "ok", JobState.FAILED: "bad"
    }  # fmt: skip

    kind = models.CharField(_("种类"), max_length=64)
    label = models.CharField(_("名称"), max_length=160)
    params = models.JSONField(default=dict)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    content_type = models.ForeignKey(ContentType, null=True, on_delete=models.PROTECT)
    object_id = models.BigIntegerField(null=True)
    subject_action = models.CharField(max_length=40, default="view")
    state = models.CharField(_("状态"), max_length=8, choices=JobState.choices, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    lease_until = models.DateTimeField(null=True)
    lease_token = models.CharField(max_length=32, blank=True)
    published_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(_("提交时间"))
    started_at = models.DateTimeField(_("开始时间"), null=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    progress_note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    result_key = models.CharField(max_length=80, blank=True)
    result_name = models.CharField(_("文件名"), max_length=160, blank=True)
    result_type = models.CharField(max_length=100, blank=True)
    result_digest = models.CharField(max_length=64, blank=True)
    error = models.CharField(_("原因"), max_length=500, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["state", "lease_until"], name="job_due")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_over(self) -> bool:
        """Done or failed: nothing more will happen."""
        return self.state in (JobState.DONE, JobState.FAILED)


class PeriodicRun(models.Model):
    """One period of a periodic task: the unique key makes two beats run it once."""

    name = models.CharField(max_length=64)
    period = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "period"], name="periodic_once")]
