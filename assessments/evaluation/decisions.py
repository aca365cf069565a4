"""Submitted self-assessments in the queue of decisions."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core import matters, permissions
from secmgmt.core.clock import today
from secmgmt.core.manifest import DecisionSource, Waiting
from secmgmt.core.models import Attachment
from secmgmt.core.workflow import not_submitted_by

from . import results
from .models import Answer, Assessment, AssessmentState

GAPS = 12
RISKS = {"高": 0, "中": 1, "低": 2}


def to_confirm(user: Any) -> QuerySet:
    """Submitted assessments that ``user`` confirms or returns: not those he had a part in (A10)."""
    own = Answer.objects.filter(Q(answered_by=user) | Q(assignee=user), assessment=OuterRef("pk"))
    rows = Assessment.objects.visible_to(user, "confirm").filter(~Exists(own), state=AssessmentState.SUBMITTED)
    return not_submitted_by(rows, user).select_related("protected_object__unit").order_by("due_on", "pk")


def line_of(row: Assessment) -> Waiting:
    """An assessment in the list."""
    obj = row.protected_object
    late = bool(row.due_on and row.due_on < today())
    return Waiting(
        title=row.title, about=str(obj), unit=str(obj.unit), tag=level_label(row.level), due=row.due_on, late=late
    )


def detail_of(row: Assessment, user: Any) -> dict[str, Any]:
    """The result that would be confirmed, the gaps with risk and evidence, and how it was last time."""
    answers = list(row.answers.order_by("order").select_related("guidance").prefetch_related("component_results"))
    found, obj = results.summary(row, answers), row.protected_object
    gaps = sorted((a for a in answers if a.is_gap), key=lambda a: (not a.high_risk_applies, RISKS.get(a.risk, 3)))
    files = evidence(answers)
    last = obj.assessments.filter(standard_code=row.standard_code, state=AssessmentState.CONFIRMED).first()
    before = f"{last.result.get('conclusion', '')} {last.result.get('total', '')}（{last.report_date}）" if last else ""
    met = sum(layer.met for layer in found.layers)
    counts = _t("符合 %(met)d，部分符合和不符合 %(gaps)d，不适用 %(none)d，共 %(n)d 项") % {
        "met": met, "gaps": len(gaps), "none": sum(layer.not_applicable for layer in found.layers), "n": found.items
    }  # fmt: skip
    facts = [
        (_t("对象"), f"{obj} · {level_label(row.level)}"), (_t("责任单位"), obj.unit), (_t("标准"), row.standard_code),
        (_t("各项结果"), counts),
        (_t("风险"), _t("高 %(high)d，中 %(medium)d，重大风险隐患 %(hazards)d") % {
            "high": found.high_risks, "medium": found.medium_risks, "hazards": found.major_hazards
        }),
    ]  # fmt: skip
    asked = [
        (_t("申请"), _t("确认自评估结果")), (_t("结论"), f"{found.conclusion} {found.total}".strip()),
        (_t("上次"), before), (_t("截止"), row.due_on),
        (_t("证据"), _t("%(n)d 份，%(met)d 项“符合”中有证据的 %(proved)d 项") % {
            "n": sum(files.values()), "met": met,
            "proved": sum(a.result == "met" and bool(files.get(a.pk)) for a in answers),
        }),
    ]  # fmt: skip
    heads = (_t("条款"), _t("控制点"), _t("结果"), _t("风险"), _t("问题"), _t("证据"))
    rows = [
        (a.code, a.control_point, a.get_result_display(), _risk(a), a.found, _t("%d 份") % files.get(a.pk, 0))
        for a in gaps[:GAPS]
    ]
    url = reverse("assessments:assessment-answer", args=[row.pk])
    listed = matters.table(
        _t("不符合和部分符合 %(n)d 项，最重的在前") % {"n": len(gaps)}, heads, rows, total=len(gaps), url=url,
        empty=_t("没有不符合项和部分符合项。"),
    )  # fmt: skip
    return matters.matter(row, facts=facts, asked=asked, tables=[listed], parts=gaps[:GAPS])


def _risk(answer: Answer) -> str:
    cases = "、".join(answer.high_risk_applies or ())
    return f"{answer.risk}（{_t('高风险判例')} {cases}）" if cases else answer.risk


def evidence(answers: list[Answer]) -> dict[int, int]:
    """Answer → how many files hang on it."""
    rows = Attachment.objects.filter(content_type__app_label="assessments", content_type__model="answer")
    counted = rows.filter(object_id__in=[a.pk for a in answers]).values_list("object_id").annotate(n=Count("pk"))
    return dict(counted.order_by())


DECISIONS = (
    DecisionSource(
        code="assessment-confirm", label=_("自评估审定"), model="assessments.Assessment", waiting=to_confirm,
        line=line_of, agree=lambda row: "confirm", refuse=lambda row: "return_", load=detail_of,
        concerns=lambda user: permissions.may(user, Assessment, "confirm"),
    ),
)  # fmt: skip
