"""Sign-in policy, failure counters, password history, API tokens."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import Record

from .user import User


def _between(low: int, high: int) -> list:
    return [MinValueValidator(low), MaxValueValidator(high)]


class LoginPolicy(Record):
    """The sign-in policy (8.1.4.1 a, b), adjustable by the security administrator within safe bounds.

    The numbers are customary practice; GB/T 22239 names none.
    """

    scope_path: ClassVar[str] = ""

    account_failures = models.PositiveSmallIntegerField(
        _("同一账号连续失败次数"), default=5, validators=_between(3, 10)
    )
    account_lock_minutes = models.PositiveSmallIntegerField(
        _("账号锁定分钟"), default=30, validators=_between(10, 1440)
    )
    source_failures = models.PositiveSmallIntegerField(
        _("同一来源失败次数"), default=50, validators=_between(10, 500)
    )
    source_window_minutes = models.PositiveSmallIntegerField(
        _("来源计数分钟"), default=10, validators=_between(5, 60)
    )
    idle_minutes = models.PositiveSmallIntegerField(
        _("无操作退出分钟"), default=15, validators=_between(5, 30)
    )
    absolute_hours = models.PositiveSmallIntegerField(
        _("最长登录小时"), default=10, validators=_between(1, 12)
    )
    min_length = models.PositiveSmallIntegerField(_("口令最短长度"), default=8, validators=_between(8, 64))
    min_classes = models.PositiveSmallIntegerField(_("字符种类至少"), default=3, validators=_between(3, 4))
    max_age_days = models.PositiveSmallIntegerField(
        _("口令有效天数"), default=90, validators=_between(30, 180)
    )
    history = models.PositiveSmallIntegerField(_("不得重复最近口令"), default=5, validators=_between(3, 24))
    dormant_days = models.PositiveSmallIntegerField(
        _("长期未登录停用天数"), default=90, validators=_between(30, 365)
    )

    class Meta:
        verbose_name = _("登录策略")

    def __str__(self) -> str:
        return str(_("登录策略"))

    @classmethod
    def bounds(cls, name: str) -> tuple[int, int]:
        """The least and the greatest value of a number of the policy."""
        limits = {type(v): v.limit_value for v in cls._meta.get_field(name).validators}
        return limits[MinValueValidator], limits[MaxValueValidator]


class FailedLogin(models.Model):
    """Failures counted before the password is checked. ``key``: "account:name" or "source:address"."""

    key = models.CharField(max_length=120, unique=True)
    count = models.PositiveIntegerField(default=0)
    window_start = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)


class PasswordHistory(models.Model):
    """Hashes of earlier passwords."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_history")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]


class ApiToken(models.Model):
    """A user's API token: shown once, stored as a digest, scoped and expiring."""

    class Scope(models.TextChoices):
        """What a token may do at most; the user's own rights still bound it."""

        READ = "read", _("只读")
        WRITE = "write", _("读写")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.CharField(_("用途"), max_length=60)
    prefix = models.CharField(_("前缀"), max_length=12, unique=True)
    digest = models.CharField(max_length=64)
    scope = models.CharField(_("范围"), max_length=8, choices=Scope.choices, default=Scope.READ)
    created_at = models.DateTimeField(_("签发时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)

    class Meta:
        verbose_name = _("接口令牌")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.label}({self.prefix}…)"


class FirstPasswordLink(models.Model):
    """A single-use link with which one user sets his password; only its digest is stored (A12)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="password_links")
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("签发时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True)
