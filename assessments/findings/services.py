"""What is written of automatic findings besides their steps: rules, findings, questions and their answers."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.catalog.services import shipped_standard
from assessments.filing.terms import add_months
from assessments.grading.queries import people_with
from assessments.scanning.queries import codes_at
from secmgmt.accounts import roles
from secmgmt.core import audit, digest, errors, notices, ports, records, search

from .conditions import FINE, UNKNOWN, Evidence, Verdict
from .models import AskedFact, FactState, Finding, FindingRule, Kind, Said

FILE = Path(__file__).parent / "data" / "rules.csv"
EDITION = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
ORIGIN = "finding"
EDITABLE = (
    *("name", "min_level", "max_level", "number", "severity", "when_unknown", "question", "valid_months"),
    *("dispute_days", "basis", "confidence", "enabled"),
)
FIXED = ("kind", "case", "clause", "condition", "reference", "per_unit", "number_unit", "source")
FLAGS = ("per_unit", "enabled")
NUMBERS = ("min_level", "max_level", "number", "valid_months", "dispute_days")


# -- rules -------------------------------------------------------------------------------------------------


def load_shipped() -> str:
    """Load the shipped rules; what an organization changed stays as it is. Says what it did."""
    known = {row.code: row for row in FindingRule.objects.all()}
    made = renewed = 0
    with FILE.open(encoding="utf-8", newline="") as handle:
        for entry in csv.DictReader(handle):
            values = values_of(entry)
            row = known.get(entry["code"])
            if row is None:
                stamp = {"created_at": EDITION, "updated_at": EDITION}
                FindingRule.objects.create(code=entry["code"], shipped=values, **stamp, **values)
                made += 1
            elif row.shipped != values:
                for name in (*FIXED, *(() if row.is_edited else EDITABLE)):
                    setattr(row, name, values[name])
                row.shipped = values
                row.version += 1
                row.save()
                renewed += 1
    return _("自动发现规则：新增 %(made)d 条，更新 %(renewed)d 条") % {"made": made, "renewed": renewed}


def values_of(entry: dict[str, str]) -> dict[str, Any]:
    """A line of the file as the fields of a rule."""
    values: dict[str, Any] = {name: entry[name] for name in (*EDITABLE, *FIXED)}
    numbers = {name: int(entry[name]) if entry[name] else None for name in NUMBERS}
    return values | numbers | {name: bool(entry[name]) for name in FLAGS}


def store_rule(form: Any, *, by: Any, at: dt.datetime) -> FindingRule:
    """The form's door: from now on the organization's own values stand."""
    form.instance.is_edited = True
    return records.save(form, by=by, at=at)


# -- findings ----------------------------------------------------------------------------------------------


def fingerprint(rule: FindingRule, evidence: Evidence | list[Any]) -> str:
    """What makes a finding the same one when it is found again."""
    return digest.hash_value([rule.code, [list(pair) for pair in evidence]])


def new_finding(rule: FindingRule, obj: Any, evidence: Evidence, *, by: Any, at: dt.datetime) -> Finding:
    """A finding, not stored yet, with rule and object as they are now."""
    day = timezone.localdate(at)
    level = obj.security_level
    row = Finding(
        rule=rule, protected_object=obj, title=rule.name, level=level, case=rule.case, severity=rule.severity,
        clause=codes_at(level, [rule.clause]).get(rule.clause, "") if rule.clause else "", basis=rule.basis,
        evidence=[list(pair) for pair in evidence], fingerprint=fingerprint(rule, evidence), found_on=day,
        seen_on=day, respond_by=day + dt.timedelta(days=rule.dispute_days),
    )  # fmt: skip
    records.stamp(row, by=by, at=at)
    return row


@audit.audited
def store_findings(*, rule: FindingRule, rows: list[Finding], by: Any, at: dt.datetime) -> list[Finding]:
    """Store what ``rule`` found; one row on the trail with each finding in its table."""
    if not rows:
        return rows
    Finding.objects.bulk_create(rows, batch_size=300)
    search.refresh_many(rows)
    table = [audit.row_of(row, "add", before={}, after=audit.fields_of(row)) for row in rows]
    audit.record("assessments.finding.found", rule, by=by, at=at, detail={"count": len(rows)}, table=table)
    return rows


@audit.audited
def refresh(*, row: Finding, evidence: Evidence, by: Any, at: dt.datetime) -> Finding:
    """The data say it in other words now; whoever had the page open looks again."""
    before = {"evidence": row.evidence}
    row.evidence, row.fingerprint = [list(pair) for pair in evidence], fingerprint(row.rule, evidence)
    row.seen_on = timezone.localdate(at)
    records.stamp(row, by=by, at=at)
    row.save()
    audit.record(
        "assessments.finding.refresh", row, by=by, at=at, before=before, after={"evidence": row.evidence}
    )
    return row


def follow_up(obj: Finding, by: Any, at: dt.datetime, opinion: str) -> None:
    """An accepted finding is to be put right; part of the step."""
    obj.rectification = ports.open_corrective_action(shortcoming(obj), by=by, at=at)


def shortcoming(row: Finding) -> ports.Shortcoming:
    """A finding as rectification takes it; a duty of law has no clause and is an item of its own."""
    standard = shipped_standard()
    clause = row.clause if standard and row.rule.kind == Kind.CASE else ""
    lines = "；".join(f"{what}：{value}" for what, value in row.evidence)
    text = _("系统根据“%(source)s”发现：%(lines)s。依据：%(basis)s。")
    words = {"source": row.rule.source, "lines": lines, "basis": row.basis}
    return ports.Shortcoming(
        origin=ORIGIN, source=row, obj=row.protected_object, title=row.title, description=text % words,
        severity=row.severity, standard=standard.code if standard and clause else "", clause=clause,
        high_risk_case=row.case, level=row.level,
    )  # fmt: skip


# -- questions ---------------------------------------------------------------------------------------------


def new_fact(rule: FindingRule, obj: Any, *, by: Any, at: dt.datetime) -> AskedFact:
    """A question to the unit, not stored yet."""
    row = AskedFact(rule=rule, protected_object=obj, question=rule.question, asked_on=timezone.localdate(at))
    records.stamp(row, by=by, at=at)
    return row


@audit.audited
def store_facts(*, rule: FindingRule, rows: list[AskedFact], by: Any, at: dt.datetime) -> list[AskedFact]:
    """Store the questions ``rule`` has."""
    if rows:
        AskedFact.objects.bulk_create(rows, batch_size=300)
        listed = [[row.pk, row.protected_object_id] for row in rows]
        audit.record("assessments.askedfact.ask_many", rule, by=by, at=at, rows=listed)
    return rows


@audit.audited
def keep_answer(*, fact: AskedFact, answer: str, explanation: str, by: Any, at: dt.datetime) -> AskedFact:
    """The answer before it is handed in. Part of the step; raises Invalid (no reason for 否 or 不适用)."""
    if answer != Said.YES and not explanation.strip():
        raise errors.Invalid({"explanation": [_("答复“否”或“不适用”的，请写明情况。")]})
    before = {"answer": fact.answer, "explanation": fact.explanation}
    fact.answer, fact.explanation = answer, explanation.strip()
    AskedFact.objects.filter(pk=fact.pk).update(answer=fact.answer, explanation=fact.explanation)
    after = {"answer": fact.answer, "explanation": fact.explanation}
    audit.record("assessments.askedfact.answer_text", fact, by=by, at=at, before=before, after=after)
    return fact


def hold_answer(obj: AskedFact, by: Any, at: dt.datetime) -> None:
    """Who answered, when, and how long it holds; part of the step."""
    day = timezone.localdate(at)
    obj.answered_on, obj.answered_by = day, by.audit_name
    obj.valid_until = add_months(day, obj.rule.valid_months)


def said(fact: AskedFact | None, today: dt.date) -> Verdict:
    """What the unit's answer says, as long as it holds."""
    if fact is None or fact.state != FactState.ANSWERED or (fact.valid_until and fact.valid_until < today):
        return UNKNOWN
    if fact.answer != Said.NO:
        return FINE
    day = fact.answered_on.isoformat() if fact.answered_on else ""
    told = _("否（%(who)s，%(day)s）") % {"who": fact.answered_by, "day": day}
    return Verdict(True, ((fact.question, told), (_("单位说明"), fact.explanation)))


