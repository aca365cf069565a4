"""Reports that were made: parameters, digest and file are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .trail import Attached


class ReportRun(Attached):
    """A document as it was handed out: what kind, for which record, with which parameters, with what digest."""

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

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="report_parent")]

    def __str__(self) -> str:
        return self.title
