"""Filings in the queue of decisions of the police officer."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import matters, permissions
from secmgmt.core.clock import today
from secmgmt.core.manifest import DecisionSource, Waiting
from secmgmt.core.workflow import not_submitted_by

from . import queries
from .models import CERTIFIED, FORM_FIVE, Filing, FilingState, Material


def to_handle(user: Any) -> QuerySet:
    """Matters that somebody else handed in to the police."""
    return not_submitted_by(queries.of_officer(user), user)


def line_of(row: Filing) -> Waiting:
    """A filing in the list."""
    obj, due = row.protected_object, row.answer_due_on
    return Waiting(
        title=str(row), about=row.get_state_display(), unit=str(obj.unit), tag=obj.level_label, due=due,
        late=bool(due and due < today()),
    )  # fmt: skip


def detail_of(row: Filing, user: Any) -> dict[str, Any]:
    """The object and its grading, what was handed in and what was not."""
    obj, grading = row.protected_object, row.grading
    facts = [
        (_t("对象"), f"{obj} · {obj.level_tag}"), (_t("责任单位"), obj.unit),
        (_t("定级"), grading.level_text if grading else ""),
        (_t("定级理由"), grading.business_reason if grading else ""),
        (_t("事由"), row.reason), (_t("现备案证明"), obj.filing_number),
        (_t("证明有效期至"), obj.filing_valid_until if obj.filing_number else ""),
    ]  # fmt: skip
    asked = [
        (_t("申请"), _t("%(kind)s，%(state)s") % {"kind": row.get_kind_display(), "state": row.get_state_display()}),
        (_t("应答复日期"), row.answer_due_on), (_t("应备案日期"), row.due_on), (_t("填表人"), row.filled_by),
        (_t("填表日期"), row.filled_on), (_t("未提交材料的说明"), row.materials_note),
    ]  # fmt: skip
    found = matters.matter(row, facts=facts, asked=asked)
    slots = {file.slot for file in found["files"]}
    absent = [str(Material(slot).label) for slot in FORM_FIVE if slot not in slots] if row.kind in CERTIFIED else []
    if absent:
        found["warnings"] = [_t("表五中没有附件的材料：%(names)s。") % {"names": "、".join(absent)}]
    return found


def agree(row: Filing) -> str:
    """Take it in; a plain decision ends what gets no certificate."""
    if row.state == FilingState.SUBMITTED:
        return "receive"
    return "" if row.kind in CERTIFIED else "approve"


def ways(row: Filing) -> list[tuple[Any, str]]:
    """A certificate needs its number; a refusal sends the object back to grading."""
    if row.state != FilingState.REVIEWING:
        return []
    steps = [("file", _t("审核通过，发放备案证明…"))] if row.kind in CERTIFIED else []
    steps.append(("reject", _t("审核不通过…")))
    return [(label, reverse("assessments:filing-transition", args=[row.pk, step])) for step, label in steps]


DECISIONS = (
    DecisionSource(
        code="filing", label=_("备案审核"), model="assessments.Filing", waiting=to_handle, line=line_of, agree=agree,
        refuse=lambda row: "return_", load=detail_of, ways=ways,
        concerns=lambda user: permissions.may(user, Filing, "handle"),
    ),
)  # fmt: skip
