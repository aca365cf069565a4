"""What is done to projects and their gates besides the steps of the workflow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, notices, permissions, ports, records, search
from secmgmt.core.clock import midnight
from secmgmt.core.models import Participation

from . import queries
from .models import (
    Gate,
    GateCondition,
    GateDepartment,
    GateOpinion,
    GateReview,
    GateReviewItem,
    ItemResult,
    Project,
    ReviewState,
    Stage,
    Verdict,
)

ORIGIN = "gate"


def check_project(project: Project) -> None:
    """What a project is may not change while somebody examines it."""
    if project.reviews.filter(state=ReviewState.REVIEWING).exists():
        raise errors.Conflict(_("项目正在审查，退回或作出结论后才能修改。"), obj=project)


def dropped_targets(project: Project, targets: Any) -> list[Any]:
    """The objects that would leave a project some gate of which was submitted: they would go around its gates."""
    if project.pk is None or not _was_submitted(project):
        return []
    return list(project.targets.exclude(pk__in=[row.pk for row in targets]).order_by("pk"))


def lowers_level(project: Project, level: int) -> bool:
    """Whether a project some gate of which was submitted would answer fewer lines of the checklist from now on."""
    if project.pk is None or not _was_submitted(project):
        return False
    return level < Project.objects.values_list("level", flat=True).get(pk=project.pk)


def _was_submitted(project: Project) -> bool:
    return any(review.was_submitted for review in project.reviews.all())


def check_reason(reason: str) -> None:
    """The leadership says why and what holds the risk. Raises Invalid."""
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明先行上线的理由和风险控制措施。")]})


def store(form: Any, *, by: Any, at: dt.datetime) -> Project:
    """The form's door for page and API. Raises what ``records.save`` does, and Conflict while it is examined."""
    if form.instance.pk is not None:
        check_project(form.instance)
    return records.save(form, by=by, at=at)


# -- a gate is opened ----------------------------------------------------------------------------------------


@audit.audited
def start_review(*, project: Project, gate: str, by: Any, at: dt.datetime) -> GateReview:
    """Open the examination of ``gate``, with its checklist as it is today; after 不通过 another round.

    Raises NotAllowed, OutOfScope, Conflict (accepted already, another one under way, not the project's next gate).
    """
    permissions.get_visible(Project, by, "submit", pk=project.pk)
    row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    check_in_order(row, gate)
    lines = queries.lines_for(row, gate)
    if not lines:
        raise errors.Invalid({"gate": [_("这个关口还没有审查清单，请业务规则管理员先维护。")]})
    last = row.reviews.filter(gate=gate).order_by("-round").first()
    review = GateReview(project=row, gate=gate, round=last.round + 1 if last else 1)
    records.stamp(review, by=by, at=at)
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError as error:
        raise errors.Conflict(_("该项目已有一个关口正在办理，请先办完它。"), obj=row) from error
    before = {entry.code: entry for entry in last.items.all()} if last else {}
    items = [_line(review, line, before.get(line.code), by, at) for line in lines]
    GateReviewItem.objects.bulk_create(items)
    search.refresh(review)
    audit.record("assessments.gatereview.add", review, by=by, at=at, after=audit.fields_of(review))
    return review


def check_in_order(project: Project, gate: str) -> None:
    """No gate is skipped and none is passed twice. Raises Conflict."""
    following = queries.next_gate(project)
    if following is None:
        raise errors.Conflict(_("项目已通过工程验收，没有要审查的关口。"), obj=project)
    if gate != following:
        told = {"name": Gate(gate).label, "next": following.label}
        raise errors.Conflict(_("不能越过关口：现在应审查“%(next)s”，不能办理“%(name)s”。") % told, obj=project)


def _line(review: GateReview, line: Any, earlier: Any, by: Any, at: dt.datetime) -> GateReviewItem:
    """The line frozen as it reads today; what the owner wrote the last time comes along."""
    copied = ("code", "name", "is_check", "condition", "basis", "is_confirmed", "acceptance", "blocking")
    row = GateReviewItem(review=review, **{name: getattr(line, name) for name in copied})
    if earlier is not None:
        row.statement, row.not_applicable = earlier.statement, earlier.not_applicable
    records.stamp(row, by=by, at=at)
    return row


# -- departments are asked -----------------------------------------------------------------------------------


