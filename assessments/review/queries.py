"""What the pages, to-dos, ports and figures ask about projects and their gates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from assessments.filing.queries import terms
from secmgmt.accounts import roles
from secmgmt.accounts.models import User
from secmgmt.core import permissions
from secmgmt.core.models import Attachment
from secmgmt.core.ports import Blocker
from secmgmt.core.workdays import add_workdays

from .models import (
    HELD_FROM,
    OPEN,
    SETTLED,
    THROUGH,
    Gate,
    GateCondition,
    GateDepartment,
    GateItem,
    GateOpinion,
    GateReview,
    GateReviewItem,
    Project,
    ReviewState,
    Stage,
)

CONSULTED, OPINION = "gate_consulted", "gate_opinion"  # capacities: reads the submission; gives the opinion


def next_gate(project: Project, passed: str = "") -> Gate | None:
    """The first gate that was not passed yet, ``passed`` apart; None when it is accepted."""
    through = {passed, *project.reviews.filter(state__in=THROUGH).values_list("gate", flat=True)}
    return next((gate for gate in Gate if gate.value not in through), None)


def open_review(project: Project) -> GateReview | None:
    """The examination under way."""
    return project.reviews.filter(state__in=OPEN).first()


def lines_for(project: Project, gate: str) -> list[GateItem]:
    """The lines of the checklist that a project of this level and kind answers at ``gate``.

    A line whose condition is none the project can state is asked of everybody; the owner may say why not.
    """
    known = {str(Project._meta.get_field(name).verbose_name) for name in CONDITIONS}
    rows = GateItem.objects.filter(
        gate=gate, in_use=True, from_level__lte=project.level, to_level__gte=project.level
    ).order_by("code")
    met = project.conditions_met
    return [row for row in rows if not row.condition or row.condition not in known or row.condition in met]


CONDITIONS = (
    "uses_cloud", "personal_data", "custom_development", "outsourced", "own_development", "has_authority"
)  # fmt: skip


def departments_for(gate: str) -> QuerySet:
    """Whose opinion a gate asks for."""
    return GateDepartment.objects.filter(gate=gate).order_by("-mandatory", "code")


def not_asked(review: GateReview) -> list[GateDepartment]:
    """The departments of the gate that were not invited yet."""
    asked = set(review.opinions.values_list("code", flat=True))
    return [row for row in departments_for(review.gate) if row.code not in asked]


def consultants(day: dt.date) -> QuerySet:
    """People who hold the position of one who gives opinions on ``day``."""
    held = Q(position__permission__codename=roles.CONSULTED.code) & Q(position__valid_from__lte=day)
    held &= Q(position__valid_until__isnull=True) | Q(position__valid_until__gte=day)
    return User.objects.filter(held, is_active=True).select_related("unit").distinct().order_by("unit__name", "name")


def leads_for(user: Any, project: Project) -> bool:
    """Whether ``user`` decides for the leading department: an authority's position reaching it, and he works there."""
    path = project.lead.path
    held = any(g.role == roles.AUTHORITY.code and path.startswith(g.path) for g in user.grants())
    return held and user.unit_id == project.lead_id


def leaders_of(project: Project) -> list[Any]:
    """The people who examine and conclude for the leading department."""
    people = User.objects.filter(unit=project.lead, is_active=True, position__permission__codename=roles.AUTHORITY.code)
    return [person for person in people.distinct() if leads_for(person, project)]


# -- what waits ----------------------------------------------------------------------------------------------


def to_prepare(user: Any) -> QuerySet:
    """Submissions whose documents ``user`` collects."""
    rows = GateReview.objects.visible_to(user, "submit").filter(state=ReviewState.PREPARING)
    return rows.select_related("project__unit").order_by("project__planned_on", "pk")


def to_begin(user: Any) -> QuerySet:
    """Projects of ``user`` that stand before a gate and have nothing under way."""
    under_way = GateReview.objects.filter(project=OuterRef("pk"), state__in=OPEN)
    rows = Project.objects.visible_to(user, "submit").exclude(stage=Stage.ACCEPTED)
    return rows.filter(~Exists(under_way)).select_related("unit").order_by("planned_on", "pk")


def to_give(user: Any, at: dt.datetime) -> QuerySet:
    """Opinions asked of ``user`` and not given."""
    rows = GateOpinion.objects.visible_to(user, "give").filter(user=user, given_at__isnull=True)
    return rows.filter(review__state=ReviewState.REVIEWING).select_related("review__project").order_by("until", "pk")


def to_conclude(user: Any) -> QuerySet:
    """Examinations that the user's department leads."""
    rows = GateReview.objects.visible_to(user, "conclude").filter(state=ReviewState.REVIEWING)
    return rows.filter(project__lead_id=user.unit_id).select_related("project__unit").order_by("due_on", "pk")


def progress(review: GateReview) -> dict[str, int]:
    """How many lines there are, are prepared (file, reason or no file asked), were examined, and failed."""
    rows = list(review.items.annotate(files=file_count()))
    return {
        "total": len(rows),
        "prepared": sum(is_prepared(row) for row in rows),
        "examined": sum(bool(row.result) for row in rows),
        "bad": sum(row.result == "bad" for row in rows),
    }


