"""Rectification items (整改事项), where they come from, what came of them, and the rules that route them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core import errors
from secmgmt.core.models import Attachment, Decision, Record, ScopedQuerySet

from .choices import (
    DECIDERS,
    NEXT_WORD,
    RUNNING,
    AfterResult,
    Matter,
    Origin,
    Risk,
    State,
)

MONEY: dict[str, Any] = {"max_digits": 10, "decimal_places": 2, "validators": [MinValueValidator(Decimal(0))]}
BOOKKEEPING = frozenset(
    "id version created_at updated_at updated_by state frozen_digest decides_role escalated closed_on".split()
)


class Rectification(Record):
    """A problem on its way to closure.

    ``decides_role``: whose decision it waits for, frozen from the routing table when it was submitted, "" when the
    owner's side has the next word. ``planned``: a plan stands approved. ``level``: of the object when
    the problem was found. ``cost``: 万元. ``escalated``: how far up its lateness was told, 0–3. ``asked_*``: the
    request that waits, or the last one.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("", "protected_object")
    has_files: ClassVar[bool] = True
    has_comments: ClassVar[bool] = True
    files_label: ClassVar[Any] = _("方案材料和整改证据")
    state_tones: ClassVar[dict[str, str]] = {
        "planning": "warn", "plan_review": "info", "doing": "info", "extension_review": "info",
        "acceptance_review": "info", "accepted": "plain", "verifying": "info", "closed": "ok",
    }  # fmt: skip

    number = models.CharField(_("编号"), max_length=20, unique=True, editable=False)
    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("对象"), on_delete=models.PROTECT, related_name="rectifications"
    )
    level = models.PositiveSmallIntegerField(_("对象等级"), null=True, editable=False)
    origin = models.CharField(_("来源"), max_length=12, choices=Origin.choices, default=Origin.SELF)
    title = models.CharField(_("问题"), max_length=200)
    finding = models.TextField(_("问题描述"), max_length=4000)
    component = models.CharField(_("涉及部件"), max_length=200, blank=True)
    standard = models.CharField(_("标准"), max_length=60, blank=True)
    clause = models.CharField(_("条款"), max_length=40, blank=True)
    requirement = models.CharField(_("要求"), max_length=500, blank=True)
    high_risk_case = models.CharField(_("高风险判例"), max_length=16, blank=True)
    risk = models.CharField(_("风险"), max_length=2, choices=Risk.choices)
    major = models.BooleanField(_("重大风险隐患"), default=False)
    found_on = models.DateField(_("发现日期"))
    due_on = models.DateField(_("整改期限"), blank=True)
    due_basis = models.CharField(_("期限依据"), max_length=200, blank=True)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("责任人"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="rectifications",
    )  # fmt: skip
    root_cause = models.TextField(_("原因分析"), max_length=2000, blank=True)
    measure = models.TextField(_("整改措施"), max_length=4000, blank=True)
    expected = models.CharField(_("整改后达到"), max_length=300, blank=True)
    interim = models.TextField(_("过渡期措施"), max_length=2000, blank=True)
    resources = models.CharField(_("人员和资源"), max_length=300, blank=True)
    cost = models.DecimalField(_("所需经费（万元）"), null=True, blank=True, **MONEY)
    progress = models.TextField(_("进展"), max_length=4000, blank=True)
    outcome = models.TextField(_("整改结果"), max_length=2000, blank=True, editable=False)
    after_result = models.CharField(
        _("整改后结果"), max_length=16, choices=AfterResult.choices, blank=True, editable=False
    )

    state = models.CharField(_("状态"), max_length=20, choices=State.choices, default=State.PLANNING, editable=False)
    decides_role = models.CharField(_("由谁决定"), max_length=32, choices=NEXT_WORD, blank=True, editable=False)
    route_basis = models.CharField(_("审批依据"), max_length=200, blank=True, editable=False)
    verifier_role = models.CharField(_("验证人岗位"), max_length=32, choices=NEXT_WORD, editable=False)
    asked_at = models.DateTimeField(_("提交时间"), null=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("提交人"), null=True, editable=False, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    asked_reason = models.TextField(_("申请理由"), blank=True, editable=False)
    asked_due = models.DateField(_("申请延至"), null=True, editable=False)
    extensions = models.PositiveSmallIntegerField(_("已延期次数"), default=0, editable=False)
    accepted_until = models.DateField(_("接受风险至"), null=True, editable=False)
    planned = models.BooleanField(_("方案已批准"), default=False, editable=False)
    closed_on = models.DateField(_("关闭日期"), null=True, editable=False)
    escalated = models.PositiveSmallIntegerField(default=0, editable=False)
    frozen_digest = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("整改事项")
        verbose_name_plural = _("问题整改")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(major=True, state=State.ACCEPTED), name="major_hazard_never_accepted"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.ACCEPTED, accepted_until__isnull=True), name="accepted_with_expiry"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="rectification_by_state"),
            models.Index(
                fields=["decides_role", "asked_at"], condition=~models.Q(decides_role=""), name="rectification_waits"
            ),
            models.Index(fields=["protected_object", "state", "clause"], name="rectification_of_object"),
            models.Index(fields=["owner", "state", "due_on"], name="rectification_of_owner"),
            models.Index(fields=["due_on", "state"], name="rectification_by_due"),
            models.Index(fields=["state", "closed_on"], name="rectification_by_closing"),
            models.Index(
                fields=["accepted_until"], name="rectification_by_lapse",
                condition=models.Q(state__in=[State.ACCEPTANCE_REVIEW.value, State.ACCEPTED.value]),
            ),
            models.Index(fields=["major", "state"], condition=models.Q(major=True), name="rectification_major"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The page of the item."""
        return reverse("assessments:rectification-detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Only what somebody typed by mistake goes; what was found or decided on is history."""
        if not self.is_deletable:
            raise errors.Conflict(_t("有来源或办理记录的整改事项作为历史保留，不能删除。"), obj=self)
        return super().delete(*args, **kwargs)

    @property
    def is_deletable(self) -> bool:
        """Registered by hand, nothing done with it yet."""
        return self.state == State.PLANNING and not (self.sources.exists() or Decision.of(self).exists())

    @property
    def is_running(self) -> bool:
        """Whether the due date still counts."""
        return self.state in RUNNING

    def days_left(self, today: dt.date) -> int:
        """Days to the due date, negative when it is past."""
        return (self.due_on - today).days

    @property
    def risk_tag(self) -> str:
        """高风险, 重大风险隐患."""
        return _t("重大风险隐患") if self.major else _t("%(risk)s风险") % {"risk": self.risk}

    @property
    def risk_tone(self) -> str:
        """Of the tag: red and amber only while somebody has to act."""
        if self.state not in RUNNING:
            return ""
        return "bad" if self.major or self.risk == Risk.HIGH else "warn" if self.risk == Risk.MEDIUM else ""

    @property
    def cost_text(self) -> str:
        """「86 万元」; 0 is said in words."""
        if self.cost is None:
            return "—"
        return _t("%s 万元") % f"{self.cost.normalize():f}" if self.cost else _t("不需要经费")

    @property
    def level_text(self) -> str:
        """第三级, as it was when the problem was found."""
        return level_label(self.level)

    @property
    def basis(self) -> str:
        """「GB/T 22239-2019 8.1.4.9b，等级测评发现」."""
        clause = f"{self.standard} {self.clause}".strip()
        found = _t("%(origin)s发现") % {"origin": self.get_origin_display()}
        case = _t("高风险判例 %(n)s") % {"n": self.high_risk_case} if self.high_risk_case else ""
        return "，".join(filter(None, (clause, case, found)))

    def frozen_content(self) -> dict[str, Any]:
        """What a decider decides on: the item with its request, and the files that hang on it."""
        kind = ContentType.objects.get_for_model(self)
        files = Attachment.objects.filter(content_type=kind, object_id=self.pk).order_by("pk")
        told = {f.name: f.value_to_string(self) for f in self._meta.concrete_fields if f.name not in BOOKKEEPING}
        return {**told, "files": [list(row) for row in files.values_list("name", "digest")]}


class RectificationSource(models.Model):
    """One finding that an item follows up; several findings of the same thing share an item.

    ``name``: the finding as it was called. A source opens one item, however often it is reported.
    """

    item = models.ForeignKey(Rectification, on_delete=models.CASCADE, related_name="sources")
    origin = models.CharField(_("来源"), max_length=12, choices=Origin.choices)
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.PositiveBigIntegerField()
    name = models.CharField(_("发现"), max_length=255)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("问题来源")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "content_type", "object_id"], name="rectification_source_once")
        ]

    def __str__(self) -> str:
        return self.name