@audit.audited
def invite_department(
    *, review: GateReview, department: GateDepartment, user: Any, until: dt.date, by: Any, at: dt.datetime
) -> GateOpinion:
    """Ask ``user`` for the opinion of ``department`` up to the end of ``until``.

    He sees the submission, or of it only the one document that this department is shown. Raises NotAllowed,
    Conflict (not under review, asked already), Invalid (not somebody who gives opinions, day past).
    """
    row = _under_review(review, by, "invite")
    if department.gate != row.gate:
        raise errors.Invalid({"department": [_("该部门不参加这个关口的审查。")]})
    if not queries.consultants(timezone.localdate(at)).filter(pk=user.pk).exists():
        raise errors.Invalid({"user": [_("只能邀请担任“会商部门人员”岗位的人员。")]})
    if until < timezone.localdate(at):
        raise errors.Invalid({"until": [_("截止日期已过，请改为今天或以后。")]})
    if row.opinions.filter(code=department.code).exists():
        raise errors.Conflict(_("“%(name)s”已被邀请，要换人请先收回。") % {"name": department.name}, obj=row)
    opinion = GateOpinion(
        review=row, code=department.code, department=department.name, focus=department.focus,
        mandatory=department.mandatory, only_item=department.only_item, user=user, until=until,
    )  # fmt: skip
    records.stamp(opinion, by=by, at=at)
    opinion.save()
    end = midnight(until + dt.timedelta(days=1))
    _take_part(opinion, user, queries.OPINION, end)
    for shown in shown_to(row, department.only_item):
        _take_part(shown, user, queries.CONSULTED, end)
    detail = {"department": department.name, "person": user.audit_name, "until": until.isoformat()}
    audit.record("assessments.gatereview.invite", row, by=by, at=at, detail=detail)
    text = _("请对“%(name)s”出具意见") % {"name": row}
    notices.notify(user=user, text=text, url=opinion.get_absolute_url(), parent=opinion, at=at)
    return opinion


def shown_to(review: GateReview, only_item: str) -> list[Any]:
    """What a department is shown: the submission, or the one document it judges (保密：涉密判定)."""
    return list(review.items.filter(code=only_item)) if only_item else [review]


def _take_part(obj: Any, user: Any, capacity: str, until: dt.datetime) -> None:
    kind = ContentType.objects.get_for_model(obj)
    Participation.objects.update_or_create(
        content_type=kind, object_id=obj.pk, user=user, unit=None, capacity=capacity, defaults={"until": until}
    )


@audit.audited
def withdraw_department(*, opinion: GateOpinion, by: Any, at: dt.datetime) -> None:
    """Take an invitation back whose opinion was not given. Raises NotAllowed, Conflict."""
    row = _under_review(opinion.review, by, "invite")
    fresh = GateOpinion.objects.select_for_update(of=("self",)).get(pk=opinion.pk)
    if fresh.given_at is not None:
        raise errors.Conflict(_("意见已经出具，不能收回邀请。"), obj=row)
    detail = {"department": fresh.department, "person": fresh.user.audit_name}
    audit.record("assessments.gatereview.withdraw", row, by=by, at=at, detail=detail)
    others = row.opinions.filter(user=fresh.user).exclude(pk=fresh.pk).exists()
    if not others:  # he may have been asked for two departments
        for shown in (row, *row.items.all()):
            Participation.of(shown).filter(user=fresh.user, capacity=queries.CONSULTED).delete()
    records.clear(fresh)
    fresh.delete()


@audit.audited
def give_opinion(
    *, opinion: GateOpinion, verdict: str, text: str, version: int, by: Any, at: dt.datetime
) -> GateOpinion:
    """Keep the opinion of a department, once. Raises OutOfScope, NotAllowed, Invalid, Stale, Conflict."""
    permissions.get_visible(GateOpinion, by, "give", pk=opinion.pk)
    row = GateOpinion.objects.select_for_update(of=("self",)).select_related("review__project").get(pk=opinion.pk)
    check_was_asked(row, by)
    if row.review.state != ReviewState.REVIEWING or row.given_at is not None:
        raise errors.Conflict(_("意见已出具，或审查已不在征求意见，不能再改。"), obj=row)
    if row.version != version:
        raise records.stale(row, {"verdict": verdict, "text": text})
    if verdict not in Verdict.values:
        raise errors.Invalid({"verdict": [_("请选择意见。")]})
    if verdict != Verdict.AGREE and not text.strip():
        raise errors.Invalid({"text": [_("有修改意见或不同意的，请写明具体意见。")]})
    row.verdict, row.text, row.given_at = verdict, text.strip(), at
    records.stamp(row, by=by, at=at)
    row.save()
    after = {"verdict": row.get_verdict_display(), "text": row.text}
    audit.record("assessments.gateopinion.give", row, by=by, at=at, after=after)
    told = _("%(who)s已对“%(name)s”出具意见：%(what)s")
    text = told % {"who": row.department, "name": row.review, "what": row.get_verdict_display()}
    people = queries.leaders_of(row.review.project)
    notices.notify(users=people, text=text, url=row.review.get_absolute_url(), parent=row.review, at=at)
    return row