def file_count() -> Any:
    """How many files a line has, as an annotation."""
    kind = ContentType.objects.get_for_model(GateReviewItem)
    rows = Attachment.objects.filter(content_type=kind, object_id=OuterRef("pk")).order_by()
    counted = rows.values("object_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def is_prepared(row: Any) -> bool:
    """A line is ready: a file, or a reason why it does not apply; of a check nothing is asked beforehand."""
    if row.not_applicable:
        return bool(row.statement.strip())
    return row.is_check or row.files > 0


# -- what others ask -----------------------------------------------------------------------------------------


def go_live_blockers(obj: Any) -> tuple[Blocker, ...]:
    """What keeps ``obj`` from going into service: a project not accepted yet, conditions not settled.

    A project that the leadership let go ahead blocks nothing.
    """
    found: list[Blocker] = []
    for project in obj.projects.filter(override_at__isnull=True).order_by("pk"):
        if project.stage != Stage.ACCEPTED:
            text = _("项目“%(name)s”还没有通过工程验收，现在%(stage)s")
            told = text % {"name": project, "stage": project.get_stage_display()}
            found.append(Blocker(told, project.get_absolute_url()))
        left = open_conditions(project).count()
        if left:
            text = _("项目“%(name)s”的审查还有 %(n)d 项通过条件没有整改完成") % {"name": project, "n": left}
            found.append(Blocker(text, project.get_absolute_url()))
    return tuple(found)


def open_conditions(project: Project) -> QuerySet:
    """Conditions of its conclusions that are not settled."""
    return GateCondition.objects.filter(review__project=project, review__state=ReviewState.CONDITIONAL).exclude(
        state__in=SETTLED
    )


@dataclass(frozen=True)
class Rate:
    """A share with its counts; ``percent`` is None where nothing is counted."""

    done: int
    due: int

    @property
    def percent(self) -> float | None:
        """0–100 with one decimal."""
        return round(self.done * 100 / self.due, 1) if self.due else None


def synchronized_rate(projects: QuerySet, day: dt.date) -> Rate:
    """三同步审查率: of the projects due for examination, those whose design, construction and acceptance all passed.

    Due: accepted, let go ahead without acceptance, or their planned day of going live is past on ``day``.
    """
    due = due_for_examination(projects, day)
    return Rate(due.filter(synchronized()).count(), due.count())


def due_for_examination(projects: QuerySet, day: dt.date) -> QuerySet:
    """Projects accepted, let go ahead, or whose planned day of going live has come on ``day``."""
    return projects.filter(Q(stage=Stage.ACCEPTED) | Q(override_at__isnull=False) | Q(planned_on__lte=day))


def kept_targets(project: Project, targets: Any, by: Any) -> list[Any]:
    """The objects not in service yet that ``by`` may not take off: the project is what blocks them (三同步)."""
    if project.pk is None or may_release(project, by):
        return []
    left = {row.pk for row in targets}
    return [obj for obj in project.held_targets() if obj.pk not in left]


def unholds(project: Project, level: int, by: Any) -> bool:
    """Whether at this level of the project ``by`` would release objects that he may not take off."""
    if project.pk is None or level >= HELD_FROM or may_release(project, by):
        return False
    return any((obj.security_level or level) < HELD_FROM for obj in project.held_targets())


def may_release(project: Project, by: Any) -> bool:
    """Whether ``by`` may take objects off that the project keeps from going into service, or delete it."""
    return permissions.may(by, Project, "release", permissions.path_of(project))


def synchronized() -> Q:
    """Design, construction and acceptance all passed before going live: a condition on projects (三同步)."""
    gates = [Gate.DESIGN, Gate.CONSTRUCTION, Gate.ACCEPTANCE]
    passed = Count("gate", filter=Q(state__in=THROUGH, gate__in=gates), distinct=True)
    rows = GateReview.objects.order_by().values("project").annotate(passed=passed).filter(passed=len(gates))
    return Q(pk__in=rows.values("project"), override_at__isnull=True)


def answer_due(gate: str, submitted: dt.date) -> dt.date:
    """By when the leading department concludes on what was submitted on that day (rule ``review_gate…_days``)."""
    return add_workdays(submitted, terms()[f"review_gate{list(Gate).index(Gate(gate)) + 1}_days"])


def board(user: Any) -> list[dict[str, Any]]:
    """The projects ``user`` sees by the gate they stand before: [{stage, rows}]; each row has its open review."""
    rows = list(Project.objects.visible_to(user).select_related("unit").order_by("planned_on", "pk")[:BOARD])
    under_way = {row.project_id: row for row in GateReview.objects.filter(project__in=rows, state__in=OPEN)}
    failed = set(
        GateReview.objects.filter(project__in=rows, state=ReviewState.FAILED, gate=F("project__stage")).values_list(
            "project_id", flat=True
        )
    )
    for row in rows:
        row.under_way, row.was_refused = under_way.get(row.pk), row.pk in failed
    return [{"stage": stage, "rows": [row for row in rows if row.stage == stage]} for stage in Stage]


BOARD = 300


def items_of(review: GateReview, user: Any) -> list[GateReviewItem]:
    """The lines of a review that ``user`` may see, with the number of files of each."""
    rows = review.items.visible_to(user) if user is not None else review.items.all()
    return list(rows.annotate(files=file_count()).order_by("code"))


def may_examine(user: Any, review: GateReview) -> bool:
    """Whether ``user`` records what was found of the documents now."""
    return (
        review.state == ReviewState.REVIEWING
        and permissions.may(user, GateReviewItem, "examine", permissions.path_of(review))
        and leads_for(user, review.project)
    )
