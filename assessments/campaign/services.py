"""What is done to campaigns besides their steps: made into tasks a chunk at a time, announced, changed, excepted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from assessments.evaluation.bulk import open_many
from assessments.evaluation.models import Assessment
from assessments.grading.queries import people_with
from assessments.inspection.bulk import plan_many
from assessments.inspection.queries import belongs, inspected_since
from assessments.risk.models import RiskAssessment
from secmgmt.accounts import roles
from secmgmt.accounts.models import OrgUnit, User
from secmgmt.core import audit, errors, mail, notices, permissions, records, search
from secmgmt.core.models import Participation

from . import queries
from .models import Campaign, CampaignKind, CampaignState, CampaignTask
from .work import work_since

CHUNK = 50
ADDRESSED = "addressed"
OWNER, UNIT_LEAD, INSPECTOR = "owner", "unit_lead", "inspector"
# kind → what waits until the day for handing in, and until the day for the end
WORDS: dict[str, tuple[Any, Any]] = {
    CampaignKind.SELF: (_l("待提交"), _l("待审定")), CampaignKind.RECHECK: (_l("待整改"), _l("待验证")),
    CampaignKind.INSPECTION: (_l("待检查"), _l("待作出结论")), CampaignKind.RISK: (_l("待提交"), _l("待签认")),
}  # fmt: skip
REASON_LENGTH = 200


def held(campaign: int, by: Any, action: str) -> Campaign:
    """The running campaign, locked: whoever makes its tasks does so alone. Raises Conflict, NotAllowed, OutOfScope."""
    row = Campaign.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=campaign).first()
    if row is None:
        raise errors.OutOfScope(model=Campaign._meta.label, lookup=campaign)
    permissions.require(by, Campaign, action, permissions.path_of(row))
    check_running(row)
    return row


def check_running(row: Campaign) -> None:
    """Work is made, moved and urged only while a campaign runs. Raises Conflict."""
    if row.state != CampaignState.RUNNING:
        told = {"name": row, "state": row.get_state_display()}
        raise errors.Conflict(_("“%(name)s”现在是“%(state)s”，不再建立任务。") % told, obj=row)


@audit.audited
def open_chunk(*, campaign: int, by: Any, at: dt.datetime, most: int = CHUNK) -> int:
    """Make the tasks of the next ``most`` objects without one, with their self-assessments; how many were made.

    What is there already is left alone, so that it may be called again after whatever stopped it. 0: all are made.
    """
    row = held(campaign, by, "publish")
    objects = list(queries.missing_of(row).select_related("unit", "owner")[:most])
    if not objects:
        return 0
    begun = begin_work(row, objects, by=by, at=at)
    tasks = [
        CampaignTask(
            campaign=row, protected_object=obj, assignee=active(obj.owner), created_at=at, **begun.get(obj.pk, {})
        )
        for obj in objects
    ]
    CampaignTask.objects.bulk_create(tasks)
    listed = [[task.protected_object_id, task.assessment_id] for task in tasks]
    audit.record("assessments.campaign.open_tasks", row, by=by, at=at, rows=listed)
    return len(tasks)


def active(owner: Any) -> Any:
    """The person in charge, if he still works here."""
    return owner if owner is not None and owner.is_active else None


def begin_work(row: Campaign, objects: list[Any], *, by: Any, at: dt.datetime) -> dict[int, dict[str, Any]]:
    """Object → the fields of its task: the self-assessment that fulfils it, or why the work could not be begun.

    What is under way is taken, the rest begun now: self-assessments, planned inspections, drafts of risk assessments.
    A re-check follows the problems that are there and begins nothing.
    """
    begin = {CampaignKind.SELF: _self, CampaignKind.INSPECTION: _inspections, CampaignKind.RISK: _risks}
    function = begin.get(CampaignKind(row.kind))
    return function(row, objects, by, at) if function and objects else {}


def _self(row: Campaign, objects: list[Any], by: Any, at: dt.datetime) -> dict[int, dict[str, Any]]:
    """One confirmed since the campaign's first day, else the one under way, else one begun now."""
    confirmed = queries.confirmed_since(row.starts_on, objects)
    objects = [obj for obj in objects if obj.pk not in confirmed]
    day, title = timezone.localdate(at), _("%%s %(year)d 年自评估") % {"year": row.submit_by.year}
    found = open_many(objects=objects, title=title, report_date=day, due_on=row.submit_by, by=by, at=at)
    return {pk: {"assessment": made} for pk, made in confirmed.items()} | {
        pk: {"trouble": made[:REASON_LENGTH]} if isinstance(made, str) else {"assessment": made}
        for pk, made in found.items()
    }


