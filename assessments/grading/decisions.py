"""Gradings in the queue of decisions: the expert's review and the authority's approval."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.core import matters, parents, permissions
from secmgmt.core.manifest import DecisionSource, Waiting
from secmgmt.core.workflow import not_submitted_by

from . import queries
from .models import Grading, GradingState


def to_review(user: Any) -> QuerySet:
    """Reviews that wait for an expert who was shown the whole grading."""
    return not_submitted_by(parents.without_limited(queries.to_review(user), user), user)


def to_approve(user: Any) -> QuerySet:
    """Approvals that wait for the authority."""
    return not_submitted_by(queries.to_approve(user), user)


def line_of(row: Grading) -> Waiting:
    """A grading in the list."""
    obj = row.protected_object
    return Waiting(title=_t("%(name)s定级") % {"name": obj}, about=row.level_text, unit=str(obj.unit), tag=row.sag)


def detail_of(row: Grading, user: Any) -> dict[str, Any]:
    """What would be harmed how badly and why, the levels that follow, and what the special rules say of them."""
    obj = row.protected_object
    before = obj.level_tag if obj.security_level else _t("首次定级")
    authority = row.authority_name or _t("未写名称") if row.has_authority else _t("无")
    facts = [
        (_t("对象"), f"{obj} · {obj.get_kind_display()}"), (_t("责任单位"), obj.unit),
        (_t("业务信息受侵害"), queries.harms_text(row, "business")), (_t("理由"), row.business_reason),
        (_t("系统服务受侵害"), queries.harms_text(row, "service")), (_t("理由"), row.service_reason),
    ]  # fmt: skip
    asked = [
        (_t("申请"), _t("专家评审") if row.state == GradingState.EXPERT else _t("主管部门核准")),
        (_t("拟定等级"), row.level_text), (_t("现等级"), before), (_t("定级矩阵"), row.get_rule_set_display()),
        (_t("定级报告日期"), row.report_date), (_t("主管部门"), authority),
        (_t("低于特殊规则的理由"), row.exception_reason),
    ]  # fmt: skip
    warnings = [warning.message for warning in queries.warnings_for(row)]
    return matters.matter(row, facts=facts, asked=asked, warnings=warnings)


def is_expert(user: Any) -> bool:
    """Whether anybody may have invited this person."""
    return any(grant.role == roles.EXPERT.code for grant in user.grants())


DECISIONS = (
    DecisionSource(
        code="grading-review", label=_("定级评审"), model="assessments.Grading", waiting=to_review, line=line_of,
        agree=lambda row: "pass_on" if row.has_authority else "pass_", refuse=lambda row: "fail", load=detail_of,
        concerns=is_expert,
    ),
    DecisionSource(
        code="grading-approval", label=_("定级核准"), model="assessments.Grading", waiting=to_approve, line=line_of,
        agree=lambda row: "approve", refuse=lambda row: "reject", load=detail_of,
        concerns=lambda user: permissions.may(user, Grading, "approve"),
    ),
)  # fmt: skip
