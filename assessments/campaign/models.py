"""Campaigns of the leading group and the tasks they set."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.choices import ObjectKind
from assets.inventory.models import level_label
from secmgmt.core import errors
from secmgmt.core.models import Record, ScopedQuerySet

REMIND_MOST = 365


class CampaignKind(models.TextChoices):
    """What a round has done."""

    SELF = "self", _("自评估")
    RECHECK = "recheck", _("整改复查")
    INSPECTION = "inspection", _("检查评估")
    RISK = "risk", _("风险评估")


class CampaignState(models.TextChoices):
    """Where a campaign stands."""

    DRAFT = "draft", _("草拟")
    RUNNING = "running", _("进行中")
    CLOSED = "closed", _("已结束")
    REVOKED = "revoked", _("已撤销")


class TaskState(models.TextChoices):
    """Where the work on one object stands; derived from the work itself."""

    TODO = "todo", _("未开始")
    DOING = "doing", _("进行中")
    DONE = "done", _("已完成")
    LATE = "late", _("逾期")
    EXCEPTED = "excepted", _("不适用")


def remind_days_of(text: str) -> list[int]:
    """「30、7、1」 as [30, 7, 1]. ValidationError for anything but days from 0 to 365."""
    words = text.replace("、", " ").replace("，", " ").replace(",", " ").split()
    wrong = [word for word in words if not (word.isascii() and word.isdigit() and int(word) <= REMIND_MOST)]
    if wrong:
        told = {"what": wrong[0][:20], "most": REMIND_MOST}
        raise ValidationError(_t("“%(what)s”不是天数：请填 0–%(most)d 的整数，用逗号分开，如 30,7,1。") % told)
    return sorted({int(word) for word in words}, reverse=True)


def check_remind_days(text: str) -> None:
    """Validator of the field."""
    remind_days_of(text)


class Campaign(Record):
    """A round of work the leading group opens (《信息安全等级保护管理办法》第十四条、第十八条).

    ``unit``: the objects of this unit and of all beneath it are in scope, within the levels and kinds named.
    ``summary``: the figures as they stood at the end, never changed afterwards.
    """

    scope_path: ClassVar[str] = "unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("",)
    has_files: ClassVar[bool] = True
    files_label: ClassVar[Any] = _("依据文件")
    state_tones: ClassVar[dict[str, str]] = {"running": "info", "closed": "ok", "revoked": ""}

    title = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("工作类型"), max_length=12, choices=CampaignKind.choices, default=CampaignKind.SELF)
    unit = models.ForeignKey(
        settings.SCOPE_NODE_MODEL,
        verbose_name=_("范围单位"),
        on_delete=models.PROTECT,
        related_name="campaigns",
        help_text=_("包括该单位及其全部下属单位的定级对象。"),
    )
    min_level = models.PositiveSmallIntegerField(
        _("最低等级"), default=2, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    max_level = models.PositiveSmallIntegerField(
        _("最高等级"), default=4, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    lead = models.ForeignKey(
        "assessments.Department",
        verbose_name=_("牵头检查部门"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("检查评估填写：发布后由该部门的检查人员逐个办理。"),
    )
    object_kind = models.CharField(
        _("对象类型"), max_length=8, choices=ObjectKind.choices, blank=True, help_text=_("不选为全部类型。")
    )
    starts_on = models.DateField(_("开始日期"))
    submit_by = models.DateField(_("提交期限"))
    confirm_by = models.DateField(_("审定期限"))
    ends_on = models.DateField(_("结束日期"))
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("工作负责人"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    basis = models.CharField(_("依据"), max_length=200, blank=True, help_text=_("文号和文件名称；文件在保存后上传。"))
    demands = models.TextField(_("工作要求"), max_length=2000, blank=True)
    remind_days = models.CharField(
        _("提前提醒天数"),
        max_length=60,
        default="30,7,1",
        blank=True,
        validators=[check_remind_days],
        help_text=_("距提交期限、审定期限的天数，如 30,7,1；逾期次日另提醒一次。"),
    )
    state = models.CharField(
        _("状态"), max_length=8, choices=CampaignState.choices, default=CampaignState.DRAFT, editable=False
    )
    opened_at = models.DateTimeField(_("任务建立时间"), null=True, editable=False)
    summary = models.JSONField(default=dict, editable=False)
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("专项工作")
        verbose_name_plural = _("专项工作")
        ordering = ["-starts_on", "-pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the campaign."""
        return reverse("assessments:campaign-detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Only a draft goes; what was published is history. Conflict says so."""
        if self.state != CampaignState.DRAFT:
            raise errors.Conflict(_t("专项工作已发布，作为历史保留，不能删除；要停止，请撤销。"), obj=self)
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        """Levels and days stand in their order."""
        wrong = {}
        if self.min_level and self.max_level and self.min_level > self.max_level:
            wrong["max_level"] = _t("最高等级不能低于最低等级。")
        days = ("starts_on", "submit_by", "confirm_by", "ends_on")
        for first, second in pairwise(days):
            earlier, later = getattr(self, first), getattr(self, second)
            if earlier and later and later < earlier:
                names = {name: self._meta.get_field(name).verbose_name for name in (first, second)}
                told = {"later": names[second], "earlier": names[first]}
                wrong[second] = _t("“%(later)s”不能早于“%(earlier)s”。") % told
        if self.kind == CampaignKind.INSPECTION and self.lead_id is None:
            wrong["lead"] = _t("检查评估须填写牵头检查部门。")
        if self.kind != CampaignKind.INSPECTION and self.lead_id is not None:
            wrong["lead"] = _t("只有检查评估填写牵头检查部门。")
        if wrong:
            raise ValidationError(wrong)

    @property
    def scope_line(self) -> str:
        """市卫健委及下属单位，第二级至第四级，信息系统."""
        low, high = level_label(self.min_level), level_label(self.max_level)
        levels = low if low == high else _t("%(low)s至%(high)s") % {"low": low, "high": high}
        kind = self.get_object_kind_display() if self.object_kind else _t("全部对象类型")
        return _t("%(unit)s及下属单位，%(levels)s，%(kind)s") % {"unit": self.unit, "levels": levels, "kind": kind}

    @property
    def is_running(self) -> bool:
        """Whether work on it is under way."""
        return self.state == CampaignState.RUNNING

    def phase_due(self, day: dt.date) -> tuple[str, dt.date]:
        """The next of its days from ``day`` on: (what for, when)."""
        steps = ((_t("提交"), self.submit_by), (_t("审定"), self.confirm_by), (_t("结束"), self.ends_on))
        return next(((what, due) for what, due in steps if due >= day), steps[-1])


class CampaignTask(models.Model):
    """What a campaign asks of one object. Its state is derived from the work (``queries.progress_of``).

    ``assessment``: the self-assessment that fulfils it; ``reason``: why it does not apply; ``trouble``: why its work
    could not be begun; ``final_state``, ``final_on``: how it stood when the campaign ended.
    """

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("protected_object",)

    campaign = models.ForeignKey(Campaign, verbose_name=_("专项工作"), on_delete=models.CASCADE, related_name="tasks")
    protected_object = models.ForeignKey(
        "assets.ProtectedObject", verbose_name=_("对象"), on_delete=models.PROTECT, related_name="campaign_tasks"
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("承办人"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    assessment = models.ForeignKey(
        "assessments.Assessment", null=True, on_delete=models.SET_NULL, related_name="campaign_tasks"
    )
    reason = models.CharField(_("不适用的理由"), max_length=200, blank=True)
    trouble = models.CharField(_("未能建立的原因"), max_length=200, blank=True)
    final_state = models.CharField(max_length=8, choices=TaskState.choices, blank=True)
    final_on = models.DateField(null=True)
    created_at = models.DateTimeField(_("建立时间"))
    told_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("专项任务")
        verbose_name_plural = _("专项任务")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["campaign", "protected_object"], name="task_once_per_campaign")]

    def __str__(self) -> str:
        return f"{self.campaign}：{self.protected_object}"

    def get_absolute_url(self) -> str:
        """Where its work is done, else its object."""
        if self.assessment_id is not None:
            return reverse("assessments:assessment-detail", args=[self.assessment_id])
        return reverse("assets:object-detail", args=[self.protected_object_id])


class CampaignReminder(models.Model):
    """A reminder that went out: the same one never goes out twice."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="reminders")
    phase = models.CharField(max_length=8)
    due = models.DateField()
    days = models.SmallIntegerField()
    people = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "phase", "due", "days"], name="campaign_reminder_once")
        ]
