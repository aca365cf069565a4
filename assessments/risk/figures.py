"""Risk in figures: which systems were assessed within the year, and what of the standing registers is serious."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.inventory.choices import Status
from assets.inventory.figures import here, object_figure, of_objects
from secmgmt.core.figures import PERCENT, SPREAD, Counted, Figure, FigureScope

from . import queries
from .models import FROM, LEVELS, RiskAssessment, RiskState
from .tables import RISKS

YEAR = dt.timedelta(days=366)
ASSESSED_FROM = 3  # level from which a yearly assessment is counted
SERIOUS = 4  # 高 and 很高


def assessed(scope: FigureScope) -> Counted:
    """Running objects of level 3 and above with an assessment signed within a year before the day told of."""
    done = RiskAssessment.objects.filter(
        protected_object=OuterRef("pk"), state=RiskState.SIGNED,
        assessed_on__range=(scope.day - YEAR, scope.day),
    )  # fmt: skip
    among = here(scope) & Q(security_level__gte=ASSESSED_FROM) & ~Q(status=Status.BUILDING)
    return of_objects(among, Q(Exists(done)))


def serious(scope: FigureScope) -> Counted:
    """Risks of level 4 and 5 in the standing registers; settled: those treated, or accepted for now."""
    return Counted(queries.standing_risks(), settled=~queries.untreated(), among=Q(level__gte=SERIOUS))


def treated(scope: FigureScope) -> Counted:
    """Of the risks about which something had to be decided, those that are seen to."""
    return Counted(queries.standing_risks(), ~queries.untreated(), among=Q(level__gte=FROM))


def of_level(level: int) -> Callable[[FigureScope], Counted]:
    """The query that counts the risks of one level in the standing registers."""
    return lambda scope: Counted(queries.standing_risks(), among=Q(level=level))


def _loaded(rows: QuerySet) -> QuerySet:
    return rows.select_related("assessment__protected_object__unit", "asset")


line = partial(
    Figure, model="assessments.Risk", group=_("风险"), table=RISKS, loaded=_loaded,
    to_unit="assessment__protected_object__unit", to_level="assessment__protected_object__security_level",
    to_object="assessment__protected_object",
)  # fmt: skip
FIGURES = (
    object_figure(
        "risk-assessed", _("风险评估完成率"), PERCENT, query=assessed, group=_("风险"),
        rest=_("一年内没有签认的风险评估"), heat=82, short=_("风险评估"), order=60,
        none=_("没有已运行的第三级及以上对象。"), reads=("assessments.RiskAssessment",),
        basis=_("一年内有已签认风险评估的对象 ÷ 已运行的第三级及以上对象（GB/T 20984；每年一次为通行做法，待核对）。"),
    ),
    line(
        "risk-high", _("高风险项"), _("项"), query=serious, settles=True, done=_("已处置"), good="less", order=61,
        basis=_("各对象最近一次已签认的风险评估中，等级为高和很高的风险；括号内为已处置或在期限内接受的。"),
        alert=_("%(n)d 项高风险没有处置"),
    ),
    line(
        "risk-treated", _("风险处置率"), PERCENT, query=treated, rest=_("未处置"), heat=84, short=_("风险处置"),
        order=62, none=_("最近的风险评估中没有中级及以上的风险。"),
        basis=_("已处置（整改完成、规避、转移或在期限内接受）的风险 ÷ 最近一次已签认评估中中级及以上的风险。"),
    ),
    *(
        line(
            f"risks-{level}", _("%(level)s风险") % {"level": LEVELS[level]}, _("项"), query=of_level(level), good="",
            short=LEVELS[level], column=SPREAD, order=68 - level,
            basis=_("各对象最近一次已签认风险评估的风险清单，按评估时的风险等级计（GB/T 20984）。"),
        )
        for level in sorted(LEVELS, reverse=True)
    ),
)  # fmt: skip
