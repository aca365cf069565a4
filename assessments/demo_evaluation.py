"""Demo self-assessments: answered variously, with evidence and remarks, in different states."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assets.models import ProtectedObject
from secmgmt.accounts.models import User
from secmgmt.core import attachments, comments
from secmgmt.core.workflow import seen_token

from . import demo_data
from .evaluation import points
from .evaluation.models import Answer, Assessment
from .evaluation.services import assign_layer, create_assessment
from .evaluation.workflow import WORKFLOW

REPORT_DAY = dt.date(2026, 3, 16)
DUE_DAYS = 21
EVIDENCE_FOLDER = Path(__file__).parent / "data" / "demo_evidence"
ANSWERED = ["result", "value", "found", "risk", "high_risk_applies", "answered_by", "answered_at"]


def assess(obj: ProtectedObject, state: str, number: int, at: dt.datetime) -> None:
    """The self-assessment of ``obj`` up to ``state``; ``number`` makes its answers others than its neighbour's."""
    owner, lead = obj.owner, _lead_of(obj)
    obj.refresh_from_db()
    assessment = create_assessment(
        protected_object=obj, title=f"{obj.name} 2026 年自评估", report_date=REPORT_DAY,
        due_on=at.date() + dt.timedelta(days=DUE_DAYS), by=owner, at=at,
    )  # fmt: skip
    answers = list(assessment.answers.order_by("order").select_related("guidance", "assessment"))
    given = answers if state != "in_progress" else answers[: len(answers) * 3 // 4]
    for place, answer in enumerate(given):
        _answer(answer, place + number * 4, owner, at)
    Answer.objects.bulk_update(given, ANSWERED)
    _add_evidence(given, owner, at)
    _add_remarks(given, {"owner": owner, "lead": lead}, at)
    if state == "in_progress":
        _ask_colleague(assessment, at)
        return
    assessment = WORKFLOW.fire(assessment, "submit", by=owner, at=at, seen=seen_token(assessment))
    if state == "confirmed" and lead is not None:
        opinion, seen = demo_data.CONFIRM_OPINION, seen_token(assessment)
        WORKFLOW.fire(assessment, "confirm", by=lead, at=at, opinion=opinion, seen=seen)


def _answer(answer: Answer, number: int, owner: Any, at: dt.datetime) -> None:
    """Mostly met; every ninth partly, every seventeenth not, every twenty-ninth not applicable."""
    results = ((29, points.NOT_APPLICABLE), (17, points.UNMET), (9, points.PARTIAL), (1, points.MET))
    answer.result = next(result for step, result in results if number % step == step - 1)
    answer.value = points.result_value(answer.result)
    guidance = answer.guidance
    gap, proof = (guidance.typical_gap, guidance.evidence) if guidance else ("", "")
    answer.found = {
        points.MET: f"演示数据：已核查 {proof}。" if number % 5 == 0 and proof else "",
        points.NOT_APPLICABLE: "演示数据：本对象没有这类设施，威胁不存在。",
    }.get(answer.result, f"演示数据：{gap}")
    if answer.result in (points.PARTIAL, points.UNMET):
        answer.risk = (guidance.risk if guidance else "") or "中"
    if answer.result == points.UNMET and answer.risk == "高":
        answer.high_risk_applies = answer.high_risk[:1]
    answer.answered_by, answer.answered_at = owner, at


def _firsts(answers: list[Answer]) -> dict[str, Answer]:
    """The first answer of each control point."""
    found: dict[str, Answer] = {}
    for answer in answers:
        found.setdefault(answer.control_point, answer)
    return found


def _add_evidence(answers: list[Answer], owner: Any, at: dt.datetime) -> None:
    firsts = _firsts(answers)
    for point, name in demo_data.EVIDENCE.items():
        if point in firsts:
            upload = SimpleUploadedFile(name, (EVIDENCE_FOLDER / name).read_bytes())
            attachments.attach(parent=firsts[point], upload=upload, by=owner, at=at)


def _add_remarks(answers: list[Answer], people: dict[str, Any], at: dt.datetime) -> None:
    firsts = _firsts(answers)
    for point, account, text in demo_data.REMARKS:
        if point in firsts and people[account] is not None:
            comments.add(parent=firsts[point], text=text, by=people[account], at=at)


def _ask_colleague(assessment: Assessment, at: dt.datetime) -> None:
    """The layer that is still open is handed to a colleague."""
    account, layer = demo_data.COLLEAGUE
    colleague = User.objects.filter(username=account, is_demo=True).first()
    if colleague is not None:
        owner = assessment.protected_object.owner
        assign_layer(assessment=assessment, layer=layer, user=colleague, by=owner, at=at)


def _lead_of(obj: ProtectedObject) -> User | None:
    """Whoever is security lead over the object's unit."""
    for user in User.objects.filter(is_demo=True, position__permission__codename="act_as_unit_lead").distinct():
        if any(g.role == "act_as_unit_lead" and obj.unit.path.startswith(g.path) for g in user.grants()):
            return user
    return None
