"""Where answers come from besides the person who gives them: an earlier assessment, or the hosting platform."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import Attachment, Record, ScopedQuerySet

from . import points
from .models import Answer

SHARES = [("platform", _("平台提供")), ("joint", _("共同")), ("own", _("自行"))]
OWN_RANK = {"platform": 0, "joint": 1, "own": 2}
"""How much of an item is left to the tenant."""


class AnswerSource(models.Model):
    """What one answer was taken from, or shown: frozen as it was when it was taken.

    ``kind``: ``carried`` from the object's earlier assessment; ``shown`` from there, but the item asks for more now;
    ``platform`` from a hosting platform, where ``agency`` says so in a ``noun`` (自评估, 等级测评).
    ``reason``: why nothing could be taken, "" where something was.
    ``files``: the evidence that came along, as numbers of attachments. ``stale``: those whose term is over.
    """

    KINDS = (("carried", _("沿用")), ("shown", _("上次答复，供参考")), ("platform", _("继承")))

    scope_path: ClassVar[str] = "answer__assessment__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("answer__assessment", "answer__assessment__protected_object")

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=10, choices=KINDS)
    origin = models.ForeignKey(Answer, null=True, on_delete=models.SET_NULL, related_name="+")
    hosting = models.ForeignKey("assets.Hosting", null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=160)
    agency = models.CharField(max_length=120, blank=True)
    noun = models.CharField(max_length=10, blank=True)
    code = models.CharField(max_length=40, blank=True)
    result = models.CharField(max_length=16, choices=list(points.RESULT_LABELS.items()), blank=True)
    found = models.TextField(blank=True)
    dated = models.DateField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    files = models.JSONField(default=list)
    stale = models.JSONField(default=list)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["answer", "pk"]


class ResponsibilityLine(Record):
    """Who answers one item under one hosting: the platform, both, or the tenant himself.

    ``agreed``: the share to which the platform's owner agreed. A line that leaves the platform more than the
    ready-made table does holds only once it is agreed to.
    """

    scope_path: ClassVar[str] = "hosting__tenant__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("hosting",)

    hosting = models.ForeignKey(
        "assets.Hosting", verbose_name=_("托管关系"), on_delete=models.CASCADE, related_name="responsibilities"
    )
    code = models.CharField(_("条款"), max_length=40)
    share = models.CharField(_("责任"), max_length=10, choices=SHARES)
    note = models.CharField(_("约定说明"), max_length=200, blank=True)
    agreed = models.CharField(_("平台方已同意"), max_length=10, choices=SHARES, blank=True, editable=False)

    class Meta:
        verbose_name = _("责任分担")
        verbose_name_plural = _("责任分担表")
        ordering = ["hosting", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["hosting", "code"],
                name="responsibility_once",
                violation_error_message=_("这项托管关系的该条款已经有一行，请直接修改那一行。"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.get_share_display()}"

    def get_absolute_url(self) -> str:
        """The page of the line."""
        return reverse("assessments:responsibility-detail", args=[self.pk])


class EvidenceShare(models.Model):
    """The platform's owner shows a tenant finding text and evidence of the items he inherits, until he ends it."""

    scope_path: ClassVar[str] = "hosting__platform__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ()

    hosting = models.OneToOneField("assets.Hosting", on_delete=models.CASCADE, related_name="evidence_share")
    until = models.DateField(_("共享至"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("证据共享")


class ReuseRule(Record):
    """How old what is reused may be: a number of days with its basis, changed by the keeper of rules."""

    scope_path: ClassVar[str] = ""
    scope_parents: ClassVar[tuple[str, ...]] = ()

    code = models.CharField(_("编号"), max_length=20, unique=True, editable=False)
    name = models.CharField(_("规则"), max_length=80, editable=False)
    days = models.PositiveSmallIntegerField(
        _("有效天数"), validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    basis = models.CharField(_("依据"), max_length=300)

    class Meta:
        verbose_name = _("沿用与继承规则")
        verbose_name_plural = _("沿用与继承规则")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the rule."""
        return reverse("assessments:reuserule-detail", args=[self.pk])


class EvidenceTerm(models.Model):
    """The day until which a file proves what it proves, where it has one: a certificate, a contract, a report."""

    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, related_name="term")
    valid_until = models.DateField(_("有效期至"))

    class Meta:
        verbose_name = _("证据有效期")


