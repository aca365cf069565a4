"""What the standing calendar adds to the tests of the whole house."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.calendar.services import EDITION, load_shipped
from assessments.models import DutyRule
from tests.assessments.campaign.support import graded


def rows(cast: Any) -> dict[str, Any]:
    """The shipped rules."""
    load_shipped()
    return {"dutyrule": DutyRule.objects.get(code="DUTY-08")}


def one_more(number: int) -> DutyRule:
    """Another rule, of a duty nobody knows about."""
    return DutyRule.objects.create(
        code=f"X-{number:03d}", name=f"本市义务{number}", provider="none", subject="单位", min_level=1, max_level=5,
        mode="rolling", period="P1Y", anchor="上次", first="建档日", text="每年一次", basis="本市规定", confidence="K",
        remind_days="30 7", created_at=EDITION, updated_at=EDITION,
    )  # fmt: skip


LISTS = {
    "duty": ("owner@own", lambda cast, n: graded(cast.city.health, filed_on=dt.date(2024, 1, 1))),
    "dutyrule": ("owner@own", lambda cast, n: one_more(n)),
}
