"""The data are held against the rules: new findings, those the data no longer show, what has to be asked.

It may run as often as one likes: what was found stays the same finding, what was asked is not asked twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import audit
from secmgmt.core.jobs.periodic import once_per_period

from . import conditions, queries, services
from .models import AskedFact, FactState, Finding, FindingRule, FindingState, Unknown
from .workflow import FACT, WORKFLOW

DAY = 24 * 60 * 60
PENDING = (FindingState.OPEN, FindingState.DISPUTED)


@dataclass
class Outcome:
    """What one run came to."""

    checked: int = 0
    found: list[Finding] = field(default_factory=list)
    asked: list[AskedFact] = field(default_factory=list)
    cleared: int = 0

    def add(self, other: Outcome) -> None:
        """Those of a further rule."""
        self.checked += other.checked
        self.found += other.found
        self.asked += other.asked
        self.cleared += other.cleared


class Check:
    """One rule against the data of one moment."""

    def __init__(self, rule: FindingRule, *, by: Any, at: dt.datetime) -> None:
        self.rule, self.by, self.at, self.today = rule, by, at, timezone.localdate(at)
        self.live, self.facts = queries.live(rule), queries.facts(rule)
        self.revoked = queries.revoked(rule)
        self.out = Outcome()
        self.shown: list[int] = []  # findings the data still show
        self.fixed: list[int] = []  # accepted ones they no longer show

    def run(self) -> Outcome:
        """Every object the rule is for, then what it is no longer for."""
        objects = queries.candidates(self.rule)
        known = set(self.live) | set(self.facts)
        each = {obj.pk: [obj] for obj in objects}
        groups = queries.one_per_unit(objects, known) if self.rule.per_unit else each
        asked_of = [obj for obj in objects if obj.pk in groups]
        self.out.checked = len(asked_of)
        told = conditions.verdicts(self.rule, asked_of, self.today)
        for obj in asked_of:
            self._one(obj, groups[obj.pk], told[obj.pk])
        self._let_go(set(groups))
        self._store()
        return self.out

    def _one(self, obj: Any, group: list[Any], verdict: conditions.Verdict) -> None:
        fact = self.facts.get(obj.pk)
        if verdict.found is None:
            verdict = services.said(fact, self.today)
            if verdict.found is None and self.rule.when_unknown == Unknown.ASK:
                self._ask(obj, fact)
        elif fact is not None and fact.state == FactState.ASKED:
            FACT.elapse(fact, "drop", at=self.at, reason=_("系统已有数据，不需要再答复。"))
        row, evidence = self.live.get(obj.pk), verdict.evidence
        if verdict.found and len(group) > 1:
            evidence = (*evidence, (_("涉及对象"), "、".join(str(other) for other in group)))
        if verdict.found:
            self._found(obj, row, evidence)
        elif verdict.found is False and row is not None:
            self._not_found(row)

    def _ask(self, obj: Any, fact: AskedFact | None) -> None:
        if fact is None:
            self.out.asked.append(services.new_fact(self.rule, obj, by=self.by, at=self.at))
        elif fact.state == FactState.MOOT:
            FACT.elapse(fact, "ask", at=self.at, reason=_("系统没有数据，须由单位答复。"))
        elif fact.state == FactState.ANSWERED:
            FACT.elapse(fact, "ask", at=self.at, reason=_("上次答复的有效期已过。"))

    def _found(self, obj: Any, row: Finding | None, evidence: conditions.Evidence) -> None:
        mark = services.fingerprint(self.rule, evidence)
        if row is None:
            if (obj.pk, mark) not in self.revoked:
                self.out.found.append(services.new_finding(self.rule, obj, evidence, by=self.by, at=self.at))
            return
        self.shown.append(row.pk)
        if row.state == FindingState.OPEN and row.fingerprint != mark:
            row.rule = self.rule
            services.refresh(row=row, evidence=evidence, by=self.by, at=self.at)

    def _not_found(self, row: Finding, reason: str = "") -> None:
        if row.state in PENDING:
            told = reason or _("系统数据已不再显示这个问题。")
            self.out.cleared += WORKFLOW.elapse(row, "clear", at=self.at, reason=told) is not None
        else:
            self.fixed.append(row.pk)

    def _let_go(self, groups: set[int]) -> None:
        """Objects that are retired or of another level, a rule that is switched off."""
        reason = _("规则已停用。") if not self.rule.enabled else _("对象已停用或等级已变，规则不再适用。")
        for pk, row in self.live.items():
            if pk not in groups and row.state in PENDING:
                self._not_found(row, reason)
        for pk, fact in self.facts.items():
            if pk not in groups and fact.state == FactState.ASKED:
                FACT.elapse(fact, "drop", at=self.at, reason=reason)

    def _store(self) -> None:
        Finding.objects.filter(pk__in=self.shown).update(seen_on=self.today, cleared_on=None)
        Finding.objects.filter(pk__in=self.fixed, cleared_on=None).update(cleared_on=self.today, seen_on=self.today)
        services.store_findings(rule=self.rule, rows=self.out.found, by=self.by, at=self.at)
        services.store_facts(rule=self.rule, rows=self.out.asked, by=self.by, at=self.at)


@audit.audited
def check_rule(*, rule: FindingRule, by: Any, at: dt.datetime) -> Outcome:
    """Hold the data against one rule; whoever does so for the same rule meanwhile waits."""
    fresh = FindingRule.objects.select_for_update().get(pk=rule.pk)
    out = Check(fresh, by=by, at=at).run()
    counts = {"checked": out.checked, "found": len(out.found), "asked": len(out.asked), "cleared": out.cleared}
    audit.record("assessments.findingrule.check", fresh, by=by, at=at, detail=counts)
    return out


def check_all(*, by: Any, at: dt.datetime, progress: Callable[[int, int, str], None] | None = None) -> Outcome:
    """Every rule, each in a transaction of its own; then the people are told."""
    rules, whole = list(FindingRule.objects.order_by("code")), Outcome()
    for number, rule in enumerate(rules, 1):
        whole.add(check_rule(rule=rule, by=by, at=at))
        if progress:
            progress(number, len(rules), str(rule))
    services.tell(whole.found, whole.asked, at)
    return whole


def tend(at: dt.datetime) -> None:
    """Hourly: what nobody disputed in time stands; once a day the data are held against the rules."""
    for row in queries.elapsed(timezone.localdate(at)):
        WORKFLOW.elapse(row, "lapse", at=at, reason=_("异议期内没有提出异议，按认可处理。"))
    if once_per_period("findings", DAY, at):
        check_all(by=None, at=at)
