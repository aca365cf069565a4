"""What is done to an inspection besides its steps: set up, team, sample, record, issue the notice, take echoes back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.catalog.services import shipped_standard
from assessments.evaluation import points
from assessments.evaluation import services as evaluation
from secmgmt.core import audit, errors, notices, permissions, ports, records, search
from secmgmt.core.models import Participation

from . import queries, sampling
from .models import (
    Inspection,
    InspectionItem,
    InspectionState,
    IssuedNotice,
    IssuedState,
    NoticeKind,
    NoticeReply,
    Sample,
    SampleResult,
)
from .queries import MEMBER

OPEN = (InspectionState.PLANNED, InspectionState.ONSITE)
SEVERITY = {"高": "high", "中": "medium", "低": "low"}
ORIGIN = "inspection"


def require_lead(inspection: Inspection, by: Any) -> None:
    """NotAllowed unless ``by`` inspects for the leading department."""
    if not queries.leads(by, inspection):
        message = _("本次检查由%(name)s牵头，由该部门的检查人员办理。") % {"name": inspection.lead}
        raise errors.NotAllowed(message, obj=inspection)


def require_recorder(inspection: Inspection, by: Any) -> None:
    """NotAllowed unless ``by`` inspects for the leading department or was taken into the team."""
    if not queries.members(inspection).filter(user=by).exists():
        require_lead(inspection, by)


@audit.audited
def save_inspection(*, form: Any, by: Any, at: dt.datetime) -> Inspection:
    """Plan an inspection with its checklist and a proposed sample, or change one that has not begun.

    Raises Invalid (not graded, no item in the chosen layers), NotAllowed, Stale, Conflict (begun already).
    """
    if form.instance.pk is not None and form.instance.state != InspectionState.PLANNED:
        raise errors.Conflict(_("检查已经开始，计划不能再改。"), obj=form.instance)
    if not form.is_valid():
        raise errors.Invalid({key: [str(e) for e in found] for key, found in form.errors.items()})
    standard = shipped_standard()
    if standard is None:
        raise errors.Invalid({"__all__": [_("还没有载入标准条款，请联系系统管理员载入后再试。")]})
    obj = form.cleaned_data["protected_object"]
    items = evaluation.items_for(obj, standard)
    layers = set(form.cleaned_data["layers"])
    chosen = [item for item in items if not layers or item.layer in layers]
    if not chosen:
        raise errors.Invalid({"layers": [_("所选层面没有适用于该对象的条款，请重新选择。")]})
    form.instance.standard_code, form.instance.level = standard.code, obj.security_level
    inspection = records.save(form, by=by, at=at)
    inspection.items.filter(is_custom=False).delete()
    InspectionItem.objects.bulk_create(frozen_items(inspection, chosen, at), batch_size=300)
    if not inspection.samples.exclude(reason="").exists():
        _draw(inspection)
    return inspection


def frozen_items(inspection: Inspection, items: list[Any], at: dt.datetime) -> list[InspectionItem]:
    """The checklist with the wording of the day and what the unit said of each item itself."""
    last = queries.last_confirmed(inspection.protected_object, inspection.standard_code)
    own = dict(last.answers.values_list("code", "result")) if last else {}
    return [
        InspectionItem(
            inspection=inspection, order=place, code=item.code, layer=item.layer, control_point=item.control_point,
            summary=item.summary, high_risk=item.high_risk, self_result=own.get(item.code, ""),
            created_at=at, updated_at=at,
        )
        for place, item in enumerate(items, 1)
    ]  # fmt: skip


def _draw(inspection: Inspection) -> None:
    inspection.samples.all().delete()
    Sample.objects.bulk_create(drawn_samples(inspection))


def drawn_samples(inspection: Inspection) -> list[Sample]:
    """The proposed sample, not stored yet; the same whenever it is drawn."""
    obj = inspection.protected_object
    seed = f"{obj.code}|{inspection.starts_on.isoformat()}"
    drawn = sampling.propose(obj.components.all(), level=inspection.level, seed=seed)
    return [_sample(inspection, row, "") for row in drawn]


def _sample(inspection: Inspection, row: Any, reason: str) -> Sample:
    return Sample(inspection=inspection, component=row, name=row.name, kind=row.get_kind_display(), reason=reason)


@audit.audited
def choose_samples(*, inspection: Inspection, chosen: list[int], reason: str, by: Any, at: dt.datetime) -> Inspection:
    """The lead's own choice of components. Raises Invalid (no reason, foreign component, results there), Conflict."""
    fresh = _locked(inspection, by)
    known = {row.pk: row for row in fresh.protected_object.components.all()}
    if set(chosen) - set(known):
        raise errors.Invalid({"chosen": [_("所选部件不属于这个对象。")]})
    had = {row.component_id: row for row in fresh.samples.all()}
    if set(chosen) == set(had):
        return fresh
    if not reason.strip():
        raise errors.Invalid({"reason": [_("与抽样建议不同，请写明调整理由。")]})
    gone = [row for pk, row in had.items() if pk not in chosen]
    if SampleResult.objects.filter(sample__in=gone).exists():
        raise errors.Conflict(_("去掉的样本已有检查结果，不能去掉。"), obj=fresh)
    Sample.objects.filter(pk__in=[row.pk for row in gone]).delete()
    Sample.objects.bulk_create(_sample(fresh, known[pk], reason.strip()) for pk in chosen if pk not in had)
    detail = {
        "reason": reason.strip(),
        "added": [known[pk].name for pk in chosen if pk not in had],
        "removed": [row.name for row in gone],
    }
    audit.record("assessments.inspection.sample", fresh, by=by, at=at, detail=detail)
    return fresh


