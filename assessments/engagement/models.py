"""Engagement of an evaluation agency for one object: its term, the four activities, the report and its problems."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.models import Decision, Record

REPORT_PATTERN = r"^\d{11}-\d{5}-\d{2}-\d{4}-\d{2}$"
report_number = RegexValidator(
    REPORT_PATTERN,
    _("应为 11 位-5 位-2 位年份-4 位机构代码-2 位次数，如 41100043001-25017-26-0001-01，请照报告封面重填。"),
)
ACCOUNT = "agency"  # capacity of a person of the agency


class Agency(Record):
    """An evaluation agency. ``code``: its four digits in report numbers."""

    scope_path: ClassVar[str] = ""

    name = models.CharField(_("机构名称"), max_length=100, unique=True)
    code = models.CharField(
        _("机构代码"), max_length=4, unique=True, validators=[RegexValidator(r"^\d{4}$", _("机构代码为 4 位数字。"))]
    )
    certificate = models.CharField(_("推荐或资质证书编号"), max_length=60, blank=True)
    valid_until = models.DateField(_("证书有效期至"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("测评机构")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the agency."""
        return reverse("assessments:agency-detail", args=[self.pk])


class EngagementKind(models.TextChoices):
    """What is evaluated."""

    LEVEL = "level", _("等级测评")
    CRYPTO = "crypto", _("密评")


class EngagementState(models.TextChoices):
    """The four activities of GB/T 28449-2018, then the end."""

    PREPARING = "preparing", _("测评准备")
    DESIGNING = "designing", _("方案编制")
    ONSITE = "onsite", _("现场测评")
    REPORTING = "reporting", _("报告编制")
    DONE = "done", _("已完成")
    TERMINATED = "terminated", _("已终止")


OPEN = (
    EngagementState.PREPARING, EngagementState.DESIGNING, EngagementState.ONSITE, EngagementState.REPORTING
)  # fmt: skip


class Paper(models.TextChoices):
    """The documents of the activities (GB/T 28449-2018 clauses 5 to 8)."""

    PLAN = "plan", _("项目计划书")
    SURVEY = "survey", _("填好的调查表格")
    RISK = "risk_notice", _("风险告知书")
    SCHEME = "scheme", _("测评方案")
    GUIDE = "guide", _("测评指导书")
    PERMIT = "permit", _("现场测评授权书")
    RECORDS = "records", _("现场测评记录")
    EVIDENCE = "evidence", _("委托单位确认的证据记录")
    REPORT = "report", _("测评报告")


# activity → the documents without which it is not over
PAPERS: dict[str, tuple[Paper, ...]] = {
    EngagementState.PREPARING: (Paper.PLAN, Paper.SURVEY, Paper.RISK),
    EngagementState.DESIGNING: (Paper.SCHEME, Paper.GUIDE),
    EngagementState.ONSITE: (Paper.PERMIT, Paper.RECORDS, Paper.EVIDENCE),
    EngagementState.REPORTING: (Paper.REPORT,),
}


class Conclusion(models.TextChoices):
    """等级测评结论 of the 2025 template; 密评 has the same three words."""

    MET = "met", _("符合")
    MOSTLY = "mostly", _("基本符合")
    UNMET = "unmet", _("不符合")


class Engagement(Record):
    """One evaluation of one object by an agency; several objects of a contract are several engagements.

    ``ends_on``: last day of the agency's access. ``rate``: 符合率 in percent as the report states it.
    ``next_due_on``: by when the next is due, by the rules as they stood at completion.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("",)
    has_files = has_comments = True
    files_label: ClassVar[Any] = _("测评文档")
    state_tones: ClassVar[dict[str, str]] = {"done": "ok", "terminated": "plain"}

    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("测评对象"), on_delete=models.PROTECT, related_name="engagements"
    )
    kind = models.CharField(
        _("类别"), max_length=6, choices=EngagementKind.choices, default=EngagementKind.LEVEL
    )
    agency = models.ForeignKey(Agency, verbose_name=_("测评机构"), on_delete=models.PROTECT, related_name="engagements")
    contract_number = models.CharField(_("合同编号"), max_length=60)
    signed_on = models.DateField(_("签订日期"))
    starts_on = models.DateField(_("测评开始日期"))
    ends_on = models.DateField(_("测评结束日期"), help_text=_("测评机构人员的查看权限到这一天为止。"))
    scope_note = models.TextField(_("测评范围"), max_length=1000, blank=True)
    report_number = models.CharField(
        _("报告编号"), max_length=40, blank=True, editable=False
    )
    report_date = models.DateField(_("报告日期"), null=True, editable=False)
    conclusion = models.CharField(
        _("测评结论"), max_length=6, choices=Conclusion.choices, blank=True, editable=False
    )
    rate = models.DecimalField(
        _("符合率（%）"), max_digits=5, decimal_places=2, null=True, editable=False,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    next_due_on = models.DateField(_("下次应测评日期"), null=True, editable=False)
    reported_on = models.DateField(_("报密码管理部门备案日期"), null=True, blank=True, editable=False)
    state = models.CharField(
        _("状态"), max_length=10, choices=EngagementState.choices, default=EngagementState.PREPARING, editable=False
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("测评项目")
        verbose_name_plural = _("测评项目")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object", "kind"],
                condition=models.Q(state__in=[str(state) for state in OPEN]),
                name="one_open_engagement_per_kind",
                violation_error_message=_("该对象已有一个没有完成的同类测评项目。"),
            ),
            models.UniqueConstraint(
                fields=["report_number"], condition=~models.Q(report_number=""), name="report_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protected_object} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """The page of the engagement."""
        return reverse("assessments:engagement-detail", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it is still going on."""
        return self.state in OPEN

    @property
    def takes_files(self) -> bool:
        """Documents come while it goes on."""
        return self.is_open

    @property
    def kept_slots(self) -> tuple[str, ...]:
        """The documents of activities that are over stay."""
        order = list(PAPERS)
        over = order[: order.index(self.state)] if self.state in order else order
        return tuple(str(paper) for activity in over for paper in PAPERS[activity])

    @property
    def is_deletable(self) -> bool:
        """Only one that no step was taken on."""
        return self.state == EngagementState.PREPARING and not Decision.of(self).exists()

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """What went on is history. Conflict says so."""
        if not self.is_deletable:
            raise errors.Conflict(_t("测评项目已开展，作为历史保留；不再继续的请终止。"), obj=self)
        return super().delete(*args, **kwargs)


class EngagementFinding(models.Model):
    """A problem the agency reports beside the results by item; its corrective action opens at completion."""

    class Severity(models.TextChoices):
        """Risk of the problem; 重大 = 重大风险隐患."""

        LOW = "low", _("低")
        MEDIUM = "medium", _("中")
        HIGH = "high", _("高")
        MAJOR = "major", _("重大风险隐患")

    scope_path: ClassVar[str] = "engagement__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("engagement",)

    engagement = models.ForeignKey(Engagement, on_delete=models.CASCADE, related_name="findings")
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    title = models.CharField(_("问题"), max_length=120)
    description = models.TextField(_("问题描述"), max_length=2000)
    severity = models.CharField(_("风险"), max_length=6, choices=Severity.choices)
    component = models.CharField(_("涉及的设备或部位"), max_length=120, blank=True)
    at = models.DateTimeField(_("登记时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("登记人"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("测评发现的问题")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title
