"""Inspections (检查评估): who leads, what is looked at, what was found, and the notice to the inspected unit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assessments.evaluation import points
from assessments.evaluation.models import RISKS
from assessments.rectification.choices import State as RectificationState
from secmgmt.core.models import Record

CONFIDENCE = [
    ("V1", _("已读原文")), ("V2", _("二手资料")), ("K", _("经验")), ("K?", _("待核对：须由本单位法制部门确认")),
]  # fmt: skip
RESULTS = list(points.RESULT_LABELS.items())


class Department(Record):
    """A department that leads inspections or takes part in them; its name follows every reform without code.

    ``unit``: where in the tree of units its people are; none = whoever inspects for the object's area.
    """

    scope_path: ClassVar[str] = ""

    code = models.CharField(_("编码"), max_length=12, unique=True)
    name = models.CharField(_("部门"), max_length=100)
    short = models.CharField(_("简称"), max_length=20)
    kind = models.CharField(_("类别"), max_length=30)
    duty = models.CharField(_("检查中的分工"), max_length=300, blank=True)
    unit = models.ForeignKey(
        settings.SCOPE_NODE_MODEL, verbose_name=_("对应单位"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+", help_text=_("牵头时，只有该单位及其下级的检查人员可以办理；不填则不限。"),
    )  # fmt: skip
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("检查部门")
        verbose_name_plural = _("检查部门")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the department."""
        return reverse("assessments:department-detail", args=[self.pk])


class NoticeKind(Record):
    """A kind of document a department may issue, with what it rests on."""

    scope_path: ClassVar[str] = ""

    department = models.ForeignKey(
        Department, verbose_name=_("部门"), on_delete=models.PROTECT, related_name="notice_kinds"
    )
    name = models.CharField(_("文书"), max_length=30)
    word = models.CharField(_("发文代字"), max_length=20)
    basis = models.CharField(_("依据"), max_length=300)
    confidence = models.CharField(_("依据核对情况"), max_length=2, choices=CONFIDENCE, default="K?")
    reply_days = models.PositiveSmallIntegerField(
        _("回复天数（自然日）"), null=True, blank=True, validators=[MaxValueValidator(365)],
        help_text=_("不填表示没有默认期限，签发时填写。"),
    )  # fmt: skip
    needs_signature = models.BooleanField(_("须领导签发"), default=False)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        verbose_name = _("检查文书种类")
        verbose_name_plural = _("检查文书种类")
        ordering = ["department__code", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "name"], name="notice_kind_once",
                violation_error_message=_("该部门已有同名的文书。"),
            ),
            models.UniqueConstraint(
                fields=["word"], name="notice_word_once", violation_error_message=_("这个发文代字已被使用。")
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.department.short}：{self.name}"

    def get_absolute_url(self) -> str:
        """The page of the kind."""
        return reverse("assessments:noticekind-detail", args=[self.pk])


class InspectionState(models.TextChoices):
    """Where an inspection stands."""

    PLANNED = "planned", _("已计划")
    ONSITE = "onsite", _("现场检查")
    SUMMING = "summing", _("汇总问题")
    SIGNING = "signing", _("通知待签发")
    ISSUED = "issued", _("已发通知")
    RECHECKING = "rechecking", _("复查")
    CONCLUDED = "concluded", _("已结论")
    CANCELLED = "cancelled", _("已取消")