@audit.audited
def invite_member(*, inspection: Inspection, user: Any, until: dt.date, by: Any, at: dt.datetime) -> Participation:
    """Take somebody of another department into the team up to the end of ``until``.

    Raises NotAllowed, Conflict (over), Invalid (one of the inspected unit's own people, day past).
    """
    fresh = _locked(inspection, by, states=queries.RUNNING)
    if not queries.may_be_invited(fresh).filter(pk=user.pk).exists():
        raise errors.Invalid({"user": [_("不能邀请这个人：被检查单位的人员、管理员和已在组内的人员除外。")]})
    if until < timezone.localdate(at):
        raise errors.Invalid({"until": [_("截止日期已过，请改为今天或以后。")]})
    end = timezone.make_aware(dt.datetime.combine(until + dt.timedelta(days=1), dt.time.min))
    part = Participation.objects.create(
        content_type=ContentType.objects.get_for_model(Inspection), object_id=fresh.pk, user=user, capacity=MEMBER,
        until=end,
    )  # fmt: skip
    detail = {"member": user.audit_name, "until": until.isoformat()}
    audit.record("assessments.inspection.invite", fresh, by=by, at=at, detail=detail)
    text = _("请参加检查：%(name)s") % {"name": fresh}
    notices.notify(user=user, text=text, url=fresh.get_absolute_url(), parent=fresh, at=at)
    return part


@audit.audited
def withdraw_member(*, inspection: Inspection, invitation: int, by: Any, at: dt.datetime) -> None:
    """Let somebody leave the team. Raises NotAllowed, OutOfScope."""
    fresh = _locked(inspection, by, states=queries.RUNNING)
    part = queries.members(fresh).filter(pk=invitation).first()
    if part is None:
        raise errors.OutOfScope(model="core.Participation", lookup=invitation)
    audit.record("assessments.inspection.withdraw", fresh, by=by, at=at, detail={"member": part.user.audit_name})
    part.delete()


def _locked(inspection: Inspection, by: Any, states: tuple[Any, ...] = OPEN) -> Inspection:
    permissions.get_visible(Inspection, by, "run", pk=inspection.pk)
    rows = Inspection.objects.select_related("protected_object__unit", "lead__unit")
    fresh = rows.select_for_update(of=("self",)).get(pk=inspection.pk)
    require_lead(fresh, by)
    if fresh.state not in states:
        message = _("检查现在是“%(state)s”，不能再改。") % {"state": fresh.get_state_display()}
        raise errors.Conflict(message, obj=fresh)
    return fresh


# -- recording ---------------------------------------------------------------------------------------------