def _inspections(row: Campaign, objects: list[Any], by: Any, at: dt.datetime) -> dict[int, dict[str, Any]]:
    """An inspection led by the campaign's department for each object that was not inspected since its first day."""
    lead = row.lead
    if lead is None:
        raise errors.Invalid({"lead": [_("检查评估须填写牵头检查部门。")]})
    inspected = inspected_since([obj.pk for obj in objects], row.starts_on)
    left = [obj for obj in objects if obj.pk not in inspected]
    title = _("%%s %(year)d 年检查评估") % {"year": row.submit_by.year}
    found = plan_many(
        objects=left, lead=lead, title=title, basis=row.basis or str(row), by=by, at=at,
        starts_on=max(row.starts_on, timezone.localdate(at)), ends_on=max(row.submit_by, timezone.localdate(at)),
    )  # fmt: skip
    return {pk: {"trouble": made[:REASON_LENGTH]} for pk, made in found.items() if isinstance(made, str)}


def _risks(row: Campaign, objects: list[Any], by: Any, at: dt.datetime) -> dict[int, dict[str, Any]]:
    """A draft led by the unit itself for each object without one since the campaign's first day."""
    day = timezone.localdate(at)
    known = set(work_since(row.kind, [obj.pk for obj in objects], row.starts_on))
    made = []
    for obj in objects:
        if obj.pk not in known:
            title = _("%(name)s %(year)d 年风险评估") % {"name": obj.name, "year": row.submit_by.year}
            scope = _("%(name)s的业务、系统资产和组件") % {"name": obj.name}
            draft = RiskAssessment(
                protected_object=obj, title=title[:100], assessed_on=max(day, row.starts_on), scope=scope
            )
            records.stamp(draft, by=by, at=at)
            made.append(draft)
    RiskAssessment.objects.bulk_create(made)
    search.refresh_many(made)
    table = [audit.row_of(draft, "add", before={}, after=audit.fields_of(draft)) for draft in made]
    audit.record("assessments.riskassessment.open_many", row, by=by, at=at, detail={"count": len(made)}, table=table)
    return {}


@audit.audited
def retry_chunk(*, campaign: int, after: int, by: Any, at: dt.datetime, most: int = CHUNK) -> int:
    """Begin the work of tasks numbered over ``after`` that have none; the last one's number, 0 when there is none."""
    row = held(campaign, by, "publish")
    waiting = row.tasks.filter(pk__gt=after, assessment__isnull=True, reason="").order_by("pk")
    if row.kind != CampaignKind.SELF:
        waiting = waiting.exclude(trouble="")  # their work is not a task's own
    tasks = list(waiting.select_related("protected_object__unit")[:most])
    if not tasks:
        return 0
    begun = begin_work(row, [task.protected_object for task in tasks], by=by, at=at)
    for task in tasks:
        fields = begun.get(task.protected_object_id, {})
        task.assessment, task.trouble = fields.get("assessment"), fields.get("trouble", "")
    CampaignTask.objects.bulk_update(tasks, ["assessment", "trouble"])
    listed = [[task.pk, task.assessment_id] for task in tasks]
    audit.record("assessments.campaign.retry_tasks", row, by=by, at=at, rows=listed)
    return tasks[-1].pk


@audit.audited
def announce(*, campaign: int, by: Any, at: dt.datetime) -> int:
    """Open the campaign's page to the units it covers, tell the people of new tasks; how many people were told."""
    row = held(campaign, by, "publish")
    units = set(row.tasks.order_by().values_list("protected_object__unit", flat=True).distinct())
    kind = ContentType.objects.get_for_model(Campaign)
    known = set(Participation.of(row).filter(capacity=ADDRESSED).values_list("unit_id", flat=True))
    Participation.objects.bulk_create(
        Participation(content_type=kind, object_id=row.pk, unit_id=pk, capacity=ADDRESSED)
        for pk in sorted(units - known)
    )
    fresh = list(row.tasks.filter(told_at=None).select_related("assignee", "protected_object__unit"))
    turn = INSPECTOR if row.kind == CampaignKind.INSPECTION else OWNER
    counts = people_of(row, fresh, timezone.localdate(at), turn)
    tell(row, counts, _("“%(name)s”已开展：您有 %(n)d 个对象") + WORDS[row.kind][0] + _("，期限 %(day)s"), at)
    row.tasks.filter(pk__in=[task.pk for task in fresh]).update(told_at=at)
    if row.opened_at is None:
        row.opened_at = at
        row.save(update_fields=["opened_at"])
    detail = {"tasks": len(fresh), "people": len(counts), "units": len(units)}
    audit.record("assessments.campaign.announce", row, by=by, at=at, detail=detail)
    return len(counts)


