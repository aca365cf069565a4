"""What carry-over and inheritance add to the tests of the whole house."""

from __future__ import annotations

from typing import Any

from assessments.evaluation.reuse_models import ResponsibilityLine, ReuseRule
from secmgmt.core.clock import now

CAPACITIES = {"responsibility": "host"}
KINDS = {
    "responsibility": "responsibility", "responsibilityline": "responsibility", "reuserule": "reuserule",
    "offline": "assessment",
}  # fmt: skip
ARGUMENTS = {"file": 0}


def _stamps() -> dict[str, Any]:
    return {"created_at": now(), "updated_at": now()}


def line(hosting: Any, code: str) -> ResponsibilityLine:
    """One line of a hosting's table."""
    return ResponsibilityLine.objects.create(hosting=hosting, code=code, share="own", **_stamps())


def rows(cast: Any) -> dict[str, Any]:
    """A line of the health bureau's hosting, and a rule."""
    rule = ReuseRule.objects.create(code="cast", name="有效天数", days=365, basis="惯例", **_stamps())
    return {"responsibility": line(cast.rows["hosting"], "8.1.1.1a"), "reuserule": rule}


LISTS = {
    "responsibility": ("owner@own", lambda cast, n: line(cast.rows["hosting"], f"8.9.{n}")),
    "responsibilityline": ("owner@own", lambda cast, n: line(cast.rows["hosting"], f"8.9.{n}")),
    "reuserule": (
        "rules_keeper@below",
        lambda cast, n: ReuseRule.objects.create(code=f"r{n}", name=f"规则 {n}", days=10, basis="惯例", **_stamps()),
    ),
}
