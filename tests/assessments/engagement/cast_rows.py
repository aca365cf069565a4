"""What the evaluation by agencies adds to the tests of the whole house."""

from __future__ import annotations

from typing import Any

from django.db.models import Max

from assessments.engagement.models import ACCOUNT, Agency, Engagement, Paper
from secmgmt.core.clock import now
from tests.assets.factories import make_object


def rows(cast: Any) -> dict[str, Any]:
    """An engagement of the health bureau and its agency."""
    engagement = make_engagement(cast.city.health)
    return {"engagement": engagement, "agency": engagement.agency}


def make_agency() -> Agency:
    """An agency with a code of its own."""
    at, number = now(), (Agency.objects.aggregate(n=Max("pk"))["n"] or 0) + 1
    return Agency.objects.create(name=f"测评机构{number}", code=f"{number:04d}", created_at=at, updated_at=at)


def make_engagement(unit: Any, state: str = "preparing", **values: Any) -> Engagement:
    """An engagement of a filed level-3 object of ``unit``."""
    at = now()
    obj = values.pop("obj", None) or make_object(
        unit, security_level=3, filing_number="41100043001-26001", filed_on=at.date()
    )
    return Engagement.objects.create(**{
        "protected_object": obj, "agency": make_agency(), "contract_number": "合同 1", "signed_on": at.date(),
        "starts_on": at.date(), "ends_on": at.date(), "state": state, "created_at": at, "updated_at": at, **values,
    })  # fmt: skip


def ready(stage: Any, state: str) -> Engagement:
    """With every document and the result."""
    cast = stage.cast
    row = make_engagement(cast.city.health, state)
    for slot in Paper:
        file = cast.file(row, cast.person("owner@own"), now())
        file.slot = slot
        file.save()
    row.report_number = f"{row.protected_object.filing_number}-26-{row.agency.code}-{row.pk:02d}"
    row.report_date, row.conclusion = now().date(), "met"
    return row


MAKERS = {"assessments.Engagement": ready}
PAGES = {"assessments.Engagement": "assessments:engagement-transition"}
CAPACITIES = {"engagement": ACCOUNT}
LISTS = {
    "engagement": ("owner@own", lambda cast, n: make_engagement(cast.city.health)),
    "agency": ("owner@own", lambda cast, n: make_agency()),
}
ARGUMENTS = {"row": 999_999, "account": 999_999, "document": "plan"}
