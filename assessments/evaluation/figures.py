"""Self-assessment in figures: who has assessed, with what conclusion, which high risks were found."""

from __future__ import annotations

from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.catalog.selection import COVERED_LEVELS
from assets.inventory.choices import Status
from assets.inventory.figures import here, object_figure, of_objects
from secmgmt.core.figures import COUNTS, PERCENT, Counted, Figure, FigureScope
from secmgmt.core.tables import Column, Table, two_lines

from . import points
from .models import Answer, Assessment, AssessmentState
from .tables import ANSWERED, ASSESSMENTS

STANDARD = "GB/T 22239"  # an own standard says nothing of graded protection
FAILED = ("不符合", "差")
NAMED = {"符合": ("符合", "优"), "基本符合": ("基本符合", "良", "中"), "不符合": FAILED}
GROUP = _("自评估")

GAPS = Table(
    (
        Column("code", _("条款"), value="code", sort="code", link=True),
        Column("summary", _("要求"), value="summary"),
        Column(
            "object", _("对象"), value="assessment.protected_object", sort="assessment__protected_object__name",
            render=lambda row: two_lines(row.assessment.protected_object, row.assessment.protected_object.unit),
        ),
        Column("result", _("结果")),
        Column("risk", _("风险")),
        Column("found", _("现状说明"), value="found"),
    ),
    default_sort="object",
)  # fmt: skip


def confirmed(scope: FigureScope) -> QuerySet:
    """The self-assessments confirmed for the period, by the date of their report; not what agencies found."""
    own = Assessment.objects.filter(engagement=None, standard_code__startswith=STANDARD)
    rows = own.filter(state=AssessmentState.CONFIRMED)
    return rows.filter(report_date__range=(scope.since, scope.day))


def newest(scope: FigureScope) -> QuerySet:
    """Of each object the last of them."""
    later = Q(report_date__gt=OuterRef("report_date")) | Q(report_date=OuterRef("report_date"), pk__gt=OuterRef("pk"))
    others = confirmed(scope).filter(later, protected_object=OuterRef("protected_object"))
    return confirmed(scope).filter(~Exists(others))


def assessed(scope: FigureScope) -> Counted:
    """Running graded objects with an assessment confirmed in the period."""
    among = here(scope) & Q(security_level__in=COVERED_LEVELS[1:]) & ~Q(status=Status.BUILDING)
    return of_objects(among, Q(pk__in=confirmed(scope).order_by().values("protected_object")))


def passing(scope: FigureScope) -> Counted:
    """Assessments whose conclusion is not 不符合."""
    return Counted(newest(scope), ~Q(result__conclusion__in=FAILED))


def _loaded(rows: QuerySet) -> QuerySet:
    return rows.select_related("protected_object__unit", "standard").annotate(answered=ANSWERED)


def concluded(label: str) -> Figure:
    """How many came to one conclusion; those of the older templates are told under the one that answers to them."""

    def query(scope: FigureScope) -> Counted:
        return Counted(newest(scope), among=Q(result__conclusion__in=NAMED[label]))

    codes = {"符合": "conforming", "基本符合": "mostly-conforming", "不符合": "not-conforming"}
    return Figure(
        codes[label], _("自评估结论“%(label)s”") % {"label": label}, _("个"), "assessments.Assessment", query,
        basis=_("本期各对象最近一次已审定自评估的结论（参考，不是等级测评结论）；2019、2021 版模板的优归入符合，"
                "良、中归入基本符合，差归入不符合。"),
        good="less" if label == "不符合" else "", group=GROUP, order=33, table=ASSESSMENTS,
        loaded=_loaded, column=COUNTS, short=_(label),
    )  # fmt: skip


def _gaps(scope: FigureScope) -> QuerySet:
    found = Answer.objects.filter(result__in=(points.PARTIAL, points.UNMET))
    return found.filter(assessment__in=newest(scope).order_by().values("pk"))


def high_risks(scope: FigureScope) -> Counted:
    """Items of the newest assessments that are not met and were rated 高."""
    return Counted(_gaps(scope), among=Q(risk="高"))


def hazards(scope: FigureScope) -> Counted:
    """Items not met to which a high-risk case applies."""
    return Counted(_gaps(scope), among=~Q(high_risk_applies=[]))


def under_way(scope: FigureScope) -> Counted:
    """Self-assessments that are past their day and not confirmed."""
    rows = Assessment.objects.filter(engagement=None).exclude(state=AssessmentState.CONFIRMED)
    return Counted(rows.filter(due_on__lt=scope.day))


item_figure = partial(
    Figure, model="assessments.Answer", to_unit="assessment__protected_object__unit",
    to_level="assessment__protected_object__security_level", to_object="assessment__protected_object",
    table=GAPS, loaded=lambda rows: rows.select_related("assessment__protected_object__unit"),
)  # fmt: skip
FIGURES = (
    object_figure(
        "assessed", _("自评估完成率"), PERCENT, query=assessed, group=GROUP, rest=_("本期未完成自评估"),
        tile=30, heat=30, short=_("自评估"), trend=True, order=30,
        basis=_("本期有已审定自评估的对象 ÷ 已运行的第二级至第四级对象。"), none=_("没有应自评估的对象。"),
        alert=_("%(n)d 个对象本年度还没有完成自评估"), reads=("assessments.Assessment",),
    ),
    Figure(
        "passing", _("自评估达标率"), PERCENT, "assessments.Assessment", passing, group=GROUP, rest=_("结论为不符合"),
        heat=40, short=_("达标"), trend=True, order=31, table=ASSESSMENTS,
        loaded=_loaded,
        basis=_("本期各对象最近一次已审定自评估中结论不是“不符合”的 ÷ 这些自评估。"),
        none=_("本期还没有已审定的自评估。"),
    ),
    Figure(
        "assessments-late", _("逾期未审定的自评估"), _("项"), "assessments.Assessment", under_way, good="less",
        group=GROUP, order=32, basis=_("已过截止日期而没有审定的自评估。"), table=ASSESSMENTS,
        loaded=_loaded, alert=_("%(n)d 项自评估逾期没有审定"),
    ),
    *map(concluded, NAMED),
    item_figure(
        "found-high", _("评估发现的高风险问题"), _("项"), query=high_risks, good="", group=GROUP,
        order=34, basis=_("本期各对象最近一次已审定自评估中判为高风险的部分符合、不符合项（评估时）。"),
    ),
    item_figure(
        "found-hazards", _("可能构成重大风险隐患"), _("项"), query=hazards, good="", group=GROUP,
        order=35, basis=_("上述问题中符合高风险判例的，须按相关性、严重性、高发性研判（公网安〔2025〕2391 号）。"),
    ),
)  # fmt: skip