def check_was_asked(opinion: GateOpinion, by: Any) -> None:
    """Nobody speaks for a department but the person it was asked of. Raises NotAllowed."""
    if opinion.user_id != by.pk:
        raise errors.NotAllowed(_("这份意见是请他人出具的，不能由您代填。"), obj=opinion)


# -- documents are examined ----------------------------------------------------------------------------------


@audit.audited
def examine_item(
    *, item: GateReviewItem, result: str, remark: str, version: int, by: Any, at: dt.datetime
) -> GateReviewItem:
    """Say what was found of one line. Raises NotAllowed, Conflict, Stale, Invalid."""
    permissions.get_visible(GateReviewItem, by, "examine", pk=item.pk)
    review = _under_review(item.review, by, "conclude")
    row = GateReviewItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    if row.version != version:
        raise records.stale(row, {"result": result, "remark": remark})
    if result not in ItemResult.values:
        raise errors.Invalid({"result": [_("请选择审查结果。")]})
    if result != ItemResult.OK and not remark.strip():
        raise errors.Invalid({"remark": [_("不合格或不适用的，请写明理由。")]})
    before = audit.fields_of(row)
    row.review = review
    row.result, row.remark = result, remark.strip()
    records.stamp(row, by=by, at=at)
    row.save()
    old, new = audit.changes(before, audit.fields_of(row))
    audit.record("assessments.gatereviewitem.examine", row, by=by, at=at, before=old, after=new)
    return row


@audit.audited
def examine_rest(*, review: GateReview, by: Any, at: dt.datetime) -> int:
    """Record every line not examined yet as in order: those handed in 合格, those that do not apply 不适用."""
    row = _under_review(review, by, "conclude")
    waiting = list(row.items.select_for_update(of=("self",)).filter(result=""))
    for item in waiting:
        item.result = ItemResult.NONE if item.not_applicable else ItemResult.OK
        item.remark = _("同意建设单位的说明") if item.not_applicable else ""
        records.stamp(item, by=by, at=at)
    GateReviewItem.objects.bulk_update(waiting, ["result", "remark", "version", "updated_at", "updated_by"])
    codes = [item.code for item in waiting]
    audit.record("assessments.gatereview.examine_rest", row, by=by, at=at, detail={"codes": codes})
    return len(waiting)


def check_lead(project: Project, by: Any) -> None:
    """Only the leading department decides. Raises NotAllowed."""
    if not queries.leads_for(by, project):
        told = _("本项目由“%(name)s”牵头审查，由该部门的审核人办理。") % {"name": project.lead}
        raise errors.NotAllowed(told, obj=project)


def _under_review(review: GateReview, by: Any, action: str) -> GateReview:
    """The review, locked, while its leading department works on it."""
    permissions.get_visible(GateReview, by, action, pk=review.pk)
    row = GateReview.objects.select_related("project__lead", "project__unit").select_for_update(of=("self",)).get(
        pk=review.pk
    )
    check_lead(row.project, by)
    if row.state != ReviewState.REVIEWING:
        told = _("审查现在是“%(state)s”，不能再办。") % {"state": row.get_state_display()}
        raise errors.Conflict(told, obj=row)
    return row


