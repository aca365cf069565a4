"""What of the inventory the city is told in figures: how many objects, graded or not, in whose charge."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secmgmt.core.clock import midnight
from secmgmt.core.figures import PERCENT, Counted, Figure, FigureScope

from .choices import Status
from .models import ProtectedObject
from .tables import OBJECTS, UNLISTED

object_figure = partial(
    Figure, model="assets.ProtectedObject", to_unit="unit", to_level="security_level", to_object="", table=OBJECTS,
    loaded=lambda rows: rows.select_related("unit", "owner").defer(*UNLISTED), group=_("底数"),
)  # fmt: skip
"""A figure whose rows are protected objects."""


def here(scope: FigureScope) -> Q:
    """On the day ``scope`` tells of: not retired by then, in service by then where that is known."""
    day = scope.day
    found = Q(status=Status.RETIRED, retired_on__gt=day) | ~Q(status=Status.RETIRED)
    if scope.until < scope.today:  # of a time that is over: what came later did not count then
        found &= Q(in_operation_on__lte=day) | Q(in_operation_on__isnull=True)
    return found


def existing(scope: FigureScope) -> QuerySet:
    """The objects of the day ``scope`` tells of."""
    return ProtectedObject.objects.open_ones().filter(here(scope))


def of_objects(among: Q, hit: Q | None = None) -> Counted:
    """Of the objects among which it is measured, those that count."""
    return Counted(ProtectedObject.objects.open_ones(), hit, among=among)


def objects(scope: FigureScope) -> Counted:
    """All of them."""
    return of_objects(here(scope))


def graded(scope: FigureScope) -> Counted:
    """Those with a level."""
    return of_objects(here(scope), Q(security_level__isnull=False))


def important(scope: FigureScope) -> Counted:
    """Level 3 and above, or named: the denominator of coverage."""
    return of_objects(here(scope) & (Q(security_level__gte=3) | Q(named_important=True)))


def in_charge(scope: FigureScope) -> Counted:
    """Those for which a person is named."""
    return of_objects(here(scope), Q(owner__isnull=False))


def added(scope: FigureScope) -> Counted:
    """Registered in the period."""
    first, last = midnight(scope.since), midnight(scope.until + dt.timedelta(days=1))
    return of_objects(Q(created_at__gte=first, created_at__lt=last))


def retired(scope: FigureScope) -> Counted:
    """Taken out of service in the period."""
    return of_objects(Q(retired_on__range=(scope.since, scope.until)))


FIGURES = (
    object_figure(
        "objects", _("在册对象"), _("个"), query=objects, good="", tile=10, order=10,
        basis=_("信息系统、通信网络设施和数据资源，不含已停用的和涉密登记行。"),
    ),
    object_figure(
        "important", _("重要对象"), _("个"), query=important, good="", order=11,
        basis=_("第三级及以上，或由领导小组列入重要名录的在册对象。"),
    ),
    object_figure(
        "graded", _("定级率"), PERCENT, query=graded, rest=_("未定级"), heat=10, short=_("定级"), order=12,
        basis=_("已定级的在册对象 ÷ 在册对象（GB/T 22240-2020）。"), none=_("没有在册对象。"),
        alert=_("%(n)d 个对象还没有定级"),
    ),
    object_figure(
        "in-charge", _("责任人落实率"), PERCENT, query=in_charge, rest=_("没有负责人"), order=13,
        basis=_("登记了系统负责人的在册对象 ÷ 在册对象。"), none=_("没有在册对象。"),
    ),
    object_figure(
        "added", _("本期新增对象"), _("个"), query=added, good="", order=14,
        basis=_("在所选期间登记的对象。"),
    ),
    object_figure(
        "retired", _("本期停用对象"), _("个"), query=retired, good="", order=15,
        basis=_("停用日期在所选期间内的对象。"),
    ),
)  # fmt: skip
