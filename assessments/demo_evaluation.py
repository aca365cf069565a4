"""Demo self-assessments: answered variously, with evidence and remarks, in different states."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from assets.models import ProtectedObject
from secmgmt.accounts.models import User
from secmgmt.core import attachments, comments, search
from secmgmt.core.workflow import seen_token

from . import demo_data
from .catalog.services import SHIPPED
from .evaluation import points
from .evaluation.carrying import last_confirmed
from .evaluation.models import Answer, Assessment
from .evaluation.responsibility import inherited_whole, settles, whole_of
from .evaluation.services import assign_layer, create_assessment
from .evaluation.workflow import WORKFLOW

BEGUN_DAYS, SUBMITTED_DAYS, CONFIRMED_DAYS = 12, 3, 1  # ago
DUE_DAYS = 21
RESULT_OF = {"p": points.PARTIAL, "n": points.UNMET, "x": points.NOT_APPLICABLE}
PROVEN_EVERY = 5  # of the items that are met, one says what was looked at
EVIDENCE_FOLDER = Path(__file__).parent / "data" / "demo_evidence"
ANSWERED = [
    "own_result", "pending", "result", "value", "found", "risk", "high_risk_applies", "answered_by", "answered_at",
]  # fmt: skip


def assess(obj: ProtectedObject, state: str, at: dt.datetime, title: str) -> None:
    """The self-assessment of ``obj`` up to ``state``, begun some days before ``at``, from the last one if there is."""
    owner, lead = obj.owner, lead_of(obj)
    begun = at - dt.timedelta(days=BEGUN_DAYS)
    obj.refresh_from_db()
    assessment = create_assessment(
        protected_object=obj, title=title, previous=last_confirmed(obj, SHIPPED[0]),
        report_date=timezone.localdate(begun),
        due_on=timezone.localdate(at) + dt.timedelta(days=DUE_DAYS), by=owner, at=begun,
    )  # fmt: skip
    answers = list(assessment.answers.order_by("order").select_related("guidance", "assessment"))
    given = answers if state != "in_progress" else answers[: len(answers) * 3 // 4]
    told = results_of(obj.name, answers)
    for number, answer in enumerate(given):
        answer_item(answer, told[answer.pk], number, owner, begun + dt.timedelta(minutes=number * 2))
    Answer.objects.bulk_update(given, ANSWERED)
    search.refresh_many(given)
    _add_evidence(given, owner, begun)
    _add_remarks(given, {"owner": owner, "lead": lead}, begun)
    if state == "in_progress":
        _ask_colleague(assessment, begun)
        return
    submitted = at - dt.timedelta(days=SUBMITTED_DAYS)
    assessment = WORKFLOW.fire(assessment, "submit", by=owner, at=submitted, seen=seen_token(assessment))
    if state == "confirmed" and lead is not None:
        opinion, seen = demo_data.CONFIRM_OPINION, seen_token(assessment)
        confirmed = at - dt.timedelta(days=CONFIRMED_DAYS)
        WORKFLOW.fire(assessment, "confirm", by=lead, at=confirmed, opinion=opinion, seen=seen)


def results_of(name: str, answers: list[Answer]) -> dict[int, str]:
    """Answer → result, as the table of the object has it."""
    table, place = demo_data.RESULTS[name], Counter[str]()
    told = {}
    for answer in answers:
        extension = "" if answer.scope == "通用" else f"{answer.scope}:"
        key = f"{extension}{answer.layer}/{answer.control_point}"
        letters = table.get(key, "")
        told[answer.pk] = RESULT_OF.get(letters[place[key] : place[key] + 1], points.MET)
        place[key] += 1
    return told


def answer_item(answer: Answer, result: str, number: int, owner: Any, at: dt.datetime) -> None:
    """The result with what was found: what was looked at, what is missing, or why it does not apply.

    What the platform answers stays the platform's; where it has no valid answer the own part is partly met.
    """
    if inherited_whole(answer):
        answer.risk = ((answer.guidance.risk if answer.guidance else "") or "中") if answer.is_gap else ""
        return
    if answer.duty and not answer.platform_result and result == points.MET:
        result = points.PARTIAL
    for name, value in settles(answer, result).items():
        setattr(answer, name, value)
    result = whole_of(answer, result)
    answer.result, answer.value = result, points.result_value(result)
    gap, proof = (answer.guidance.typical_gap, answer.guidance.evidence) if answer.guidance else ("", "")
    if result == points.MET:
        answer.found = f"已核查{proof}。" if proof and number % PROVEN_EVERY == 0 else ""
    elif result == points.NOT_APPLICABLE:
        answer.found = demo_data.NOT_APPLICABLE[answer.control_point]
    else:
        answer.found = f"{gap}。" if gap else "与要求尚有差距。"
        answer.risk = (answer.guidance.risk if answer.guidance else "") or "中"
    if result == points.UNMET and answer.risk == "高":
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


def lead_of(obj: ProtectedObject) -> User | None:
    """Whoever is security lead over the object's unit."""
    for user in User.objects.filter(is_demo=True, position__permission__codename="act_as_unit_lead").distinct():
        if any(g.role == "act_as_unit_lead" and obj.unit.path.startswith(g.path) for g in user.grants()):
            return user
    return None
