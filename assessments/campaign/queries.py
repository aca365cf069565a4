"""Which objects a campaign covers, how far each task is, and its coverage by unit."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from assessments.catalog.services import shipped_standard
from assessments.evaluation.models import Answer, Assessment, AssessmentState
from assets.models import ProtectedObject
from secmgmt.core.clock import midnight

from .models import Campaign, CampaignKind, CampaignState, CampaignTask, TaskState
from .work import Work, work_since

LOADED = (
    *("pk", "campaign_id", "protected_object_id", "assignee_id", "assessment_id", "reason", "trouble"),
    *("final_state", "final_on", "assessment__state", "assessment__updated_at", "assessment__created_at"),
    *("protected_object__unit_id", "protected_object__owner_id", "protected_object__name"),
)


@dataclass(frozen=True)
class Progress:
    """How far a task is. ``waits_for``: owner | unit_lead | inspector | "" (whose turn it is); ``handed_in``: only its
    end is missing; ``was_late``: done after its day.
    """

    state: str
    done_on: dt.date | None = None
    waits_for: str = ""
    was_late: bool = False
    url: str = ""
    handed_in: bool = False


@dataclass
class Coverage:
    """How far the work of one unit, or of all, is. ``due``: tasks that count, those that do not apply left out."""

    unit: Any = None
    total: int = 0
    excepted: int = 0
    done: int = 0
    done_late: int = 0
    doing: int = 0
    todo: int = 0
    late: int = 0
    rank: int = field(default=0, compare=False)

    @property
    def due(self) -> int:
        """The denominator of the rate."""
        return self.total - self.excepted

    @property
    def rate(self) -> float | None:
        """Percent done, one decimal; None when nothing is due."""
        return round(100 * self.done / self.due, 1) if self.due else None

    def add(self, progress: Progress) -> None:
        """Count one task."""
        self.total += 1
        setattr(self, progress.state, getattr(self, progress.state) + 1)
        self.done_late += progress.state == TaskState.DONE and progress.was_late

    def as_json(self) -> dict[str, int]:
        """The counts, to be kept."""
        names = ("total", "excepted", "done", "done_late", "doing", "todo", "late")
        return {name: getattr(self, name) for name in names}


def scope_of(campaign: Campaign) -> QuerySet:
    """The objects a campaign covers now."""
    rows = ProtectedObject.objects.in_use().filter(unit__path__startswith=campaign.unit.path)
    rows = rows.filter(security_level__gte=campaign.min_level, security_level__lte=campaign.max_level)
    return (rows.filter(kind=campaign.object_kind) if campaign.object_kind else rows).order_by("pk")


def ungraded_in(campaign: Campaign) -> int:
    """How many objects of the scope's units have no level yet and so stay out."""
    rows = ProtectedObject.objects.in_use().filter(unit__path__startswith=campaign.unit.path)
    rows = rows.filter(kind=campaign.object_kind) if campaign.object_kind else rows
    return rows.filter(security_level__isnull=True).count()


def missing_of(campaign: Campaign) -> QuerySet:
    """The objects of its scope that have no task yet."""
    has = CampaignTask.objects.filter(campaign=campaign, protected_object=OuterRef("pk"))
    return scope_of(campaign).exclude(Exists(has))


def confirmed_since(day: dt.date, objects: list[Any]) -> dict[int, Assessment]:
    """Object → its self-assessment by the shipped standard that was confirmed last, on ``day`` or later."""
    standard = shipped_standard()
    own = Assessment.objects.filter(protected_object__in=objects, engagement=None)
    rows = own.filter(state=AssessmentState.CONFIRMED)
    rows = rows.filter(standard_code=standard.code if standard else "", updated_at__gte=midnight(day))
    return {row.protected_object_id: row for row in rows.order_by("updated_at", "pk")}


def tasks_of(campaign: Campaign, user: Any) -> list[CampaignTask]:
    """The tasks ``user`` may see, with what their progress is told from."""
    return list(loaded(campaign.tasks.visible_to(user)))


def loaded(tasks: QuerySet) -> QuerySet:
    """``tasks`` with what their progress is told from, and nothing else."""
    return tasks.select_related("protected_object", "assessment").only(*LOADED)


