"""The API of campaigns and of their tasks."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import ModelSchema, Query, Schema

from secmgmt.core import permissions
from secmgmt.core.api import MOST, crud_router
from secmgmt.core.clock import today

from . import queries, services
from .filters import CampaignFilter
from .forms import CampaignForm
from .models import Campaign


class CampaignOut(ModelSchema):
    """A campaign; ``summary`` holds its figures once it is over."""

    class Meta:
        model = Campaign
        exclude = ("updated_by", "is_demo")


class TaskOut(Schema):
    """A task today. ``state``: todo, doing, done, late or excepted; ``waits_for``: owner, unit_lead or nobody."""

    id: int
    protected_object: int
    object_name: str
    unit_name: str
    assessment: int | None
    state: str
    waits_for: str
    done_on: dt.date | None
    reason: str
    trouble: str


class TasksOut(Schema):
    """A page of a campaign's tasks."""

    items: list[TaskOut]
    page: int
    size: int
    total: int


router = crud_router(
    Campaign,
    CampaignOut,
    CampaignForm,
    filterset=CampaignFilter,
    related=("unit",),
    sort=("title", "starts_on", "submit_by", "state"),
    store=services.store,
)


@router.get(
    "/{int:pk}/tasks", response=TasksOut, operation_id="campaign_tasks", summary="各对象的任务",
    url_name="campaign-tasks",
)  # fmt: skip
def tasks_of(
    request: HttpRequest, pk: int, page: int = Query(1, ge=1, le=1_000_000), size: int = Query(50, ge=1, le=MOST)
) -> HttpResponse:
    """The tasks of a campaign that I may see, with how far each is."""
    campaign = permissions.get_visible(Campaign, request.user, pk=pk)
    rows = campaign.tasks.visible_to(request.user).order_by("pk")
    found = list(rows.select_related("protected_object__unit", "assessment")[(page - 1) * size : page * size])
    progress = queries.progress_of(campaign, found, today())
    items = [
        TaskOut(
            id=row.pk, protected_object=row.protected_object_id, object_name=str(row.protected_object),
            unit_name=str(row.protected_object.unit), assessment=row.assessment_id, reason=row.reason,
            trouble=row.trouble, state=progress[row.pk].state, waits_for=progress[row.pk].waits_for,
            done_on=progress[row.pk].done_on,
        ).model_dump(mode="json")
        for row in found
    ]  # fmt: skip
    return JsonResponse({"items": items, "page": page, "size": size, "total": rows.order_by().count()})
