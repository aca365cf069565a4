"""A risk assessment of a protected object (GB/T 20984) and its register: each risk with how it was calculated."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.models import Decision, Record

from .calculation import METHODS, RiskResult, asset_value

GRADES = [(5, _("5 很高")), (4, _("4 高")), (3, _("3 中等")), (2, _("2 低")), (1, _("1 很低"))]
LEVELS = {5: _("很高"), 4: _("高"), 3: _("中"), 2: _("低"), 1: _("很低")}
LEVEL_CHOICES = list(LEVELS.items())
DATA = Path(__file__).parent / "data"


@cache
def listed(name: str) -> dict[str, dict[str, str]]:
    """The rows of a shipped list ("threats", "vulnerabilities") by their codes."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as handle:
        return {row["code"]: row for row in csv.DictReader(handle)}


def choices_of(name: str) -> list[tuple[str, str]]:
    """Code and "code name" of a shipped list."""
    return [(code, f"{code} {row['name']}") for code, row in listed(name).items()]


class RiskState(models.TextChoices):
    """Where an assessment stands."""

    DRAFT = "draft", _("评估中")
    SUBMITTED = "submitted", _("待签认")
    SIGNED = "signed", _("已签认")


class Leading(models.TextChoices):
    """Who leads it."""

    SELF = "self", _("自评估")
    INSPECTION = "inspection", _("检查评估")


class Method(models.TextChoices):
    """How risks are calculated."""

    MATRIX = "matrix", _("矩阵法")
    PRODUCT = "product", _("相乘法")


class Rule(models.TextChoices):
    """How confidentiality, integrity and availability make one value."""

    LOG = "log", _("对数平均")
    MAX = "max", _("取最高")
    MEAN = "mean", _("算术平均")


class Layer(models.TextChoices):
    """The layers of assets of GB/T 20984-2022."""

    BUSINESS = "business", _("业务")
    SYSTEM = "system", _("系统资产")
    COMPONENT = "component", _("系统组件和单元资产")


class Treatment(models.TextChoices):
    """What is done about a risk."""

    REDUCE = "reduce", _("降低")
    AVOID = "avoid", _("规避")
    TRANSFER = "transfer", _("转移")
    ACCEPT = "accept", _("接受")


