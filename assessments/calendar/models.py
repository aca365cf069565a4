"""Rules of the recurring duties, and the secret addresses under which people subscribe to theirs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import Record

from . import due

DEADLINE = RegexValidator(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", _("请按 月-日 填写，如 10-31。"))
REMIND = RegexValidator(r"^\d{1,3}( \d{1,3}){0,5}$", _("请填天数，用空格分开，最多六个，如 60 30 7。"))


class Mode(models.TextChoices):
    """How a duty recurs."""

    ROLLING = "rolling", _("按上次完成日滚动")
    YEAR = "calendar_year", _("每个自然年一次")
    EVENT = "after_event", _("事件发生后一次")
    UNTIL = "until", _("到期管理")


class Confidence(models.TextChoices):
    """How well the basis is checked."""

    ORIGINAL = "V1", _("已核对原文")
    ACCOUNT = "V2", _("已核对转述")
    OPEN = "K", _("待核对")


def check_period(text: str) -> None:
    """Validator of a period: P1Y, P6M, P30D."""
    if due.parts_of(text) is None:
        raise ValidationError(_t("周期请写成 P1Y（一年）、P6M（六个月）或 P30D（三十日）。"))


class DutyRule(Record):
    """One recurring duty: to whom it applies, how often, by when, and on what ground.

    ``provider``: who knows when it was last done (``core.manifest.DutyProvider``); ``shipped``: the values as they
    were shipped, which a duty of law must not fall behind; ``is_edited``: the organization's own values stay.
    """

    scope_path: ClassVar[str] = ""
    history_labels: ClassVar[dict[str, Any]] = {"is_edited": _("本市已调整")}

    code = models.CharField(_("编号"), max_length=20, unique=True, editable=False)
    name = models.CharField(_("义务"), max_length=60)
    provider = models.CharField(_("数据来源"), max_length=40, editable=False)
    subject = models.CharField(_("适用对象"), max_length=40, editable=False)
    min_level = models.PositiveSmallIntegerField(
        _("最低等级"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    max_level = models.PositiveSmallIntegerField(
        _("最高等级"), validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    mode = models.CharField(_("方式"), max_length=16, choices=Mode.choices, editable=False)
    period = models.CharField(_("周期"), max_length=8, validators=[check_period])
    workdays = models.BooleanField(_("按工作日计"), default=False, editable=False)
    deadline = models.CharField(_("每年期限（月-日）"), max_length=5, blank=True, validators=[DEADLINE])
    anchor = models.CharField(_("起算"), max_length=80, editable=False)
    first = models.CharField(_("从未完成时的起算"), max_length=80, editable=False)
    text = models.CharField(_("说明"), max_length=200)
    basis = models.CharField(_("依据"), max_length=200)
    confidence = models.CharField(_("依据核对情况"), max_length=2, choices=Confidence.choices)
    statutory = models.BooleanField(_("法定"), default=False, editable=False)
    remind_days = models.CharField(_("提前提醒天数"), max_length=30, validators=[REMIND])
    is_active = models.BooleanField(_("本市执行"), default=True)
    is_edited = models.BooleanField(default=False, editable=False)
    shipped = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("定期义务")
        verbose_name_plural = _("定期义务")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the rule."""
        return reverse("assessments:dutyrule-detail", args=[self.pk])

    @property
    def notice_days(self) -> int:
        """How many days ahead it is spoken of first."""
        return max(map(int, self.remind_days.split()), default=0)

    @property
    def every(self) -> str:
        """每年, 每 3 个月, 30 个工作日内 …"""
        return due.period_text(self.period, self.mode, self.workdays)

    def clean(self) -> None:
        """A duty of law may be tightened: not made rarer, later, narrower, nor switched off."""
        wrong: dict[str, str] = {}
        if self.min_level and self.max_level and self.min_level > self.max_level:
            wrong["max_level"] = _t("最高等级不能低于最低等级。")
        if self.mode == Mode.YEAR and not self.deadline:
            wrong["deadline"] = _t("每年一次的义务须写明期限。")
        if self.statutory and self.shipped:
            wrong |= self._loosened()
        if wrong:
            raise ValidationError(wrong)

    def _loosened(self) -> dict[str, str]:
        was, wrong = self.shipped, {}
        said = _t("这是法定义务，只能从严：不能宽于 %(was)s。")
        if due.parts_of(self.period) and due.days_of(self.period) > due.days_of(was["period"]):
            wrong["period"] = said % {"was": due.period_text(was["period"], self.mode, self.workdays)}
        if was["deadline"] and self.deadline > was["deadline"]:
            wrong["deadline"] = said % {"was": was["deadline"]}
        if self.min_level and self.min_level > was["min_level"]:
            wrong["min_level"] = said % {"was": was["min_level"]}
        if self.max_level and self.max_level < was["max_level"]:
            wrong["max_level"] = said % {"was": was["max_level"]}
        if not self.is_active:
            wrong["is_active"] = _t("这是法定义务，不能停止执行。")
        return wrong


class CalendarFeed(models.Model):
    """A person's secret address for his calendar program; only the digest of the secret is kept. One a person."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feed")
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("开通时间"))
    last_used_at = models.DateTimeField(_("最近读取"), null=True)

    class Meta:
        verbose_name = _("日历订阅")