@audit.audited
def save_meeting(*, form: Any, by: Any, at: dt.datetime) -> GateReview:
    """Keep the expert meeting and the number of the document. Raises as ``records.save`` does."""
    row = _under_review(form.instance, by, "conclude")
    if form.is_valid() and form.cleaned_data["meeting_on"] and form.cleaned_data["meeting_on"] > timezone.localdate(at):
        raise errors.Invalid({"meeting_on": [_("会议日期不能晚于今天。")]})
    records.check_version(row, form)
    if not form.is_valid():
        raise errors.Invalid({key: [str(e) for e in found] for key, found in form.errors.items()})
    before = audit.fields_of(row)
    for name in form._meta.fields:
        setattr(row, name, form.cleaned_data[name])
    records.stamp(row, by=by, at=at)
    row.save()
    old, new = audit.changes(before, audit.fields_of(row))
    audit.record("assessments.gatereview.meeting", row, by=by, at=at, before=old, after=new)
    return row


# -- what follows from a conclusion --------------------------------------------------------------------------


def add_conditions(review: GateReview, wanted: list[tuple[str, dt.date]]) -> None:
    """Keep the conditions of a conclusion about to be taken; part of that step."""
    target = review.project.targets.order_by("pk").first()
    review.conditions.all().delete()
    GateCondition.objects.bulk_create(
        GateCondition(review=review, target=target, text=text, due_on=day) for text, day in wanted
    )


def follow_conditions(review: GateReview, *, by: Any, at: dt.datetime) -> None:
    """Have every condition followed as a corrective action of its object; part of the conclusion, which records."""
    for row in review.conditions.select_related("target"):
        what = ports.Shortcoming(
            origin=ORIGIN, source=row, obj=row.target, title=row.text[:100],
            description=_("%(name)s有条件通过，须完成：%(text)s") % {"name": review, "text": row.text},
            severity="medium", requirement=review.get_gate_display(), due=row.due_on,
        )  # fmt: skip
        action = ports.open_corrective_action(what, by=by, at=at)
        if action is not None:
            row.state = row.state or getattr(action, "state", "") or "planning"
            row.url = action.get_absolute_url() if hasattr(action, "get_absolute_url") else ""
            row.save(update_fields=["state", "url"])


def take_echo(source_id: int, state: str, *, by: Any, at: dt.datetime) -> None:
    """What became of a condition's corrective action; its review shows it, and going live waits for it."""
    row = GateCondition.objects.select_for_update(of=("self",)).filter(pk=source_id).first()
    if row is None or row.state == state:
        return
    before, row.state = row.state, state
    with audit.act():
        row.save(update_fields=["state"])
        review = GateReview.objects.get(pk=row.review_id)
        audit.record(
            "assessments.gatereview.condition", review, by=by, at=at, before={"state": before},
            after={"state": state}, detail={"condition": row.text},
        )  # fmt: skip


def set_stage(project: Project, passed: str, *, by: Any, at: dt.datetime) -> None:
    """Let the project stand before the gate after ``passed``; part of a conclusion, which records."""
    row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    following = queries.next_gate(row, passed)
    row.stage = Stage.ACCEPTED if following is None else Stage(following.value)
    records.stamp(row, by=by, at=at)
    row.save(update_fields=["stage", "version", "updated_at", "updated_by"])
    project.stage = row.stage


@audit.audited
def override_go_live(*, project: Project, reason: str, version: int, by: Any, at: dt.datetime) -> Project:
    """The leadership lets the project's objects go into service before acceptance; it stays on record and in sight.

    Raises OutOfScope, NotAllowed, Invalid (no reason), Stale, Conflict (nothing blocks, or let already).
    """
    permissions.get_visible(Project, by, "override", pk=project.pk)
    row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if row.override_at is not None:
        raise errors.Conflict(_("已批准先行上线，不必重复办理。"), obj=row)
    if row.stage == Stage.ACCEPTED and not queries.open_conditions(row).exists():
        raise errors.Conflict(_("项目已通过工程验收，没有阻止上线的事项。"), obj=row)
    if row.version != version:
        raise records.stale(row, {"reason": reason})
    check_reason(reason)
    row.override_by, row.override_at, row.override_reason = by, at, reason.strip()
    records.stamp(row, by=by, at=at)
    row.save()
    after = {"override_reason": row.override_reason, "stage": row.get_stage_display()}
    audit.record("assessments.project.override", row, by=by, at=at, after=after)
    text = _("“%(name)s”获准在验收前先行上线") % {"name": row}
    people = {owner for owner in (target.owner for target in row.targets.select_related("owner")) if owner}
    people |= set(queries.leaders_of(row))
    notices.notify(users=people - {by}, text=text, url=row.get_absolute_url(), parent=row, at=at)
    return row

