"""What the gates add to the tests of the whole house."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.contenttypes.models import ContentType

from assessments.models import (
    GateCondition,
    GateDepartment,
    GateItem,
    GateOpinion,
    GateReview,
    GateReviewItem,
    Project,
)
from secmgmt.core.clock import now
from secmgmt.core.models import Participation
from tests.assets.factories import make_object

_numbers = itertools.count(1)


def project(cast: Any, lead: Any, **values: Any) -> Project:
    """A project of the health bureau."""
    at = now()
    row = Project.objects.create(
        unit=cast.city.health, name=f"项目{next(_numbers)}", kind="new", level=3, lead=lead, contact="林予安",
        content="新建。", planned_on=at.date(), created_at=at, updated_at=at, **values,
    )  # fmt: skip
    row.targets.add(make_object(cast.city.health, status="building"))
    return row


def review(cast: Any, lead: Any, state: str, **values: Any) -> GateReview:
    """Its first gate in ``state``, with one document."""
    at = now()
    frozen = "" if state == "preparing" else "f" * 64
    row = GateReview.objects.create(
        project=project(cast, lead), gate="GATE-1", state=state, frozen_digest=frozen, created_at=at, updated_at=at
    )
    GateReviewItem.objects.create(
        review=row, code="GATE-1-01", name="方案", basis="依据", acceptance="齐全", created_at=at, updated_at=at,
        **values,
    )  # fmt: skip
    return row


def opinion(row: GateReview, user: Any) -> GateOpinion:
    """An opinion asked of ``user``."""
    at = now()
    return GateOpinion.objects.create(
        review=row, code=f"D{next(_numbers)}", department="市公安局", focus="定级", user=user, until=at.date(),
        created_at=at, updated_at=at,
    )  # fmt: skip


def department(_cast: Any) -> GateDepartment:
    """A department asked at the second gate."""
    at = now()
    code = f"D{next(_numbers)}"
    return GateDepartment.objects.create(
        gate="GATE-2", code=code, name=f"部门{code}", focus="定级", created_at=at, updated_at=at
    )


def item(_cast: Any) -> GateItem:
    """A line of the first gate."""
    at = now()
    return GateItem.objects.create(
        gate="GATE-1", code=f"X-{next(_numbers)}", name="方案", basis="依据", acceptance="齐全", created_at=at,
        updated_at=at,
    )  # fmt: skip


def rows(cast: Any) -> dict[str, Any]:
    """The leading department is the city, so that its authority decides."""
    lead = cast.city.root
    reviewing, preparing = review(cast, lead, "reviewing"), review(cast, lead, "preparing")
    return {
        "project": project(cast, lead), "gatereview": preparing, "gatereviewitem": preparing.items.get(),
        "gatereviewing": reviewing, "gatereviewingitem": reviewing.items.get(),
        "gateopinion": opinion(reviewing, cast.city.nobody), "gateitem": item(cast), "gatedepartment": department(cast),
    }  # fmt: skip


ARGUMENTS = {"gate": "GATE-1", "opinion": 999_999}
OWNER = "owner@own"
LISTS = {
    "project": (OWNER, lambda cast, n: project(cast, cast.city.root)),
    "gatereview": (OWNER, lambda cast, n: review(cast, cast.city.root, "reviewing")),
    "gateopinion": (OWNER, lambda cast, n: opinion(cast.rows["gatereviewing"], cast.city.nobody)),
    "gateitem": (OWNER, lambda cast, n: item(cast)),
    "gatedepartment": (OWNER, lambda cast, n: department(cast)),
}


def made(stage: Any, state: str) -> GateReview:
    """Ready for every step: prepared, examined, with a condition; a person from a department was invited."""
    cast = stage.cast
    row = review(cast, cast.city.health, state, not_applicable=True, statement="已由上级统一建设。")
    row.items.update(result="ok")
    GateCondition.objects.create(
        review=row, target=row.project.targets.get(), text="补充测评报告", due_on=now().date()
    )
    Participation.objects.create(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk, capacity="gate_consulted",
        user=cast.person("consulted@own"),
    )  # fmt: skip
    return row


MAKERS = {"assessments.GateReview": made}
PAGES = {"assessments.GateReview": "assessments:gatereview-transition"}
