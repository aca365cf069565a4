"""Filing (备案) of a graded object: what is handed in, the steps, the certificate's term and the rules behind it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.grading.models import Grading
from assets.inventory.validators import phone
from secmgmt.core import errors
from secmgmt.core.crypto import EncryptedCharField
from secmgmt.core.models import Attachment, Decision, Record, ScopedQuerySet

CERTIFICATE_PATTERN = r"^[0-9]{11}-[0-9]{5}$"  # not \d, which takes full-width digits too
certificate_number = RegexValidator(CERTIFICATE_PATTERN, _("应为 11 位数字、横线、5 位数字，请照证书左上角重填。"))


class Confidence(models.TextChoices):
    """How far the basis of a rule was confirmed."""

    TEXT = "V1", _("已核对原文")
    SECOND = "V2", _("据转载，待核对")
    CUSTOM = "K", _("业内通行做法，待核对")
    OPEN = "K?", _("依据不明，待核对")


class TermRule(Record):
    """A term of filing or evaluation as a number or a day, with its basis; kept by the rules keeper.

    ``unit``: what the number counts (months, days, working days); a rule has a number or a day.
    """

    class Unit(models.TextChoices):
        """What the number counts."""

        MONTHS = "months", _("个月")
        DAYS = "days", _("日")
        WORKDAYS = "workdays", _("个工作日")
        DAY = "day", _("日期")

    scope_path: ClassVar[str] = ""

    code = models.CharField(_("代码"), max_length=40, unique=True, editable=False)
    area = models.CharField(_("用于"), max_length=20, editable=False)
    label = models.CharField(_("规则"), max_length=120, editable=False)
    unit = models.CharField(_("单位"), max_length=10, choices=Unit.choices, editable=False)
    number = models.PositiveSmallIntegerField(_("数值"), null=True, blank=True)
    day = models.DateField(_("日期"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200)
    confidence = models.CharField(_("依据核对情况"), max_length=2, choices=Confidence.choices)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    is_changed = models.BooleanField(_("已由本单位调整"), default=False, editable=False)

    class Meta:
        verbose_name = _("期限规则")
        ordering = ["area", "code"]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        """The page of the rule."""
        return reverse("assessments:termrule-detail", args=[self.pk])

    @property
    def value_text(self) -> str:
        """36 个月; 2025-01-01."""
        return self.day.isoformat() if self.day else f"{self.number} {self.get_unit_display()}"


class FilingUnit(Record):
    """What 表一 asks of a unit: who leads it, who answers for security and for data; one for all its filings."""

    class Affiliation(models.TextChoices):
        """隶属关系."""

        CENTRAL = "1", _("中央")
        PROVINCE = "2", _("省（自治区、直辖市）")
        CITY = "3", _("地（区、市、州、盟）")
        COUNTY = "4", _("县（区、市、旗）")
        OTHER = "9", _("其他")

    class Kind(models.TextChoices):
        """单位类型."""

        PARTY = "1", _("党委机关")
        GOVERNMENT = "2", _("政府机关")
        INSTITUTION = "3", _("事业单位")
        COMPANY = "4", _("企业")
        OTHER = "9", _("其他")

    scope_path: ClassVar[str] = "unit__path"
    audit_exclude: ClassVar[frozenset[str]] = frozenset({"head_phone", "security_phone", "data_phone"})

    unit = models.OneToOneField(
        "accounts.OrgUnit", verbose_name=_("单位"), on_delete=models.PROTECT, related_name="filing_facts"
    )
    police = models.CharField(_("受理公安机关"), max_length=100)
    postcode = models.CharField(
        _("邮政编码"), max_length=6, validators=[RegexValidator(r"^\d{6}$", _("邮政编码为 6 位数字。"))]
    )
    website = models.CharField(_("单位使用互联网地址"), max_length=200, blank=True)
    affiliation = models.CharField(_("隶属关系"), max_length=1, choices=Affiliation.choices)
    kind = models.CharField(_("单位类型"), max_length=1, choices=Kind.choices)
    industry = models.CharField(
        _("行业类别"), max_length=60, help_text=_("写代码和名称，如“48 电子政务”；代码以备案表所附清单为准。")
    )
    head_name = models.CharField(_("单位负责人姓名"), max_length=40)
    head_title = models.CharField(_("单位负责人职务"), max_length=40)
    head_phone = EncryptedCharField(_("单位负责人办公电话"), max_length=20, validators=[phone])
    head_mail = models.EmailField(_("单位负责人电子邮件"), blank=True)
    security_department = models.CharField(_("网络安全责任部门"), max_length=60)
    security_contact = models.CharField(_("网络安全联系人"), max_length=40)
    security_title = models.CharField(_("网络安全联系人职务"), max_length=40, blank=True)
    security_phone = EncryptedCharField(_("网络安全联系人电话"), max_length=20, validators=[phone])
    security_mail = models.EmailField(_("网络安全联系人电子邮件"), blank=True)
    data_department = models.CharField(_("数据安全管理部门"), max_length=60)
    data_contact = models.CharField(_("数据安全联系人"), max_length=40)
    data_title = models.CharField(_("数据安全联系人职务"), max_length=40, blank=True)
    data_phone = EncryptedCharField(_("数据安全联系人电话"), max_length=20, validators=[phone])
    data_mail = models.EmailField(_("数据安全联系人电子邮件"), blank=True)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("备案单位信息")
        ordering = ["unit__path"]

    def __str__(self) -> str:
        return str(self.unit)

    def get_absolute_url(self) -> str:
        """The page of the unit's facts."""
        return reverse("assessments:filingunit-detail", args=[self.pk])


