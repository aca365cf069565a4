"""What pages, to-dos, figures and the report ask about risk assessments."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.rectification.choices import OPEN, RUNNING
from assessments.rectification.models import Rectification
from assets.inventory.queries import basics
from secmgmt.accounts import roles
from secmgmt.core.manifest import DutyFact, Rows
from secmgmt.core.workflow import not_submitted_by

from .list_models import Vulnerability
from .models import FROM, LEVELS, Layer, Leading, Risk, RiskAssessment, RiskAsset, RiskState, Treatment

SEVERITY_OF = {"高": 4, "中": 3, "低": 2}  # of a problem; a 重大风险隐患 is 5


def heat(rows: QuerySet, listed: str) -> list[dict[str, Any]]:
    """Risks by loss (rows, 5 to 1) and likelihood (1 to 5): [{loss, name, cells: [{count, level, tone, url, …}]}].

    ``level``: the worst among the risks of a cell, None in an empty one; ``tone``: 0 the worst, as the heat tables of
    the house count. ``listed``: the address of their list, to which the cell is added.
    """
    found = rows.order_by().values("loss_grade", "likelihood_grade").annotate(n=Count("pk"), worst=Max("level"))
    cells = {(row["loss_grade"], row["likelihood_grade"]): row for row in found}

    def cell(loss: int, likelihood: int) -> dict[str, Any]:
        row = cells.get((loss, likelihood))
        level = row["worst"] if row else None
        return {
            "likelihood": likelihood, "count": row["n"] if row else 0, "level": level,
            "name": LEVELS[level] if level else "", "tone": 5 - level if level else None,
            "url": f"{listed}&loss_grade={loss}&likelihood_grade={likelihood}",
        }  # fmt: skip

    losses = range(5, 0, -1)
    return [{"loss": n, "name": LEVELS[n], "cells": [cell(n, k) for k in range(1, 6)]} for n in losses]


def by_level(assessment: RiskAssessment, field: str = "level") -> list[tuple[str, int]]:
    """(name of the level, how many risks), the highest first."""
    rows = assessment.risks.order_by().values(field).annotate(n=Count("pk"))
    counted = {row[field]: row["n"] for row in rows}
    return [(str(name), counted.get(level, 0)) for level, name in LEVELS.items()]


def left_over(assessment: RiskAssessment) -> list[tuple[str, int]]:
    """(name of the level, how many risks are of it after treatment), the highest first; untreated ones as they are."""
    rows = assessment.risks.values_list("level", "residual_level")
    counted = Counter(level if residual is None else residual for level, residual in rows)
    return [(str(name), counted[level]) for level, name in LEVELS.items()]


def tree(assessment: RiskAssessment) -> list[tuple[int, RiskAsset]]:
    """(depth, asset) with how many risks it has, each beneath what it carries."""
    rows = assessment.assets.annotate(found=Count("risks"), worst=Max("risks__level")).order_by("pk")
    beneath: dict[int | None, list[RiskAsset]] = defaultdict(list)
    for row in rows:
        beneath[row.parent_id].append(row)
    listed: list[tuple[int, RiskAsset]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in beneath[parent]:
            listed.append((depth, row))
            if depth < len(Layer):
                walk(row.pk, depth + 1)

    walk(None, 0)
    return listed


def open_problems(assessment: RiskAssessment, user: Any) -> list[dict[str, Any]]:
    """Problems of the object still open that no risk of the assessment takes in: [{item, url}], the worst first."""
    taken = assessment.risks.filter(problem__isnull=False).values("problem")
    rows = Rectification.objects.visible_to(user).filter(protected_object=assessment.protected_object_id)
    rows = rows.filter(state__in=OPEN).exclude(pk__in=taken).order_by("-major", "due_on", "pk")
    new = f"{reverse('assessments:risk-create')}?assessment={assessment.pk}"
    return [{"item": row, "url": f"{new}&problem={row.pk}"} for row in rows[:PROBLEMS]]


PROBLEMS = 20


def taken_from(problem: Rectification) -> dict[str, Any]:
    """What a new line of the register starts with when it is made of an open problem."""
    found = [row for row in Vulnerability.objects.filter(in_use=True) if row.fails(problem.clause)]
    return {
        "problem": problem.pk, "vulnerability": found[0].pk if len(found) == 1 else None,
        "severity": 5 if problem.major else SEVERITY_OF[problem.risk],
        "controls": problem.interim,
    }  # fmt: skip


def undecided(assessment: RiskAssessment) -> QuerySet:
    """Risks of level 3 and above about which nothing was decided."""
    return assessment.risks.filter(level__gte=FROM, treatment="").select_related("asset")


def not_accepted(assessment: RiskAssessment, day: dt.date) -> QuerySet:
    """Risks to be accepted that the leadership did not accept, or whose acceptance is over on ``day``."""
    over = Q(accepted_until__isnull=True) | Q(accepted_until__lt=day)
    return assessment.risks.filter(over, treatment=Treatment.ACCEPT).select_related("asset")


def lapsed(day: dt.date) -> QuerySet:
    """Acceptances that are over on ``day``."""
    return Risk.objects.filter(accepted_until__lt=day).order_by("pk")


def earlier(assessment: RiskAssessment) -> RiskAssessment | None:
    """The last signed assessment of the same object before this one."""
    rows = assessment.protected_object.risk_assessments.filter(state=RiskState.SIGNED).exclude(pk=assessment.pk)
    return rows.filter(assessed_on__lte=assessment.assessed_on).order_by("-assessed_on", "-pk").first()


def standing_risks() -> QuerySet:
    """The register that holds of every object: of its last signed assessment."""
    last = RiskAssessment.objects.filter(
        protected_object=OuterRef("assessment__protected_object"), state=RiskState.SIGNED
    ).order_by("-assessed_on", "-pk")
    return Risk.objects.filter(assessment=Subquery(last.values("pk")[:1]))


def untreated() -> Q:
    """Neither accepted for now, nor mended by a corrective action, nor otherwise seen to: a condition on risks."""
    reduced = Q(treatment=Treatment.REDUCE) & ~Q(action_state__in=("closed", "accepted"))
    mended = Q(problem__isnull=False) & ~Q(problem__state__in=RUNNING)
    waiting = Q(treatment=Treatment.ACCEPT, accepted_until__isnull=True)
    return Q(treatment="") | waiting | (reduced & ~mended)


def to_sign(user: Any) -> QuerySet:
    """What waits for the signature of ``user``: an inspection's for the leadership, an owner's for the unit's lead."""
    rows = RiskAssessment.objects.visible_to(user, "sign").filter(state=RiskState.SUBMITTED)
    held = {grant.role for grant in user.grants()}
    if roles.LEADER.code not in held:
        rows = rows.exclude(leading=Leading.INSPECTION)
    if roles.UNIT_LEAD.code not in held:
        rows = rows.exclude(leading=Leading.SELF)
    return rows.select_related("protected_object__unit").order_by("assessed_on", "pk")


