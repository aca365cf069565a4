"""Projects and gates in figures: the share examined in step with the project, what is late, what went ahead."""

from __future__ import annotations

from functools import partial

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secmgmt.core.figures import COUNTS, PERCENT, Counted, Figure, FigureScope

from . import queries
from .models import GateReview, Project, ReviewState, Stage
from .tables import PROJECTS, REVIEWS


def in_step(scope: FigureScope) -> Counted:
    """Of the projects due for examination, those whose three gates passed before they went live."""
    return Counted(queries.due_for_examination(Project.objects.all(), scope.day), queries.synchronized())


def held(scope: FigureScope) -> Counted:
    """Projects past their planned day that were not accepted and not let go ahead."""
    rows = Project.objects.filter(planned_on__lte=scope.day, override_at__isnull=True)
    return Counted(rows.exclude(stage=Stage.ACCEPTED))


def ahead(scope: FigureScope) -> Counted:
    """Projects the leadership let go ahead; settled: accepted meanwhile."""
    rows = Project.objects.filter(override_at__isnull=False, override_at__date__lte=scope.day)
    return Counted(rows, settled=Q(stage=Stage.ACCEPTED))


def late(scope: FigureScope) -> Counted:
    """Examinations past the day by which they are concluded."""
    return Counted(GateReview.objects.filter(state=ReviewState.REVIEWING, due_on__lt=scope.day))


def _projects(rows: QuerySet) -> QuerySet:
    return rows.select_related("unit", "lead")


def _reviews(rows: QuerySet) -> QuerySet:
    return rows.select_related("project__unit")


project = partial(
    Figure, model="assessments.Project", group=_("项目审查"), table=PROJECTS, loaded=_projects, to_unit="unit",
    to_level="level", to_object="targets",
)  # fmt: skip
FIGURES = (
    project(
        "synchronized", _("三同步审查率"), PERCENT, query=in_step, rest=_("未完成三阶段审查"), heat=80,
        short=_("三同步"), trend=True, order=55, none=_("没有应审项目。"),
        basis=_("方案设计、方案实施、工程验收均在上线前审查通过的项目 ÷ 应审项目"
                "（已验收、已先行上线或已到计划上线日期）。"),
    ),
    project(
        "project-held", _("到期未通过审查的项目"), _("个"), query=held, good="less", order=56, column=COUNTS,
        short=_("项目到期"),
        basis=_("已到计划上线日期、没有通过工程验收、也没有批准先行上线的项目。"),
        alert=_("%(n)d 个项目到期没有通过审查"),
    ),
    project(
        "project-ahead", _("先行上线的项目"), _("个"), query=ahead, good="less", order=57,
        basis=_("经安全领导批准、在验收前先行上线的项目。"),
    ),
    Figure(
        "review-late", _("超期的关口审查"), _("件"), "assessments.GateReview", late,
        _("已过审查期限、还没有作出结论的关口审查。"), group=_("项目审查"), table=REVIEWS, loaded=_reviews,
        to_unit="project__unit", to_level="project__level", to_object="project__targets", good="less", order=58,
        column=COUNTS, short=_("审查超期"), alert=_("%(n)d 件关口审查已经超期"),
    ),
)  # fmt: skip