class FilingKind(models.TextChoices):
    """What is asked of the police."""

    FIRST = "first", _("备案")
    CHANGE = "change", _("变更")
    EXTENSION = "extension", _("延期")
    CANCEL = "cancel", _("撤销")


CERTIFIED = (FilingKind.FIRST, FilingKind.CHANGE)
"""What ends in a certificate."""


class FilingState(models.TextChoices):
    """Where a filing stands."""

    PREPARING = "preparing", _("准备")
    SUBMITTED = "submitted", _("已提交")
    REVIEWING = "reviewing", _("受理审核")
    RETURNED = "returned", _("退回补正")
    REJECTED = "rejected", _("审核不通过")
    FILED = "filed", _("已备案")
    DONE = "done", _("已办结")


OPEN = (FilingState.PREPARING, FilingState.SUBMITTED, FilingState.REVIEWING, FilingState.RETURNED)


class Material(models.TextChoices):
    """The slots of 表五 (提交材料情况), and what else goes with a filing."""

    TOPOLOGY = "topology", _("网络拓扑结构及说明")
    ORGANIZATION = "organization", _("网络安全组织架构及管理制度清单")
    DESIGN = "design", _("建设设计方案或整改设计方案")
    PRODUCTS = "products", _("网络安全专用产品清单及相关证明")
    SERVICES = "services", _("使用的安全服务清单")
    GUIDANCE = "guidance", _("行业主管部门指导定级文件")
    GRADING = "grading_report", _("定级报告")
    EXPERTS = "expert_opinion", _("专家评审意见")
    REASON = "reason", _("变更、延期或撤销的证明材料")


FORM_FIVE = (
    Material.TOPOLOGY, Material.ORGANIZATION, Material.DESIGN, Material.PRODUCTS, Material.SERVICES, Material.GUIDANCE
)  # fmt: skip


