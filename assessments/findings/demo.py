"""Demo of automatic findings: the rules are run on the demo city, and people take what they found further."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from assessments.grading.queries import people_with
from secmgmt.accounts import roles
from secmgmt.core.workflow import seen_token

from . import checking, services
from .models import AskedFact, FactState, Finding, FindingState, Said
from .workflow import FACT, WORKFLOW

DISPUTE = "本单位已按要求办理，系统数据尚未更新，证明材料另附。"


def create_findings(at: dt.datetime) -> None:
    """Nothing where findings exist. Half a month ago the rules ran; since then some were answered, some wait."""
    if Finding.objects.exists() or AskedFact.objects.exists():
        return
    services.load_shipped()
    begun = at - dt.timedelta(days=10)
    checking.check_all(by=None, at=begun)
    rows = Finding.objects.filter(protected_object__is_demo=True, protected_object__owner__isnull=False)
    rows = rows.select_related("protected_object__unit", "protected_object__owner").order_by("pk")
    for number, row in enumerate(rows[:8]):
        _respond(row, number, at)
    facts = AskedFact.objects.filter(protected_object__is_demo=True, protected_object__owner__isnull=False)
    facts = facts.select_related("protected_object__unit", "protected_object__owner", "rule").order_by("pk")
    for number, fact in enumerate(facts[:4]):
        _answer(fact, number, at)


def _respond(row: Finding, number: int, at: dt.datetime) -> None:
    """By turns: accepted, disputed and waiting, upheld, withdrawn; every fifth waits for the unit."""
    turn, owner = number % 5, row.protected_object.owner
    inspector = people_with(roles.INSPECTOR.code, row.protected_object.unit.path, timezone.localdate(at)).first()
    if turn == 4 or inspector is None or inspector == owner:
        return
    if turn == 0:
        _fire(WORKFLOW, row, "accept", owner, at - dt.timedelta(days=8))
        return
    _fire(WORKFLOW, row, "dispute", owner, at - dt.timedelta(days=7), DISPUTE)
    if turn == 2:
        _fire(WORKFLOW, row, "uphold", inspector, at - dt.timedelta(days=4), "证明材料不能说明问题已解决，维持认定。")
    elif turn == 3:
        _fire(WORKFLOW, row, "revoke", inspector, at - dt.timedelta(days=4), "核对属实，撤销。")


def _answer(fact: AskedFact, number: int, at: dt.datetime) -> None:
    """否 stays a finding; 否 that was answered anew is gone; 不适用; and one waits."""
    owner = fact.protected_object.owner
    inspector = people_with(roles.INSPECTOR.code, fact.protected_object.unit.path, timezone.localdate(at)).first()
    if number == 3 or inspector is None:
        return
    denied, elsewhere = (Said.NO, "正在建设，预计年底前完成。"), (Said.NONE, "由承载平台统一提供，本单位不单独建设。")
    said = denied if number < 2 else elsewhere
    _say(fact, said, owner, at - dt.timedelta(days=6))
    if number == 1:
        _fire(FACT, fact, "return_", inspector, at - dt.timedelta(days=3), "请与承载平台的备案材料核对后重新答复。")
        _say(fact, (Said.NONE, "核对后确认由承载平台统一提供。"), owner, at - dt.timedelta(days=2))


def _say(fact: AskedFact, said: tuple[Said, str], owner: Any, at: dt.datetime) -> None:
    fact.refresh_from_db()
    services.keep_answer(fact=fact, answer=said[0].value, explanation=said[1], by=owner, at=at)
    _fire(FACT, fact, "answer", owner, at)


def _fire(workflow: Any, row: Any, step: str, by: Any, at: dt.datetime, opinion: str = "") -> None:
    row.refresh_from_db()
    if row.state in (FindingState.OPEN, FindingState.DISPUTED, FactState.ASKED, FactState.ANSWERED):
        workflow.fire(row, step, by=by, at=at, opinion=opinion, seen=seen_token(row))
