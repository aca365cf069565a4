"""Carry-over: what an object's earlier assessment says of the items of a new one, by lineage."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.catalog.lineage import HIGHER, LOWER, SAME, Lineage
from secmgmt.core import audit, errors, permissions
from secmgmt.core.models import Attachment

from . import points
from .models import Answer, Assessment, AssessmentState, ComponentResult
from .reuse_models import AnswerSource, EvidenceTerm
from .reuse_rules import EVIDENCE_AGE, days_of

TAKEN = (
    "pk", "code", "result", "value", "found", "risk", "high_risk_applies", "duty", "own_result", "platform_result",
)  # fmt: skip


@dataclass(frozen=True)
class Earlier:
    """One answer of the earlier assessment. ``given``: what was answered by the unit itself, "" where nothing was.

    ``files``: its evidence as number → day of its end.
    """

    pk: int
    code: str
    given: str
    value: Any
    found: str
    risk: str
    cases: tuple[str, ...]
    files: Mapping[int, dt.date] = field(default_factory=dict)
    components: tuple[ComponentResult, ...] = ()


def confirmed_of(obj: Any, standard_code: str = "") -> QuerySet:
    """The confirmed assessments of an object (by one standard), its own and agencies' alike, the latest first."""
    rows = Assessment.objects.filter(protected_object=obj, state=AssessmentState.CONFIRMED)
    if standard_code:
        rows = rows.filter(standard_code=standard_code)
    return rows.order_by("-report_date", "-pk")


def last_confirmed(obj: Any, standard_code: str) -> Assessment | None:
    """The assessment that is carried over unless another one is chosen."""
    return confirmed_of(obj, standard_code).first()


def check_previous(previous: Assessment | None, obj: Any, standard: Any) -> None:
    """Raises Invalid: answers are carried over only from a confirmed assessment of the same object and standard."""
    if previous is None:
        return
    fits = (previous.protected_object_id, previous.standard_code) == (obj.pk, standard.code)
    if not fits or previous.state != AssessmentState.CONFIRMED:
        raise errors.Invalid({"carry": [_("只能沿用同一对象、同一标准的已确认评估。")]})


def check_evidence(row: Answer, result: str) -> None:
    """Raises Invalid: what rested on evidence whose term is over is not answered so again without new evidence."""
    if row.pending == "expired" and result in (points.MET, points.PARTIAL) and not Attachment.of(row).exists():
        text = _("上次的证据已过有效期，请先上传新的证据，再确认；没有证据的，请如实改为不符合。")
        raise errors.Invalid({"result": [text]})


@audit.audited
def set_term(*, answer: Answer, file: int, until: dt.date | None, by: Any, at: dt.datetime) -> None:
    """Write on a file of an item until when it proves; None takes it back.

    Raises OutOfScope (no file of this item), NotAllowed, Conflict when the assessment is no longer open.
    """
    row = Answer.objects.select_related("assessment__protected_object__unit").get(pk=answer.pk)
    kept = Attachment.of(row).filter(pk=file).first()
    if kept is None:
        raise errors.OutOfScope(model=Attachment._meta.label, lookup=file)
    if not row.may_answer(by):
        raise errors.NotAllowed(_("这一项不由您填写。"), who_may=permissions.who_may(Answer, "answer"), obj=row)
    if not row.assessment.is_open:
        raise errors.Conflict(_("自评估已提交，证据的有效期不能再改。"), obj=row.assessment)
    if until is None:
        EvidenceTerm.objects.filter(attachment=kept).delete()
    else:
        EvidenceTerm.objects.update_or_create(attachment=kept, defaults={"valid_until": until})
    detail = {"attachment": kept.pk, "name": kept.name, "valid_until": until.isoformat() if until else ""}
    audit.record("assessments.answer.evidence_term", row, by=by, at=at, detail=detail)


def check_terms(assessment: Assessment, day: dt.date) -> None:
    """Raises Incomplete: what is answered as met, in whole or in part, does not rest on expired evidence alone."""
    answered = assessment.answers.filter(result__in=(points.MET, points.PARTIAL)).exclude(duty="platform")
    files = _files(answered.order_by().values("pk"), days_of(EVIDENCE_AGE))
    old = {pk for pk, ends in files.items() if ends and max(ends.values()) < day}
    rows = answered.filter(pk__in=old).order_by("order")
    links = [(f"{row.code} {row.summary[:40]}", row.get_absolute_url()) for row in rows]
    if links:
        text = _("%(n)d 项的证据都已过有效期，请先上传新的证据或改正有效期，再提交。")
        raise errors.Incomplete(text % {"n": len(links)}, links)


