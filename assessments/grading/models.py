"""Grading (定级) of a protected object: what would be harmed how badly, the resulting level, its confirmation."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.models import Attachment, Decision, Record, ScopedQuerySet

from . import rules

CERTIFICATE = re.compile(r"[0-9]{11}-[0-9]{5}")
"""The number of a filing certificate (备案证明)."""
DEGREE_CHOICES = [(code, label) for code, label in rules.DEGREE_LABELS.items()]


def _harm(label: Any) -> models.CharField:
    return models.CharField(label, max_length=12, choices=DEGREE_CHOICES, blank=True)


class GradingState(models.TextChoices):
    """Where a grading stands (GB/T 22240-2020 4.4)."""

    DRAFT = "draft", _("草拟")
    EXPERT = "expert", _("专家评审")
    AUTHORITY = "authority", _("主管部门核准")
    DETERMINED = "determined", _("已确定待备案")
    FINAL = "final", _("最终确定")


class ProofKind(models.TextChoices):
    """What a file proves; the mark an attachment carries as its use (slot)."""

    EXPERT = "expert_opinion", _("专家评审意见")
    AUTHORITY = "authority_opinion", _("主管部门核准意见")
    CERTIFICATE = "filing_certificate", _("备案证明")
    REFUSAL = "refusal_notice", _("未通过的书面意见")


class Grading(Record):
    """One grading of an object; regrading makes another and keeps this one.

    ``business_*``/``service_*``: degree of harm per object harmed, empty = none; the level is the highest.
    ``frozen_digest``: of the content as it was submitted.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "protected_object")
    has_files: ClassVar[bool] = True
    takes_files: ClassVar[bool] = True  # the proof of an outside decision comes after the grading was submitted
    state_tones: ClassVar[dict[str, str]] = {"draft": "plain", "determined": "ok", "final": "ok"}

    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("定级对象"), on_delete=models.PROTECT, related_name="gradings"
    )
    report_date = models.DateField(_("定级报告日期"))
    rule_set = models.CharField(
        _("定级矩阵"), max_length=8, choices=[(code, rs.label) for code, rs in rules.RULE_SETS.items()]
    )
    business_citizens = _harm(_("业务信息受破坏：公民、法人和其他组织的合法权益"))
    business_public_order = _harm(_("业务信息受破坏：社会秩序、公共利益"))
    business_national_security = _harm(_("业务信息受破坏：国家安全"))
    business_reason = models.TextField(_("业务信息安全等级理由"))
    service_citizens = _harm(_("系统服务受破坏：公民、法人和其他组织的合法权益"))
    service_public_order = _harm(_("系统服务受破坏：社会秩序、公共利益"))
    service_national_security = _harm(_("系统服务受破坏：国家安全"))
    service_reason = models.TextField(_("系统服务安全等级理由"))
    large_personal_data = models.BooleanField(_("含大量公民个人信息"), default=False)
    public_big_data = models.BooleanField(_("为公民提供公共服务的大数据平台"), default=False)
    exception_reason = models.TextField(_("低于特殊规则要求的理由"), blank=True)
    has_authority = models.BooleanField(_("有行业主管部门"), default=False)
    authority_name = models.CharField(_("主管部门"), max_length=100, blank=True)
    business_level = models.PositiveSmallIntegerField(_("业务信息安全等级"), editable=False)
    service_level = models.PositiveSmallIntegerField(_("系统服务安全等级"), editable=False)
    level = models.PositiveSmallIntegerField(_("安全保护等级"), editable=False)
    state = models.CharField(
        _("状态"), max_length=12, choices=GradingState.choices, default=GradingState.DRAFT, editable=False
    )
    certificate_number = models.CharField(_("备案证明编号"), max_length=20, blank=True, editable=False)
    certified_on = models.DateField(_("发证日期"), null=True, editable=False)
    determined_at = models.DateTimeField(_("确定时间"), null=True, editable=False)
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("定级")
        verbose_name_plural = _("定级")
        ordering = ["-report_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object"],
                condition=~models.Q(state__in=["determined", "final"]),
                name="one_open_grading_per_object",
            )
        ]

    def __str__(self) -> str:
        return f"{self.protected_object} {rules.LEVEL_LABELS.get(self.level, '')}定级"

    def get_absolute_url(self) -> str:
        """The page of the grading."""
        return reverse("assessments:grading-detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Only a draft nobody has decided on goes; what was submitted or stands is history, by whichever door."""
        if not self.is_deletable:
            raise errors.Conflict(_t("定级已提交或已确定，作为历史保留，不能删除。"), obj=self)
        return super().delete(*args, **kwargs)

    @property
    def is_deletable(self) -> bool:
        """A draft that was never submitted."""
        return self.state == GradingState.DRAFT and not Decision.of(self).exists()

    @property
    def kept_slots(self) -> frozenset[str]:
        """Files that prove an outside decision stay with it, also when the grading is a draft again."""
        return frozenset(ProofKind.values)

    @property
    def level_text(self) -> str:
        """第三级 S3A2G3."""
        return f"{rules.LEVEL_LABELS[self.level]} {self.sag}"

    @property
    def sag(self) -> str:
        """S3A2G3."""
        return rules.sag(self.business_level, self.service_level)

    def harms(self, side: str) -> list[tuple[str, str]]:
        """The (object harmed, degree) pairs of ``side`` ("business" or "service")."""
        found = ((name, getattr(self, f"{side}_{name}")) for name in rules.JUDGING_ORDER)
        return [(name, degree) for name, degree in found if degree]

    def compute_levels(self) -> None:
        """Set the levels from the harms; at least one harm per side must be given (ValueError otherwise)."""
        self.business_level = rules.highest_level(self.harms("business"), rule_set=self.rule_set)
        self.service_level = rules.highest_level(self.harms("service"), rule_set=self.rule_set)
        self.level = rules.final_level(self.business_level, self.service_level)

    def frozen_content(self) -> dict[str, Any]:
        """What a decider decides on."""
        skip = {
            *("id", "version", "updated_at", "updated_by", "state", "frozen_digest"),
            *("certificate_number", "certified_on", "determined_at"),  # what the deciders add
        }
        return {
            f.name: f.value_to_string(self) for f in self._meta.concrete_fields if f.name not in skip
        }


class OutsideDecision(models.Model):
    """A decision taken outside this system (experts, authority, police), recorded by the owner with its proof."""

    scope_path: ClassVar[str] = "grading__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("grading", "grading__protected_object")

    grading = models.ForeignKey(Grading, on_delete=models.CASCADE, related_name="outside_decisions")
    kind = models.CharField(_("结论"), max_length=20, choices=ProofKind.choices)
    decided_by = models.CharField(_("作出结论的专家或单位"), max_length=200)
    decided_on = models.DateField(_("结论日期"))
    number = models.CharField(_("文号或编号"), max_length=60, blank=True)
    proof = models.ForeignKey(Attachment, verbose_name=_("证明文件"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("补录时间"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("外部结论")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.decided_by} {self.decided_on}"
