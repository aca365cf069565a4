"""What hangs on any record: decisions, comments, notices, participations, attachments."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext_lazy as _


class Attached(models.Model):
    """A row about another record; who may see the parent may see it, and nobody else."""

    scope_path: ClassVar[str] = ""
    scope_parents: ClassVar[tuple[str, ...]] = ()

    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, editable=False)
    object_id = models.BigIntegerField(editable=False)
    parent = GenericForeignKey("content_type", "object_id")

    class Meta:
        abstract = True

    @classmethod
    def of(cls, obj: Any) -> models.QuerySet:
        """The rows about ``obj``."""
        kind = ContentType.objects.get_for_model(obj)
        return cls._default_manager.filter(content_type=kind, object_id=obj.pk)


class Decision(Attached):
    """A step of a workflow as it was taken: the opinion trail of a record. Never changed.

    ``by`` is None where a rule took the step when its time had come.
    """

    transition = models.CharField(_("步骤"), max_length=40)
    label = models.CharField(_("动作"), max_length=40)
    source = models.CharField(_("原状态"), max_length=32)
    target = models.CharField(_("新状态"), max_length=32)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    by_name = models.CharField(_("办理人"), max_length=150)
    at = models.DateTimeField(_("时间"))
    opinion = models.TextField(_("意见"), blank=True)
    seen = models.CharField(_("所见内容摘要"), max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="decision_parent")]


class Comment(Attached):
    """A remark of somebody who may see the record."""

    text = models.TextField(_("留言"), max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="comment_parent")]


class Notice(Attached):
    """A message to one person that leads to the thing it speaks of."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    text = models.CharField(_("内容"), max_length=300)
    url = models.CharField(_("去处"), max_length=300)
    at = models.DateTimeField(_("时间"))
    read_at = models.DateTimeField(_("阅读时间"), null=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "read_at"], name="notice_unread")]


class Participation(Attached):
    """A person or unit takes part sideways in a record: expert, department asked, team, agency, tenant.

    ``fields``: names of what this capacity may see of the record; empty = all that the capacity's role sees.
    Written by services only.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(settings.SCOPE_NODE_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    capacity = models.CharField(_("身份"), max_length=32)
    until = models.DateTimeField(_("截止"), null=True)
    fields = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=False, unit__isnull=True)
                | models.Q(user__isnull=True, unit__isnull=False),
                name="participation_of_a_user_or_a_unit",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "capacity", "user"],
                condition=models.Q(user__isnull=False),
                name="participation_of_a_user_once",
            ),
            models.UniqueConstraint(
                fields=["content_type", "object_id", "capacity", "unit"],
                condition=models.Q(unit__isnull=False),
                name="participation_of_a_unit_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "content_type", "capacity", "object_id"], name="participation_user"),
            models.Index(fields=["unit", "content_type", "capacity", "object_id"], name="participation_unit"),
        ]


class Attachment(Attached):
    """A file kept with a record: random name outside the web root, digest checked on every download."""

    name = models.CharField(_("文件名"), max_length=160)
    storage_key = models.CharField(max_length=80, unique=True, editable=False)
    media_type = models.CharField(_("类型"), max_length=100, editable=False)
    size = models.BigIntegerField(_("大小"), editable=False)
    algorithm = models.CharField(max_length=10, editable=False)
    digest = models.CharField(_("摘要"), max_length=64, editable=False)
    slot = models.CharField(_("用途"), max_length=40, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    declared_not_secret = models.BooleanField(_("已声明不涉密"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    at = models.DateTimeField(_("上传时间"), editable=False)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["content_type", "object_id"], name="attachment_parent")]

    def __str__(self) -> str:
        return self.name
