"""Self-assessment, or an agency's evaluation: the frozen items of an object's level and the answers to them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core import errors, permissions, search
from secmgmt.core.models import Attachment, Comment, Decision, Record, ScopedQuerySet

from . import formulas, points

DUTIES = [("platform", _("平台提供")), ("joint", _("共同"))]
PENDING = [
    ("carried", _("沿用上次，待确认")),
    ("expired", _("沿用上次，证据已过期")),
    ("waiting", _("平台结果不可用")),
]
REUSES = [("carried", _("沿用上次")), ("shown", _("上次答复供参考"))]
RISKS = [("高", _("高")), ("中", _("中")), ("低", _("低"))]


class AssessmentState(models.TextChoices):
    """Where an assessment stands."""

    IN_PROGRESS = "in_progress", _("进行中")
    SUBMITTED = "submitted", _("已提交")
    RETURNED = "returned", _("已退回")
    CONFIRMED = "confirmed", _("已确认")
    STOPPED = "stopped", _("已终止")


class Assessment(Record):
    """One self-assessment (自评估) of an object against a standard, or the results of an agency's evaluation.

    The items that apply are copied with code, edition and wording when it is created. ``result``: the scores
    as they stood at confirmation, never changed afterwards. ``engagement``: that of the agency whose results these
    are (等级测评, 密评), None for the unit's own word.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "protected_object", "engagement")
    state_tones: ClassVar[dict[str, str]] = {"returned": "warn", "confirmed": "ok", "stopped": "plain"}
    history_labels: ClassVar[dict[str, Any]] = {
        "business_level": _("业务信息安全等级"), "service_level": _("系统服务安全等级")
    }  # fmt: skip

    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("对象"), on_delete=models.PROTECT, related_name="assessments"
    )
    title = models.CharField(_("名称"), max_length=120)
    standard = models.ForeignKey(
        "assessments.Standard", verbose_name=_("标准"), null=True, on_delete=models.PROTECT, related_name="assessments"
    )
    engagement = models.OneToOneField(
        "assessments.Engagement", verbose_name=_("测评项目"), null=True, blank=True, editable=False,
        on_delete=models.PROTECT, related_name="assessment",
    )  # fmt: skip
    standard_code = models.CharField(_("标准"), max_length=60, editable=False)
    level = models.PositiveSmallIntegerField(_("等级"), editable=False)
    business_level = models.PositiveSmallIntegerField(_("S"), editable=False)
    service_level = models.PositiveSmallIntegerField(_("A"), editable=False)
    extensions = models.JSONField(_("扩展要求"), default=list, editable=False)
    report_date = models.DateField(_("报告日期"))
    due_on = models.DateField(_("截止日期"), null=True, blank=True)
    template = models.CharField(
        _("评分模板"), max_length=8, choices=list(formulas.TEMPLATES.items()), default="2025"
    )
    formula = models.CharField(
        _("符合率公式"),
        max_length=16,
        choices=[(code, f.label) for code, f in formulas.FORMULAS.items()],
        default="simple",
    )
    attention = models.DecimalField(_("关注系数"), max_digits=3, decimal_places=2, default=Decimal("0.5"))
    weights = models.CharField(max_length=8, default=formulas.DEFAULT_WEIGHTS, editable=False)
    state = models.CharField(
        _("状态"),
        max_length=12,
        choices=AssessmentState.choices,
        default=AssessmentState.IN_PROGRESS,
        editable=False,
    )
    total = models.PositiveIntegerField(_("项数"), default=0, editable=False)
    result = models.JSONField(default=dict, editable=False)
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("自评估")
        verbose_name_plural = _("自评估")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object", "standard_code"],
                condition=models.Q(state__in=("in_progress", "submitted", "returned"), engagement__isnull=True),
                name="one_open_assessment_per_standard",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def by_agency(self) -> bool:
        """Whether an agency found it and not the unit itself."""
        return self.engagement_id is not None

    @property
    def noun(self) -> str:
        """What it is: 自评估, 等级测评 or 密评."""
        return str(self.engagement.get_kind_display() if self.engagement else _("自评估"))

    @property
    def assessor(self) -> str:
        """Who says so: the agency, or the unit."""
        return str(self.engagement.agency if self.engagement else self.protected_object.unit)

    def answered_whole_by(self, user: Any) -> bool:
        """Whether ``user`` answers every item: by position, or as one of the agency whose results these are."""
        if permissions.may(user, Answer, "answer", permissions.path_of(self)):
            return True
        return self.by_agency and "answer" in permissions.actions_for(user, [self])[self.pk]

    @property
    def is_deletable(self) -> bool:
        """Only one that was begun by mistake: never submitted, nothing answered, attached or said."""
        given = self.answers.exclude(result="").filter(pending="")
        if self.state != AssessmentState.IN_PROGRESS or given.exclude(duty="platform", answered_by=None).exists():
            return False
        kind, items = ContentType.objects.get_for_model(Answer), self.answers.values("pk")
        hanging = (model.objects.filter(content_type=kind, object_id__in=items) for model in (Attachment, Comment))
        return not (Decision.of(self).exists() or any(rows.exists() for rows in hanging))

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Answers are not thrown away with their assessment. Conflict says so."""
        if not self.is_deletable:
            raise errors.Conflict(_("“%(name)s”已有作答或办理记录，不能删除。") % {"name": self}, obj=self)
        search.forget_many(list(self.answers.exclude(found="")))
        return super().delete(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """The page of the assessment."""
        return reverse("assessments:assessment-detail", args=[self.pk])

    @property
    def level_line(self) -> str:
        """第三级 S3A3G3."""
        notation = f"S{self.business_level}A{self.service_level}G{self.level}"
        return f"{level_label(self.level)} {notation}"

    @property
    def answer_url(self) -> str:
        """The page on which its items are answered."""
        return reverse("assessments:assessment-answer", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether answers may still be given."""
        return self.state in (AssessmentState.IN_PROGRESS, AssessmentState.RETURNED)

    @property
    def method(self) -> formulas.Method:
        """How its figures come about."""
        return formulas.Method(self.template, self.formula, self.attention, self.weights)

    def frozen_content(self) -> list[Any]:
        """The answers as they are submitted, those by component and the files included."""
        columns = ("code", "result", "value", "found", "risk", "high_risk_applies", "version")
        given = ComponentResult.objects.filter(answer__assessment=self).order_by("pk")
        files = Attachment.objects.filter(
            content_type=ContentType.objects.get_for_model(Answer), object_id__in=self.answers.values("pk")
        ).order_by("pk")
        rows = (
            self.answers.order_by("order").values_list(*columns),
            given.values_list("answer__code", "name", "result"),
            files.values_list("object_id", "name", "digest"),
        )
        return [list(map(str, row)) for listed in rows for row in listed]


