"""Rectification in figures: as the 2025 report template and the appraisal's formulas count."""

from __future__ import annotations

import datetime as dt

import pytest

from assessments.models import Rectification
from secmgmt.core import figures, manifest
from secmgmt.core.clock import now, today
from secmgmt.core.figures import FigureScope
from tests.assets.factories import make_object

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def item(obj, number: int, *, risk="高", major=False, state="doing", found=30, due=10, closed=None):
    """An item found ``found`` days ago, due ``due`` days from now, closed ``closed`` days ago."""
    at, day = now(), today()
    return Rectification.objects.create(
        number=f"ZG-{number}", protected_object=obj, level=3, title=f"问题{number}", finding="问题",
        risk=risk, major=major,
        found_on=day - found * DAY, due_on=day + due * DAY, state="closed" if closed is not None else state,
        closed_on=None if closed is None else day - closed * DAY, created_at=at, updated_at=at,
        verifier_role="act_as_unit_lead", accepted_until=day + 90 * DAY if state == "accepted" else None,
    )  # fmt: skip


def test_hazards_are_told_as_before_rectification_with_the_settled_ones_in_brackets(city):
    obj = make_object(city.health, security_level=3)
    for number in range(10):
        item(obj, number, major=True, closed=5 if number < 5 else None)
    item(obj, 20, risk="中", due=-3)
    item(obj, 21, risk="低", closed=2, due=-9)
    item(obj, 22, state="accepted", due=-40)
    found = {f.code: f for f in manifest.collect("figures")}
    scope = FigureScope(city.gao, today() - 90 * DAY, today(), today(), (city.root.path,))
    texts = {
        code: figures.value(found[code], scope).text
        for code in ("major-hazards", "high-open", "rectification-overdue", "high-closed", "closure", "on-time")
    }
    assert texts == {
        "major-hazards": "10（5个已整改）", "high-open": "5", "rectification-overdue": "1", "high-closed": "45.45%",
        "closure": "46.15%", "on-time": "83.33%",
    }  # fmt: skip
    assert figures.value(found["major-hazards"], scope.over(today() - 90 * DAY, today() - 20 * DAY)).settled == 0
    assert figures.rows(found["rectification-overdue"], scope).get().number == "ZG-20"
