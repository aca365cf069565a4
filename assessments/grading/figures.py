"""Grading and filing in figures: what is on its way, what has a certificate that holds, what runs out."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.inventory.choices import Status
from assets.inventory.figures import here, object_figure, of_objects
from secmgmt.core.figures import PERCENT, Counted, Figure, FigureScope

from .models import Grading
from .queries import STANDING
from .tables import GRADINGS

FILED_FROM = 2  # 第二级 and above is filed with the police
WINDOW = dt.timedelta(days=92)  # an extension is applied for within three months before the end


def _certified(day: dt.date) -> Q:
    """A certificate that holds on ``day``; one without a recorded end is taken to hold."""
    holds = Q(filing_valid_until__gte=day) | Q(filing_valid_until__isnull=True)
    return ~Q(filing_number="") & holds & (Q(filed_on__lte=day) | Q(filed_on__isnull=True))


def filed(scope: FigureScope) -> Counted:
    """Running objects of level 2 and above that have a certificate which holds."""
    among = here(scope) & Q(security_level__gte=FILED_FROM) & ~Q(status=Status.BUILDING)
    return of_objects(among, _certified(scope.day))


def running_out(scope: FigureScope) -> Counted:
    """Certificates that end within the time in which an extension is applied for."""
    return of_objects(here(scope) & _certified(scope.day) & Q(filing_valid_until__lte=scope.day + WINDOW))


def under_way(scope: FigureScope) -> Counted:
    """Gradings nobody has finished yet."""
    return Counted(Grading.objects.exclude(state__in=STANDING))


def changed(scope: FigureScope) -> Counted:
    """Gradings determined in the period of objects that had been graded before."""
    earlier = Grading.objects.filter(state__in=STANDING, determined_at__date__lt=scope.since)
    found = Grading.objects.filter(state__in=STANDING, determined_at__date__range=(scope.since, scope.until))
    return Counted(found.filter(protected_object__in=earlier.order_by().values("protected_object")))


def _loaded(rows: QuerySet) -> QuerySet:
    return rows.select_related("protected_object__unit")


FIGURES = (
    object_figure(
        "filed", _("定级备案率"), PERCENT, query=filed, group=_("定级备案"), rest=_("未备案或证明已过期"),
        tile=20, heat=20, short=_("备案"), trend=True, order=20,
        basis=_("备案证明在有效期内的对象 ÷ 应备案对象（已运行的第二级及以上）。依据《信息安全等级保护管理办法》"
                "第十五条；证明有效期三年，每完成一次测评顺延一年（公网安〔2025〕1846 号）。"),
        none=_("没有应备案的对象。"), alert=_("%(n)d 个对象未备案或备案证明已过期"),
    ),
    object_figure(
        "certificates-ending", _("证明三个月内到期"), _("个"), query=running_out, good="less", group=_("定级备案"),
        order=21, basis=_("备案证明在三个月内到期的对象，应在到期前三个月内申请延期（公网安〔2025〕1846 号）。"),
        alert=_("%(n)d 个对象的备案证明三个月内到期，应申请延期"),
    ),
    Figure(
        "gradings-open", _("定级办理中"), _("项"), "assessments.Grading", under_way, good="", group=_("定级备案"),
        order=22, basis=_("还没有确定的定级。"), table=GRADINGS,
        loaded=_loaded,
    ),
    Figure(
        "regraded", _("本期等级变更"), _("项"), "assessments.Grading", changed, good="", group=_("定级备案"),
        order=23, basis=_("此前已定级、在所选期间重新确定等级的定级（GB/T 22240-2020 第 8 章）。"), table=GRADINGS,
        loaded=_loaded,
    ),
)  # fmt: skip
