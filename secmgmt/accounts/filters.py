"""Filters of the administrators' lists."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secmgmt.core.clock import now, today
from secmgmt.core.filters import RecordFilterSet

from . import lockout, users
from .models import AdminGrant, OrgUnit, Position, UnitName, User
from .models.unit import UnitKind
from .roles import BUSINESS_ROLES

ENDING_DAYS = 30


class UnitFilter(RecordFilterSet):
    """Units by name, former names included."""

    search_fields = ("name", "short_name", "former_names__name")
    chip_field = "kind"
    kind = django_filters.ChoiceFilter(choices=UnitKind.choices, label=_("类别"))

    class Meta:
        model = OrgUnit
        fields: ClassVar = ["kind"]

    def search(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Former names are asked by EXISTS, so that no unit is shown twice."""
        for word in value.split()[:6]:
            former = UnitName.objects.filter(unit=OuterRef("pk"), name__icontains=word)
            queryset = queryset.filter(
                Q(name__icontains=word) | Q(short_name__icontains=word) | Exists(former)
            )
        return queryset


class UserFilter(RecordFilterSet):
    """Users by name, unit and what waits."""

    search_fields = ("name", "username", "unit__name")
    state = django_filters.ChoiceFilter(
        label=_("状态"),
        empty_label=_("全部"),
        method="by_state",
        choices=[
            ("active", _("启用")),
            ("disabled", _("已停用")),
            ("unset", _("未设口令")),
            ("dormant", _("长期未登录")),
            ("locked", _("已锁定")),
        ],
    )

    admin_role = django_filters.ChoiceFilter(
        label=_("管理员"), empty_label=_("全部"), choices=[c for c in User.AdminRole.choices if c[0]]
    )

    class Meta:
        model = User
        fields: ClassVar = ["unit", "admin_role"]

    def by_state(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Open, closed, without a password of their own, unused, locked."""
        if value == "unset":
            return queryset.filter(is_active=True, password_changed_at__isnull=True)
        if value == "dormant":
            return queryset.filter(pk__in=users.dormant(now()).values("pk"))
        if value == "locked":
            return queryset.filter(username__in=lockout.locked_names(now()))
        return queryset.filter(is_active=value == "active")


class PositionFilter(RecordFilterSet):
    """Positions by person, unit, role and validity."""

    search_fields = ("user__name", "user__username", "content_object__name")
    role = django_filters.ChoiceFilter(
        label=_("岗位"),
        empty_label=_("全部"),
        field_name="permission__codename",
        choices=[(r.code, r.label) for r in BUSINESS_ROLES],
    )
    when = django_filters.ChoiceFilter(
        label=_("任期"),
        empty_label=_("全部"),
        method="by_term",
        choices=[
            ("now", _("现任")),
            ("ending", _("30 天内到期")),
            ("future", _("尚未开始")),
            ("past", _("已结束")),
        ],
    )

    class Meta:
        model = Position
        fields: ClassVar = []

    def by_term(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Past, present, soon over, to come."""
        day = today()
        if value == "past":
            return queryset.filter(valid_until__lt=day)
        if value == "future":
            return queryset.filter(valid_from__gt=day)
        if value == "ending":
            return ending(queryset, day)
        return queryset.valid_on(day)


def ending(positions: QuerySet, day: dt.date) -> QuerySet:
    """Positions that hold now and end within 30 days."""
    return positions.valid_on(day).filter(valid_until__lte=day + dt.timedelta(days=ENDING_DAYS))


class GrantFilter(RecordFilterSet):
    """Requests by state."""

    chip_field = "state"
    state = django_filters.ChoiceFilter(choices=AdminGrant.State.choices, label=_("状态"))

    class Meta:
        model = AdminGrant
        fields: ClassVar = ["state"]


class FactorFilter(RecordFilterSet):
    """People by name and whether they have an authenticator."""

    search_fields = ("name", "username")
    enrolled = django_filters.ChoiceFilter(
        label=_("验证器"),
        empty_label=_("全部"),
        method="by_enrolled",
        choices=[("true", _("已绑定")), ("false", _("未绑定")), ("needed", _("须绑定而未绑定"))],
    )

    class Meta:
        model = User
        fields: ClassVar = []

    def by_enrolled(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """With, without, and without though administrators and approvers need it."""
        if value == "needed":
            return queryset.filter(pk__in=users.without_needed_factor(today()).values("pk"))
        return queryset.filter(enrolled=value == "true")
