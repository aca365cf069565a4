"""Rules of automatic findings, what they found, and what has to be asked because no data say it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import Record

LEVEL: dict[str, Any] = {"validators": [MinValueValidator(1), MaxValueValidator(5)]}


class Kind(models.TextChoices):
    """What a rule stands on."""

    CASE = "case", _("高风险判例")
    DUTY = "duty", _("法定义务")


class Severity(models.TextChoices):
    """How grave a finding is; as ``ports.Shortcoming`` takes it."""

    LOW = "low", _("低")
    MEDIUM = "medium", _("中")
    HIGH = "high", _("高")
    MAJOR = "major", _("重大风险隐患")


class Condition(models.TextChoices):
    """What the data are asked; the functions are in ``conditions``."""

    BACKUP = "backup", _("没有成功的备份记录")
    CONTINUITY = "continuity", _("业务连续性要求高，是否有热冗余须询问")
    ANSWER = "answer", _("最近一次审定的自评估中，条款不符合")
    ASKED = "asked", _("系统没有数据，须询问")
    LEADERSHIP = "leadership", _("单位没有在任的分管领导")
    LAUNCH_TEST = "launch_test", _("工程验收中没有合格的上线前安全测试报告")
    UNEVALUATED = "unevaluated", _("上一年度没有等级测评报告")
    UNEVALUATED_RISK = "unevaluated_risk", _("上一年度没有等级测评报告，且有未整改的高风险")
    AGENCY = "agency", _("最近一次等级测评时，测评机构的证书已过期")
    PLAN = "plan", _("没有已发布的应急预案")
    TRAINING = "training", _("既没有预案培训记录，也没有演练记录")
    UNFILED = "unfiled", _("超过备案期限，没有备案证明")
    CERTIFICATE = "certificate", _("备案证明临近到期或已过期")


class Unknown(models.TextChoices):
    """What is done where the data say nothing: never a finding."""

    ASK = "ask", _("询问单位")
    WAIT = "wait", _("暂不判断")


class Confidence(models.TextChoices):
    """How well the basis is checked."""

    ORIGINAL = "V1", _("已核对原文")
    ACCOUNT = "V2", _("已核对转述")
    OPEN = "K", _("待核对")


class FindingRule(Record):
    """One rule: to which objects it applies, what its condition is, where the data come from, on what ground.

    ``case``: number in the 2025 high-risk guideline, "" for a duty of law; ``clause``: the item of GB/T 22239-2019
    level 3 it speaks of; ``per_unit``: asked once of a unit, of its highest object; ``number`` in ``number_unit``;
    ``reference``: what the condition looks up (lines of gates); ``valid_months``: how long an answer holds;
    ``dispute_days``: after which a finding nobody disputed stands; ``shipped``: the values as they were shipped.
    """

    scope_path: ClassVar[str] = ""
    history_labels: ClassVar[dict[str, Any]] = {"is_edited": _("本市已调整")}

    code = models.CharField(_("编号"), max_length=20, unique=True, editable=False)
    name = models.CharField(_("发现"), max_length=80)
    kind = models.CharField(_("类别"), max_length=6, choices=Kind.choices, editable=False)
    case = models.CharField(_("高风险判例"), max_length=16, blank=True, editable=False)
    clause = models.CharField(_("对应条款（第三级）"), max_length=40, blank=True, editable=False)
    condition = models.CharField(_("条件"), max_length=20, choices=Condition.choices, editable=False)
    reference = models.CharField(_("对照"), max_length=60, blank=True, editable=False)
    per_unit = models.BooleanField(_("按单位判断"), default=False, editable=False)
    min_level = models.PositiveSmallIntegerField(_("最低等级"), **LEVEL)
    max_level = models.PositiveSmallIntegerField(_("最高等级"), **LEVEL)
    number = models.PositiveIntegerField(
        _("参数"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    number_unit = models.CharField(_("参数单位"), max_length=20, blank=True, editable=False)
    severity = models.CharField(_("风险"), max_length=8, choices=Severity.choices)
    when_unknown = models.CharField(_("未知时"), max_length=4, choices=Unknown.choices)
    question = models.CharField(_("询问"), max_length=200, help_text=_("写成是非题，答“是”表示符合要求。"))
    valid_months = models.PositiveSmallIntegerField(
        _("答复有效期（月）"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    dispute_days = models.PositiveSmallIntegerField(
        _("异议期（天）"), default=15, validators=[MinValueValidator(1), MaxValueValidator(90)],
        help_text=_("本市默认值。期满没有异议的，按认可处理。"),
    )  # fmt: skip
    source = models.CharField(_("数据来源"), max_length=200, editable=False)
    basis = models.CharField(_("依据"), max_length=200)
    confidence = models.CharField(_("依据核对情况"), max_length=2, choices=Confidence.choices)
    enabled = models.BooleanField(_("启用"), default=True)
    is_edited = models.BooleanField(default=False, editable=False)
    shipped = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("自动发现规则")
        verbose_name_plural = _("自动发现规则")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the rule."""
        return reverse("assessments:findingrule-detail", args=[self.pk])

    @property
    def number_text(self) -> str:
        """90 天; "" where the condition takes no number."""
        return f"{self.number} {self.number_unit}" if self.number and self.number_unit else ""

    def clean(self) -> None:
        """Levels in order; a number where the condition needs one, none where it does not."""
        wrong: dict[str, str] = {}
        if self.min_level and self.max_level and self.min_level > self.max_level:
            wrong["max_level"] = _t("最高等级不能低于最低等级。")
        if self.number_unit and not self.number:
            wrong["number"] = _t("这条规则须有参数（%s）。") % self.number_unit
        if self.number and not self.number_unit:
            wrong["number"] = _t("这条规则没有参数，请留空。")
        if wrong:
            raise ValidationError(wrong)


