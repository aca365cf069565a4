"""What scanning adds to the tests of the whole house."""

from __future__ import annotations

from typing import Any

from assessments.models import ScannerRule
from secmgmt.core.clock import now

from .support import make_finding, make_scan


def make_rule(n: int) -> ScannerRule:
    """A rule of one's own."""
    at = now()
    return ScannerRule.objects.create(
        code=f"T{n:04d}", order=n, match_field="cve", pattern=f"CVE-2099-{n:04d}", problem=f"问题{n}",
        items="8.1.4.4e", risk="高", created_at=at, updated_at=at,
    )  # fmt: skip


def rows(cast: Any) -> dict[str, Any]:
    """A scan, a problem, a rule."""
    health = cast.city.health
    return {"scan": make_scan(health), "scanfinding": make_finding(health), "scannerrule": make_rule(1)}


LISTS = {
    "scan": ("leader@below", lambda cast, n: make_scan(cast.city.health)),
    "scanfinding": ("leader@below", lambda cast, n: make_finding(cast.city.health)),
    "scannerrule": ("rules_keeper@below", lambda cast, n: make_rule(100 + n)),
}
MAKERS = {"assessments.ScanFinding": lambda stage, state: make_finding(stage.cast.city.health, state)}
PAGES = {"assessments.ScanFinding": "assessments:scanfinding-transition"}