@audit.audited
def save_item(*, form: Any, by: Any, at: dt.datetime, given: dict[int, str] | None = None) -> InspectionItem:
    """Keep what was found on one item, or a question of the team's own; ``given``: sample → result, where recorded
    sample by sample (the item's result then follows from them). Raises Invalid, NotAllowed, Stale, Conflict.
    """
    if not form.is_valid():
        raise errors.Invalid({key: [str(e) for e in found] for key, found in form.errors.items()})
    row = form.instance
    rows = Inspection.objects.select_related("protected_object__unit", "lead__unit")
    inspection = rows.select_for_update(of=("self",)).get(pk=row.inspection_id)
    if row.pk is None:
        _locked(inspection, by)
        row.order = inspection.items.count() + 1
        row.code, row.layer, row.is_custom = f"自定-{row.order}", _("自定检查内容"), True
    elif inspection.state not in (InspectionState.ONSITE, InspectionState.RECHECKING):
        raise errors.Conflict(_("现在不在现场检查或复查阶段，不能记录。"), obj=inspection)
    else:
        require_recorder(inspection, by)
    saved = records.save(form, by=by, at=at)
    if given is not None:
        saved.sample_results.all().delete()
        SampleResult.objects.bulk_create(
            SampleResult(item=saved, sample_id=pk, result=result) for pk, result in given.items()
        )
        after = {str(pk): result for pk, result in given.items()}
        audit.record("assessments.inspectionitem.samples", saved, by=by, at=at, after=after)
    Inspection.objects.filter(pk=inspection.pk).update(finding_count=queries.findings(inspection).count())
    return saved


def combined(given: dict[int, str]) -> str:
    """The result that follows from those of the samples, by the rule of the self-assessment's components."""
    return points.combine_components(given.values()).result


# -- the notice --------------------------------------------------------------------------------------------


def check_kind(inspection: Inspection, kind: NoticeKind) -> None:
    """A department issues its own kinds of documents and no other's. Raises Invalid."""
    if kind.department_id != inspection.lead_id or not kind.is_active:
        raise errors.Invalid({"kind": [_("这种文书不由牵头部门签发。")]})


def check_deadline(deadline: dt.date, today: dt.date) -> None:
    """The unit has time left. Raises Invalid."""
    if deadline < today:
        raise errors.Invalid({"deadline": [_("整改期限已过，请改为今天或以后。")]})


def next_sequence(kind: NoticeKind, year: int) -> int:
    """The next number of a locked kind in ``year``."""
    return IssuedNotice.objects.filter(kind=kind, year=year).count() + 1


@audit.audited
def keep_draft(
    *, inspection: Inspection, kind: NoticeKind, deadline: dt.date, text: str, by: Any, at: dt.datetime
) -> Inspection:
    """The notice as it is put forward. Raises Invalid (another department's kind, deadline past)."""
    check_kind(inspection, kind)
    check_deadline(deadline, timezone.localdate(at))
    before = {"kind": str(inspection.draft_kind or ""), "deadline": str(inspection.draft_deadline or "")}
    inspection.draft_kind, inspection.draft_deadline, inspection.draft_text = kind, deadline, text
    Inspection.objects.filter(pk=inspection.pk).update(draft_kind=kind, draft_deadline=deadline, draft_text=text)
    after = {"kind": str(kind), "deadline": str(deadline), "text": text}
    audit.record("assessments.inspection.draft", inspection, by=by, at=at, before=before, after=after)
    return inspection


