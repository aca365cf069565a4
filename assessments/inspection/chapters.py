"""The last inspection of each object and the notices that came of it, in the compliance report."""

from __future__ import annotations

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from secmgmt.core.chapters import Listing, chapter_of, day, in_use, short
from secmgmt.core.figures import Chapter, FigureScope

from .models import Inspection, InspectionState, IssuedNotice, IssuedState


def last(scope: FigureScope) -> QuerySet:
    """Of each object the last inspection begun by the day told of and not called off."""
    rows = Inspection.objects.filter(starts_on__lte=scope.day).exclude(state=InspectionState.CANCELLED)
    later = Q(starts_on__gt=OuterRef("starts_on")) | Q(starts_on=OuterRef("starts_on"), pk__gt=OuterRef("pk"))
    newest = rows.filter(~Exists(rows.filter(later, protected_object=OuterRef("protected_object"))))
    return newest.filter(in_use(scope))


def issued(scope: FigureScope) -> QuerySet:
    """Issued in the period, and older ones that are not closed."""
    rows = IssuedNotice.objects.filter(issued_on__lte=scope.day)
    return rows.filter(Q(issued_on__gte=scope.since) | ~Q(state=IssuedState.CLOSED))


def _inspections(rows: QuerySet, scope: FigureScope) -> QuerySet:
    over = Case(When(state=InspectionState.CONCLUDED, then=Value(1)), default=Value(0))
    return rows.select_related("protected_object__unit", "lead").order_by(over, "-finding_count", "-starts_on", "pk")


def _notices(rows: QuerySet, scope: FigureScope) -> QuerySet:
    closed = Case(When(state=IssuedState.CLOSED, then=Value(1)), default=Value(0))
    return rows.select_related("protected_object__unit").order_by(closed, "deadline", "pk")


OF = ((_("对象"), 5, lambda row: str(row.protected_object)), (_("单位"), 4, lambda row: str(row.protected_object.unit)))
INSPECTIONS = Listing(
    _("最近一次检查评估"), "assessments.Inspection", last, _inspections,
    (
        *OF, (_("牵头部门"), 4, lambda row: str(row.lead)), (_("开始日期"), 3.2, lambda row: day(row.starts_on)),
        (_("状态"), 2.6, lambda row: row.get_state_display()), (_("问题数"), 2, lambda row: str(row.finding_count)),
        (_("结论"), 6, lambda row: short(row.conclusion)),
    ),
)  # fmt: skip
NOTICES = Listing(
    _("检查通知"), "assessments.IssuedNotice", issued, _notices,
    (
        *OF, (_("文书"), 6, str), (_("签发日期"), 3.2, lambda row: day(row.issued_on)),
        (_("整改期限"), 3.2, lambda row: day(row.deadline)), (_("状态"), 2.6, lambda row: row.get_state_display()),
    ),
)  # fmt: skip
CHAPTERS = (Chapter("inspections", _("检查评估"), chapter_of(INSPECTIONS, NOTICES), order=75),)
