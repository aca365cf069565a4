"""What risk assessments add to the tests of the whole house."""

from __future__ import annotations

import itertools
from typing import Any

from assessments.models import Risk, RiskAssessment, RiskAsset, RiskMatrix, Threat, Vulnerability
from assessments.risk.list_models import shipped_texts
from secmgmt.core.clock import now
from tests.assets.factories import make_object

_numbers = itertools.count(1)
GRADES = {"confidentiality": 3, "integrity": 3, "availability": 3}


def stamped(**values: Any) -> dict[str, Any]:
    return {"created_at": now(), "updated_at": now(), **values}


def threat(code: str = "TE01") -> Threat:
    """A threat of the list."""
    given = {"name": "火灾", "source": "环境", "description": "起火", "frequency": 3, "properties": "A", "basis": "书"}
    return Threat.objects.get_or_create(code=code, defaults=stamped(**given))[0]


def weak(code: str = "VP01") -> Vulnerability:
    """A vulnerability of the list."""
    given = {"name": "无门禁", "layer": "物理", "items": "8.1.1.2", "description": "无", "severity": 3, "basis": "书"}
    return Vulnerability.objects.get_or_create(code=code, defaults=stamped(**given))[0]


def matrix(edition: str = "本市") -> RiskMatrix:
    """An edition of the tables."""
    return RiskMatrix.objects.get_or_create(edition=edition, defaults=stamped(basis="依据", **shipped_texts()))[0]


def assessment(cast: Any, state: str) -> RiskAssessment:
    """A self-led assessment of the health bureau, with one risk that is to be transferred."""
    at = now()
    row = RiskAssessment.objects.create(
        protected_object=make_object(cast.city.health), title="风险评估", assessed_on=at.date(), scope="全部",
        state=state, frozen_digest="" if state == "draft" else "f" * 64, created_at=at, updated_at=at,
    )  # fmt: skip
    risk(row)
    return row


def asset(row: RiskAssessment) -> RiskAsset:
    """An asset of its tree."""
    name = f"资产{next(_numbers)}"
    return RiskAsset.objects.create(assessment=row, layer="business", name=name, **GRADES, **stamped())


def risk(row: RiskAssessment, **values: Any) -> Risk:
    """A line of its register."""
    given = {"treatment": "transfer", "measure": "投保", "frequency": 3, "severity": 3} | values
    if "asset" not in given:
        given["asset"] = asset(row)
    return Risk.objects.create(assessment=row, threat=threat(), vulnerability=weak(), **stamped(**given))


def rows(cast: Any) -> dict[str, Any]:
    """A draft and what was submitted, and a line of each list."""
    draft, submitted = assessment(cast, "draft"), assessment(cast, "submitted")
    waiting = risk(submitted, treatment="accept")
    return {
        "riskassessment": draft, "risk": draft.risks.get(), "riskasset": asset(draft), "risksubmitted": submitted,
        "riskwaiting": waiting, "threat": threat(), "vulnerability": weak(), "riskmatrix": matrix(),
    }  # fmt: skip


def inspected(row: RiskAssessment, value: int) -> None:
    """Led by an inspection, or by the unit."""
    row.leading = "inspection" if value else "self"


OWNER = "owner@own"
LISTS = {
    "riskassessment": (OWNER, lambda cast, n: assessment(cast, "draft")),
    "riskasset": (OWNER, lambda cast, n: asset(cast.rows["riskassessment"])),
    "risk": (OWNER, lambda cast, n: risk(cast.rows["riskassessment"])),
    "threat": (OWNER, lambda cast, n: threat(f"TX{n:04d}")),
    "vulnerability": (OWNER, lambda cast, n: weak(f"VX{n:04d}")),
    "riskmatrix": (OWNER, lambda cast, n: matrix(f"版本{n}")),
}
MAKERS = {"assessments.RiskAssessment": lambda stage, state: assessment(stage.cast, state)}
PAGES = {"assessments.RiskAssessment": "assessments:riskassessment-transition"}
OTHERS = {"inspected": lambda value: 1 - value}
GIVEN = {"inspected": inspected}
