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
from secmgmt.core.models import Attachment
from secmgmt.core.workflow import Transition, Workflow, not_the_submitter

from . import services
from .models import Grading, GradingState

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


def check_content(obj: Grading, by: Any) -> None:
    """Special rules are met, or the exception is explained."""
    warnings = services.warnings_for(obj)
    if warnings and not obj.exception_reason.strip():
        page = reverse("assessments:grading-update", args=[obj.pk])
        raise errors.Incomplete(
            _t("拟定等级与特殊规则不一致，请写明理由后再提交。"), [(w.message, page) for w in warnings]
        )


def check_proof(obj: Grading, by: Any) -> None:
    """An outside decision needs its proof: a file added to the grading since it was submitted."""
    if not Attachment.of(obj).filter(at__gte=obj.updated_at).exists():
        page = reverse("assessments:grading-detail", args=[obj.pk])
        raise errors.Incomplete(_t("补录外部结论须附证明文件。"), [(_t("请先上传评审意见、核准文件或备案证明"), page)])


def determine(obj: Grading, by: Any, at: dt.datetime, opinion: str) -> None:
    """The level stands: from now on a self-assessment may start."""
    obj.determined_at = at
    services.set_levels(protected_object=obj.protected_object, grading=obj, by=by, at=at)


def fall_back(obj: Grading, by: Any, at: dt.datetime, opinion: str) -> None:
    """Refused by the police: the earlier grading stands again, or none."""
    obj.determined_at = None
    earlier = services.standing_grading(obj.protected_object, but=obj)
    services.set_levels(protected_object=obj.protected_object, grading=earlier, by=by, at=at)


def _steps() -> tuple[Transition, ...]:
    own = {"action": "record_outside", "check": check_proof}
    return (
        Transition(
            "submit", (S.DRAFT,), S.EXPERT, "submit", _("提交专家评审"),
            guard=from_level_two, check=check_content, freezes=True, primary=True,
        ),
        Transition(
            "finish", (S.DRAFT,), S.FINAL, "submit", _("确定为第一级"),
            guard=only_level_one, check=check_content, effect=determine, freezes=True, primary=True,
        ),
        Transition(
            "pass_on", (S.EXPERT,), S.AUTHORITY, "review", _("评审通过，报主管部门"),
            needs_opinion=True, guard=both(with_authority, not_the_submitter), primary=True,
        ),
        Transition(
            "pass_", (S.EXPERT,), S.DETERMINED, "review", _("评审通过"),
            needs_opinion=True, guard=both(without_authority, not_the_submitter), effect=determine, primary=True,
        ),
        Transition(
            "fail", (S.EXPERT,), S.DRAFT, "review", _("评审不通过"), needs_opinion=True, thaws=True, negative=True,
        ),
        Transition(
            "record_pass_on", (S.EXPERT,), S.AUTHORITY, label=_("补录评审通过，报主管部门"),
            guard=with_authority, **own,
        ),
        Transition(
            "record_pass", (S.EXPERT,), S.DETERMINED, label=_("补录评审通过"),
            guard=without_authority, effect=determine, **own,
        ),
        Transition(
            "approve", (S.AUTHORITY,), S.DETERMINED, "approve", _("核准"),
            needs_opinion=True, guard=not_the_submitter, effect=determine, primary=True,
        ),
        Transition(
            "reject", (S.AUTHORITY,), S.DRAFT, "approve", _("退回重新定级"),
            needs_opinion=True, thaws=True, negative=True,
        ),
        Transition(
            "record_approval", (S.AUTHORITY,), S.DETERMINED, label=_("补录主管部门核准"), effect=determine, **own,
        ),
        Transition(
            "record_return", (S.EXPERT, S.AUTHORITY), S.DRAFT, "record_outside", _("补录未通过"),
            needs_opinion=True, thaws=True, negative=True,
        ),
        Transition(
            "record_filing", (S.DETERMINED,), S.FINAL, label=_("补录备案证明"), effect=determine,
            extra_form="assessments.grading.forms.CertificateForm", primary=True, **own,
        ),
        Transition(
            "record_refusal", (S.DETERMINED,), S.DRAFT, "record_outside", _("补录审核不通过"),
            needs_opinion=True, effect=fall_back, thaws=True, negative=True,
        ),
    )  # fmt: skip


WORKFLOW = Workflow("assessments.Grading", GradingState, _steps())
