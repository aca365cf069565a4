"""A risk assessment of a protected object (GB/T 20984): its assets as a tree, and its register.

Each risk keeps the result with the method and the edition of the tables it was calculated by.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.models import Decision, Record

from .calculation import METHODS, SHIPPED, Matrices, RiskResult, asset_value
from .list_models import RiskMatrix, Threat, Vulnerability, grade

LEVELS = {5: _("很高"), 4: _("高"), 3: _("中"), 2: _("低"), 1: _("很低")}
LEVEL_CHOICES = list(LEVELS.items())
FROM = 3  # level from which something has to be decided


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


ABOVE: dict[str, str] = {Layer.SYSTEM: Layer.BUSINESS, Layer.COMPONENT: Layer.SYSTEM}
"""Layer → the layer it carries (GB/T 20984-2022 5.2.1)."""


class Treatment(models.TextChoices):
    """What is done about a risk."""

    REDUCE = "reduce", _("降低")
    AVOID = "avoid", _("规避")
    TRANSFER = "transfer", _("转移")
    ACCEPT = "accept", _("接受")


class RiskAssessment(Record):
    """One risk assessment of an object; its method, tables and rule stand with it, and with every result."""

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
    matrix = models.ForeignKey(
        RiskMatrix, verbose_name=_("计算矩阵"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="assessments",
    )
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

    @property
    def matrices(self) -> Matrices:
        """The tables it is calculated with."""
        return self.matrix.tables if self.matrix else SHIPPED

    @property
    def edition(self) -> str:
        """What the tables are called in a result."""
        return self.matrix.edition if self.matrix else SHIPPED_EDITION

    def frozen_content(self) -> dict[str, Any]:
        """What is signed: the frame, the assets and every line of the register, acceptances apart."""
        frame = ("title", "leading", "assessed_on", "scope", "method", "edition", "rule")
        assets = self.assets.order_by("pk").values_list("pk", *VALUED)
        rows = self.risks.order_by("pk").values_list("pk", *JUDGED)
        return {
            **{name: str(getattr(self, name)) for name in frame},
            "assets": [list(map(str, row)) for row in assets], "risks": [list(map(str, row)) for row in rows],
        }  # fmt: skip


VALUED = ("layer", "name", "parent", "confidentiality", "integrity", "availability", "value")
JUDGED = (
    "asset", "threat_text", "weakness", "frequency", "severity", "controls", "value", "level", "treatment", "measure",
    "due_on", "residual_frequency", "residual_severity",
)  # fmt: skip


class Part(Record):
    """What belongs to an assessment and is frozen with it."""

    class Meta:
        abstract = True

    @property
    def frozen_digest(self) -> str:
        """Nothing is changed once the assessment is submitted."""
        return self.assessment.frozen_digest  # type: ignore[attr-defined]

    def frozen_content(self) -> dict[str, Any]:
        """Part of what its assessment froze: any change by another door is refused."""
        return {}


class RiskAsset(Part):
    """An asset of the assessment: 业务 carried by 系统资产, carried by 组件; its value follows from its grades."""

    scope_path: ClassVar[str] = "assessment__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("assessment", "assessment__protected_object")

    assessment = models.ForeignKey(
        RiskAssessment, verbose_name=_("风险评估"), on_delete=models.CASCADE, related_name="assets"
    )
    layer = models.CharField(_("资产层次"), max_length=10, choices=Layer.choices)
    name = models.CharField(_("资产"), max_length=100)
    parent = models.ForeignKey(
        "self", verbose_name=_("承载的上层资产"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="children",
    )
    component = models.ForeignKey(
        "assets.Component", verbose_name=_("台账中的部件"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="+",
    )
    confidentiality, integrity, availability = grade(_("保密性")), grade(_("完整性")), grade(_("可用性"))
    note = models.CharField(_("赋值说明"), max_length=300, blank=True)
    value = models.PositiveSmallIntegerField(_("资产价值"), editable=False)

    class Meta:
        verbose_name = _("评估资产")
        verbose_name_plural = _("资产识别")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "name"], name="risk_asset_once",
                violation_error_message=_("这次评估里已有同名的资产。"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the asset."""
        return reverse("assessments:riskasset-detail", args=[self.pk])

    @property
    def layer_word(self) -> str:
        """The layer in the short word of a narrow column."""
        return _t("组件") if self.layer == Layer.COMPONENT else self.get_layer_display()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The value follows from the grades by the assessment's rule, by whichever door they come."""
        self.value = asset_value(
            confidentiality=self.confidentiality, integrity=self.integrity, availability=self.availability,
            rule=self.assessment.rule,
        )  # fmt: skip
        super().save(*args, **kwargs)


