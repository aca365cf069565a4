"""The steps of an item: 待制定 → 方案待审批 → 整改中 → 待验证 → 已关闭, with extension, acceptance and reopening.

Whoever asked, and whoever is to put it right, decides on nothing of it (A10, A17); the role that decides was frozen
when it was submitted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import errors
from secmgmt.core.models import Attachment
from secmgmt.core.permissions import ROLES, path_of
from secmgmt.core.workflow import Transition, Workflow

from . import queries, services
from .choices import Matter, State
from .models import Rectification

S = State
Effect = Callable[[Rectification, Any, dt.datetime, str], None]
FORMS = "assessments.rectification.forms."


# -- who ---------------------------------------------------------------------------------------------------


def decides(obj: Rectification, by: Any) -> None:
    """Guard: the role frozen at submission, and neither who asked nor who is to put it right."""
    holds_the_role(obj, by)
    not_ones_own(obj, by)


def holds_the_role(obj: Rectification, by: Any) -> None:
    """NotAllowed to whoever does not hold the role that the routing named."""
    if not queries.holds(by, obj.decides_role, path_of(obj)):
        who = str(ROLES[obj.decides_role].label) if obj.decides_role in ROLES else ""
        text = _t("这件事由%(who)s决定（%(basis)s）。")
        words = {"who": who or _t("有权人员"), "basis": obj.route_basis or _t("验证权限")}
        raise errors.NotAllowed(text % words, who_may=who, obj=obj)


def not_ones_own(obj: Rectification, by: Any) -> None:
    """NotAllowed to who asked for the decision and to who is responsible for the item (A10, A17)."""
    if by.pk == obj.asked_by_id:
        raise errors.NotAllowed(_t("您是提交人，不能由您本人审定，请由其他有权人员办理。"), obj=obj)
    if by.pk == obj.owner_id:
        raise errors.NotAllowed(_t("您是整改责任人，不能由您本人审定，请由其他有权人员办理。"), obj=obj)


def never_major(obj: Rectification, by: Any) -> None:
    """Guard: a 重大风险隐患 is put right, it is no risk to live with."""
    if obj.major:
        raise errors.NotAllowed(_t("重大风险隐患必须整改，不能接受风险。"), obj=obj)


def accepts(obj: Rectification, by: Any) -> None:
    """Guard of acceptance."""
    never_major(obj, by)
    decides(obj, by)


def planned(obj: Rectification, by: Any) -> None:
    """Guard: with an approved plan."""
    if not obj.planned:
        raise errors.NotAllowed(_t("还没有批准的整改方案。"), obj=obj)


def unplanned(obj: Rectification, by: Any) -> None:
    """Guard: without an approved plan."""
    if obj.planned:
        raise errors.NotAllowed(_t("已有批准的整改方案，退回后继续整改。"), obj=obj)


def both(*guards: Callable[[Rectification, Any], None]) -> Callable[[Rectification, Any], None]:
    """All guards in turn."""

    def guard(obj: Rectification, by: Any) -> None:
        for one in guards:
            one(obj, by)

    return guard


def reopens(obj: Rectification, by: Any) -> None:
    """Guard: not who did the work."""
    not_ones_own(obj, by)


# -- whether it is ready -----------------------------------------------------------------------------------


def check_plan(obj: Rectification, by: Any) -> None:
    """Incomplete names every part of the plan that is missing."""
    page = reverse("assessments:rectification-update", args=[obj.pk])
    needed = [
        (obj.owner_id, _t("没有指定责任人")),
        (obj.root_cause.strip(), _t("没有写原因分析")),
        (obj.measure.strip(), _t("没有写整改措施")),
        (obj.expected.strip(), _t("没有写整改后达到什么")),
        (obj.cost is not None, _t("没有填所需经费，不需要经费的填 0")),
    ]
    if obj.risk == "高":
        needed.append((obj.interim.strip(), _t("高风险问题没有写过渡期措施")))
    missing = [(text, page) for filled, text in needed if not filled]
    if missing:
        raise errors.Incomplete(_t("整改方案还没有填完，不能提交。"), missing)


def check_done(obj: Rectification, by: Any) -> None:
    """Incomplete without the result in words and something that proves it."""
    page = obj.get_absolute_url()
    missing = []
    if not obj.outcome.strip():
        missing.append((_t("没有写整改结果"), page))
    if not Attachment.of(obj).exists():
        missing.append((_t("没有整改证据：请先上传截图、配置、记录或报告"), f"{page}#attachments"))
    if missing:
        raise errors.Incomplete(_t("还不能提交验证。"), missing)


def check_asked_due(obj: Rectification, by: Any) -> None:
    """The new date lies behind the old one, and there is a reason."""
    if obj.asked_due is None or obj.asked_due <= obj.due_on or not obj.asked_reason.strip():
        raise errors.Invalid({"asked_due": [_t("延期须写明理由，新期限须晚于原期限（%s）。") % obj.due_on]})


def check_accepted_until(obj: Rectification, by: Any) -> None:
    """An acceptance says until when, and why."""
    if obj.accepted_until is None or not obj.asked_reason.strip():
        raise errors.Invalid({"accepted_until": [_t("接受风险须写明理由和截止日期，到期恢复整改。")]})


# -- what follows ------------------------------------------------------------------------------------------


def asks(matter: str) -> Effect:
    """Submitted: the role that decides is found in the routing table and frozen."""

    def effect(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
        if matter == "accept":
            obj.decides_role, obj.route_basis = roles.LEADER.code, _t("接受风险由安全领导决定")
        elif matter == "verify":
            obj.decides_role, obj.route_basis = obj.verifier_role, ""
        else:
            obj.decides_role, obj.route_basis = services.route(obj, matter, at=at, but=by)
        obj.asked_at, obj.asked_by = at, by
        services.tell_deciders(obj, by, at)

    return effect


def approve_plan(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
    """The plan stands: work begins."""
    obj.planned = True
    answered(_t("%(number)s “%(title)s”的整改方案已由%(who)s批准"))(obj, by, at, opinion)


def extend(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
    """The due date asked for holds; lateness is counted anew."""
    if obj.asked_due is None:
        raise errors.Invalid({"opinion": [_t("申请没有写新期限，请退回重新申请。")]})
    obj.due_on, obj.due_basis = obj.asked_due, _t("%(who)s批准延期") % {"who": by.audit_name}
    obj.extensions += 1
    obj.escalated = 0
    answered(_t("%(number)s “%(title)s”已由%(who)s批准延期"))(obj, by, at, opinion)


def accept(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
    """The risk is lived with until its day."""
    require_term(obj, at)
    answered(_t("%(number)s “%(title)s”的风险已由%(who)s接受"))(obj, by, at, opinion)


def require_term(obj: Rectification, at: dt.datetime) -> None:
    """Invalid without a day on which the acceptance ends, or when that day is over already."""
    if obj.accepted_until is None:
        raise errors.Invalid({"opinion": [_t("申请没有写截止日期，请退回重新申请。")]})
    if obj.accepted_until <= timezone.localdate(at):
        raise errors.Invalid({"opinion": [_t("申请的截止日期已过，请退回重新申请。")]})


def close(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
    """Verified: the 整改后结果 is written beside what was confirmed."""
    obj.closed_on = timezone.localdate(at)
    services.keep_result(obj, by, at, opinion)
    answered(_t("%(number)s “%(title)s”已由%(who)s验证关闭"))(obj, by, at, opinion)


def reopen(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
    """Once more from the plan, with a due date counted from today."""
    services.revoke_results(obj, by, at)
    obj.closed_on, obj.planned, obj.outcome, obj.after_result = None, False, "", ""
    start_again(obj, at, _t("重新打开后重新起算"))
    answered(_t("%(number)s “%(title)s”被%(who)s重新打开"))(obj, by, at, opinion)


def lapse(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
    """The acceptance is over: the problem is a problem again."""
    start_again(obj, at, _t("风险接受到期后重新起算"))
    obj.accepted_until = None
    services.tell(obj, [obj.owner], _t("%(number)s “%(title)s”的风险接受已到期，请继续整改"), at=at)


def start_again(obj: Rectification, at: dt.datetime, why: str) -> None:
    """A fresh due date by the rules."""
    due, basis = services.due_of(obj.risk, obj.major, timezone.localdate(at))
    obj.due_on, obj.due_basis, obj.escalated = due, f"{why}；{basis}"[:200], 0


def answered(text: Any) -> Effect:
    """Decided: nobody's decision is waited for, and who asked and the owner are told with the opinion."""

    def effect(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
        services.tell(obj, {obj.asked_by, obj.owner} - {None}, text, at=at, by=by, opinion=opinion)

    return effect


def step(
    name: str, source: tuple[State, ...], target: State, action: str, label: Any, *, effect: Effect, **more: Any
) -> Transition:
    """A transition whose finders learn of it; what is decided waits for nobody any more."""

    def whole(obj: Rectification, by: Any, at: dt.datetime, opinion: str) -> None:
        effect(obj, by, at, opinion)
        if not more.get("freezes"):
            obj.decides_role = ""
        services.tell_sources(obj, target, by, at)

    return Transition(name, source, target, action, label, effect=whole, **more)


def _returned(name: str, source: State, target: State, action: str, text: Any, guard: Any = decides) -> Transition:
    return step(
        name, (source,), target, action, _("退回"), guard=guard, effect=answered(text), needs_opinion=True,
        thaws=True, negative=True,
    )  # fmt: skip


RETURNED = {
    "plan": _("%(number)s “%(title)s”的整改方案被%(who)s退回"),
    "work": _("%(number)s “%(title)s”验证未通过，被%(who)s退回"),
    "extension": _("%(number)s “%(title)s”的延期被%(who)s退回"),
    "acceptance": _("%(number)s “%(title)s”的接受风险申请被%(who)s退回"),
}

WORKFLOW = Workflow(
    "assessments.Rectification",
    State,
    (
        step(
            "submit", (S.PLANNING,), S.PLAN_REVIEW, "plan", _("提交方案审批"),
            check=check_plan, effect=asks(Matter.PLAN), freezes=True, primary=True,
        ),
        step(
            "approve", (S.PLAN_REVIEW,), S.DOING, "decide", _("批准方案"),
            guard=decides, effect=approve_plan, thaws=True, primary=True,
        ),
        _returned("return_plan", S.PLAN_REVIEW, S.PLANNING, "decide", RETURNED["plan"]),
        step(
            "complete", (S.DOING,), S.VERIFYING, "plan", _("整改完成，提交验证"),
            check=check_done, effect=asks("verify"), freezes=True, primary=True, extra_form=FORMS + "CompleteForm",
        ),
        step(
            "verify", (S.VERIFYING,), S.CLOSED, "verify", _("验证通过，关闭"),
            guard=decides, effect=close, primary=True,
        ),
        _returned("return_work", S.VERIFYING, S.DOING, "verify", RETURNED["work"]),
        step(
            "ask_extension", (S.DOING,), S.EXTENSION_REVIEW, "plan", _("申请延期…"),
            check=check_asked_due, effect=asks(Matter.EXTENSION), freezes=True, extra_form=FORMS + "ExtensionForm",
        ),
        step(
            "approve_extension", (S.EXTENSION_REVIEW,), S.DOING, "decide", _("批准延期"),
            guard=decides, effect=extend, thaws=True, primary=True,
        ),
        _returned("return_extension", S.EXTENSION_REVIEW, S.DOING, "decide", RETURNED["extension"]),
        step(
            "ask_acceptance", (S.PLANNING, S.DOING), S.ACCEPTANCE_REVIEW, "plan", _("申请接受风险…"),
            guard=never_major, check=check_accepted_until, effect=asks("accept"), freezes=True,
            extra_form=FORMS + "AcceptanceForm",
        ),
        step(
            "accept", (S.ACCEPTANCE_REVIEW,), S.ACCEPTED, "accept", _("接受风险"), needs_opinion=True,
            guard=accepts, effect=accept, primary=True,
        ),
        _returned(
            "return_acceptance", S.ACCEPTANCE_REVIEW, S.PLANNING, "accept",
            RETURNED["acceptance"], both(unplanned, decides),
        ),
        _returned(
            "return_acceptance_to_work", S.ACCEPTANCE_REVIEW, S.DOING, "accept",
            RETURNED["acceptance"], both(planned, decides),
        ),
        step(
            "lapse", (S.ACCEPTED,), S.PLANNING, "accept", _("接受到期，恢复制定方案"),
            effect=lapse, thaws=True, automatic=True,
        ),
        step(
            "lapse_to_work", (S.ACCEPTED,), S.DOING, "accept", _("接受到期，恢复整改"),
            effect=lapse, thaws=True, automatic=True,
        ),
        step(
            "reopen", (S.CLOSED,), S.PLANNING, "reopen", _("重新打开…"), needs_opinion=True,
            guard=reopens, effect=reopen, thaws=True, negative=True,
        ),
    ),
)  # fmt: skip


def lapse_accepted(at: dt.datetime) -> int:
    """Take every acceptance whose last day is over back to work; how many."""
    over = Rectification.objects.filter(state=State.ACCEPTED, accepted_until__lt=timezone.localdate(at))
    count = 0
    for item in over.order_by("pk").iterator(chunk_size=500):
        name = "lapse_to_work" if item.planned else "lapse"
        reason = _t("风险接受至 %(day)s，已到期") % {"day": item.accepted_until}
        count += WORKFLOW.elapse(item, name, at=at, reason=reason) is not None
    return count