def earlier_answers(assessment: Assessment, evidence_days: int) -> dict[str, Earlier]:
    """The answers of ``assessment`` by code, with their evidence and its terms: four queries."""
    rows = list(assessment.answers.order_by("order").values(*TAKEN))
    ids = assessment.answers.order_by().values("pk")
    files = _files(ids, evidence_days)
    components: dict[int, list[ComponentResult]] = defaultdict(list)
    obj = assessment.protected_object_id
    for given in ComponentResult.objects.filter(answer__in=ids, component__protected_object=obj):
        components[given.answer_id].append(given)
    return {
        row["code"]: Earlier(
            pk=row["pk"], code=row["code"], given=_given(row), value=row["value"], found=row["found"],
            risk=row["risk"], cases=tuple(row["high_risk_applies"]), files=files.get(row["pk"], {}),
            components=tuple(components[row["pk"]]),
        )
        for row in rows
    }  # fmt: skip


def _given(row: Mapping[str, Any]) -> str:
    if row["duty"] == "platform":
        return ""
    return row["own_result"] if row["duty"] == "joint" and row["platform_result"] else row["result"]


def _files(answers: Any, evidence_days: int) -> dict[int, dict[int, dt.date]]:
    """Answer → its files, those that it had carried along itself included → the day until which each proves."""
    owned: dict[int, list[int]] = defaultdict(list)
    kind = ContentType.objects.get_for_model(Answer)
    attached = Attachment.objects.filter(content_type=kind, object_id__in=answers)
    for pk, answer in attached.values_list("pk", "object_id"):
        owned[answer].append(pk)
    along = AnswerSource.objects.filter(answer__in=answers, kind="carried")
    for answer, listed, stale in along.values_list("answer_id", "files", "stale"):
        owned[answer] += [pk for pk in listed if pk not in stale]
    ends = ends_of({pk for listed in owned.values() for pk in listed}, evidence_days)
    return {answer: {pk: ends[pk] for pk in listed if pk in ends} for answer, listed in owned.items()}


def ends_of(files: Iterable[int], evidence_days: int) -> dict[int, dt.date]:
    """File → the day until which it proves: the one written on it, else so many days from when it was added."""
    wanted = set(files)
    if not wanted:
        return {}
    rows = Attachment.objects.filter(pk__in=wanted).values_list("pk", "at", "term__valid_until")
    usual = dt.timedelta(days=evidence_days)
    return {pk: until or timezone.localdate(at) + usual for pk, at, until in rows}


def find(code: str, lineage: Lineage, earlier: Mapping[str, Earlier]) -> tuple[Earlier, bool] | None:
    """What the earlier assessment says of an item, and whether it may be taken; None where it says nothing.

    Taken: an item that is the same, and one that asked for more then and was met or does not apply. One that asks
    for more now is shown only.
    """
    kin = lineage.kin_among(code, earlier)
    if not kin:
        return None
    found = earlier[kin[0].code]
    relation = kin[0].relation if len(kin) == 1 else LOWER
    more_then = relation == HIGHER and found.given in (points.MET, points.NOT_APPLICABLE)
    return found, bool(found.given) and (relation == SAME or more_then)


def take(row: Answer, found: Earlier, day: dt.date) -> list[int]:
    """Put last time's answer on an open item, to be confirmed. Returns the files whose term is over."""
    row.result, row.found, row.risk = found.given, found.found, found.risk
    row.value = found.value if found.components or row.result == points.NOT_APPLICABLE else None
    if row.value is None:
        row.value = points.result_value(found.given)
    row.high_risk_applies = [case for case in found.cases if case in row.high_risk]
    if found.given not in (points.PARTIAL, points.UNMET):
        row.risk, row.high_risk_applies = "", []
    stale = [pk for pk, end in found.files.items() if end < day]
    row.reuse, row.pending = "carried", "expired" if stale else "carried"
    return stale


def source_of(row: Answer, found: Earlier, previous: Assessment, *, taken: bool, stale: Container[int]) -> AnswerSource:
    """Where it came from, to be kept with the row."""
    return AnswerSource(
        answer=row, kind="carried" if taken else "shown", origin_id=found.pk, name=previous.title[:160],
        code=found.code, result=found.given, found="" if taken else found.found, dated=previous.report_date,
        files=list(found.files), stale=[pk for pk in found.files if pk in stale],
    )  # fmt: skip
