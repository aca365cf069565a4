"""The steps of a finding (accepted, disputed, decided by somebody else) and of a question."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.clock import today
from secmgmt.core.workflow import Transition, Workflow

from . import queries, services
from .models import LIVE, AskedFact, FactState, Finding, FindingState, Said

S, F = FindingState, FactState


def not_the_disputer(obj: Finding, by: Any) -> None:
    """Guard: whoever disputed it does not decide on the dispute (A10, A17)."""
    if queries.disputed_by(obj, by):
        raise errors.NotAllowed(_t("异议由您提出，不能由您本人裁定。"), obj=obj)


def in_time(obj: Finding, by: Any) -> None:
    """A dispute comes within its days. Raises Conflict."""
    if queries.is_past(obj, today()):
        told = {"day": obj.respond_by.isoformat()}
        raise errors.Conflict(_t("异议期已于 %(day)s 截止。") % told, obj=obj)


def upheld(obj: Finding, by: Any, at: dt.datetime, opinion: str) -> None:
    """It stands: to be put right, and the unit is told."""
    services.follow_up(obj, by, at, opinion)
    services.tell_one(obj, _("异议未获支持，请整改：%(name)s"), at, by)


def withdrawn(obj: Finding, by: Any, at: dt.datetime, opinion: str) -> None:
    """The unit was right."""
    services.tell_one(obj, _("异议成立，已撤销：%(name)s"), at, by)


WORKFLOW = Workflow(
    "assessments.Finding",
    FindingState,
    (
        Transition(
            "accept", (S.OPEN,), S.ACCEPTED, "respond", _("认可，列入整改"), effect=services.follow_up, primary=True
        ),
        Transition(
            "dispute", (S.OPEN,), S.DISPUTED, "respond", _("提出异议"), needs_opinion=True, check=in_time,
        ),
        Transition(
            "uphold", (S.DISPUTED,), S.ACCEPTED, "rule_on", _("维持认定"), needs_opinion=True,
            guard=not_the_disputer, effect=upheld,
        ),
        Transition(
            "revoke", (S.DISPUTED,), S.REVOKED, "rule_on", _("异议成立，撤销"), needs_opinion=True,
            guard=not_the_disputer, effect=withdrawn, negative=True,
        ),
        Transition("lapse", (S.OPEN,), S.ACCEPTED, "respond", _("异议期满"), effect=services.follow_up, automatic=True),
        Transition("clear", (S.OPEN, S.DISPUTED), S.GONE, "respond", _("数据已更正"), automatic=True),
        Transition("close", (S.ACCEPTED,), S.CLOSED, "respond", _("整改已关闭"), automatic=True),
        Transition("resume", (S.CLOSED,), S.ACCEPTED, "respond", _("整改重新打开"), automatic=True),
    ),
)  # fmt: skip


def proved(obj: AskedFact, by: Any) -> None:
    """An answer was given; 是 has its proof, added since it was asked. Raises Incomplete."""
    if not obj.answer:
        raise errors.Incomplete(_t("还没有答复。"), [(_t("请选择是、否或不适用"), obj.get_absolute_url())])
    if obj.answer == Said.YES and not queries.has_proof(obj):
        raise errors.Incomplete(
            _t("答复“是”须有证明材料。"), [(_t("请先在询问事项页面上传证明材料"), obj.get_absolute_url())]
        )


def answered(obj: AskedFact, by: Any, at: dt.datetime, opinion: str) -> None:
    """否 is a finding at once; 是 and 不适用 clear the one that an earlier answer made."""
    services.hold_answer(obj, by, at)
    row = Finding.objects.filter(rule=obj.rule, protected_object=obj.protected_object, state__in=LIVE).first()
    if obj.answer == Said.NO and row is None:
        obj.state = F.ANSWERED  # what ``said`` reads; the step sets the same
        evidence = services.said(obj, timezone.localdate(at)).evidence
        made = services.new_finding(obj.rule, obj.protected_object, evidence, by=by, at=at)
        services.store_findings(rule=obj.rule, rows=[made], by=by, at=at)
    elif obj.answer != Said.NO and row is not None and row.state in (S.OPEN, S.DISPUTED):
        WORKFLOW.elapse(row, "clear", at=at, reason=_t("单位已重新答复：%s。") % obj.get_answer_display())


def asked_again(obj: AskedFact, by: Any, at: dt.datetime, opinion: str) -> None:
    """The old answer no longer holds; what it was stands on the trail."""
    obj.answer, obj.explanation, obj.answered_by, obj.answered_on, obj.valid_until = "", "", "", None, None
    obj.asked_on, obj.question = timezone.localdate(at), obj.rule.question
    services.tell_one(obj, _("请重新答复：%(name)s"), at, by)


FACT = Workflow(
    "assessments.AskedFact",
    FactState,
    (
        Transition(
            "answer", (F.ASKED,), F.ANSWERED, "state_fact", _("答复"), check=proved, effect=answered,
            extra_form="assessments.findings.forms.AnswerForm", primary=True,
        ),
        Transition(
            "return_", (F.ANSWERED,), F.ASKED, "reask", _("退回重新答复"), needs_opinion=True, effect=asked_again,
            negative=True,
        ),
        Transition(
            "ask", (F.ANSWERED, F.MOOT), F.ASKED, "state_fact", _("再次询问"), effect=asked_again, automatic=True
        ),
        Transition("drop", (F.ASKED,), F.MOOT, "state_fact", _("无须答复"), automatic=True),
    ),
)  # fmt: skip


def echo(source_id: int, state: str, *, by: Any, at: dt.datetime) -> None:
    """Closed with its rectification; a fact the unit denied is asked again, now that it is put right."""
    row = Finding.objects.select_related("rule", "protected_object").filter(pk=source_id).first()
    if row is None:
        return
    if state == "closed":
        reason = _t("整改事项已验证关闭。")
        WORKFLOW.elapse(row, "close", at=at, reason=reason)
        denied = AskedFact.objects.filter(rule=row.rule, protected_object=row.protected_object, answer=Said.NO)
        for fact in denied:
            FACT.elapse(fact, "ask", at=at, reason=reason)
    elif row.state == S.CLOSED and not _has_another(row):
        WORKFLOW.elapse(row, "resume", at=at, reason=_t("整改事项重新打开。"))


def _has_another(row: Finding) -> bool:
    return Finding.objects.filter(rule=row.rule, protected_object=row.protected_object, state__in=LIVE).exists()