def people_of(row: Campaign, tasks: list[CampaignTask], day: dt.date, turn: str = OWNER) -> dict[Any, int]:
    """Person → how many of ``tasks`` are his, whose ``turn`` it is: the owner's (else his unit's leads), the leads',
    the inspectors' of the leading department.
    """
    counts: dict[Any, int] = defaultdict(int)
    known: dict[int, list[User]] = {}
    for task in tasks:
        person = active(task.assignee) if turn == OWNER else None
        if person is not None:
            counts[person] += 1
            continue
        unit: OrgUnit = task.protected_object.unit
        if unit.pk not in known:
            role = roles.INSPECTOR if turn == INSPECTOR else roles.UNIT_LEAD
            people = list(people_with(role.code, unit.path, day))
            lead = row.lead if turn == INSPECTOR else None
            known[unit.pk] = [user for user in people if lead is None or belongs(user, lead)]
        for person in known[unit.pk]:
            counts[person] += 1
    return dict(counts)


def tell(row: Campaign, counts: dict[Any, int], text: str, at: dt.datetime, due: dt.date | None = None) -> None:
    """A notice and a mail to each, with his own count; nothing of what was found stands in either."""
    by_count: dict[int, list[Any]] = defaultdict(list)
    for person, count in counts.items():
        by_count[count].append(person)
    day = (due or row.submit_by).isoformat()
    for count, people in sorted(by_count.items()):
        sentence = text % {"name": row, "n": count, "day": day}
        notices.notify(users=people, text=sentence, url=row.get_absolute_url(), parent=row, at=at)
        mail.tell(users=people, subject=str(row), text=sentence, url=row.get_absolute_url(), at=at)


@audit.audited
def except_task(*, task: int, version: int, reason: str, by: Any, at: dt.datetime) -> CampaignTask:
    """Leave an object out with a reason; "" takes it in again. What nobody has begun yet goes with it.

    Raises OutOfScope, NotAllowed, Conflict (changed meanwhile, not running), Invalid.
    """
    row = CampaignTask.objects.select_for_update(of=("self",)).filter(pk=task)
    found = row.select_related("protected_object__unit", "assessment").first()
    if found is None:
        raise errors.OutOfScope(model=CampaignTask._meta.label, lookup=task)
    campaign = held(found.campaign_id, by, "change")
    if found.version != version:
        raise errors.Conflict(_("这项任务在您打开之后有变化，请看过再办理。"), obj=campaign)
    if len(reason.strip()) > REASON_LENGTH:
        raise errors.Invalid({"reason": [_("理由不超过 %(n)d 字。") % {"n": REASON_LENGTH}]})
    before, found.reason = found.reason, reason.strip()
    if found.reason:
        withdraw_work(found, by=by, at=at)
    elif found.assessment_id is None:
        fields = begin_work(campaign, [found.protected_object], by=by, at=at).get(found.protected_object_id, {})
        found.assessment, found.trouble = fields.get("assessment"), fields.get("trouble", "")
    found.version += 1
    found.save(update_fields=["reason", "assessment", "trouble", "version"])
    audit.record(
        "assessments.campaign.except", campaign, by=by, at=at, before={"reason": before},
        after={"reason": found.reason}, detail={"object": str(found.protected_object)},
    )  # fmt: skip
    return found


def withdraw_work(task: CampaignTask, *, by: Any, at: dt.datetime) -> None:
    """The self-assessment begun for the task is removed while nobody has answered anything; otherwise it stays."""
    drafts = RiskAssessment.objects.filter(protected_object=task.protected_object, created_at=task.created_at)
    for draft in drafts if task.campaign.kind == CampaignKind.RISK else ():
        if draft.is_deletable and not draft.assets.exists():
            records.clear(draft)
            audit.record("assessments.riskassessment.delete", draft, by=by, at=at, before=audit.fields_of(draft))
            search.forget(draft)
            draft.delete()
    begun: Assessment | None = task.assessment
    if begun is None or begun.created_at != task.created_at or not begun.is_deletable:
        return
    task.assessment = None
    records.clear(begun)
    audit.record("assessments.assessment.delete", begun, by=by, at=at, before=audit.fields_of(begun))
    begun.delete()


def store(form: Any, *, by: Any, at: dt.datetime) -> Campaign:
    """The form's door for page and API. A later day for handing in moves those of the self-assessments under way."""
    old = Campaign.objects.filter(pk=form.instance.pk).first() if form.instance.pk else None
    if old is not None and old.state not in (CampaignState.DRAFT, CampaignState.RUNNING):
        told = {"state": old.get_state_display()}
        raise errors.Conflict(_("专项工作现在是“%(state)s”，不能再改。") % told, obj=old)
    with audit.act():
        row = records.save(form, by=by, at=at)
        if old is not None and row.is_running and old.submit_by != row.submit_by:
            open_ones = Assessment.objects.filter(campaign_tasks__campaign=row, due_on=old.submit_by)
            moved = open_ones.exclude(state="confirmed").values_list("pk", flat=True)
            numbers = list(moved)
            Assessment.objects.filter(pk__in=numbers).update(due_on=row.submit_by)
            audit.record("assessments.campaign.reschedule", row, by=by, at=at, rows=numbers)
    return row
