"""What campaigns add to the tests of the whole house."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from assessments.campaign.services import ADDRESSED
from assessments.models import Campaign, CampaignTask
from secmgmt.core.clock import now
from secmgmt.core.models import Participation

from .support import graded, make_campaign

CAPACITIES = {"campaign": ADDRESSED}
KINDS = {"campaigntask": "campaigntask", "campaign": "campaign"}


def of_health(cast: Any, state: str, **values: Any) -> Campaign:
    """A campaign over the health bureau in ``state``."""
    row = make_campaign(cast.city.health, state=state, opened_at=now() if state != "draft" else None, **values)
    graded(cast.city.health)
    return row


def task(cast: Any, campaign: Campaign) -> CampaignTask:
    """A task of it."""
    return CampaignTask.objects.create(
        campaign=campaign, protected_object=graded(cast.city.health), created_at=now()
    )


def rows(cast: Any) -> dict[str, Any]:
    """A draft, one that runs with a task, and one that is over."""
    running = of_health(cast, "running")
    return {
        "campaign": of_health(cast, "draft"), "running": running, "closed": of_health(cast, "closed"),
        "campaigntask": task(cast, running),
    }  # fmt: skip


LISTS = {
    "campaign": ("owner@own", lambda cast, n: of_health(cast, "draft", title=f"年度自评估第 {n} 轮")),
    "campaigntask": ("owner@own", lambda cast, n: task(cast, cast.rows["running"])),
}


def stage_row(stage: Any, state: str) -> Campaign:
    """One ready for its steps, its guest invited."""
    row = of_health(stage.cast, state)
    row.opened_at = now()  # as its job leaves it: one whose tasks are still being made is not closed
    row.save()
    Participation.objects.create(
        content_type=ContentType.objects.get_for_model(row), object_id=row.pk,
        user=stage.cast.person("expert@invited"), capacity=ADDRESSED,
    )  # fmt: skip
    return row


MAKERS = {"assessments.Campaign": stage_row}
PAGES = {"assessments.Campaign": "assessments:campaign-transition"}