class FindingState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", _("待确认")
    DISPUTED = "disputed", _("异议待裁定")
    ACCEPTED = "accepted", _("已认定，整改中")
    CLOSED = "closed", _("整改已关闭")
    REVOKED = "revoked", _("异议成立，已撤销")
    GONE = "gone", _("数据已更正")


LIVE = (FindingState.OPEN, FindingState.DISPUTED, FindingState.ACCEPTED)
"""States in which a finding counts; there is one such finding of a rule on an object at most."""


class Finding(Record):
    """What a rule found on an object. ``evidence``: [what, value] pairs as the data said when it was found.

    ``fingerprint``: of rule and evidence, so that what was disputed with success is not found again from the same
    data; ``cleared_on``: since when the data no longer show it while its rectification runs.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    has_files: ClassVar[bool] = True
    files_label: ClassVar[Any] = _("异议的证明材料")
    state_tones: ClassVar[dict[str, str]] = {
        "open": "warn", "disputed": "info", "accepted": "bad", "closed": "ok", "revoked": "", "gone": ""
    }  # fmt: skip

    rule = models.ForeignKey(FindingRule, verbose_name=_("规则"), on_delete=models.PROTECT, related_name="findings")
    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("对象"), on_delete=models.PROTECT, related_name="findings"
    )
    title = models.CharField(_("发现"), max_length=80)
    level = models.PositiveSmallIntegerField(_("对象等级"))
    case = models.CharField(_("高风险判例"), max_length=16, blank=True)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    severity = models.CharField(_("风险"), max_length=8, choices=Severity.choices)
    basis = models.CharField(_("依据"), max_length=200)
    evidence = models.JSONField(_("依据的数据"), default=list)
    fingerprint = models.CharField(max_length=64)
    found_on = models.DateField(_("发现日期"))
    seen_on = models.DateField(_("最近一次检查"))
    respond_by = models.DateField(_("异议截止"))
    cleared_on = models.DateField(_("数据已不再显示"), null=True)
    rectification = models.ForeignKey(
        "assessments.Rectification", verbose_name=_("整改事项"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=FindingState.choices, default=FindingState.OPEN, editable=False
    )

    class Meta:
        verbose_name = _("自动发现")
        verbose_name_plural = _("自动发现")
        ordering = ["-found_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "protected_object"],
                condition=models.Q(state__in=[str(state) for state in LIVE]), name="one_live_finding",
            )
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["protected_object", "state"], name="finding_of_object"),
            models.Index(fields=["-found_on", "-id"], name="finding_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.protected_object}：{self.title}"

    def get_absolute_url(self) -> str:
        """The page of the finding."""
        return reverse("assessments:finding-detail", args=[self.pk])

    @property
    def frozen_digest(self) -> str:
        """Proofs are added while the unit may still dispute it, and stay as they were when it did."""
        return "" if self.state == FindingState.OPEN else f"v{self.version}-{self.state}"

    def frozen_content(self) -> list[str]:
        """Never asked: a finding has no form."""
        return []


class FactState(models.TextChoices):
    """Where a question stands."""

    ASKED = "asked", _("待答复")
    ANSWERED = "answered", _("已答复")
    MOOT = "moot", _("无须答复")


class Said(models.TextChoices):
    """The answer to a yes/no question; "no" is a finding."""

    YES = "yes", _("是")
    NO = "no", _("否")
    NONE = "na", _("不适用")


class AskedFact(Record):
    """A fact no data of the system say, asked of the unit with proof; one of a rule on an object."""

    scope_path: ClassVar[str] = "protected_object__unit__path"
    has_files: ClassVar[bool] = True
    files_label: ClassVar[Any] = _("证明材料")
    state_tones: ClassVar[dict[str, str]] = {"asked": "warn", "answered": "ok", "moot": ""}

    rule = models.ForeignKey(FindingRule, verbose_name=_("规则"), on_delete=models.PROTECT, related_name="facts")
    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("对象"), on_delete=models.PROTECT, related_name="asked_facts"
    )
    question = models.CharField(_("询问"), max_length=200)
    asked_on = models.DateField(_("询问日期"))
    answer = models.CharField(_("答复"), max_length=4, choices=Said.choices, blank=True)
    explanation = models.TextField(_("说明"), max_length=2000, blank=True)
    answered_on = models.DateField(_("答复日期"), null=True)
    answered_by = models.CharField(_("答复人"), max_length=150, blank=True)
    valid_until = models.DateField(_("有效期至"), null=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=FactState.choices, default=FactState.ASKED, editable=False
    )

    class Meta:
        verbose_name = _("询问事项")
        verbose_name_plural = _("询问事项")
        ordering = ["-asked_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["rule", "protected_object"], name="fact_asked_once")]
        indexes = [models.Index(fields=["-asked_on", "-id"], name="fact_by_day")]

    def __str__(self) -> str:
        return f"{self.protected_object}：{self.rule.name}"

    def get_absolute_url(self) -> str:
        """The page of the question."""
        return reverse("assessments:askedfact-detail", args=[self.pk])

    @property
    def frozen_digest(self) -> str:
        """Proofs stay as they were when the question was answered."""
        return "" if self.state == FactState.ASKED else f"v{self.version}-{self.state}"

    def frozen_content(self) -> list[str]:
        """Never asked: a question has no form."""
        return []
