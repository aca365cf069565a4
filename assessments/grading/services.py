"""What a grading does to its object, who is asked to review it, and how an outside decision is kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.core import attachments, audit, errors, notices, permissions, search
from secmgmt.core.models import Attachment, Participation

from . import rules
from .models import Grading, GradingState, OutsideDecision
from .queries import EXPERT, invited, open_grading, reviewers, submitter_of

LEVELS = (
    *("security_level", "business_level", "service_level", "graded_on"),
    *("filing_number", "filed_on", "filing_valid_until"),
)
REVIEWABLE = (GradingState.DRAFT, GradingState.EXPERT)


@audit.audited
def set_levels(*, protected_object: ProtectedObject, grading: Grading | None, by: Any, at: dt.datetime) -> None:
    """Put the levels of ``grading`` on its object; None takes them away. Only gradings write these fields."""
    row = ProtectedObject.objects.select_for_update().get(pk=protected_object.pk)
    before = audit.fields_of(row)
    row.security_level = grading.level if grading else None
    row.business_level = grading.business_level if grading else None
    row.service_level = grading.service_level if grading else None
    row.graded_on = grading.report_date if grading else None
    row.filing_number = grading.certificate_number if grading else ""
    row.filed_on = grading.certified_on if grading else None
    row.filing_valid_until = rules.certificate_valid_until(row.filed_on) if row.filed_on else None
    row.version += 1
    row.updated_at, row.updated_by = at, by
    row.save(update_fields=[*LEVELS, "version", "updated_at", "updated_by"])
    search.refresh(row)  # it is found by its filing number
    old, new = audit.changes(before, audit.fields_of(row))
    audit.record("assets.protectedobject.levels", row, by=by, at=at, before=old, after=new)


def refuse_second(protected_object: ProtectedObject) -> None:
    """One grading of an object at a time. Raises Conflict that leads to the open one."""
    found = open_grading(protected_object)
    if found is not None:
        words = {"name": protected_object, "level": rules.LEVEL_LABELS[found.level], "state": found.get_state_display()}
        message = _("“%(name)s”已有一次没有办完的定级（拟定%(level)s，%(state)s），请先办完它。")
        raise errors.Conflict(message % words, obj=found)


# -- experts -----------------------------------------------------------------------------------------------


@audit.audited
def invite_expert(
    *, grading: Grading, user: Any, by: Any, at: dt.datetime, until: dt.date | None = None
) -> Participation:
    """Let ``user`` review this grading up to the end of ``until``; inviting again changes the date.

    Raises NotAllowed, Conflict (no longer under review), Invalid (no expert, day past).
    """
    fresh = _reviewable(grading, by)
    if not is_expert(user):
        raise errors.Invalid({"user": [_("只能邀请担任“专家”岗位的人员。")]})
    if until is not None and until < timezone.localdate(at):
        raise errors.Invalid({"until": [_("截止日期已过，请改为今天或以后。")]})
    asked, _is_new = Participation.objects.update_or_create(
        content_type=ContentType.objects.get_for_model(Grading), object_id=fresh.pk, user=user, unit=None,
        capacity=EXPERT, defaults={"until": end_of(until)},
    )  # fmt: skip
    detail = {"expert": user.audit_name, "until": until.isoformat() if until else ""}
    audit.record("assessments.grading.invite", fresh, by=by, at=at, detail=detail)
    if fresh.state == GradingState.EXPERT:  # from a draft he is told when it is submitted
        tell(fresh, [user], _("请评审“%(name)s”的定级") % {"name": fresh.protected_object}, at=at)
    return asked


@audit.audited
def withdraw_expert(*, grading: Grading, invitation: int, by: Any, at: dt.datetime) -> None:
    """Take an invitation back. Raises NotAllowed, Conflict (no longer under review), OutOfScope."""
    fresh = _reviewable(grading, by)
    asked = Participation.of(fresh).filter(capacity=EXPERT, pk=invitation).select_related("user").first()
    if asked is None:
        raise errors.OutOfScope(model="core.Participation", lookup=invitation)
    audit.record("assessments.grading.withdraw", fresh, by=by, at=at, detail={"expert": asked.user.audit_name})
    asked.delete()


def is_expert(user: Any) -> bool:
    """Whether ``user`` works here and holds an expert's position now."""
    return user.is_active and any(grant.role == roles.EXPERT.code for grant in user.grants())


