"""What automatic findings add to the tests of the whole house."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.contenttypes.models import ContentType

from assessments.findings.services import EDITION
from assessments.models import AskedFact, Finding, FindingRule
from secmgmt.core.clock import now, today
from secmgmt.core.models import Decision
from tests.assessments.campaign.support import DAY, graded

_numbers = itertools.count(1)


def make_rule(**values: Any) -> FindingRule:
    """A rule of one's own, about a fact that is asked."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "code": f"T-{number:04d}", "name": f"管理制度缺失{number}", "kind": "case", "case": "6.6.1.1",
        "clause": "8.1.6.2a", "condition": "asked", "min_level": 3, "max_level": 5, "severity": "high",
        "when_unknown": "ask", "question": "是否建立了管理制度？", "source": "单位答复", "basis": "指引 6.6.1.1",
        "confidence": "V1", "created_at": EDITION, "updated_at": EDITION, **values,
    }  # fmt: skip
    return FindingRule.objects.create(**given)


def make_finding(unit: Any, state: str = "open", **values: Any) -> Finding:
    """A finding on an object of level 3."""
    at, day = now(), today()
    obj = values.pop("obj", None) or graded(unit)
    rule = values.pop("rule", None) or make_rule()
    return Finding.objects.create(
        rule=rule, protected_object=obj, title=rule.name, level=3, case=rule.case, severity="high", basis=rule.basis,
        evidence=[["管理制度", "没有"]], fingerprint="0" * 64, found_on=day, seen_on=day, respond_by=day + 15 * DAY,
        state=state, created_at=at, updated_at=at, **values,
    )  # fmt: skip


def make_fact(unit: Any, state: str = "asked") -> AskedFact:
    """A question, with an answer that needs no proof."""
    at = now()
    rule = make_rule()
    return AskedFact.objects.create(
        rule=rule, protected_object=graded(unit), question=rule.question, asked_on=today(), answer="na",
        explanation="由上级统一制定。", answered_by="林予安", state=state, created_at=at, updated_at=at,
    )  # fmt: skip


def rows(cast: Any) -> dict[str, Any]:
    """Findings and questions of the health bureau before and after the unit's word."""
    health = cast.city.health
    return {
        "finding": make_finding(health), "finding_disputed": make_finding(health, "disputed"),
        "askedfact": make_fact(health), "askedfact_answered": make_fact(health, "answered"),
        "findingrule": make_rule(),
    }  # fmt: skip


LISTS = {
    "finding": ("owner@own", lambda cast, n: make_finding(cast.city.health)),
    "askedfact": ("owner@own", lambda cast, n: make_fact(cast.city.health)),
    "findingrule": ("rules_keeper@below", lambda cast, n: make_rule()),
}
MAKERS = {
    "assessments.Finding": lambda stage, state: make_finding(stage.cast.city.health, state),
    "assessments.AskedFact": lambda stage, state: make_fact(stage.cast.city.health, state),
}
PAGES = {
    "assessments.Finding": "assessments:finding-transition",
    "assessments.AskedFact": "assessments:askedfact-transition",
}


def disputed(row: Any, person: Any) -> None:
    """The person raised the dispute."""
    Decision.objects.create(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk, transition="dispute", label="提出异议",
        source="", target="", by=person, by_name=person.audit_name, at=now(),
    )  # fmt: skip


HATS = {"disputer": disputed}
WORN = {"assessments.Finding": ("disputer",), "assessments.AskedFact": ()}