ACCEPTED_AS = (
    "asset_id", "threat_id", "vulnerability_id", "problem_id", "frequency", "severity", "asset_value", "value", "level",
    "treatment", "measure", "controls", "residual_frequency", "residual_severity",
)  # fmt: skip


class Risk(Part):
    """A line of the register: asset, threat, vulnerability, what there is against it, the result, its treatment.

    The weakness is of the list, or a problem still open in rectification, or both. ``threat_text``, ``weakness``:
    their words as they were. ``method``, ``edition``: how the result was calculated, kept whatever the assessment or
    the tables say later. ``likelihood_grade``, ``loss_grade``: its place on the heat map, 1–5.
    ``lapsed_on``: the end of an acceptance that ran out and was called back.
    """

    scope_path: ClassVar[str] = "assessment__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("assessment", "assessment__protected_object")

    assessment = models.ForeignKey(
        RiskAssessment, verbose_name=_("风险评估"), on_delete=models.CASCADE, related_name="risks"
    )
    asset = models.ForeignKey(RiskAsset, verbose_name=_("资产"), on_delete=models.PROTECT, related_name="risks")
    threat = models.ForeignKey(Threat, verbose_name=_("威胁"), on_delete=models.PROTECT, related_name="+")
    frequency = grade(_("威胁频率"))
    vulnerability = models.ForeignKey(
        Vulnerability, verbose_name=_("脆弱性"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    problem = models.ForeignKey(
        "assessments.Rectification", verbose_name=_("未整改问题"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="risks",
    )
    severity = grade(_("脆弱性严重程度"))
    controls = models.TextField(_("已有安全措施"), blank=True)
    treatment = models.CharField(_("处置"), max_length=8, choices=Treatment.choices, blank=True)
    measure = models.TextField(_("处置措施"), blank=True)
    due_on = models.DateField(_("完成期限"), null=True, blank=True)
    residual_frequency = grade(_("处置后威胁频率"), null=True, blank=True)
    residual_severity = grade(_("处置后脆弱性严重程度"), null=True, blank=True)
    threat_text = models.CharField(_("威胁"), max_length=80, editable=False)
    weakness = models.CharField(_("脆弱性"), max_length=255, editable=False)
    asset_value = models.PositiveSmallIntegerField(_("资产价值"), editable=False)
    method = models.CharField(_("计算方法"), max_length=8, choices=Method.choices, editable=False)
    edition = models.CharField(_("矩阵版本"), max_length=40, editable=False)
    likelihood = models.DecimalField(_("可能性"), max_digits=5, decimal_places=2, editable=False)
    loss = models.DecimalField(_("损失"), max_digits=5, decimal_places=2, editable=False)
    likelihood_grade = models.PositiveSmallIntegerField(_("可能性等级"), editable=False)
    loss_grade = models.PositiveSmallIntegerField(_("损失等级"), editable=False)
    value = models.PositiveSmallIntegerField(_("风险值"), editable=False)
    level = models.PositiveSmallIntegerField(_("风险等级"), choices=LEVEL_CHOICES, editable=False)
    residual_value = models.PositiveSmallIntegerField(_("剩余风险值"), null=True, editable=False)
    residual_level = models.PositiveSmallIntegerField(
        _("剩余风险等级"), choices=LEVEL_CHOICES, null=True, editable=False
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("接受人"), null=True, editable=False, on_delete=models.PROTECT,
        related_name="+",
    )
    accepted_until = models.DateField(_("接受至"), null=True, editable=False)
    accepted_reason = models.TextField(_("接受理由"), blank=True, editable=False)
    lapsed_on = models.DateField(_("上次接受已于此日到期"), null=True, editable=False)
    action_state = models.CharField(_("整改状态"), max_length=20, blank=True, editable=False)
    action_url = models.CharField(max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("风险")
        verbose_name_plural = _("风险清单")
        ordering = ["-level", "-value", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "threat", "weakness"], name="risk_of_an_asset_once",
                violation_error_message=_("这项资产已登记过相同威胁和脆弱性的风险。"),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_by__isnull=True) | models.Q(accepted_until__isnull=False),
                name="risk_accepted_with_expiry",
            ),
        ]
        indexes = [models.Index(fields=["accepted_until"], name="risk_by_acceptance")]

    def __str__(self) -> str:
        return f"{self.asset} {self.threat_text[5:]}"

    def get_absolute_url(self) -> str:
        """The page of the line."""
        return reverse("assessments:risk-detail", args=[self.pk])

    @property
    def standing(self) -> str:
        """Where its treatment stands, in words."""
        if self.treatment != Treatment.ACCEPT:
            return self.get_treatment_display() or _t("未定")
        if self.accepted_until:
            return _t("已接受至 %(day)s") % {"day": self.accepted_until.isoformat()}
        return _t("接受已到期，待重新办理") if self.lapsed_on else _t("待批准接受")

    @property
    def is_followed(self) -> bool:
        """Whether a rectification item stands behind it."""
        return bool(self.problem_id or self.action_url)

    def words(self) -> None:
        """Keep the words of the threat and the weakness as they are."""
        self.threat_text = str(self.threat)
        parts = [str(row) for row in (self.vulnerability, self.problem) if row]
        self.weakness = "；".join(parts)[:255]

    def calculate(self) -> None:
        """Set the risk and what is left of it by the method and the tables of the assessment."""
        self.words()
        self.asset_value = self.asset.value
        self.method, self.edition = self.assessment.method, self.assessment.edition
        found = self.result(self.method, self.frequency, self.severity)
        self.likelihood, self.loss = round(found.likelihood, 2), round(found.loss, 2)  # type: ignore[assignment]
        self.likelihood_grade = found.likelihood_level or nearest(found.likelihood)
        self.loss_grade = found.loss_level or nearest(found.loss)
        self.value, self.level = found.value, found.level
        after = (self.residual_frequency, self.residual_severity)
        left = self.result(self.method, after[0] or self.frequency, after[1] or self.severity) if any(after) else None
        self.residual_value, self.residual_level = (left.value, left.level) if left else (None, None)

    def result(self, method: str, frequency: int, severity: int) -> RiskResult:
        """What ``method`` makes of the grades with the tables of the assessment."""
        return METHODS[method](
            asset=self.asset_value, threat=frequency, vulnerability=severity, matrices=self.assessment.matrices
        )

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The result follows from the grades, by whichever door they come, until it is submitted; then it stays."""
        if not self.frozen_digest or self.pk is None:
            self.calculate()
            if self.accepted_until and self.is_another_risk():
                self.accepted_by, self.accepted_until, self.accepted_reason = None, None, ""
        super().save(*args, **kwargs)

    def is_another_risk(self) -> bool:
        """Whether it is no longer what was accepted: what came back and was changed is put to the leadership again."""
        stored = Risk.objects.filter(pk=self.pk).values(*ACCEPTED_AS).get()
        return any(getattr(self, name) != value for name, value in stored.items())


def nearest(value: float) -> int:
    """The grade of 1 to 5 that a likelihood or loss of the product method is nearest to, a half counting up."""
    return min(5, max(1, math.floor(value + 0.5)))


SHIPPED_EDITION = "GB/T 20984-2007"
