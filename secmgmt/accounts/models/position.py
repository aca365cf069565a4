"""Positions: what people edit as "王某,市卫健委,单位网安负责人,至 2027-12-31" *is* the grant."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from secmgmt.core.models import Record, ScopedQuerySet
from secmgmt.core.permissions import ROLES

from .. import roles
from .unit import OrgUnit
from .user import User


class Term(models.TextChoices):
    """Where a position stands in time."""

    FUTURE = "future", _("尚未开始")
    NOW = "now", _("现任")
    PAST = "past", _("已结束")


class PositionQuerySet(ScopedQuerySet):
    """Positions by validity."""

    def valid_on(self, day: dt.date) -> PositionQuerySet:
        """Those that hold on ``day``."""
        return self.filter(Q(valid_from__lte=day), Q(valid_until__isnull=True) | Q(valid_until__gte=day))


class PositionManager(UserObjectPermissionManager.from_queryset(PositionQuerySet)):
    """guardian's manager with our vocabulary."""


class Position(UserObjectPermissionBase, Record):
    """A role held by a user over a unit and everything beneath it, for a time."""

    scope_path: ClassVar[str] = ""
    # the trail of a position keeps names as they were, whatever people and units are called later
    audit_labels: ClassVar[dict[str, Any]] = {"user": _("用户"), "unit": _("单位"), "role": _("岗位")}

    content_object = models.ForeignKey(OrgUnit, verbose_name=_("单位"), on_delete=models.PROTECT)
    title = models.CharField(_("职务"), max_length=60, blank=True)
    valid_from = models.DateField(_("起"))
    valid_until = models.DateField(_("止"), null=True, blank=True)

    objects = PositionManager()

    class Meta:
        verbose_name = _("岗位")
        ordering = ["content_object__path", "user__username"]
        unique_together: ClassVar[list[Any]] = []
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="position_ends_after_it_begins",
            )
        ]
        indexes = [models.Index(fields=["user", "valid_from", "valid_until"], name="position_valid")]

    def __str__(self) -> str:
        return f"{self.user.name},{self.content_object.name},{self.role_label}"

    @property
    def role_label(self) -> str:
        """The Chinese name of the role."""
        role = ROLES.get(self.permission.codename)
        return str(role.label) if role else self.permission.codename

    def term(self, day: dt.date) -> Term:
        """Where it stands on ``day``."""
        if self.valid_from > day:
            return Term.FUTURE
        return Term.PAST if self.valid_until is not None and self.valid_until < day else Term.NOW

    def meets(self, other: Position) -> bool:
        """Whether the two terms share a day."""
        last, others_last = (row.valid_until or dt.date.max for row in (self, other))
        return self.valid_from <= others_last and other.valid_from <= last

    def clean(self) -> None:
        """An administrator holds no position; a role is held once at a time per user and unit."""
        if self.user_id:
            refuse_administrator(self.user)
        if self.user_id and self.content_object_id and self.permission_id and self.valid_from:
            self._refuse_overlap()
        if self.permission_id and self.permission.codename == roles.AGENCY.code and not self.valid_until:
            raise ValidationError({"valid_until": _("测评机构的岗位必须写明截止日期。")})
        if self.permission_id and self.permission.codename not in {
            role.code for role in roles.BUSINESS_ROLES
        }:
            raise ValidationError({"permission": _("没有这种岗位。")})

    def _refuse_overlap(self) -> None:
        others = Position.objects.filter(
            user=self.user_id, content_object=self.content_object_id, permission=self.permission_id
        ).exclude(pk=self.pk)
        others = others.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=self.valid_from))
        if self.valid_until:
            others = others.filter(valid_from__lte=self.valid_until)
        other = others.first()
        if other is not None:
            raise ValidationError(other.overlap_sentence())

    def overlap_sentence(self) -> str:
        """Why another position that shares a day with this one cannot be granted."""
        words = {"since": self.valid_from, "until": self.valid_until or _("长期")}
        return _("同一人在同一单位的同一岗位，任期不能重叠：已有 %(since)s 至 %(until)s 的任期。") % words

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Every path is checked, the shell too; the user's row is the lock against two grants at once."""
        with transaction.atomic():
            stored = User.objects.select_for_update(of=("self",)).filter(pk=self.user_id).first()
            if stored is not None:  # as it is now, not as it was when the caller read it
                refuse_administrator(stored)
            self.clean()
            super().save(*args, **kwargs)


def refuse_administrator(user: User) -> None:
    """An administrator holds no position (8.1.4.2 d)."""
    if user.admin_role:
        raise ValidationError({"user": _("管理员账户不能担任业务岗位。")})


class AdminGrant(Record):
    """The grant of an administrator's role: asked for by one administrator, confirmed by another person."""

    class State(models.TextChoices):
        """Where a request stands."""

        ASKED = "asked", _("待复核")
        CONFIRMED = "confirmed", _("已生效")
        REFUSED = "refused", _("已否决")

    scope_path: ClassVar[str] = ""
    history_labels: ClassVar[dict[str, Any]] = {
        "asked_by": _("申请人"), "decided_by": _("确认人"), "decided_at": _("确认时间")
    }  # fmt: skip

    user = models.ForeignKey(User, verbose_name=_("用户"), on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("管理员"), max_length=16, choices=User.AdminRole.choices, blank=True)
    reason = models.CharField(_("理由"), max_length=200)
    state = models.CharField(
        _("状态"), max_length=10, choices=State.choices, default=State.ASKED, editable=False
    )
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", editable=False)
    decided_by = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("管理员授权")
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=models.F("asked_by")),
                name="admin_grant_needs_a_second_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} → {self.get_role_display()}"
