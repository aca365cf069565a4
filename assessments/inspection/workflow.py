"""The steps of an inspection, and of the notice at the inspected unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import audit, errors
from secmgmt.core.clock import today
from secmgmt.core.workflow import Guard, Transition, Workflow

from . import queries, services
from .models import Inspection, InspectionItem, InspectionState, IssuedNotice, IssuedState

S, N = InspectionState, IssuedState
FORMS = "assessments.inspection.forms."


def of_the_lead(obj: Inspection, by: Any) -> None:
    """Guard: an inspector of the leading department."""
    services.require_lead(obj, by)


def with_findings(obj: Inspection, by: Any) -> None:
    """Guard: a notice is for what has to be put right."""
    of_the_lead(obj, by)
    if not obj.finding_count:
        raise errors.NotAllowed(_t("没有发现问题，不需要签发通知，请直接作出结论。"), obj=obj)


def without_findings(obj: Inspection, by: Any) -> None:
    """Guard: nothing has to be put right."""
    of_the_lead(obj, by)
    if obj.finding_count:
        raise errors.NotAllowed(_t("检查发现了问题，须先签发通知、复查后再作结论。"), obj=obj)


def not_the_proposer(obj: Inspection, by: Any) -> None:
    """Guard: whoever put the notice forward does not sign it."""
    if queries.proposed_by(obj, by):
        raise errors.NotAllowed(_t("通知由您报请签发，不能由您本人签发。"), obj=obj)


def all_recorded(obj: Inspection, by: Any) -> None:
    """Every item of the checklist has its result."""
    missing = queries.open_items(obj)
    if missing:
        page = f"{reverse('assessments:inspectionitem-list')}?inspection={obj.pk}&result=none"
        text = _t("还有 %(n)d 项没有检查结果") % {"n": missing}
        raise errors.Incomplete(_t("检查记录没有填完，不能汇总。"), [(text, page)])


def draft_ready(obj: Inspection, by: Any) -> None:
    """The notice has its kind, text and a deadline still to come."""
    page = obj.get_absolute_url()
    if obj.draft_kind is None or not obj.draft_text.strip() or obj.draft_deadline is None:
        raise errors.Incomplete(_t("通知还没有拟好。"), [(_t("请填写文书、整改期限和正文"), page)])
    if obj.draft_deadline < today():
        raise errors.Incomplete(_t("通知的整改期限已过，请退回后重新填写。"), [(_t("整改期限"), page)])


def may_go_unsigned(obj: Inspection, by: Any) -> None:
    """Some kinds of documents need the leadership's signature: a matter of the department's data."""
    draft_ready(obj, by)
    if obj.draft_kind.needs_signature:
        message = _t("“%(kind)s”须由领导签发，请改用“报请签发”。") % {"kind": obj.draft_kind.name}
        raise errors.Invalid({"kind": [message]})


def reply_there(obj: Inspection, by: Any) -> None:
    """Re-inspection follows the unit's reply, or the deadline without one."""
    notice = services.open_notice(obj)
    if notice is not None and queries.is_awaited(notice, today()):
        raise errors.Incomplete(
            _t("单位还没有回复，整改期限也没有到，不能复查。"),
            [(_t("期限 %(day)s") % {"day": notice.deadline.isoformat()}, notice.get_absolute_url())],
        )


def all_rechecked(obj: Inspection, by: Any) -> None:
    """Every finding was looked at again."""
    missing = queries.unchecked(obj)
    if missing:
        page = f"{reverse('assessments:inspectionitem-list')}?inspection={obj.pk}&result=findings"
        raise errors.Incomplete(_t("还有问题没有复查。"), [(_t("%(n)d 项没有复查结果") % {"n": missing}, page)])


def something_open(obj: Inspection, by: Any) -> None:
    """Only what was not put right goes back, with a new deadline."""
    all_rechecked(obj, by)
    if not queries.findings(obj).filter(recheck=InspectionItem.Recheck.OPEN).exists():
        raise errors.Invalid({"opinion": [_t("问题都已整改，请直接作出结论。")]})
    draft_ready(obj, by)


def issued(obj: Inspection, by: Any, at: dt.datetime, opinion: str) -> None:
    """The notice goes out."""
    services.issue(inspection=obj, by=by, at=at)