def end_of(day: dt.date | None) -> dt.datetime | None:
    """The first instant after ``day`` where the people are."""
    if day is None:
        return None
    return timezone.make_aware(dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min))


def _reviewable(grading: Grading, by: Any) -> Grading:
    """The grading, locked, while experts may be asked or let go; by whoever submits it."""
    permissions.get_visible(Grading, by, "submit", pk=grading.pk)
    fresh = Grading.objects.select_related("protected_object").select_for_update(of=("self",)).get(pk=grading.pk)
    if fresh.state not in REVIEWABLE:
        message = _("定级现在是“%(state)s”，不再调整评审专家。")
        raise errors.Conflict(message % {"state": fresh.get_state_display()}, obj=fresh)
    return fresh


# -- decisions taken outside -------------------------------------------------------------------------------


@audit.audited
def record_outside(
    *,
    grading: Grading,
    kind: str,
    decided_by: str,
    decided_on: dt.date,
    number: str,
    by: Any,
    at: dt.datetime,
    upload: Any = None,
    proof: Attachment | None = None,
    declared_not_secret: bool = False,
    confirmed_not_secret: bool = False,
) -> OutsideDecision:
    """Keep what experts, authority or police decided, with the file that proves it: sent now or there already.

    Part of the step that follows from it. Raises NotAllowed, FileRefused,
    Invalid (no proof, a day to come or before the report).
    """
    permissions.get_visible(Grading, by, "record_outside", pk=grading.pk)
    if decided_on > timezone.localdate(at):
        raise errors.Invalid({"decided_on": [_("结论日期不能晚于今天，请照文件落款日期填写。")]})
    if decided_on < grading.report_date:
        message = _("结论日期早于定级报告日期（%(day)s），请核对文件落款日期。") % {"day": grading.report_date}
        raise errors.Invalid({"decided_on": [message]})
    if upload is not None:
        file = attachments.attach(
            parent=grading, upload=upload, by=by, at=at, slot=kind,
            declared_not_secret=declared_not_secret, confirmed_not_secret=confirmed_not_secret,
        )  # fmt: skip
    elif proof is not None and Attachment.of(grading).filter(pk=proof.pk, slot__in=("", kind)).exists():
        file = proof
        Attachment.objects.filter(pk=proof.pk).update(slot=kind)
    else:
        raise errors.Invalid({"file": [_("补录外部结论须附证明文件：请上传，或从已有附件中选一份。")]})
    decision = OutsideDecision.objects.create(
        grading=grading, kind=kind, decided_by=decided_by, decided_on=decided_on, number=number, proof=file, at=at
    )
    detail = {"kind": kind, "by": decided_by, "on": decided_on.isoformat(), "number": number, "proof": file.name}
    audit.record("assessments.grading.outside", grading, by=by, at=at, detail={**detail, "digest": file.digest})
    return decision


# -- who is told -------------------------------------------------------------------------------------------


UNDER_WAY = ("preparing", "submitted", "reviewing", "returned")  # states of a filing that is not at its end


def check_not_filing(grading: Grading) -> None:
    """While the object's filing is followed here its end makes the level final, nothing else. Raises NotAllowed."""
    if grading.protected_object.filings.filter(state__in=UNDER_WAY).exists():
        raise errors.NotAllowed(_("该对象的备案正在“公安备案”中办理，请在那里登记公安机关的答复。"), obj=grading)


def tell(grading: Grading, users: Any, text: str, *, at: dt.datetime) -> None:
    """A notice that leads to the grading."""
    notices.notify(users=users, text=text, url=grading.get_absolute_url(), parent=grading, at=at)


def tell_experts(grading: Grading, by: Any, at: dt.datetime, opinion: str) -> None:
    """Those invited: the review begins."""
    text = _("请评审“%(name)s”的定级") % {"name": grading.protected_object}
    tell(grading, [row.user for row in invited(grading, at)], text, at=at)


def tell_authority(grading: Grading, by: Any, at: dt.datetime, opinion: str) -> None:
    """Those who approve for the authority."""
    text = _("请核准“%(name)s”的定级") % {"name": grading.protected_object}
    tell(grading, reviewers(grading, timezone.localdate(at)), text, at=at)


def tell_owner(grading: Grading, by: Any, text: str, at: dt.datetime) -> None:
    """Who submitted it and who is in charge of the object, unless it was his own act."""
    people = {submitter_of(grading), grading.protected_object.owner} - {None, by}
    tell(grading, people, text % {"name": grading.protected_object}, at=at)
