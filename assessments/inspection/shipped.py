"""The departments the product comes with, and the documents they may issue; loaded where there are none yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core import audit
from secmgmt.core.clock import now

from .models import Department, NoticeKind

FILE = Path(__file__).parent / "data" / "departments.json"


def load() -> str:
    """Load departments and kinds; says what it did (for ``load_catalogs``). What an organization has stays."""
    if Department.objects.exists():
        return _("检查部门已有，未改动")
    stamp: dict[str, Any] = {"created_at": (at := now()), "updated_at": at}
    with audit.act():
        kinds = []
        entries = json.loads(FILE.read_text(encoding="utf-8"))
        for entry in entries:
            names = ("code", "name", "short", "kind", "duty")
            department = Department.objects.create(**{name: entry[name] for name in names}, **stamp)
            kinds += [
                NoticeKind(
                    department=department, name=row["name"], word=row["word"], basis=row["basis"],
                    confidence=row["confidence"], reply_days=row["reply_days"], needs_signature=row["signed"], **stamp,
                )
                for row in entry["notices"]
            ]  # fmt: skip
        NoticeKind.objects.bulk_create(kinds)
        detail = {"departments": len(entries), "kinds": len(kinds)}
        audit.record("assessments.department.load", by=None, at=at, detail=detail)
    return _("检查部门 %(n)d 个，文书 %(m)d 种") % {"n": len(entries), "m": len(kinds)}