def progress_of(campaign: Campaign, tasks: Iterable[CampaignTask], today: dt.date) -> dict[int, Progress]:
    """Task → how far it is: as it stood at the end where the campaign is over. Two queries at most."""
    rows = list(tasks)
    if campaign.state in (CampaignState.CLOSED, CampaignState.REVOKED):
        return {row.pk: _kept(row, campaign) for row in rows}
    if campaign.kind == CampaignKind.SELF:
        done = _self_assessed(rows)
    else:
        done = work_since(campaign.kind, [row.protected_object_id for row in rows], campaign.starts_on)
    return {row.pk: judged(row, done.get(row.protected_object_id, Work()), campaign, today) for row in rows}


def _kept(row: CampaignTask, campaign: Campaign) -> Progress:
    was_late = row.final_on is not None and row.final_on > campaign.confirm_by
    return Progress(row.final_state or TaskState.TODO, row.final_on, "", was_late)


def judged(row: CampaignTask, work: Work, campaign: Campaign, today: dt.date) -> Progress:
    """The state of one task from its work, and whose turn it is."""
    if row.reason:
        return Progress(TaskState.EXCEPTED)
    if work.done_on:
        return Progress(TaskState.DONE, work.done_on, "", work.done_on > campaign.confirm_by, work.url)
    handed_in = work.submitted_on is not None
    waits_for = work.waits_for or ("unit_lead" if handed_in else "owner")
    limit = campaign.confirm_by if handed_in else campaign.submit_by
    state = TaskState.LATE if today > limit else TaskState.DOING if work.begun_on else TaskState.TODO
    return Progress(state, None, waits_for, url=work.url, handed_in=handed_in)


def _self_assessed(rows: list[CampaignTask]) -> dict[int, Work]:
    """Object → how far its self-assessment is; begun is one with an answer."""
    open_ones = [
        row.assessment_id for row in rows if row.assessment and row.assessment.state == AssessmentState.IN_PROGRESS
    ]
    answered = Answer.objects.filter(assessment__in=open_ones).exclude(result="")
    begun = set(answered.order_by().values_list("assessment_id", flat=True).distinct()) if open_ones else set()
    return {row.protected_object_id: _work_of(row.assessment, begun) for row in rows if row.assessment}


def _work_of(assessment: Any, begun: set[int]) -> Work:
    """A self-assessment as work: its last change is the day of its last step."""
    day = timezone.localdate(assessment.updated_at)
    started = timezone.localdate(assessment.created_at)
    if assessment.state == AssessmentState.CONFIRMED:
        return Work(started, day, day)
    if assessment.state == AssessmentState.SUBMITTED:
        return Work(started, day)
    is_begun = assessment.state == AssessmentState.RETURNED or assessment.pk in begun
    return Work(started if is_begun else None)


def coverage_by_unit(tasks: list[CampaignTask], progress: dict[int, Progress], units: dict[int, Any]) -> list[Coverage]:
    """Coverage of each unit, the best first: by rate, then by fewer late; equal ones share a rank."""
    found: dict[int, Coverage] = defaultdict(Coverage)
    for task in tasks:
        found[task.protected_object.unit_id].add(progress[task.pk])
    for pk, line in found.items():
        line.unit = units.get(pk)
    lines = sorted(found.values(), key=_order)
    place, before = 0, None
    for number, line in enumerate(lines, 1):
        if _merit(line) != before:
            place, before = number, _merit(line)
        line.rank = place
    return lines


def _merit(line: Coverage) -> tuple[float, int]:
    return (-(line.rate if line.rate is not None else -1.0), line.late)


def _order(line: Coverage) -> tuple[float, int, str]:
    return (*_merit(line), str(line.unit))


def whole(progress: dict[int, Progress]) -> Coverage:
    """Coverage over all tasks."""
    line = Coverage()
    for one in progress.values():
        line.add(one)
    return line


def progress_of_all(tasks: QuerySet, today: dt.date) -> dict[int, Progress]:
    """Task → how far it is, for tasks of several campaigns."""
    by_campaign: dict[int, list[CampaignTask]] = defaultdict(list)
    for task in loaded(tasks.order_by()):
        by_campaign[task.campaign_id].append(task)
    campaigns = Campaign.objects.in_bulk(list(by_campaign))
    found: dict[int, Progress] = {}
    for pk, rows in by_campaign.items():
        found |= progress_of(campaigns[pk], rows, today)
    return found


def progress_of_rows(rows: list[CampaignTask], today: dt.date) -> dict[int, Progress]:
    """The same for rows that are loaded, their campaigns with them."""
    by_campaign: dict[int, list[CampaignTask]] = defaultdict(list)
    for row in rows:
        by_campaign[row.campaign_id].append(row)
    found: dict[int, Progress] = {}
    for listed in by_campaign.values():
        found |= progress_of(listed[0].campaign, listed, today)
    return found