class Inspection(Record):
    """One inspection of one object, led by a department.

    Seen by inspectors, leadership and its team; the inspected unit sees only the notice issued to it.
    ``layers``: the layers looked at, empty = all. ``draft_*``: the notice before it is issued.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("",)
    state_tones: ClassVar[dict[str, str]] = {"planned": "plain", "signing": "warn", "issued": "warn", "concluded": "ok"}

    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("被检查对象"), on_delete=models.PROTECT, related_name="inspections"
    )
    title = models.CharField(_("名称"), max_length=120)
    lead = models.ForeignKey(Department, verbose_name=_("牵头部门"), on_delete=models.PROTECT, related_name="led")
    departments = models.ManyToManyField(
        Department, verbose_name=_("参加部门"), blank=True, related_name="inspections"
    )
    basis = models.CharField(_("检查依据"), max_length=300)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    layers = models.JSONField(_("检查层面"), default=list, blank=True)
    standard_code = models.CharField(_("标准"), max_length=60, editable=False)
    level = models.PositiveSmallIntegerField(_("等级"), editable=False)
    state = models.CharField(
        _("状态"), max_length=12, choices=InspectionState.choices, default=InspectionState.PLANNED, editable=False
    )
    finding_count = models.PositiveIntegerField(_("问题数"), default=0, editable=False)
    draft_kind = models.ForeignKey(
        NoticeKind, verbose_name=_("文书"), null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    draft_deadline = models.DateField(_("整改期限"), null=True, editable=False)
    draft_text = models.TextField(_("通知正文"), blank=True, editable=False)
    conclusion = models.TextField(_("检查结论"), blank=True, editable=False)
    concluded_on = models.DateField(_("结论日期"), null=True, editable=False)

    class Meta:
        verbose_name = _("检查评估")
        verbose_name_plural = _("检查评估")
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["-starts_on", "-id"], name="inspection_by_start")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the inspection."""
        return reverse("assessments:inspection-detail", args=[self.pk])


class Sample(models.Model):
    """A component drawn to be looked at (GB/T 28449-2018 附录 D). ``reason``: why the lead put it in by hand."""

    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="samples")
    component = models.ForeignKey("assets.Component", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    reason = models.CharField(_("调整理由"), max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["inspection", "component"], name="sample_once")]

    def __str__(self) -> str:
        return f"{self.name}（{self.kind}）"


