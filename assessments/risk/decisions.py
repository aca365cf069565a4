"""Risk assessments in the queue of decisions: signatures of the unit, acceptances of the leadership."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors, matters, permissions
from secmgmt.core.clock import today
from secmgmt.core.forms import DateInput, UnmarkedForm
from secmgmt.core.manifest import DecisionSource, Waiting
from secmgmt.core.workflow import not_submitted_by

from . import queries, services
from .models import LEVELS, Risk, RiskAssessment

SHOWN = 12
TONES = {5: "bad", 4: "bad", 3: "warn"}


class UntilForm(UnmarkedForm):
    """How long a risk is accepted."""

    until = forms.DateField(label=_("接受至"), widget=DateInput(), help_text=_("最长一年，到期重新办理。"))


def to_sign(user: Any) -> QuerySet:
    """Assessments that somebody else handed in for the signature of ``user``."""
    return not_submitted_by(queries.to_sign(user), user)


def to_accept(user: Any) -> QuerySet:
    """Risks that wait for the leadership."""
    return queries.to_accept(user, today()).select_related("assessment__protected_object__unit")


def line_of(row: RiskAssessment) -> Waiting:
    """An assessment in the list."""
    obj = row.protected_object
    return Waiting(title=row.title, about=str(obj), unit=str(obj.unit), tag=obj.level_label)


def risk_line(row: Risk) -> Waiting:
    """A risk in the list."""
    obj = row.assessment.protected_object
    tag = _t("风险%(level)s") % {"level": row.get_level_display()}
    return Waiting(title=str(row), about=str(obj), unit=str(obj.unit), tag=tag, tone=TONES.get(row.level, ""),
                   mark="flag")  # fmt: skip


def detail_of(row: RiskAssessment, user: Any) -> dict[str, Any]:
    """The register, the gravest first, what is left after treatment, and what still waits for somebody."""
    obj, risks = row.protected_object, row.risks.visible_to(user).order_by("-level", "-value", "pk")
    total = risks.count()
    counts = "，".join(f"{name} {n}" for name, n in queries.by_level(row) if n)
    facts = [
        (_t("对象"), f"{obj} · {obj.level_tag}"), (_t("责任单位"), obj.unit), (_t("评估范围"), row.scope),
        (_t("计算方法"), row.get_method_display()), (_t("风险分布"), counts),
    ]  # fmt: skip
    asked = [
        (_t("申请"), _t("签认风险评估")), (_t("组织方式"), row.get_leading_display()), (_t("评估日期"), row.assessed_on)
    ]
    warnings = []
    if undecided := queries.undecided(row).count():
        warnings.append(_t("还有 %(n)d 项中等以上风险没有确定处置方式。") % {"n": undecided})
    if waiting := queries.not_accepted(row, today()).count():
        warnings.append(_t("还有 %(n)d 项拟接受的风险未经安全领导批准，批准后才能签认。") % {"n": waiting})
    heads = (_t("资产"), _t("威胁"), _t("脆弱性"), _t("风险"), _t("处置"), _t("措施"), _t("剩余风险"))
    lines = [
        (str(r.asset), r.threat_text, r.weakness, r.get_level_display(),
         r.get_treatment_display(), r.measure, LEVELS.get(r.residual_level, "—") if r.residual_level else "—")
        for r in risks.select_related("asset")[:SHOWN]
    ]  # fmt: skip
    title = _t("风险 %(n)d 项，最重的在前") % {"n": total}
    listed = matters.table(title, heads, lines, total=total, url=row.get_absolute_url(), empty=_t("没有登记风险。"))
    return matters.matter(row, facts=facts, asked=asked, warnings=warnings, tables=[listed])


def risk_detail(row: Risk, user: Any) -> dict[str, Any]:
    """One risk, why it is to be lived with, and whether that was allowed before."""
    obj = row.assessment.protected_object
    left = LEVELS.get(row.residual_level, "") if row.residual_level else ""
    ended = row.accepted_until or row.lapsed_on
    earlier = _t("%(day)s 到期") % {"day": ended} if ended else _t("首次")
    facts = [
        (_t("对象"), f"{obj} · {obj.level_tag}"), (_t("责任单位"), obj.unit), (_t("资产"), str(row.asset)),
        (_t("威胁"), row.threat_text), (_t("脆弱性"), row.weakness),
        (_t("已有安全措施"), row.controls),
    ]  # fmt: skip
    asked = [
        (_t("申请"), _t("接受风险")), (_t("风险"), f"{row.get_level_display()}（{row.value}）"), (_t("剩余风险"), left),
        (_t("理由"), row.measure), (_t("以往接受"), earlier), (_t("以往理由"), row.accepted_reason),
        (_t("所属评估"), row.assessment),
    ]  # fmt: skip
    found = matters.matter(row.assessment, facts=facts, asked=asked)
    return {**found, "warnings": [_t("不同意接受的，请在意见中写明后由单位网安负责人退回评估，改定处置方式。")]}


def accept(row: Risk, *, by: Any, at: dt.datetime, opinion: str, seen: str, until: dt.date) -> Risk:
    """Agree: the opinion is the reason on record."""
    version = seen.removeprefix("v")
    if not version.isdigit():
        raise errors.Conflict(_t("缺少您所见内容的版本，请从页面重新办理。"), obj=row)
    return services.accept_risk(risk=row, reason=opinion, until=until, version=int(version), by=by, at=at)


DECISIONS = (
    DecisionSource(
        code="risk-sign", label=_("风险评估签认"), model="assessments.RiskAssessment", waiting=to_sign, line=line_of,
        agree=lambda row: "sign", refuse=lambda row: "return_", load=detail_of,
        concerns=lambda user: permissions.may(user, RiskAssessment, "sign"),
    ),
    DecisionSource(
        code="risk-accept", label=_("风险清单接受"), model="assessments.Risk", waiting=to_accept, line=risk_line,
        agree=lambda row: "", refuse=lambda row: "", load=risk_detail, decide=accept, asks=UntilForm,
        seen=lambda row: f"v{row.version}", concerns=lambda user: permissions.may(user, Risk, "accept"),
    ),
)  # fmt: skip
