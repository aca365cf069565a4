"""Assessments on platforms, confirmed by the people whose steps they are, for tests of what is reused."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.evaluation import services
from assessments.evaluation.workflow import WORKFLOW
from assessments.models import Answer, Assessment
from assets.connections.services import HOST
from assets.inventory.services import invite_units
from assets.models import Hosting
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_hosting, make_object


def graded(unit: Any, name: str, level: int = 3, **values: Any) -> Any:
    """A graded object; a platform with ``offers_hosting``."""
    levels = {"security_level": level, "business_level": level, "service_level": level}
    return make_object(unit, name, graded_on=dt.date(2024, 1, 1), **{**levels, **values})


def on_platform(tenant: Any, platform: Any, model: str = "iaas") -> Any:
    """``tenant`` runs on ``platform``, whose unit sees it."""
    hosting = make_hosting(tenant, platform, model=model)
    invite_units(Hosting, {hosting.pk: platform.unit}, capacity=HOST)
    return hosting


def begin(obj: Any, by: Any, at: dt.datetime, previous: Assessment | None = None) -> Assessment:
    """An assessment begun at ``at``."""
    return services.create_assessment(
        protected_object=obj, title=f"{obj.name} {at:%Y-%m-%d}", report_date=at.date(), by=by, at=at, previous=previous
    )


def settle(assessment: Assessment, results: dict[str, str] | None = None, by: Any = None) -> None:
    """Answer all that is open as met, or as ``results`` has it by code, gaps with text and risk."""
    for row in assessment.answers.all():
        if row.duty == "platform" and row.platform_result:
            row.risk = "中" if row.is_gap else ""
        else:
            given = (results or {}).get(row.code, "met" if not (row.duty and not row.platform_result) else "partial")
            row.own_result = given if row.duty == "joint" and row.platform_result else ""
            worse = {"met": 0, "partial": 1, "unmet": 2}
            whole = max((given, row.platform_result or given), key=lambda one: worse.get(one, -1))
            row.result, row.pending = whole if row.own_result else given, ""
            row.found = "" if row.result == "met" else f"{row.code} 的机密差距"
            row.risk = "中" if row.result in ("partial", "unmet") else ""
        row.value = {"met": 1, "partial": 0.5, "unmet": 0}.get(row.result)
        row.answered_by = by
        row.save()


def confirmed(
    obj: Any, owner: Any, lead: Any, at: dt.datetime, results: dict[str, str] | None = None, **more: Any
) -> Assessment:
    """An assessment that went through all steps at ``at``."""
    made = begin(obj, owner, at, **more)
    settle(made, results, owner)
    made = WORKFLOW.fire(made, "submit", by=owner, at=at, seen=seen_token(made))
    return WORKFLOW.fire(made, "confirm", by=lead, at=at, seen=seen_token(made))


def row_of(assessment: Assessment, code: str) -> Answer:
    """One item as it is stored."""
    return assessment.answers.get(code=code)
