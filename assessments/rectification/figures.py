"""Rectification in figures: what is open and late, how much is closed, and the 重大风险隐患 as reports want them."""

from __future__ import annotations

from functools import partial

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secmgmt.core.figures import COUNTS, PERCENT, Counted, Figure, FigureScope

from .choices import Risk, State
from .models import Rectification
from .tables import RECTIFICATIONS


def _loaded(rows: QuerySet) -> QuerySet:
    return rows.select_related("protected_object__unit", "owner")


def _closed(scope: FigureScope) -> Q:
    """Closed by the day told of."""
    return Q(closed_on__lte=scope.day)


def _known(scope: FigureScope) -> Q:
    """Found by that day, and not closed before the period began: what there was to do in it."""
    return Q(found_on__lte=scope.day) & (Q(closed_on__isnull=True) | Q(closed_on__gte=scope.since))


def open_on(scope: FigureScope) -> Q:
    """Found and neither closed nor accepted."""
    left = Q(closed_on__isnull=True) | Q(closed_on__gt=scope.day)
    return left & Q(found_on__lte=scope.day) & ~Q(state=State.ACCEPTED)


def _of(among: Q, hit: Q | None = None, settled: Q | None = None) -> Counted:
    return Counted(Rectification.objects.all(), hit, settled, among)


def open_high(scope: FigureScope) -> Counted:
    """Open ones of high risk, 重大风险隐患 included."""
    return _of(open_on(scope) & (Q(risk=Risk.HIGH) | Q(major=True)))


def overdue(scope: FigureScope) -> Counted:
    """Open ones past their due date."""
    return _of(open_on(scope) & Q(due_on__lt=scope.day))


def hazards(scope: FigureScope) -> Counted:
    """重大风险隐患 as they were before rectification, and how many of them are settled (1846号 Q22)."""
    return _of(_known(scope) & Q(major=True), settled=_closed(scope))


def high_closed(scope: FigureScope) -> Counted:
    """Of high risks there were to settle, those that are."""
    return _of(_known(scope) & Q(risk=Risk.HIGH), _closed(scope))


def closed(scope: FigureScope) -> Counted:
    """Of all there was to settle, what is."""
    return _of(_known(scope), _closed(scope))


def on_time(scope: FigureScope) -> Counted:
    """Of what was closed in the period, what was within its due date."""
    return _of(Q(closed_on__range=(scope.since, scope.day)), Q(closed_on__lte=F("due_on")))


def accepted(scope: FigureScope) -> Counted:
    """Risks accepted for a time."""
    return _of(Q(state=State.ACCEPTED))


item = partial(
    Figure, model="assessments.Rectification", group=_("问题整改"), table=RECTIFICATIONS, loaded=_loaded
)
NOTHING = _("本期没有应整改的问题。")
FIGURES = (
    item(
        "high-open", _("未整改高风险"), _("项"), query=open_high, good="less", tile=40, column=COUNTS, order=40,
        basis=_("还没有关闭、也没有接受风险的高风险问题和重大风险隐患。"), alert=_("%(n)d 项高风险问题没有整改"),
    ),
    item(
        "major-hazards", _("重大风险隐患"), _("项"), query=hazards, settles=True, good="less", tile=45, column=COUNTS,
        order=41,
        basis=_("本期应整改的重大风险隐患，数量按整改前计，括号内为已整改的（公网安〔2025〕1846 号）。"),
        alert=_("%(n)d 项重大风险隐患没有整改"),
    ),
    item(
        "rectification-overdue", _("逾期整改"), _("项"), query=overdue, good="less", tile=50, column=COUNTS, order=42,
        basis=_("已过整改期限、没有关闭也没有接受风险的问题。"), alert=_("%(n)d 项整改已经逾期"),
    ),
    item(
        "high-closed", _("高风险整改率"), PERCENT, query=high_closed, rest=_("未整改"), heat=50,
        short=_("高风险整改"), trend=True, order=43, none=NOTHING,
        basis=_("已关闭的高风险问题 ÷ 高风险问题总数（本期发现的和期初未关闭的）。"),
    ),
    item(
        "closure", _("整改完成率"), PERCENT, query=closed, rest=_("未整改"), heat=60, short=_("整改"), order=44,
        none=NOTHING, basis=_("已关闭的问题 ÷ 问题总数（本期发现的和期初未关闭的）。"),
    ),
    item(
        "on-time", _("按期整改率"), PERCENT, query=on_time, rest=_("逾期关闭"), heat=70, short=_("按期整改"), order=45,
        none=_("本期没有关闭的问题。"), basis=_("在整改期限内关闭的问题 ÷ 本期关闭的问题。"),
    ),
    item(
        "risk-accepted", _("接受风险"), _("项"), query=accepted, good="", order=46,
        basis=_("经安全领导批准在期限内接受风险的问题。"),
    ),
)  # fmt: skip
