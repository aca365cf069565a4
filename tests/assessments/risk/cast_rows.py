"""What risk assessments add to the tests of the whole house."""

from __future__ import annotations

import itertools
from typing import Any

from assessments.models import Risk, RiskAssessment
from secmgmt.core.clock import now
from tests.assets.factories import make_object

_numbers = itertools.count(1)


def assessment(cast: Any, state: str) -> RiskAssessment:
    """A self-led assessment of the health bureau, with one risk that is to be transferred."""
    at = now()
    row = RiskAssessment.objects.create(
        protected_object=make_object(cast.city.health), title="风险评估", assessed_on=at.date(), scope="全部",
        state=state, frozen_digest="" if state == "draft" else "f" * 64, created_at=at, updated_at=at,
    )  # fmt: skip
    risk(row)
    return row


def risk(row: RiskAssessment, **values: Any) -> Risk:
    """A line of its register."""
    at = now()
    given = {"treatment": "transfer", "measure": "投保"} | values
    return Risk.objects.create(
        assessment=row, layer="system", asset=f"资产{next(_numbers)}", confidentiality=3, integrity=3, availability=3,
        threat="TE01", frequency=3, vulnerability="VP01", severity=3, created_at=at, updated_at=at, **given,
    )  # fmt: skip


def rows(cast: Any) -> dict[str, Any]:
    """A draft and what was submitted."""
    draft, submitted = assessment(cast, "draft"), assessment(cast, "submitted")
    waiting = risk(submitted, treatment="accept")
    return {"riskassessment": draft, "risk": draft.risks.get(), "risksubmitted": submitted, "riskwaiting": waiting}


OWNER = "owner@own"
LISTS = {
    "riskassessment": (OWNER, lambda cast, n: assessment(cast, "draft")),
    "risk": (OWNER, lambda cast, n: risk(cast.rows["riskassessment"])),
}
MAKERS = {"assessments.RiskAssessment": lambda stage, state: assessment(stage.cast, state)}
PAGES = {"assessments.RiskAssessment": "assessments:riskassessment-transition"}