def sent_back(obj: Inspection, by: Any, at: dt.datetime, opinion: str) -> None:
    """Another round for the unit, under the same number."""
    notice = services.open_notice(obj)
    if notice is not None:
        IssuedNotice.objects.filter(pk=notice.pk).update(
            deadline=obj.draft_deadline, round=notice.round + 1, reply=""
        )
        before = {"round": notice.round, "deadline": str(notice.deadline)}
        after = {"round": notice.round + 1, "deadline": str(obj.draft_deadline)}
        audit.record("assessments.issuednotice.round", notice, by=by, at=at, before=before, after=after)
        NOTICE.elapse(notice, "again", at=at, reason=opinion)
    queries.findings(obj).filter(recheck=InspectionItem.Recheck.OPEN).update(recheck="")


def concluded(obj: Inspection, by: Any, at: dt.datetime, opinion: str) -> None:
    """The conclusion stands, and the notice is closed."""
    obj.conclusion, obj.concluded_on = opinion.strip(), timezone.localdate(at)
    notice = services.open_notice(obj)
    if notice is not None:
        NOTICE.elapse(notice, "close", at=at, reason=opinion)


def _run(
    name: str, source: tuple[str, ...], target: str, label: Any, *, guard: Guard = of_the_lead, **more: Any
) -> Transition:
    return Transition(name, source, target, "run", label, guard=guard, **more)


WORKFLOW = Workflow(
    "assessments.Inspection",
    InspectionState,
    (
        _run("start", (S.PLANNED,), S.ONSITE, _("开始现场检查"), primary=True),
        _run("cancel", (S.PLANNED,), S.CANCELLED, _("取消检查"), needs_opinion=True, negative=True),
        _run("gather", (S.ONSITE,), S.SUMMING, _("汇总问题"), check=all_recorded, primary=True),
        _run("back", (S.SUMMING,), S.ONSITE, _("退回补充检查"), needs_opinion=True, negative=True),
        _run(
            "propose", (S.SUMMING,), S.SIGNING, _("报请签发"), guard=with_findings, check=draft_ready,
            extra_form=f"{FORMS}DraftForm", primary=True,
        ),
        _run(
            "issue", (S.SUMMING,), S.ISSUED, _("签发通知"), guard=with_findings, check=may_go_unsigned,
            effect=issued, extra_form=f"{FORMS}DraftForm",
        ),
        Transition(
            "sign", (S.SIGNING,), S.ISSUED, "sign", _("签发"), guard=not_the_proposer, check=draft_ready,
            effect=issued, primary=True,
        ),
        Transition(
            "return_", (S.SIGNING,), S.SUMMING, "sign", _("退回修改"), needs_opinion=True, negative=True,
        ),
        _run(
            "close_clean", (S.SUMMING,), S.CONCLUDED, _("作出结论（未发现问题）"), guard=without_findings,
            needs_opinion=True, effect=concluded, primary=True,
        ),
        _run("reinspect", (S.ISSUED,), S.RECHECKING, _("开始复查"), check=reply_there, primary=True),
        _run(
            "send_back", (S.RECHECKING,), S.ISSUED, _("退回继续整改"), needs_opinion=True, check=something_open,
            effect=sent_back, extra_form=f"{FORMS}DeadlineForm", negative=True,
        ),
        _run(
            "conclude", (S.RECHECKING,), S.CONCLUDED, _("作出结论"), needs_opinion=True, check=all_rechecked,
            effect=concluded, primary=True,
        ),
    ),
)  # fmt: skip


def reply_written(obj: IssuedNotice, by: Any) -> None:
    """A reply says something."""
    if not obj.reply.strip():
        raise errors.Incomplete(_t("还没有写回复。"), [(_t("整改情况"), obj.get_absolute_url())])


NOTICE = Workflow(
    "assessments.IssuedNotice",
    IssuedState,
    (
        Transition("receive", (N.ISSUED,), N.RECEIVED, "receive", _("签收"), primary=True),
        Transition(
            "reply", (N.RECEIVED,), N.REPLIED, "reply", _("提交回复"), check=reply_written, effect=services.replied,
            extra_form=f"{FORMS}ReplyForm", primary=True,
        ),
        Transition(
            "again", (N.ISSUED, N.RECEIVED, N.REPLIED), N.RECEIVED, "receive", _("复查未通过，继续整改"), automatic=True
        ),
        Transition("close", (N.ISSUED, N.RECEIVED, N.REPLIED), N.CLOSED, "receive", _("办结"), automatic=True),
    ),
)  # fmt: skip