class RiskAssessment(Record):
    """One risk assessment of an object; its method and rule stand with it, and with every result."""

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "protected_object")
    has_files: ClassVar[bool] = True
    state_tones: ClassVar[dict[str, str]] = {"draft": "plain", "signed": "ok"}

    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("评估对象"), on_delete=models.PROTECT, related_name="risk_assessments"
    )
    title = models.CharField(_("名称"), max_length=100)
    leading = models.CharField(_("组织方式"), max_length=12, choices=Leading.choices, default=Leading.SELF)
    assessed_on = models.DateField(_("评估日期"))
    scope = models.TextField(_("评估范围"))
    method = models.CharField(_("计算方法"), max_length=8, choices=Method.choices, default=Method.MATRIX)
    rule = models.CharField(_("资产赋值规则"), max_length=8, choices=Rule.choices, default=Rule.LOG)
    state = models.CharField(
        _("状态"), max_length=12, choices=RiskState.choices, default=RiskState.DRAFT, editable=False
    )
    signed_at = models.DateTimeField(_("签认时间"), null=True, editable=False)
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("风险评估")
        verbose_name_plural = _("风险评估")
        ordering = ["-assessed_on", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the assessment."""
        return reverse("assessments:riskassessment-detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """What was submitted is history, by whichever door."""
        if not self.is_deletable:
            raise errors.Conflict(_t("风险评估已提交过，作为历史保留，不能删除。"), obj=self)
        return super().delete(*args, **kwargs)

    @property
    def is_deletable(self) -> bool:
        """A draft nobody has decided on."""
        return self.state == RiskState.DRAFT and not Decision.of(self).exists()

    def frozen_content(self) -> dict[str, Any]:
        """What is signed: the frame and every line of the register, acceptances apart."""
        frame = ("title", "leading", "assessed_on", "scope", "method", "rule")
        rows = self.risks.order_by("pk").values_list("pk", *JUDGED)
        return {**{name: str(getattr(self, name)) for name in frame}, "risks": [list(map(str, row)) for row in rows]}


JUDGED = (
    "layer", "asset", "confidentiality", "integrity", "availability", "threat", "frequency", "vulnerability",
    "severity", "controls", "treatment", "measure", "due_on", "residual_frequency", "residual_severity",
)  # fmt: skip


def _grade(label: Any, **more: Any) -> models.PositiveSmallIntegerField:
    checks = [MinValueValidator(1), MaxValueValidator(5)]
    return models.PositiveSmallIntegerField(label, choices=GRADES, validators=checks, **more)


class Risk(Record):
    """A line of the register: asset, threat, vulnerability, what there is against it, the result, its treatment.

    ``method`` and ``edition``: how the result was calculated, kept whatever the assessment says later.
    """

    scope_path: ClassVar[str] = "assessment__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("assessment", "assessment__protected_object")

    assessment = models.ForeignKey(
        RiskAssessment, verbose_name=_("风险评估"), on_delete=models.CASCADE, related_name="risks"
    )
    layer = models.CharField(_("资产层次"), max_length=10, choices=Layer.choices)
    asset = models.CharField(_("资产"), max_length=100)
    confidentiality, integrity, availability = _grade(_("保密性")), _grade(_("完整性")), _grade(_("可用性"))
    threat = models.CharField(_("威胁"), max_length=8, choices=choices_of("threats"))
    frequency = _grade(_("威胁频率"))
    vulnerability = models.CharField(_("脆弱性"), max_length=8, choices=choices_of("vulnerabilities"))
    severity = _grade(_("脆弱性严重程度"))
    controls = models.TextField(_("已有安全措施"), blank=True)
    treatment = models.CharField(_("处置"), max_length=8, choices=Treatment.choices, blank=True)
    measure = models.TextField(_("处置措施"), blank=True)
    due_on = models.DateField(_("完成期限"), null=True, blank=True)
    residual_frequency = _grade(_("处置后威胁频率"), null=True, blank=True)
    residual_severity = _grade(_("处置后脆弱性严重程度"), null=True, blank=True)
    asset_value = models.PositiveSmallIntegerField(_("资产价值"), editable=False)
    method = models.CharField(_("计算方法"), max_length=8, choices=Method.choices, editable=False)
    edition = models.CharField(_("矩阵版本"), max_length=40, editable=False)
    value = models.PositiveSmallIntegerField(_("风险值"), editable=False)
    level = models.PositiveSmallIntegerField(_("风险等级"), choices=LEVEL_CHOICES, editable=False)
    residual_level = models.PositiveSmallIntegerField(
        _("剩余风险等级"), choices=LEVEL_CHOICES, null=True, editable=False
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("接受人"), null=True, editable=False, on_delete=models.PROTECT,
        related_name="+",
    )
    accepted_until = models.DateField(_("接受至"), null=True, editable=False)
    accepted_reason = models.TextField(_("接受理由"), blank=True, editable=False)
    action_state = models.CharField(_("整改状态"), max_length=20, blank=True, editable=False)
    action_url = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("风险")
        verbose_name_plural = _("风险清单")
        ordering = ["-level", "-value", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "asset", "threat", "vulnerability"], name="risk_once")
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.get_threat_display()[5:]}"

    def get_absolute_url(self) -> str:
        """The page of the line."""
        return reverse("assessments:risk-detail", args=[self.pk])

    @property
    def frozen_digest(self) -> str:
        """Nothing is changed once the assessment is submitted."""
        return self.assessment.frozen_digest

    def frozen_content(self) -> dict[str, Any]:
        """Part of what its assessment froze: any change by another door is refused."""
        return {}

    def calculate(self) -> None:
        """Set the value of the asset, the risk and what is left of it by the method of the assessment."""
        self.asset_value = asset_value(
            confidentiality=self.confidentiality, integrity=self.integrity, availability=self.availability,
            rule=self.assessment.rule,
        )  # fmt: skip
        self.method, self.edition = self.assessment.method, SHIPPED_EDITION
        found = self._result(self.frequency, self.severity)
        self.value, self.level = found.value, found.level
        after = (self.residual_frequency, self.residual_severity)
        left = self._result(after[0] or self.frequency, after[1] or self.severity) if any(after) else None
        self.residual_level = left.level if left else None

    def _result(self, frequency: int, severity: int) -> RiskResult:
        return METHODS[self.method](asset=self.asset_value, threat=frequency, vulnerability=severity)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The result follows from the grades, by whichever door they come."""
        self.calculate()
        super().save(*args, **kwargs)


SHIPPED_EDITION = "GB/T 20984-2007"
