"""Standards as loaded data: items with their lineage, guidance and high-risk cases, and an organization's overlay."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import ScopedQuerySet

CHANGES = [("Y", _("不变")), ("enhanced", _("增强")), ("new", _("新增"))]
SIDES = [("provider", _("云服务商")), ("tenant", _("云服务客户")), ("both", _("双方"))]
WEIGHTS = [(1, _("一般")), (2, _("重要")), (3, _("关键"))]


class Reference(models.Model):
    """Loaded reference data: belongs to no unit, read by every role that is given ``view``."""

    scope_path: ClassVar[str] = ""
    scope_parents: ClassVar[tuple[str, ...]] = ()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Standard(Reference):
    """A standard in one edition; ``code`` names both, e.g. GB/T 22239-2019."""

    code = models.CharField(_("标准号"), max_length=60, unique=True)
    edition = models.CharField(_("版本"), max_length=20, blank=True)
    name = models.CharField(_("名称"), max_length=120)
    is_shipped = models.BooleanField(_("随产品提供"), default=False)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("标准")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        """The page of the standard."""
        return reverse("assessments:standard-detail", args=[self.pk])


class Guidance(Reference):
    """How one distinct requirement is answered, in our own words; shared by its items of all levels."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="guidance")
    key = models.CharField(max_length=120)
    objects_text = models.CharField(_("适用对象"), max_length=200, blank=True)
    check_text = models.TextField(_("怎么核查"), blank=True)
    evidence = models.TextField(_("应附证明"), blank=True)
    typical_gap = models.TextField(_("常见差距"), blank=True)
    remedy = models.TextField(_("怎么整改"), blank=True)
    risk = models.CharField(_("建议风险"), max_length=2, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standard", "key"], name="guidance_once")]


class CatalogItem(Reference):
    """One requirement item at one level.

    ``official_text``, ``weight_own`` and ``applies_to_own`` are the organization's overlay; ``same_as_lower`` says
    how the item stands to ``lower_clause``, its predecessor one level down.
    """

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveIntegerField()
    code = models.CharField(_("条款"), max_length=40)
    level = models.PositiveSmallIntegerField(_("级别"))
    clause = models.CharField(max_length=32)
    item = models.CharField(max_length=8, blank=True)
    scope = models.CharField(_("范围"), max_length=10)
    layer = models.CharField(_("层面"), max_length=40)
    control_point = models.CharField(_("控制点"), max_length=60)
    domain = models.CharField(_("类别"), max_length=4)
    summary = models.CharField(_("要求(概述)"), max_length=500)
    same_as_lower = models.CharField(_("与低一级相比"), max_length=10, choices=CHANGES, blank=True)
    lower_clause = models.CharField(_("低一级对应条款"), max_length=40, blank=True)
    sag = models.CharField(_("S/A/G"), max_length=1)
    applies_to = models.CharField(_("适用责任"), max_length=10, choices=SIDES, blank=True)
    unit_code = models.CharField(_("测评单元"), max_length=40, blank=True)
    high_risk = models.JSONField(_("高风险判例"), default=list)
    guidance = models.ForeignKey(Guidance, null=True, on_delete=models.SET_NULL, related_name="items")
    official_text = models.TextField(_("标准原文(本单位导入)"), blank=True)
    weight = models.PositiveSmallIntegerField(_("重要程度"), choices=WEIGHTS, null=True)
    weight_own = models.PositiveSmallIntegerField(_("重要程度(本单位)"), choices=WEIGHTS, null=True)
    applies_to_own = models.CharField(_("责任解读(本单位)"), max_length=10, choices=SIDES, blank=True)

    class Meta:
        verbose_name = _("要求项")
        ordering = ["standard", "order"]
        constraints = [models.UniqueConstraint(fields=["standard", "code"], name="catalog_item_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.summary}"

    def get_absolute_url(self) -> str:
        """The page of the item."""
        return reverse("assessments:catalogitem-detail", args=[self.pk])

    @property
    def own_weight(self) -> int | None:
        """The importance that holds here: the organization's, else the file's; None where neither says."""
        return self.weight_own or self.weight

    @property
    def side(self) -> str:
        """Who of a cloud answers for it: the organization's reading before the file's."""
        return self.applies_to_own or self.applies_to


class HighRiskCase(Reference):
    """A case of the 2025 high-risk guideline."""

    standard = models.ForeignKey(Standard, on_delete=models.CASCADE, related_name="cases")
    case_no = models.CharField(_("判例"), max_length=16)
    title = models.CharField(_("名称"), max_length=120)
    scope = models.CharField(max_length=10)
    min_level = models.PositiveSmallIntegerField(_("适用级别起"))
    condition = models.CharField(_("条件"), max_length=120, blank=True)
    target = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["case_no"]
        constraints = [models.UniqueConstraint(fields=["standard", "case_no"], name="high_risk_case_once")]

    def __str__(self) -> str:
        return f"{self.case_no} {self.title}"
