"""What pages, to-dos and the report ask about risk assessments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from secmgmt.core.manifest import DutyFact

from .models import LEVELS, Risk, RiskAssessment, RiskState, Treatment


def heat(assessment: RiskAssessment) -> list[dict[str, Any]]:
    """Risks by asset value (rows, 5 to 1) and level (1 to 5): [{value, cells: [{level, count}]}]."""
    counted = {
        (row["asset_value"], row["level"]): row["n"]
        for row in assessment.risks.order_by().values("asset_value", "level").annotate(n=Count("pk"))
    }
    return [
        {"value": value, "cells": [{"level": level, "count": counted.get((value, level), 0)} for level in range(1, 6)]}
        for value in range(5, 0, -1)
    ]


def by_level(assessment: RiskAssessment, field: str = "level") -> list[tuple[str, int]]:
    """(name of the level, how many risks), the highest first."""
    rows = assessment.risks.order_by().values(field).annotate(n=Count("pk"))
    counted = {row[field]: row["n"] for row in rows}
    return [(str(name), counted.get(level, 0)) for level, name in LEVELS.items()]


def undecided(assessment: RiskAssessment) -> QuerySet:
    """Risks of level 3 and above about which nothing was decided."""
    return assessment.risks.filter(level__gte=3, treatment="")


def not_accepted(assessment: RiskAssessment, day: dt.date) -> QuerySet:
    """Risks to be accepted that the leadership did not accept, or whose acceptance is over on ``day``."""
    lapsed = Q(accepted_until__isnull=True) | Q(accepted_until__lt=day)
    return assessment.risks.filter(lapsed, treatment=Treatment.ACCEPT)


def earlier(assessment: RiskAssessment) -> RiskAssessment | None:
    """The last signed assessment of the same object before this one."""
    rows = assessment.protected_object.risk_assessments.filter(state=RiskState.SIGNED).exclude(pk=assessment.pk)
    return rows.filter(assessed_on__lte=assessment.assessed_on).order_by("-assessed_on", "-pk").first()


def to_sign(user: Any) -> QuerySet:
    """What waits for the signature of ``user``."""
    rows = RiskAssessment.objects.visible_to(user, "sign").filter(state=RiskState.SUBMITTED)
    return rows.select_related("protected_object__unit").order_by("assessed_on", "pk")


def to_finish(user: Any) -> QuerySet:
    """Drafts ``user`` works on."""
    rows = RiskAssessment.objects.visible_to(user, "submit").filter(state=RiskState.DRAFT)
    return rows.select_related("protected_object__unit").order_by("assessed_on", "pk")


def to_accept(user: Any, day: dt.date) -> QuerySet:
    """Risks of submitted or signed assessments that wait for the leadership's acceptance."""
    rows = Risk.objects.visible_to(user, "accept").exclude(assessment__state=RiskState.DRAFT)
    lapsed = Q(accepted_until__isnull=True) | Q(accepted_until__lt=day)
    return rows.filter(lapsed, treatment=Treatment.ACCEPT).select_related("assessment").order_by("-level", "pk")


def duty_facts(ids: list[int], today: dt.date) -> dict[int, DutyFact]:
    """When each object's risks were last assessed and signed (for the calendar of duties)."""
    rows = RiskAssessment.objects.filter(protected_object__in=ids, state=RiskState.SIGNED).order_by("assessed_on")
    found = {pk: DutyFact() for pk in ids}
    for obj, day, pk in rows.values_list("protected_object_id", "assessed_on", "pk"):
        found[obj] = DutyFact(done=day, url=f"/risk-assessments/{pk}/", note=_("最近一次已签认的风险评估"))
    return found