# -- who is told -------------------------------------------------------------------------------------------


def tell(findings: Iterable[Finding], facts: Iterable[AskedFact], at: dt.datetime) -> None:
    """Each person once for all that is new: the owner, else the unit's lead."""
    counts: dict[Any, list[list[Any]]] = defaultdict(lambda: [[], []])
    for place, rows in ((0, findings), (1, facts)):
        for row in rows:
            for person in people_of(row.protected_object, timezone.localdate(at)):
                counts[person][place].append(row)
    for person, (found, asked) in counts.items():
        words = {"n": len(found), "m": len(asked)}
        if found:
            text = _("系统自动发现 %(n)d 个问题，请确认或提出异议")
            text += _("；另有 %(m)d 项询问待答复") if asked else ""
        else:
            text = _("系统有 %(m)d 项询问，请答复并附证明材料")
        first = (found or asked)[0]
        url = first.get_absolute_url() if len(found or asked) == 1 else _list_of(first)
        notices.notify(user=person, text=text % words, url=url, parent=first, at=at)


def _list_of(row: Any) -> str:
    return row.get_absolute_url().rsplit("/", 2)[0] + f"/?state={row.state}"


def people_of(obj: Any, day: dt.date) -> list[Any]:
    """The person in charge, else those who answer for the unit's security."""
    owner = obj.owner
    if owner is not None and owner.is_active:
        return [owner]
    return list(people_with(roles.UNIT_LEAD.code, obj.unit.path, day))


def tell_one(row: Any, text: Any, at: dt.datetime, by: Any = None) -> None:
    """The unit is told what became of one finding or question."""
    people = [person for person in people_of(row.protected_object, timezone.localdate(at)) if person != by]
    notices.notify(users=people, text=str(text) % {"name": row}, url=row.get_absolute_url(), parent=row, at=at)
