"""The last self-assessment and the last evaluation by an agency of each object in the compliance report."""

from __future__ import annotations

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from assessments.evaluation.figures import FAILED, STANDARD
from assessments.evaluation.models import Assessment, AssessmentState
from secmgmt.core.chapters import Listing, chapter_of, day, in_use
from secmgmt.core.figures import Chapter, FigureScope

from .models import Conclusion, Engagement, EngagementState


def _last(rows: QuerySet, *same: str) -> QuerySet:
    """The last of each object by the date of the report."""
    later = Q(report_date__gt=OuterRef("report_date")) | Q(report_date=OuterRef("report_date"), pk__gt=OuterRef("pk"))
    return rows.filter(~Exists(rows.filter(later, **{name: OuterRef(name) for name in ("protected_object", *same)})))


def assessed(scope: FigureScope) -> QuerySet:
    """Of each object the last self-assessment confirmed by the day told of, however long ago."""
    rows = Assessment.objects.filter(
        engagement=None, standard_code__startswith=STANDARD, state=AssessmentState.CONFIRMED,
        report_date__lte=scope.day,
    )  # fmt: skip
    return _last(rows).filter(in_use(scope))


def evaluated(scope: FigureScope) -> QuerySet:
    """Of each object the last level evaluation and the last 密评 reported by the day told of."""
    rows = Engagement.objects.filter(state=EngagementState.DONE, report_date__lte=scope.day)
    return _last(rows, "kind").filter(in_use(scope))


def _worst_first(bad: Q) -> Case:
    return Case(When(bad, then=Value(0)), default=Value(1))


def _assessments(rows: QuerySet, scope: FigureScope) -> QuerySet:
    order = (_worst_first(Q(result__conclusion__in=FAILED)), "report_date", "pk")
    return rows.select_related("protected_object__unit").order_by(*order)


def _engagements(rows: QuerySet, scope: FigureScope) -> QuerySet:
    order = (_worst_first(Q(conclusion=Conclusion.UNMET)), F("next_due_on").asc(nulls_first=True), "pk")
    return rows.select_related("protected_object__unit", "agency").order_by(*order)


OF = ((_("对象"), 5, lambda row: str(row.protected_object)), (_("单位"), 4, lambda row: str(row.protected_object.unit)))
ASSESSMENTS = Listing(
    _("最近一次自评估"), "assessments.Assessment", assessed, _assessments,
    (
        *OF, (_("等级"), 3.6, lambda row: row.level_line), (_("报告日期"), 3.2, lambda row: day(row.report_date)),
        (_("结论"), 3, lambda row: row.result.get("conclusion") or "—"),
        (_("得分"), 2, lambda row: str(row.result.get("total") or "—")),
    ),
)  # fmt: skip
ENGAGEMENTS = Listing(
    _("最近一次机构测评"), "assessments.Engagement", evaluated, _engagements,
    (
        *OF, (_("类别"), 2.4, lambda row: row.get_kind_display()), (_("测评机构"), 4, lambda row: str(row.agency)),
        (_("报告编号"), 6, lambda row: row.report_number or "—"),
        (_("报告日期"), 3.2, lambda row: day(row.report_date)),
        (_("结论"), 2.6, lambda row: row.get_conclusion_display() or "—"),
        (_("下次应测评"), 3.2, lambda row: day(row.next_due_on)),
    ),
)  # fmt: skip
CHAPTERS = (Chapter("evaluations", _("自评估和机构测评"), chapter_of(ASSESSMENTS, ENGAGEMENTS), order=55),)