class InspectionItem(Record):
    """One line of the checklist: an item of the catalogue as it read that day, or a question of the team's own.

    ``self_result``: what the unit's last confirmed self-assessment said of it, "" = not assessed.
    """

    scope_path: ClassVar[str] = "inspection__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("inspection",)
    has_files: ClassVar[bool] = True
    files_label: ClassVar[Any] = _("证据")

    class Method(models.TextChoices):
        """How it was found (GB/T 28449-2018)."""

        INTERVIEW = "interview", _("访谈")
        EXAMINE = "examine", _("核查")
        TEST = "test", _("测试")

    class Recheck(models.TextChoices):
        """What the re-inspection found."""

        FIXED = "fixed", _("已整改")
        OPEN = "open", _("未整改到位")

    inspection = models.ForeignKey(
        Inspection, verbose_name=_("检查评估"), on_delete=models.CASCADE, related_name="items"
    )
    order = models.PositiveIntegerField(_("次序"), editable=False, default=0)
    code = models.CharField(_("条款"), max_length=40, editable=False)
    layer = models.CharField(_("层面"), max_length=40, editable=False)
    control_point = models.CharField(_("控制点"), max_length=60)
    summary = models.CharField(_("检查内容"), max_length=500)
    high_risk = models.JSONField(default=list, editable=False)
    is_custom = models.BooleanField(_("自定检查内容"), default=False, editable=False)
    self_result = models.CharField(_("自评估结果"), max_length=16, choices=RESULTS, blank=True, editable=False)
    result = models.CharField(_("检查结果"), max_length=16, choices=RESULTS, blank=True)
    method = models.CharField(_("检查方法"), max_length=10, choices=Method.choices, blank=True)
    found = models.TextField(_("检查情况"), max_length=2000, blank=True)
    risk = models.CharField(_("风险"), max_length=2, choices=RISKS, blank=True)
    high_risk_case = models.CharField(_("高风险判例"), max_length=16, blank=True)
    is_major = models.BooleanField(_("重大风险隐患"), default=False)
    recheck = models.CharField(_("复查结果"), max_length=8, choices=Recheck.choices, blank=True)
    recheck_found = models.TextField(_("复查情况"), max_length=2000, blank=True)
    rectification = models.CharField(_("整改进展"), max_length=24, blank=True, editable=False)

    class Meta:
        verbose_name = _("检查项")
        verbose_name_plural = _("检查记录")
        ordering = ["inspection", "order"]
        constraints = [models.UniqueConstraint(fields=["inspection", "code"], name="inspection_item_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.control_point}"

    def get_absolute_url(self) -> str:
        """The page of the item."""
        return reverse("assessments:inspectionitem-detail", args=[self.pk])

    @property
    def is_finding(self) -> bool:
        """Whether something has to be put right."""
        return self.result in (points.PARTIAL, points.UNMET)

    @property
    def rectification_label(self) -> str:
        """整改中, 已关闭 …; "" before its rectification said anything."""
        return str(dict(RectificationState.choices).get(self.rectification, self.rectification))

    @property
    def frozen_digest(self) -> str:
        """Evidence stays as it is once the findings were summed up."""
        is_open = self.inspection.state in (
            InspectionState.PLANNED, InspectionState.ONSITE, InspectionState.RECHECKING
        )  # fmt: skip
        return "" if is_open else "frozen"

    def frozen_content(self) -> list[str]:
        """Never asked: a record is changed only while it is open."""
        return []


class SampleResult(models.Model):
    """The result of one item on one sample; the item's result follows from them (``points``)."""

    item = models.ForeignKey(InspectionItem, on_delete=models.CASCADE, related_name="sample_results")
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="results")
    result = models.CharField(max_length=16, choices=RESULTS)

    class Meta:
        ordering = ["sample__kind", "sample__name"]
        constraints = [models.UniqueConstraint(fields=["item", "sample"], name="sample_result_once")]


class IssuedState(models.TextChoices):
    """Where a notice stands at the inspected unit."""

    ISSUED = "issued", _("待签收")
    RECEIVED = "received", _("待回复")
    REPLIED = "replied", _("已回复")
    CLOSED = "closed", _("已办结")


class IssuedNotice(Record):
    """A notice as it was issued: number, deadline and text never change; this is all the unit sees.

    ``round``: 1, and one more each time a re-inspection sends it back; ``replies`` keeps what was replied in each.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    has_files: ClassVar[bool] = True
    files_label: ClassVar[Any] = _("回复的证明材料")
    state_tones: ClassVar[dict[str, str]] = {"issued": "bad", "received": "warn", "closed": "ok"}

    inspection = models.ForeignKey(
        Inspection, verbose_name=_("检查"), on_delete=models.PROTECT, related_name="notices"
    )
    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("对象"), on_delete=models.PROTECT, related_name="inspection_notices"
    )
    kind = models.ForeignKey(NoticeKind, verbose_name=_("文书"), on_delete=models.PROTECT, related_name="+")
    kind_name = models.CharField(_("文书"), max_length=30)
    issuer = models.CharField(_("签发部门"), max_length=100)
    basis = models.CharField(_("依据"), max_length=300)
    year = models.PositiveSmallIntegerField(_("年度"))
    sequence = models.PositiveIntegerField(_("顺序号"))
    number = models.CharField(_("文号"), max_length=60)
    issued_on = models.DateField(_("签发日期"))
    deadline = models.DateField(_("整改期限"))
    text = models.TextField(_("正文"))
    findings = models.JSONField(_("问题"), default=list)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    reply = models.TextField(_("回复"), max_length=4000, blank=True)
    state = models.CharField(
        _("状态"), max_length=12, choices=IssuedState.choices, default=IssuedState.ISSUED, editable=False
    )

    class Meta:
        verbose_name = _("检查通知")
        verbose_name_plural = _("检查通知")
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "sequence"], name="notice_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind_name} {self.number}"

    def get_absolute_url(self) -> str:
        """The page of the notice."""
        return reverse("assessments:issuednotice-detail", args=[self.pk])

    @property
    def frozen_digest(self) -> str:
        """Proofs neither come nor go once the unit has replied."""
        return f"v{self.version}-replied" if self.state in (IssuedState.REPLIED, IssuedState.CLOSED) else ""

    def frozen_content(self) -> list[str]:
        """Never asked: an issued notice has no form."""
        return []

    @property
    def is_open(self) -> bool:
        """Whether the unit still has something to do."""
        return self.state in (IssuedState.ISSUED, IssuedState.RECEIVED)


class NoticeReply(models.Model):
    """What the unit replied in one round; kept for good."""

    notice = models.ForeignKey(IssuedNotice, on_delete=models.CASCADE, related_name="replies")
    round = models.PositiveSmallIntegerField()
    deadline = models.DateField()
    text = models.TextField()
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        ordering = ["round", "pk"]