class RectifiedResult(models.Model):
    """整改后结果: what a requirement counts since an item was closed, beside the confirmed result, never over it.

    ``evidence``: the files it rests on as [name, digest]; ``self_declared``: 单位自述, where an agency found the
    problem and has not tested again; ``revoked_on``: since when it no longer holds, because the item was reopened.
    """

    scope_path: ClassVar[str] = "item__protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("item", "item__protected_object")

    item = models.ForeignKey(Rectification, on_delete=models.CASCADE, related_name="results")
    result = models.CharField(_("整改后结果"), max_length=16, choices=AfterResult.choices)
    on = models.DateField(_("验证日期"))
    verifier = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("验证人"), on_delete=models.PROTECT, related_name="+"
    )
    verifier_name = models.CharField(_("验证人"), max_length=150)
    outcome = models.TextField(_("整改结果"), blank=True)
    opinion = models.TextField(_("验证意见"), blank=True)
    evidence = models.JSONField(_("证据"), default=list)
    self_declared = models.BooleanField(_("单位自述"), default=False)
    revoked_on = models.DateField(_("撤销日期"), null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("整改后结果")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(revoked_on__isnull=True), name="one_standing_result_per_item"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_result_display()} {self.on}"


class Numbering(models.Model):
    """The last number of a year, so that two items never share one."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)


class DueRule(Record):
    """How many days a problem of a risk may take, and on what basis."""

    scope_path: ClassVar[str] = ""

    risk = models.CharField(_("风险"), max_length=2, choices=Risk.choices)
    major = models.BooleanField(_("重大风险隐患"), default=False)
    days = models.PositiveSmallIntegerField(
        _("期限（天）"), validators=[MinValueValidator(1), MaxValueValidator(1095)]
    )
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("整改期限规则")
        verbose_name_plural = _("整改期限规则")
        ordering = ["-major", "days", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["risk", "major"], name="due_rule_once",
                violation_error_message=_("这种风险已有期限规则，请修改原有的一条。"),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return _t("%(risk)s：%(days)d 天") % {
            "risk": _t("重大风险隐患") if self.major else _t("%(risk)s风险") % {"risk": self.risk}, "days": self.days
        }  # fmt: skip

    def get_absolute_url(self) -> str:
        """The page of the rule."""
        return reverse("assessments:duerule-detail", args=[self.pk])


class RouteRule(Record):
    """Who decides: the first rule, by ``order``, that fits matter, risk, level and cost. Empty conditions fit all."""

    scope_path: ClassVar[str] = ""

    order = models.PositiveSmallIntegerField(_("次序"), unique=True)
    matter = models.CharField(_("事项"), max_length=12, choices=Matter.choices, blank=True)
    risk = models.CharField(_("风险"), max_length=2, choices=Risk.choices, blank=True)
    only_major = models.BooleanField(_("仅重大风险隐患"), default=False)
    min_level = models.PositiveSmallIntegerField(
        _("对象等级不低于"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    min_cost = models.DecimalField(_("经费不少于（万元）"), null=True, blank=True, **MONEY)
    role = models.CharField(_("由谁审批"), max_length=32, choices=DECIDERS)
    basis = models.CharField(_("依据"), max_length=200)

    class Meta:
        verbose_name = _("审批权限规则")
        verbose_name_plural = _("审批权限规则")
        ordering = ["order"]

    def __str__(self) -> str:
        return _t("第 %(n)d 条：%(who)s") % {"n": self.order, "who": self.get_role_display()}

    def get_absolute_url(self) -> str:
        """The page of the rule."""
        return reverse("assessments:routerule-detail", args=[self.pk])