class Answer(models.Model):
    """One item of an assessment, its frozen wording and the answer to it."""

    files_label: ClassVar[Any] = _("证据")
    has_files: ClassVar[bool] = True
    has_comments: ClassVar[bool] = True
    scope_path: ClassVar[str] = "assessment__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = (
        "assessment", "assessment__protected_object", "assessment__engagement"
    )  # fmt: skip

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="answers")
    order = models.PositiveIntegerField()
    code = models.CharField(_("条款"), max_length=40)
    unit_code = models.CharField(_("测评单元"), max_length=40, blank=True)
    level = models.PositiveSmallIntegerField()
    scope = models.CharField(max_length=10)
    layer = models.CharField(_("层面"), max_length=40)
    control_point = models.CharField(_("控制点"), max_length=60)
    domain = models.CharField(max_length=4)
    summary = models.CharField(_("要求"), max_length=500)
    official_text = models.TextField(blank=True)
    weight = models.PositiveSmallIntegerField(default=1)
    high_risk = models.JSONField(default=list)
    guidance = models.ForeignKey("assessments.Guidance", null=True, on_delete=models.SET_NULL, related_name="+")

    result = models.CharField(
        _("结果"), max_length=16, choices=list(points.RESULT_LABELS.items()), blank=True
    )
    value = models.DecimalField(max_digits=8, decimal_places=6, null=True)
    found = models.TextField(_("现状说明"), blank=True)
    risk = models.CharField(_("风险"), max_length=2, choices=RISKS, blank=True)
    high_risk_applies = models.JSONField(_("符合的高风险判例"), default=list)
    # Kept on the row, so that keeping an answer asks nothing more: see reuse_models.AnswerSource for where from.
    duty = models.CharField(_("责任"), max_length=8, choices=DUTIES, blank=True)
    own_result = models.CharField(
        _("本方结果"), max_length=16, choices=list(points.RESULT_LABELS.items()), blank=True
    )
    platform_result = models.CharField(
        _("平台结果"), max_length=16, choices=list(points.RESULT_LABELS.items()), blank=True
    )
    pending = models.CharField(_("待确认"), max_length=8, choices=PENDING, blank=True)
    reuse = models.CharField(_("沿用"), max_length=8, choices=REUSES, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("测评项")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["assessment", "code"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.summary}"

    @property
    def is_gap(self) -> bool:
        """Whether something is missing that has to be described and rated."""
        return self.result in (points.PARTIAL, points.UNMET)

    @property
    def lacks_reason(self) -> bool:
        """Whether 不适用 still stands without its reason."""
        explained = self.duty == "platform" and self.platform_result
        return self.result == points.NOT_APPLICABLE and not self.found and not explained

    @cached_property
    def by_component(self) -> int:
        """By how many components it is answered, 0 for one answer to the whole."""
        return self.component_results.count()

    @property
    def ratio(self) -> Decimal | Fraction | None:
        """What the answer counts, 0–1: exact over its components where it was given by component.

        Where the platform does its part too, never more than the platform's part.
        """
        given = [row.result for row in self.component_results.all()]
        if not given:
            return self.value
        own = points.combine_components(given).ratio
        part = points.result_value(self.platform_result) if self.duty and self.platform_result else None
        return part if own is None or (part is not None and part < own) else own

    @property
    def given(self) -> str:
        """What was answered here: the own part where the platform's part is known, else the result."""
        return self.own_result if self.duty == "joint" and self.platform_result else self.result

    @property
    def settled(self) -> str:
        """The result, "" while it waits to be confirmed."""
        return "" if self.pending else self.result

    def may_answer(self, user: Any) -> bool:
        """Whether ``user`` answers this item: by position, of the agency, or as the assignee of its layer."""
        if self.assessment.answered_whole_by(user):
            return True
        return self.assignee_id == user.pk and "answer" in permissions.actions_for(user, [self])[self.pk]

    def may_attach(self, user: Any) -> bool:
        """Evidence comes from who answers the item."""
        return self.may_answer(user)

    def beside_files(self, files: list[Attachment], user: Any, day: dt.date) -> dict[int, dict[str, Any]]:
        """At each file until when it proves, whether that is over on ``day``, and where whoever answers writes it."""
        may = self.assessment.is_open and self.may_answer(user)
        terms = Attachment.objects.filter(pk__in=[file.pk for file in files]).values_list("pk", "term__valid_until")
        return {
            pk: {
                "template": "assessments/assessment/term.html", "until": until, "expired": until and until < day,
                "url": reverse("assessments:answer-term", args=[self.pk, pk]) if may else "", "pk": str(pk),
            }
            for pk, until in terms
        }  # fmt: skip

    def get_absolute_url(self) -> str:
        """The page of the item: answer, components, evidence, remarks."""
        return reverse("assessments:answer-detail", args=[self.pk])

    @property
    def frozen_digest(self) -> str:
        """Evidence is neither added nor removed once the assessment is submitted."""
        return self.assessment.frozen_digest


class ComponentResult(models.Model):
    """The result of one item on one component, where an item is answered component by component.

    ``name``: the component as it was called when it was assessed.
    """

    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="component_results")
    component = models.ForeignKey("assets.Component", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120, default="")
    result = models.CharField(max_length=16, choices=list(points.RESULT_LABELS.items()))

    class Meta:
        ordering = ["component__kind", "name"]
        constraints = [models.UniqueConstraint(fields=["answer", "component"], name="component_result_once")]
