"""What a workbook for work without network says of itself, and what an answered one would change.

Each row carries the state it was exported in with a seal over it, so that what was changed on the server since is
noticed, and a workbook of another assessment, another set of items or one tampered with is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import digest, errors

from . import points, services
from .models import Answer, Assessment

FORMAT = "自评估离线填报 1"
_SALT = "assessments.evaluation.offline"
FIELDS = ("result", "found", "risk", "high_risk_applies")
Given = dict[str, Any]  # FIELDS → what was answered


def sealed(*parts: Any) -> str:
    """A seal over ``parts`` that only this installation makes: 32 hexadecimal digits."""
    return salted_hmac(_SALT, "\x1f".join(map(str, parts)), algorithm="sha256").hexdigest()[:32]


def is_sealed(seal: str, *parts: Any) -> bool:
    """Whether ``seal`` stands for ``parts``."""
    return constant_time_compare(seal, sealed(*parts))


def item_set(rows: Iterable[Answer]) -> str:
    """The digest of an assessment's frozen items: another set, order or wording gives another."""
    return digest.hash_value([[row.code, row.layer, row.control_point, row.summary] for row in rows])[:32]


def given_of(row: Answer) -> Given:
    """The answer of ``row`` as a workbook holds it: what was answered here, nothing while it waits to be confirmed."""
    held = {name: getattr(row, name) for name in FIELDS} | {"high_risk_applies": sorted(row.high_risk_applies)}
    return held | {"result": "" if row.pending else row.given}


def state_of(given: Given) -> str:
    """A digest of one answer's content."""
    return digest.hash_value([given[name] for name in FIELDS])[:16]


def base_of(row: Answer, exported: str) -> str:
    """What a row of the workbook says of the answer it started from: version, content and their seal."""
    version, state = str(row.version), state_of(given_of(row))
    return f"{version}.{state}.{sealed(row.assessment_id, exported, row.code, version, state)}"


def base_state(text: str, *, assessment: int, exported: str, code: str) -> str | None:
    """The content's digest a row was exported with; None when its mark is not the one that was given out."""
    parts = text.split(".")
    if len(parts) != 3 or not is_sealed(parts[2], assessment, exported, code, parts[0], parts[1]):
        return None
    return parts[1]


@dataclass
class Filled:
    """One row of a returned workbook: the item, its row there, what was exported and what is written now."""

    code: str
    line: int
    base: str
    given: Given


@dataclass
class Line:
    """What one item of a workbook means: ``kind`` change | conflict | blocked, ``now`` as it is on the server."""

    row: Answer
    line: int
    kind: str
    given: Given
    now: Given
    reason: str = ""
    picked: str = ""

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        """(label, on the server, in the workbook) of what differs."""
        return [
            (str(LABELS[name]), told(name, self.now[name]), told(name, self.given[name]))
            for name in FIELDS
            if self.now[name] != self.given[name]
        ]

    @property
    def key(self) -> str:
        """The item's number in a form, never written with separators."""
        return str(self.row.pk)

    @property
    def takes_back(self) -> bool:
        """Whether an answer would be open again."""
        return bool(self.now["result"]) and not self.given["result"]


LABELS = {
    "result": gettext_lazy("结果"),
    "found": gettext_lazy("现状说明"),
    "risk": gettext_lazy("风险"),
    "high_risk_applies": gettext_lazy("符合的高风险判例"),
}


def told(name: str, value: Any) -> str:
    """A value as a person reads it."""
    if name == "result":
        return str(points.RESULT_LABELS.get(value, _("未答")))
    return "、".join(value) if isinstance(value, list) else str(value)


@dataclass
class Plan:
    """What a returned workbook would do: the lines that matter, and how many rows do nothing."""

    lines: list[Line] = field(default_factory=list)
    same: int = 0
    newer: int = 0
    absent: int = 0

    def of(self, kind: str) -> list[Line]:
        """The lines of one kind."""
        return [line for line in self.lines if line.kind == kind]

    @property
    def seen(self) -> str:
        """What the person was shown: stale once any of it changes."""
        return digest.hash_value([[line.row.pk, line.row.version, line.kind] for line in self.lines])


def plan_of(assessment: Assessment, filled: Sequence[Filled], by: Any) -> Plan:
    """Compare a workbook with the answers as they are: three ways, by what was exported.

    Unchanged in the workbook: the server's stands. Changed on one side: taken. Changed on both and different: a
    conflict for the person. What ``by`` may not answer, or the answering rules refuse, is shown and not taken.
    """
    rows = assessment.answers.select_related("assessment__protected_object__unit", "answered_by", "assignee")
    answers = {row.code: row for row in rows.prefetch_related("component_results").order_by("order")}
    whole = assessment.answered_whole_by(by)
    found = Plan(absent=len(answers) - len(filled))
    for entry in filled:
        row = answers[entry.code]
        row.by_component = len(row.component_results.all())
        now, base = given_of(row), entry.base
        mine, theirs = state_of(entry.given), state_of(now)
        if mine in (base, theirs):
            untouched = mine == base != theirs
            found.newer += untouched
            found.same += not untouched
            continue
        kind, reason = "change" if theirs == base else "conflict", ""
        if not whole and row.assignee_id != by.pk:
            kind, reason = "blocked", _("这一项不由您填写。")
        else:
            reason = refusal_of(row, entry.given)
            kind = "blocked" if reason else kind
        found.lines.append(Line(row, entry.line, kind, entry.given, now, reason))
    return found


def decided(plan: Plan, picks: Mapping[int, str]) -> tuple[list[Line], list[Line]]:
    """What is kept after the person chose, and the conflicts he has not decided yet.

    ``picks``: item → mine (the workbook's) or theirs (the server's).
    """
    for line in plan.of("conflict"):
        picked = picks.get(line.row.pk, "")
        line.picked = picked if picked in ("mine", "theirs") else ""
    taken = [line for line in plan.lines if line.kind == "change" or line.picked == "mine"]
    return taken, [line for line in plan.of("conflict") if not line.picked]


def refusal_of(row: Answer, given: Given) -> str:
    """Why the answering rules do not take an answer, "" when they do."""
    if row.pending and not given["result"]:
        return _("这一项待确认，请在工作簿里选定结果，否则不采用。")
    try:
        services.answered(row, version=row.version, **given)
    except errors.Invalid as error:
        return " ".join(text for texts in error.errors.values() for text in texts)
    return ""
