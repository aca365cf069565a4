"""The audit trail: append-only rows in one hash chain, and the chain's head."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import ScopedQuerySet


class AuditResult(models.TextChoices):
    """How an act ended."""

    OK = "ok", _("成功")
    REFUSED = "refused", _("被拒绝")
    FAILED = "failed", _("失败")


class AuditEvent(models.Model):
    """One act or refusal (GB/T 22239-2019 8.1.4.3): who, when, from where, on what, with what result.

    Names are frozen as text: a renamed or deleted user or object stays readable. ``before``/``after`` hold
    only the fields that changed; ``detail_digest`` is the digest of a bulk act's own table of rows, ``table`` the
    key under which that table is kept (``AuditRow``).
    The row's ``digest`` covers ``prev_digest`` and every other field (``secmgmt.core.audit.row_digest``).
    """

    scope_path: ClassVar[str] = ""
    scope_parents: ClassVar[tuple[str, ...]] = ()
    state_tones: ClassVar[dict[str, str]] = {"ok": "ok", "refused": "warn", "failed": "bad"}

    seq = models.BigIntegerField(_("序号"), unique=True)
    at = models.DateTimeField(_("时间"), db_index=True)
    actor_id = models.BigIntegerField(_("操作人编号"), null=True, db_index=True)
    actor_name = models.CharField(_("操作人"), max_length=150)
    actor_role = models.CharField(_("岗位"), max_length=200, blank=True)
    channel = models.CharField(_("途径"), max_length=16)
    ip = models.CharField(_("来源地址"), max_length=45, blank=True)
    session = models.CharField(_("会话"), max_length=16, blank=True)
    request_id = models.CharField(_("请求编号"), max_length=32, blank=True)
    verb = models.CharField(_("行为"), max_length=64, db_index=True)
    object_type = models.CharField(_("对象类型"), max_length=64, blank=True)
    object_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    object_name = models.CharField(_("对象"), max_length=255, blank=True)
    unit_path = models.CharField(_("单位路径"), max_length=255, blank=True)
    result = models.CharField(_("结果"), max_length=8, choices=AuditResult.choices)
    before = models.JSONField(_("改前"), default=dict, blank=True)
    after = models.JSONField(_("改后"), default=dict, blank=True)
    detail = models.JSONField(_("详情"), default=dict, blank=True)
    detail_digest = models.CharField(_("明细摘要"), max_length=64, blank=True)
    table = models.UUIDField(_("明细表"), null=True, unique=True, editable=False)
    algorithm = models.CharField(_("算法"), max_length=10)
    prev_digest = models.CharField(_("前一条摘要"), max_length=64)
    digest = models.CharField(_("摘要"), max_length=64)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["-seq"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"第 {self.seq} 条"


class AuditRow(models.Model):
    """What a bulk act did to one record; the event whose ``table`` it carries says who and when.

    Linked by a key made beforehand and not by the event's number: that is known only behind the chain's lock,
    and ten thousand rows are not written while everybody waits for it.
    """

    table = models.UUIDField(_("明细表"))
    number = models.PositiveIntegerField(_("序号"))
    object_type = models.CharField(_("对象类型"), max_length=64)
    object_id = models.CharField(_("对象编号"), max_length=64)
    object_name = models.CharField(_("对象"), max_length=255)
    verb = models.CharField(_("行为"), max_length=16)
    before = models.JSONField(_("改前"), default=dict)
    after = models.JSONField(_("改后"), default=dict)

    class Meta:
        ordering = ["table", "number"]
        constraints = [models.UniqueConstraint(fields=["table", "number"], name="audit_row_once")]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_row_object")]

    def __str__(self) -> str:
        return f"{self.number} {self.object_name}"


class AuditHead(models.Model):
    """The one row whose lock orders the chain: the last sequence number and digest."""

    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)
    # After a purge past the retention the chain is verified from this checkpoint on.
    start_seq = models.BigIntegerField(default=0)
    start_digest = models.CharField(max_length=64, default="0" * 64)
