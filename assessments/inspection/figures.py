"""Inspections in figures: how many there were, and the notices that wait for the units' replies."""

from __future__ import annotations

from functools import partial

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secmgmt.core.figures import COUNTS, Counted, Figure, FigureScope

from .models import Inspection, InspectionState, IssuedNotice, IssuedState
from .tables import INSPECTIONS, NOTICES

GROUP = _("检查评估")


def held(scope: FigureScope) -> Counted:
    """Begun in the period and not called off."""
    begun = Q(starts_on__range=(scope.since, scope.day)) & ~Q(state=InspectionState.CANCELLED)
    return Counted(Inspection.objects.all(), among=begun)


def notices(scope: FigureScope) -> Counted:
    """Issued in the period."""
    return Counted(IssuedNotice.objects.all(), among=Q(issued_on__range=(scope.since, scope.day)))


def unanswered(scope: FigureScope) -> Counted:
    """Past their day without a reply."""
    waiting = Q(state__in=(IssuedState.ISSUED, IssuedState.RECEIVED), deadline__lt=scope.day)
    return Counted(IssuedNotice.objects.all(), among=waiting)


inspected = partial(
    Figure, loaded=lambda rows: rows.select_related("protected_object__unit"), group=GROUP, unit=_("次"), good=""
)
FIGURES = (
    inspected(
        "inspections", _("检查评估"), model="assessments.Inspection", query=held, table=INSPECTIONS, order=55,
        loaded=lambda rows: rows.select_related("protected_object__unit", "lead"),
        basis=_("本期开始、没有取消的检查评估。"),
    ),
    inspected(
        "inspection-notices", _("检查通知"), unit=_("份"), model="assessments.IssuedNotice", query=notices,
        table=NOTICES, order=56, basis=_("本期签发的检查通知。"),
    ),
    inspected(
        "notices-late", _("逾期未回复通知"), unit=_("份"), model="assessments.IssuedNotice", query=unanswered,
        good="less", table=NOTICES, column=COUNTS, short=_("逾期未回复"), order=57,
        basis=_("已过整改期限、单位还没有回复的检查通知。"), alert=_("%(n)d 份检查通知逾期没有回复"),
    ),
)  # fmt: skip
