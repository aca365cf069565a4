"""Makers of scans and their problems."""

from __future__ import annotations

import itertools
from typing import Any

from assessments.models import Scan, ScanFinding
from secmgmt.core.clock import now
from tests.assets.factories import make_component, make_object

_numbers = itertools.count(1)


def make_scan(unit: Any, **values: Any) -> Scan:
    """An imported file."""
    number, at = next(_numbers), now()
    given = {"source": "nessus", "file": f"扫描{number}.nessus", "digest": f"{number:064d}", "scanned_at": at, **values}
    return Scan.objects.create(unit=unit, created_at=at, updated_at=at, **given)


def make_finding(unit: Any, state: str = "new", **values: Any) -> ScanFinding:
    """A problem on a component of ``unit``."""
    number, at = next(_numbers), now()
    if "component" not in values:
        obj = make_object(unit, f"被扫系统{number}")
        values["component"] = make_component(obj, f"主机{number}", address="10.1.2.5")
    given = {
        "scan": make_scan(unit), "source": "nessus", "fingerprint": f"{number:064d}", "address": "10.1.2.5",
        "port": "443/tcp", "title": f"检测项{number}", "problem": "启用TLS 1.0", "items": "8.1.4.8a",
        "severity": "medium", "first_seen": at, "last_seen": at, **values,
    }  # fmt: skip
    return ScanFinding.objects.create(unit=unit, state=state, created_at=at, updated_at=at, **given)