class Filing(Record):
    """One matter before the police about one object: filing, change, extension or cancellation.

    ``outside``: the police do not use this system, and the owner records their answers with proof. ``round``: how
    often it was handed in. ``materials_absent``: slots of 表五 that the unit says it has nothing for, with the reason.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "protected_object")
    has_files: ClassVar[bool] = True
    has_comments: ClassVar[bool] = True
    takes_files: ClassVar[bool] = True  # the answer of the police comes after it was handed in
    files_label: ClassVar[Any] = _("提交材料")
    state_tones: ClassVar[dict[str, str]] = {
        "preparing": "plain", "returned": "warn", "rejected": "bad", "filed": "ok", "done": "ok"
    }  # fmt: skip

    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("定级对象"), on_delete=models.PROTECT, related_name="filings"
    )
    kind = models.CharField(_("事项"), max_length=10, choices=FilingKind.choices, default=FilingKind.FIRST)
    grading = models.ForeignKey(
        Grading, verbose_name=_("定级"), null=True, editable=False, on_delete=models.PROTECT, related_name="filings"
    )
    reason = models.TextField(
        _("事由"), max_length=1000, blank=True, help_text=_("变更、延期、撤销时必填：变了什么、为什么。")
    )
    outside = models.BooleanField(
        _("公安机关不在本系统办理"), default=False, help_text=_("勾选后由责任单位补录公安机关的答复，并附书面证明。")
    )
    filled_by = models.CharField(_("填表人"), max_length=40)
    filled_on = models.DateField(_("填表日期"))
    materials_note = models.TextField(
        _("未提交材料的说明"), max_length=1000, blank=True, help_text=_("表五中没有附件的材料，逐项写明为什么没有。")
    )
    due_on = models.DateField(_("应备案日期"), null=True, editable=False)
    submitted_on = models.DateField(_("提交日期"), null=True, editable=False)
    answer_due_on = models.DateField(_("公安机关应答复日期"), null=True, editable=False)
    answered_on = models.DateField(_("答复日期"), null=True, editable=False)
    round = models.PositiveSmallIntegerField(_("提交次数"), default=0, editable=False)
    certificate_number = models.CharField(
        _("备案证明编号"), max_length=17, blank=True, editable=False, validators=[certificate_number]
    )
    certified_on = models.DateField(_("发证日期"), null=True, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=FilingState.choices, default=FilingState.PREPARING, editable=False
    )
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("备案")
        verbose_name_plural = _("备案")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object"],
                condition=models.Q(state__in=[str(state) for state in OPEN]),
                name="one_open_filing_per_object",
                violation_error_message=_("该对象已有一件没有办完的备案事项，请先办完它。"),
            )
        ]
        indexes = [models.Index(fields=["state", "answer_due_on"], name="filing_by_answer")]

    def __str__(self) -> str:
        return f"{self.protected_object} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """The page of the filing."""
        return reverse("assessments:filing-detail", args=[self.pk])

    @property
    def is_deletable(self) -> bool:
        """Only one that was never handed in."""
        return self.state == FilingState.PREPARING and not Decision.of(self).exists()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """What was handed in is history. Conflict says so."""
        if not self.is_deletable:
            raise errors.Conflict(_t("备案已提交过，作为历史保留，不能删除。"), obj=self)
        return super().delete(*args, **kwargs)

    @property
    def kept_slots(self) -> frozenset[str]:
        """Files that prove an answer of the police stay with it."""
        return frozenset(ReplyKind.values)

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to act on it."""
        return self.state in OPEN

    def frozen_content(self) -> dict[str, Any]:
        """What the police decide on: the form's own fields and the files handed in with it."""
        names = ("kind", "grading", "reason", "filled_by", "filled_on", "materials_note", "protected_object")
        found: dict[str, Any] = {name: self._meta.get_field(name).value_to_string(self) for name in names}
        handed = Attachment.of(self).exclude(slot__in=ReplyKind.values).order_by("pk")
        found["files"] = [list(map(str, row)) for row in handed.values_list("slot", "name", "digest")]
        return found


class ReplyKind(models.TextChoices):
    """What the police answered; the mark its proof carries as its use."""

    RECEIVED = "reply_received", _("受理回执")
    RETURNED = "reply_returned", _("补正通知")
    REJECTED = "reply_rejected", _("审核不通过通知")
    CERTIFICATE = "reply_certificate", _("备案证明")
    APPROVED = "reply_approved", _("办结通知")


class FilingReply(models.Model):
    """An answer of the police given outside this system, recorded by the owner with its proof."""

    scope_path: ClassVar[str] = "filing__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("filing", "filing__protected_object")

    filing = models.ForeignKey(Filing, on_delete=models.CASCADE, related_name="replies")
    kind = models.CharField(_("答复"), max_length=20, choices=ReplyKind.choices)
    round = models.PositiveSmallIntegerField(_("提交次数"))
    decided_by = models.CharField(_("公安机关"), max_length=200)
    decided_on = models.DateField(_("答复日期"))
    number = models.CharField(_("文号或编号"), max_length=60, blank=True)
    proof = models.ForeignKey(Attachment, verbose_name=_("证明文件"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("补录时间"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("公安机关答复")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.decided_on}"


class Prolongation(models.Model):
    """By what a certificate's term was lengthened: a completed level evaluation, or an extension granted.

    ``source``: number of the evaluation report, or of the filing; one source lengthens a term once.
    """

    class Kind(models.TextChoices):
        """Why."""

        EVALUATION = "evaluation", _("完成等级测评")
        EXTENSION = "extension", _("批准延期")

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("protected_object",)

    protected_object = models.ForeignKey(
        "assets.ProtectedObject", on_delete=models.PROTECT, related_name="prolongations"
    )
    certificate_number = models.CharField(max_length=17)
    kind = models.CharField(_("原因"), max_length=10, choices=Kind.choices)
    source = models.CharField(_("凭据"), max_length=60)
    on = models.DateField(_("日期"))
    months = models.PositiveSmallIntegerField(_("顺延（月）"))
    at = models.DateTimeField(_("登记时间"))

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("有效期顺延")
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object", "certificate_number", "kind", "source"], name="prolonged_once_by_a_source"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.source}"
