"""The steps of a grading: 草拟 → 专家评审 → 主管部门核准 → 已确定待备案 → 最终确定 (GB/T 22240-2020 4.4).

A decision of people outside the system is recorded by the owner, with its proof attached.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.workflow import Transition, Workflow, not_the_submitter

from . import queries, services
from .models import CERTIFICATE, Grading, GradingState, ProofKind

S = GradingState


def _only(condition: Callable[[Grading], bool], sentence: Any) -> Callable[[Grading, Any], None]:
    def guard(obj: Grading, by: Any) -> None:
        if not condition(obj):
            raise errors.NotAllowed(str(sentence), obj=obj)

    return guard


from_level_two = _only(lambda g: g.level >= 2, _("第一级自主确定，不用评审。"))
only_level_one = _only(lambda g: g.level == 1, _("第二级及以上须经专家评审。"))
with_authority = _only(lambda g: g.has_authority, _("没有行业主管部门，评审通过即可确定。"))
without_authority = _only(lambda g: not g.has_authority, _("有行业主管部门，须报主管部门核准。"))


def both(*guards: Callable[[Grading, Any], None]) -> Callable[[Grading, Any], None]:
    """All guards in turn."""

    def guard(obj: Grading, by: Any) -> None:
        for one in guards:
            one(obj, by)

    return guard


def for_the_authority(obj: Grading, by: Any) -> None:
    """Guard: nobody decides in the name of an authority he does not work for."""
    if obj.authority_name not in queries.names_of(by):
        text = _t("主管部门是“%(name)s”，由该部门的审核人办理；部门不在系统内的，由责任单位补录其意见和证明。")
        raise errors.NotAllowed(text % {"name": obj.authority_name}, obj=obj)


def check_content(obj: Grading, by: Any) -> None:
    """Special rules are met, or the exception is explained."""
    warnings = queries.warnings_for(obj)
    if warnings and not obj.exception_reason.strip():
        page = reverse("assessments:grading-update", args=[obj.pk])
        raise errors.Incomplete(
            _t("拟定等级与特殊规则不一致，请写明理由后再提交。"), [(w.message, page) for w in warnings]
        )


def proof_of(kind: ProofKind) -> Callable[[Grading, Any], None]:
    """An outside decision needs its proof: recorded, of this kind, since the last step."""

    def check(obj: Grading, by: Any) -> None:
        require_proof(obj, kind)

    return check


def require_proof(obj: Grading, kind: ProofKind) -> None:
    """Raises Incomplete when no decision of this kind was recorded since the last step."""
    if not obj.outside_decisions.filter(kind=kind, at__gte=obj.updated_at).exists():
        page = reverse("assessments:grading-detail", args=[obj.pk])
        missing = [(_t("缺少证明文件：%(kind)s") % {"kind": kind.label}, page)]
        raise errors.Incomplete(_t("补录外部结论须附证明文件，请从页面上的办理按钮补录。"), missing)


def check_certificate(obj: Grading, by: Any) -> None:
    """The proof, and a number as certificates have it."""
    require_proof(obj, ProofKind.CERTIFICATE)
    if not CERTIFICATE.fullmatch(obj.certificate_number):
        raise errors.Invalid({"certificate_number": [_t("备案证明编号应为 11 位数字、横线、5 位数字。")]})


def determine(obj: Grading, by: Any, at: dt.datetime, opinion: str) -> None:
    """The level stands: from now on a self-assessment may start."""
    obj.determined_at = obj.determined_at or at
    later = queries.standing_grading(obj.protected_object, but=obj)
    # a certificate may arrive after the regrading
    if later is None or (later.determined_at or at) <= obj.determined_at:
        services.set_levels(protected_object=obj.protected_object, grading=obj, by=by, at=at)
    if obj.level >= 2 and not obj.certificate_number:
        services.tell_owner(obj, by, _t("“%(name)s”的等级已确定，请向公安机关备案"), at)


def send_back(obj: Grading, by: Any, at: dt.datetime, opinion: str) -> None:
    """Not passed: the owner grades again."""
    services.tell_owner(obj, by, _t("“%(name)s”的定级未通过，请修改后重新提交"), at)


def fall_back(obj: Grading, by: Any, at: dt.datetime, opinion: str) -> None:
    """Refused by the police: the earlier grading stands again, or none."""
    obj.determined_at = None
    earlier = queries.standing_grading(obj.protected_object, but=obj)
    services.set_levels(protected_object=obj.protected_object, grading=earlier, by=by, at=at)
    send_back(obj, by, at, opinion)


def check_refusal(obj: Grading, by: Any) -> None:
    """The proof, and no regrading under way: an object has one open grading."""
    other = obj.protected_object.gradings.exclude(state__in=queries.STANDING).exclude(pk=obj.pk).first()
    if other is not None:
        told = _t(
            "“%(name)s”（报告日期 %(day)s）正在办理，现在是“%(state)s”；一个对象同时只能有一份在办的定级。"
            "请先办完它，未提交过的草拟也可以删除，再补录审核不通过。"
        )
        words = {"name": other, "day": other.report_date.isoformat(), "state": other.get_state_display()}
        raise errors.Conflict(told % words, obj=obj)
    require_proof(obj, ProofKind.REFUSAL)


def without_filing(obj: Grading, by: Any) -> None:
    """Guard: what the police answer is recorded here only of a matter that is not followed as a filing."""
    services.check_not_filing(obj)


def recorded(form: str, kind: ProofKind) -> dict[str, Any]:
    """What the steps have in common by which the owner records an outside decision."""
    return {"action": "record_outside", "check": proof_of(kind), "extra_form": f"assessments.grading.forms.{form}"}


def _first_steps() -> tuple[Transition, ...]:
    return (
        Transition(
            "submit", (S.DRAFT,), S.EXPERT, "submit", _("提交专家评审"), guard=from_level_two,
            check=check_content, effect=services.tell_experts, freezes=True, primary=True,
        ),
        Transition(
            "finish", (S.DRAFT,), S.FINAL, "submit", _("确定为第一级"),
            guard=only_level_one, check=check_content, effect=determine, freezes=True, primary=True,
        ),
        Transition(
            "pass_on", (S.EXPERT,), S.AUTHORITY, "review", _("评审通过，报主管部门"), needs_opinion=True,
            guard=both(with_authority, not_the_submitter), effect=services.tell_authority, primary=True,
        ),
        Transition(
            "pass_", (S.EXPERT,), S.DETERMINED, "review", _("评审通过"),
            needs_opinion=True, guard=both(without_authority, not_the_submitter), effect=determine, primary=True,
        ),
        Transition(
            "fail", (S.EXPERT,), S.DRAFT, "review", _("评审不通过"),
            needs_opinion=True, effect=send_back, thaws=True, negative=True,
        ),
        Transition(
            "approve", (S.AUTHORITY,), S.DETERMINED, "approve", _("核准"),
            needs_opinion=True, guard=both(for_the_authority, not_the_submitter), effect=determine, primary=True,
        ),
        Transition(
            "reject", (S.AUTHORITY,), S.DRAFT, "approve", _("退回重新定级"),
            needs_opinion=True, guard=for_the_authority, effect=send_back, thaws=True, negative=True,
        ),
    )  # fmt: skip


def _recorded_steps() -> tuple[Transition, ...]:
    expert = recorded("ExpertProofForm", ProofKind.EXPERT)
    refusal = {"needs_opinion": True, "thaws": True, "negative": True, **recorded("RefusalForm", ProofKind.REFUSAL)}
    return (
        Transition(
            "record_pass_on", (S.EXPERT,), S.AUTHORITY, label=_("补录评审通过，报主管部门"),
            guard=with_authority, effect=services.tell_authority, **expert,
        ),
        Transition(
            "record_pass", (S.EXPERT,), S.DETERMINED, label=_("补录评审通过"),
            guard=without_authority, effect=determine, **expert,
        ),
        Transition(
            "record_approval", (S.AUTHORITY,), S.DETERMINED, label=_("补录主管部门核准"),
            effect=determine, **recorded("AuthorityProofForm", ProofKind.AUTHORITY),
        ),
        Transition(
            "record_return", (S.EXPERT, S.AUTHORITY), S.DRAFT, label=_("补录未通过"), effect=send_back, **refusal,
        ),
        Transition(
            "record_filing", (S.DETERMINED,), S.FINAL, label=_("补录备案证明"), guard=without_filing, effect=determine,
            primary=True, **{**recorded("CertificateForm", ProofKind.CERTIFICATE), "check": check_certificate},
        ),
        Transition(
            "record_refusal", (S.DETERMINED,), S.DRAFT, label=_("补录审核不通过"), guard=without_filing,
            effect=fall_back, **{**refusal, "check": check_refusal},
        ),
    )  # fmt: skip


def _steps_of_filing() -> tuple[Transition, ...]:
    """What follows when the police decided on the filing of this grading: the filing takes these steps."""
    return (
        Transition(
            "filed", (S.DETERMINED,), S.FINAL, "submit", _("备案办结，等级最终确定"), effect=determine, automatic=True
        ),
        Transition(
            "filing_refused", (S.DETERMINED,), S.DRAFT, "submit", _("备案审核不通过，重新定级"),
            effect=fall_back, thaws=True, automatic=True,
        ),
    )  # fmt: skip


WORKFLOW = Workflow("assessments.Grading", GradingState, (*_first_steps(), *_recorded_steps(), *_steps_of_filing()))
