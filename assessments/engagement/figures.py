"""Evaluations by agencies in figures: whose last one holds, and what the reports of a period concluded."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.catalog.selection import COVERED_LEVELS
from assets.inventory.choices import Status
from assets.inventory.figures import here, object_figure, of_objects
from secmgmt.core.figures import COUNTS, PERCENT, Counted, Figure, FigureScope

from .models import Conclusion, Engagement, EngagementKind, EngagementState
from .tables import ENGAGEMENTS

GROUP = _("等级测评")
CODES = {Conclusion.MET: "conforming", Conclusion.MOSTLY: "mostly", Conclusion.UNMET: "not"}


def done(scope: FigureScope) -> QuerySet:
    """The level evaluations whose report was out on the day."""
    rows = Engagement.objects.filter(kind=EngagementKind.LEVEL, state=EngagementState.DONE)
    return rows.filter(report_date__lte=scope.day)


def evaluated(scope: FigureScope) -> Counted:
    """Running objects of level 2 to 4, those whose last evaluation still holds counting."""
    among = here(scope) & Q(security_level__in=COVERED_LEVELS[1:]) & ~Q(status=Status.BUILDING)
    holding = done(scope).filter(next_due_on__gte=scope.day).order_by()
    return of_objects(among, Q(pk__in=holding.values("protected_object")))


def newest(scope: FigureScope) -> QuerySet:
    """Of each object the last evaluation of the period."""
    rows = done(scope).filter(report_date__gte=scope.since)
    later = Q(report_date__gt=OuterRef("report_date")) | Q(report_date=OuterRef("report_date"), pk__gt=OuterRef("pk"))
    return rows.filter(~Exists(rows.filter(later, protected_object=OuterRef("protected_object"))))


def concluded(value: Conclusion) -> Figure:
    """How many of them came to one conclusion."""

    def query(scope: FigureScope) -> Counted:
        return Counted(newest(scope), among=Q(conclusion=value))

    return Figure(
        f"evaluated-{CODES[value]}", _("测评结论“%(label)s”") % {"label": value.label}, _("个"),
        "assessments.Engagement", query, basis=_("本期各对象最近一次等级测评报告的结论。"),
        good="less" if value == Conclusion.UNMET else "", group=GROUP, order=38, table=ENGAGEMENTS,
        column=COUNTS, short=_("测评%(label)s") % {"label": value.label},
        loaded=lambda rows: rows.select_related("protected_object__unit", "agency"),
    )  # fmt: skip


FIGURES = (
    object_figure(
        "evaluated", _("等级测评完成率"), PERCENT, query=evaluated, group=GROUP, rest=_("没有有效的等级测评"),
        heat=35, short=_("测评"), trend=True, order=37,
        basis=_("最近一次等级测评尚在周期内的对象 ÷ 已运行的第二级至第四级对象；"
                "周期按业务规则，第三级以上每年一次。"),
        none=_("没有应测评的对象。"), alert=_("%(n)d 个对象没有有效的等级测评"),
        reads=("assessments.Engagement",),
    ),
    *map(concluded, Conclusion),
)  # fmt: skip
