"""What risk assessments choose from, kept by the rules keeper: threats, vulnerabilities, editions of the matrices."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import Record

from .calculation import SHIPPED, Matrices

GRADES = [(5, _("5 很高")), (4, _("4 高")), (3, _("3 中等")), (2, _("2 低")), (1, _("1 很低"))]
GRIDS, BANDS = ("likelihood", "loss", "risk"), ("likelihood_bands", "loss_bands", "risk_bands", "product_bands")


def grade(label: Any, **more: Any) -> models.PositiveSmallIntegerField:
    """A field of the scale of 1 to 5."""
    checks = [MinValueValidator(1), MaxValueValidator(5)]
    return models.PositiveSmallIntegerField(label, choices=GRADES, validators=checks, **more)


class Kept(Record):
    """A line of a list that belongs to the whole city: where it comes from, and whether that was checked."""

    scope_path: ClassVar[str] = ""

    basis = models.CharField(_("依据"), max_length=200)
    is_confirmed = models.BooleanField(_("依据已核对原文"), default=False)
    in_use = models.BooleanField(_("使用"), default=True)

    class Meta:
        abstract = True


class Threat(Kept):
    """A threat; ``frequency`` is a starting value that an assessment may change."""

    class Source(models.TextChoices):
        """Where it comes from."""

        NATURE = "环境", _("环境")
        MALICE = "人为恶意", _("人为恶意")
        MISTAKE = "人为无意", _("人为无意")
        FAILURE = "系统故障", _("系统故障")
        SUPPLY = "供应链", _("供应链")

    code = models.CharField(_("编码"), max_length=8, unique=True)
    name = models.CharField(_("威胁"), max_length=60)
    source = models.CharField(_("来源"), max_length=10, choices=Source.choices)
    description = models.CharField(_("说明"), max_length=300)
    frequency = grade(_("起始频率"))
    properties = models.CharField(
        _("影响的安全属性"), max_length=20, help_text=_("C 保密性、I 完整性、A 可用性，如 C/I。")
    )

    class Meta:
        verbose_name = _("威胁")
        verbose_name_plural = _("威胁清单")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """The page of the threat."""
        return reverse("assessments:threat-detail", args=[self.pk])


class Vulnerability(Kept):
    """A vulnerability, tied to the requirement items it fails and the threats that use it.

    ``items``: codes of GB/T 22239-2019 level 3 apart by blanks; other levels by what follows the first number.
    ``threats``: codes of threats apart by blanks. ``severity``: a starting value.
    """

    code = models.CharField(_("编码"), max_length=8, unique=True)
    name = models.CharField(_("脆弱性"), max_length=60)
    layer = models.CharField(_("层面"), max_length=40)
    items = models.CharField(_("对应条款（第三级）"), max_length=200, blank=True)
    description = models.CharField(_("说明"), max_length=300)
    severity = grade(_("起始严重程度"))
    threats = models.CharField(_("常被哪些威胁利用"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("脆弱性")
        verbose_name_plural = _("脆弱性清单")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        """The page of the vulnerability."""
        return reverse("assessments:vulnerability-detail", args=[self.pk])

    @property
    def item_list(self) -> list[str]:
        """The codes of its items."""
        return self.items.split()

    def fails(self, clause: str) -> bool:
        """Whether ``clause`` (level 3) is one of its items, or stands in a control point it names whole."""
        return any(clause == own or clause.rstrip("abcdefghijklmnopqrstuvwxyz") == own for own in self.item_list)


class RiskMatrix(Kept):
    """One edition of the tables of both methods, as texts: a grid five lines of five numbers, bands five numbers."""

    edition = models.CharField(_("版本"), max_length=40, unique=True)
    likelihood = models.TextField(_("可能性（行：威胁频率，列：脆弱性）"))
    loss = models.TextField(_("损失（行：资产价值，列：脆弱性）"))
    risk = models.TextField(_("风险值（行：损失等级，列：可能性等级）"))
    likelihood_bands = models.CharField(_("可能性分级上限"), max_length=40)
    loss_bands = models.CharField(_("损失分级上限"), max_length=40)
    risk_bands = models.CharField(_("风险值分级上限"), max_length=40)
    product_bands = models.CharField(_("相乘法分级上限"), max_length=40)

    class Meta:
        verbose_name = _("计算矩阵")
        verbose_name_plural = _("计算矩阵")
        ordering = ["-in_use", "edition"]

    def __str__(self) -> str:
        return self.edition

    def get_absolute_url(self) -> str:
        """The page of the edition."""
        return reverse("assessments:riskmatrix-detail", args=[self.pk])

    @cached_property
    def tables(self) -> Matrices:
        """The tables as they are calculated with. Raises ValueError naming what cannot be used."""
        said: dict[str, Any] = {name: [_numbers(line) for line in getattr(self, name).splitlines()] for name in GRIDS}
        said |= {name: _numbers(getattr(self, name)) for name in BANDS}
        return Matrices.of({**said, "edition": self.edition, "basis": self.basis})


def _numbers(line: str) -> list[Any]:
    """The numbers of a line; what is none stays a text, which the tables refuse by name."""
    return [int(word) if word.isascii() and word.isdigit() and len(word) < 5 else word for word in line.split()]


def shipped_texts() -> dict[str, str]:
    """The tables the product comes with, as texts."""
    grids = {name: "\n".join(" ".join(map(str, row)) for row in getattr(SHIPPED, name)) for name in GRIDS}
    return grids | {name: " ".join(map(str, getattr(SHIPPED, name))) for name in BANDS}
