"""The threats, vulnerabilities and tables the product comes with; a line that stands there is left as it is."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core import audit
from secmgmt.core.clock import now

from .calculation import SHIPPED
from .list_models import RiskMatrix, Threat, Vulnerability, shipped_texts
from .models import SHIPPED_EDITION

DATA = Path(__file__).parent / "data"
THREAT_BASIS = "参照 GB/T 20984 的威胁分类整理，频率为起始值，待核对"
VULNERABILITY_BASIS = "按 GB/T 22239-2019 第三级条款整理，严重程度为起始值，待核对"


def rows_of(name: str) -> list[dict[str, str]]:
    """The lines of a shipped list ("threats", "vulnerabilities")."""
    with (DATA / f"{name}.csv").open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def load() -> str:
    """Load what is not there yet; says what it did (for ``load_catalogs``)."""
    at = now()
    stamp: dict[str, Any] = {"created_at": at, "updated_at": at}
    threats = [
        Threat(
            code=row["code"], name=row["name"], source=row["source"], description=row["description"],
            frequency=int(row["default_frequency"]), properties=row["security_properties"], basis=THREAT_BASIS, **stamp,
        )
        for row in rows_of("threats")
    ]  # fmt: skip
    weak = [
        Vulnerability(
            code=row["code"], name=row["name"], layer=row["layer"], items=row["related_items"],
            description=row["description"], severity=int(row["default_severity"]), threats=row["typical_threats"],
            basis=VULNERABILITY_BASIS, **stamp,
        )
        for row in rows_of("vulnerabilities")
    ]  # fmt: skip
    tables = [RiskMatrix(edition=SHIPPED_EDITION, basis=SHIPPED.basis, **shipped_texts(), **stamp)]
    counts = []
    with audit.act():
        for rows, key in ((threats, "code"), (weak, "code"), (tables, "edition")):
            model: Any = type(rows[0])
            known = set(model.objects.values_list(key, flat=True))
            new = [row for row in rows if getattr(row, key) not in known]
            model.objects.bulk_create(new)
            counts.append(len(new))
        if any(counts):
            detail = dict(zip(("threats", "vulnerabilities", "matrices"), counts, strict=True))
            audit.record("assessments.threat.load", by=None, at=at, detail=detail)
    words = {"n": counts[0], "m": counts[1], "k": counts[2]}
    return _("新装载威胁 %(n)d 条，脆弱性 %(m)d 条，计算矩阵 %(k)d 个") % words
