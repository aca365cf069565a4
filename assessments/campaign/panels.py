"""Campaigns on other pages: what runs for an object."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core.clock import today

from . import queries
from .models import CampaignTask, TaskState

SHOWN = 4


def object_tasks(obj: Any, user: Any) -> dict[str, Any] | None:
    """The newest tasks of an object, with how far each is; None where it has none."""
    rows = CampaignTask.objects.visible_to(user).filter(protected_object=obj)
    found = list(rows.select_related("campaign", "assessment").order_by("-campaign__starts_on", "-pk")[:SHOWN])
    if not found:
        return None
    progress = queries.progress_of_rows(found, today())
    lines = [(row, TaskState(progress[row.pk].state).label, progress[row.pk]) for row in found]
    address = f"{reverse('assessments:campaigntask-list')}?q={obj.name}"
    return {"rows": lines, "url": address, "link": _("全部")}