@audit.audited
def issue(*, inspection: Inspection, by: Any, at: dt.datetime) -> IssuedNotice:
    """Issue the notice under the next number of its kind and year, open an item of rectification for every finding.

    Numbers have no gaps: they are given under a lock of the kind, and a notice is never deleted.
    """
    if inspection.draft_kind is None or inspection.draft_deadline is None:
        raise errors.Invalid({"kind": [_("通知还没有拟好。")]})
    kind = NoticeKind.objects.select_for_update().get(pk=inspection.draft_kind.pk)
    today = timezone.localdate(at)
    sequence = next_sequence(kind, today.year)
    found = list(queries.findings(inspection))
    obj = inspection.protected_object
    notice = IssuedNotice(
        inspection=inspection, protected_object=obj, kind=kind, kind_name=kind.name, issuer=inspection.lead.name,
        basis=kind.basis, year=today.year, sequence=sequence, number=f"{kind.word}〔{today.year}〕{sequence}号",
        issued_on=today, deadline=inspection.draft_deadline, text=inspection.draft_text,
        findings=[_line(item) for item in found],
    )  # fmt: skip
    records.stamp(notice, by=by, at=at)
    notice.save()
    search.refresh(notice)
    audit.record("assessments.issuednotice.add", notice, by=by, at=at, after={"number": notice.number})
    for item in found:
        ports.open_corrective_action(shortcoming(item, notice), by=by, at=at)
    text = _("收到%(kind)s（%(number)s），请签收并按期整改") % {"kind": notice.kind_name, "number": notice.number}
    people = queries.recipients(notice, today)
    notices.notify(users=people, text=text, url=notice.get_absolute_url(), parent=notice, at=at)
    return notice


def _line(item: InspectionItem) -> dict[str, Any]:
    return {
        "code": item.code, "point": item.control_point, "found": item.found, "risk": item.risk,
        "result": str(item.get_result_display()), "major": item.is_major,
    }  # fmt: skip


def shortcoming(item: InspectionItem, notice: IssuedNotice) -> ports.Shortcoming:
    """A finding as rectification takes it; what the inspection found is verified by inspectors."""
    inspection = item.inspection
    return ports.Shortcoming(
        origin=ORIGIN, source=item, obj=inspection.protected_object,
        title=f"{item.code} {item.control_point}", description=item.found,
        severity="major" if item.is_major else SEVERITY.get(item.risk, "medium"), requirement=item.summary,
        due=notice.deadline, standard="" if item.is_custom else inspection.standard_code,
        clause="" if item.is_custom else item.code, high_risk_case=item.high_risk_case, major=item.is_major,
        level=inspection.level, due_basis=f"{notice.kind_name} {notice.number}",
    )  # fmt: skip


@audit.audited
def keep_reply(*, notice: IssuedNotice, text: str, by: Any, at: dt.datetime) -> IssuedNotice:
    """The unit's reply of this round, before it is sent. Part of the step; raises Invalid (empty)."""
    if not text.strip():
        raise errors.Invalid({"reply": [_("请写明整改情况。")]})
    notice.reply = text.strip()
    IssuedNotice.objects.filter(pk=notice.pk).update(reply=notice.reply)
    audit.record("assessments.issuednotice.reply_text", notice, by=by, at=at, after={"reply": notice.reply})
    return notice


def replied(notice: IssuedNotice, by: Any, at: dt.datetime, opinion: str) -> None:
    """The reply is kept for good, and the inspectors are told."""
    NoticeReply.objects.create(
        notice=notice, round=notice.round, deadline=notice.deadline, text=notice.reply, by_name=by.audit_name, at=at
    )
    kept = {"round": notice.round, "reply": notice.reply}
    audit.record("assessments.issuednotice.replied", notice, by=by, at=at, after=kept)
    inspection = notice.inspection
    text = _("%(unit)s已回复%(number)s，请安排复查") % {"unit": notice.protected_object.unit, "number": notice.number}
    starter = inspection.updated_by
    if starter is not None:
        notices.notify(user=starter, text=text, url=inspection.get_absolute_url(), parent=inspection, at=at)


def rectification_changed(source_id: int, state: str, *, by: Any, at: dt.datetime) -> None:
    """What became of a finding's rectification, shown beside the finding."""
    row = InspectionItem.objects.filter(pk=source_id).first()
    if row is None or row.rectification == state:
        return
    with audit.act():
        before, row.rectification = row.rectification, state
        row.save(update_fields=["rectification"])
        audit.record(
            "assessments.inspectionitem.rectification", row, by=by, at=at,
            before={"rectification": before}, after={"rectification": state},
        )  # fmt: skip


def open_notice(inspection: Inspection) -> IssuedNotice | None:
    """The notice that is still open."""
    return inspection.notices.exclude(state=IssuedState.CLOSED).order_by("-pk").first()
