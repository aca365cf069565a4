"""Campaigns for tests, over a standard of one item so that they are quick."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.campaign.models import Campaign
from assessments.campaign.workflow import WORKFLOW
from assessments.catalog.services import SHIPPED
from assessments.models import CatalogItem, Standard
from secmgmt.core.clock import now, today
from secmgmt.core.models import Job
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object

DAY = dt.timedelta(days=1)


def small_standard(items: int = 2) -> Standard:
    """The shipped standard, cut to ``items`` items of level 3."""
    standard = Standard.objects.create(code=SHIPPED[0], name="基本要求", digest="0")
    for number in range(1, items + 1):
        CatalogItem.objects.create(
            standard=standard, order=number, code=f"8.1.1.{number}", level=3, scope="通用", layer="安全物理环境",
            control_point="物理位置选择", domain="技术", summary="要求", sag="G",
        )  # fmt: skip
    return standard


def graded(unit: Any, name: str = "", **values: Any) -> Any:
    """A graded object of level 3."""
    levels = {"security_level": 3, "business_level": 3, "service_level": 3}
    return make_object(unit, name, **{**levels, **values})


def make_campaign(unit: Any, **values: Any) -> Campaign:
    """A draft over ``unit`` that began ten days ago and is due in ten."""
    at, day = now(), today()
    given = {
        "title": "2026 年度自评估", "kind": "self", "min_level": 2, "max_level": 4, "starts_on": day - 10 * DAY,
        "submit_by": day + 10 * DAY, "confirm_by": day + 20 * DAY, "ends_on": day + 30 * DAY, **values,
    }  # fmt: skip
    row = Campaign(unit=unit, created_at=at, updated_at=at, **given)
    row.full_clean()
    row.save()
    return row


def published(campaign: Campaign, by: Any) -> Job:
    """Publish it; the job that waits to make its tasks."""
    campaign.refresh_from_db()
    WORKFLOW.fire(campaign, "publish", by=by, at=now(), seen=seen_token(campaign))
    return Job.objects.get(kind="campaign.open", state="queued")