def to_finish(user: Any) -> QuerySet:
    """Drafts ``user`` works on."""
    rows = RiskAssessment.objects.visible_to(user, "submit").filter(state=RiskState.DRAFT)
    held = {grant.role for grant in user.grants()}
    if roles.INSPECTOR.code not in held:
        rows = rows.exclude(leading=Leading.INSPECTION)
    if roles.OWNER.code not in held:
        rows = rows.exclude(leading=Leading.SELF)
    return rows.select_related("protected_object__unit").order_by("assessed_on", "pk")


def to_accept(user: Any, day: dt.date) -> QuerySet:
    """Risks of assessments that somebody else submitted and that wait for the leadership's acceptance."""
    rows = Risk.objects.visible_to(user, "accept")
    over = Q(accepted_until__isnull=True) | Q(accepted_until__lt=day)
    of_others = not_submitted_by(RiskAssessment.objects.exclude(state=RiskState.DRAFT), user).order_by().values("pk")
    rows = rows.filter(over, treatment=Treatment.ACCEPT, assessment__in=of_others)
    return rows.select_related("assessment", "asset").order_by("-level", "pk")


def duty_facts(ids: Rows, today: dt.date) -> dict[int, DutyFact]:
    """When each object's risks were last assessed and signed (for the calendar of duties)."""
    rows = RiskAssessment.objects.filter(protected_object__in=ids, state=RiskState.SIGNED).order_by("assessed_on")
    found = {pk: DutyFact() for pk in basics(ids)}
    for obj, day, pk in rows.values_list("protected_object_id", "assessed_on", "pk"):
        address = reverse("assessments:riskassessment-detail", args=[pk])
        found[obj] = DutyFact(done=day, url=address, note=_("最近一次已签认的风险评估"))
    return found
