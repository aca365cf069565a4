"""Reports that were made: parameters, digest and file are kept."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .base import Record
from .trail import Attached, Attachment


class ReportRun(Attached):
    """A document as it was handed out: what kind, for which record, with which parameters, with what digest.

    ``schedule``, ``period``: where it was made by a schedule, and of which month (2026-10) or year (2026).
    """

    kind = models.CharField(_("种类"), max_length=64)
    title = models.CharField(_("名称"), max_length=200)
    fmt = models.CharField(_("格式"), max_length=8)
    params = models.JSONField(default=dict)
    storage_key = models.CharField(max_length=80)
    size = models.BigIntegerField(_("大小"))
    algorithm = models.CharField(max_length=10)
    digest = models.CharField(_("摘要"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("生成时间"))
    schedule = models.ForeignKey("core.ReportSchedule", null=True, on_delete=models.PROTECT, related_name="runs")
    period = models.CharField(_("期间"), max_length=10, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="report_parent")]
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "period"], condition=models.Q(schedule__isnull=False), name="one_report_a_period"
            )
        ]

    def __str__(self) -> str:
        return self.title


class TemplateState(models.TextChoices):
    """Where a template stands."""

    DRAFT = "draft", _("草拟")
    ACTIVE = "active", _("启用")
    RETIRED = "retired", _("停用")


class ReportTemplate(Record):
    """A Word template for one kind of report, used for records of a unit and all beneath it.

    The file is its one attachment; from the first use on it stays as it is. At most one of a unit and kind is in use.
    """

    has_files: ClassVar[bool] = True
    state_tones: ClassVar[dict[str, str]] = {"draft": "", "active": "ok", "retired": "idle"}

    unit = models.ForeignKey(
        settings.SCOPE_NODE_MODEL, verbose_name=_("适用单位"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("报告种类"), max_length=64)
    name = models.CharField(_("名称"), max_length=100)
    note = models.TextField(_("说明"), max_length=500, blank=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=TemplateState, default=TemplateState.DRAFT, editable=False
    )
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("文书模板")
        verbose_name_plural = _("文书模板")
        ordering = ["kind", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind"], condition=models.Q(state="active"), name="one_template_in_use"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("portal:template-detail", args=[self.pk])

    @property
    def takes_files(self) -> bool:
        """Only a draft that has no file yet."""
        return self.state == TemplateState.DRAFT and not Attachment.of(self).exists()

    def frozen_content(self) -> dict[str, Any]:
        """What is used: the file, for which reports and whom."""
        files = list(Attachment.of(self).values_list("digest", flat=True))
        return {"unit": self.unit_id, "kind": self.kind, "name": self.name, "files": files}


class ScheduleQuerySet(models.QuerySet):
    """A schedule is its owner's."""

    def visible_to(self, user: Any, action: str = "view") -> ScheduleQuerySet:
        """The schedules ``user`` set up; of whatever he may still see is asked when one is made."""
        return self.filter(owner=user) if getattr(user, "is_active", False) else self.none()


class ReportSchedule(Attached):
    """A report that is made anew every month or year, with the rights its owner has then.

    ``next_on``: the day on which the next is due; ``stopped``: why none is made any more, "" = it goes on.
    ``params``: what the kind's options said, but the period, which is the last month or year that was over.
    """

    class Every(models.TextChoices):
        """How often."""

        MONTH = "month", _("每月")
        YEAR = "year", _("每年")

    kind = models.CharField(_("种类"), max_length=64)
    fmt = models.CharField(_("格式"), max_length=8)
    every = models.CharField(_("周期"), max_length=8, choices=Every.choices, default=Every.MONTH)
    params = models.JSONField(default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("设定时间"))
    next_on = models.DateField(_("下次制作"))
    stopped = models.CharField(_("停止原因"), max_length=200, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("定期报告")
        ordering = ["stopped", "next_on", "pk"]
        indexes = [models.Index(fields=["stopped", "next_on"], name="report_schedule_due")]

    def __str__(self) -> str:
        return f"{self.get_every_display()} {self.parent}"
