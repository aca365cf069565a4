"""What rectification adds to the tests of the whole house."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from assessments.models import DueRule, Rectification, RouteRule
from secmgmt.core import digest
from secmgmt.core.clock import now
from secmgmt.core.models import Attachment

from .support import make_item


def rows(cast: Any) -> dict[str, Any]:
    """An item in the states in which somebody decides, and a rule of each kind."""
    health, at = cast.city.health, now()
    made = {"created_at": at, "updated_at": at, "basis": "本市默认"}
    return {
        "rectification": make_item(health), "planned": make_item(health, "plan_review"),
        "proposed": make_item(health, "acceptance_review"), "finished": make_item(health, "verifying"),
        "item_closed": make_item(health, "closed"),
        "duerule": DueRule.objects.create(risk="高", days=30, **made),
        "routerule": RouteRule.objects.create(order=40, role="act_as_leader", risk="高", **made),
    }  # fmt: skip


def ready(stage: Any, state: str) -> Rectification:
    """An item with all that its steps ask for, the evidence included."""
    item = make_item(stage.cast.city.health, state)
    kind, someone = ContentType.objects.get_for_model(item), stage.cast.person("owner@own")
    Attachment.objects.create(
        content_type=kind, object_id=item.pk, name="证据.txt", storage_key=f"files/{item.number}",
        media_type="text/plain", size=1, algorithm="sm3", digest="0" * 64, by=someone, at=now(),
    )  # fmt: skip
    if item.frozen_digest:
        item.frozen_digest = digest.hash_value(item.frozen_content())
        item.save()
    item.owner = stage.cast.city.lin  # a person of the health bureau who takes none of the steps
    return item


def asked(row: Rectification, person: Any) -> None:
    """Let ``person`` have asked for the decision."""
    Rectification.objects.filter(pk=row.pk).update(asked_by=person)


def responsible(row: Rectification, person: Any) -> None:
    """Let ``person`` be the one who is to put it right."""
    Rectification.objects.filter(pk=row.pk).update(owner=person)


def listed(model: Any, **values: Any) -> Any:
    """One more row of rules."""
    at = now()
    return model.objects.create(basis="本市默认", created_at=at, updated_at=at, **values)


LISTS = {
    "rectification": ("owner@own", lambda cast, n: make_item(cast.city.health, ("planning", "doing")[n % 2])),
    "duerule": ("owner@own", lambda cast, n: DueRule.objects.first()),
    "routerule": ("owner@own", lambda cast, n: listed(RouteRule, order=100 + n, role="act_as_leader")),
}
PAGES = {"assessments.Rectification": "assessments:rectification-transition"}
MAKERS = {"assessments.Rectification": ready}
OTHERS = {"major": lambda value: 1 - value, "planned": lambda value: 1 - value}
HATS = {"asking": asked, "responsible": responsible}
WORN = {"assessments.Rectification": ("asking", "responsible")}
BOUNDED = {"duerule": "one for each risk"}
