"""On the page of an object of level 3 and above: the plans of its years, and making this year's."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assets.models import ProtectedObject
from secmgmt.core import permissions
from secmgmt.core.clock import today

from . import queries

SHOWN = 3


def plans(obj: Any, user: Any) -> dict[str, Any] | None:
    """The last plans, and the way to this year's for who may have one; None for other objects."""
    if not queries.planned_for(ProtectedObject.objects.filter(pk=obj.pk)).exists():
        return None
    if "export" not in permissions.actions_for(user, [obj])[obj.pk]:
        return None
    made = list(queries.made().filter(object_id=obj.pk)[:SHOWN])
    page = reverse("portal:report-preview", args=[queries.KIND])
    return {"rows": made, "make": f"{page}?subject={obj.pk}", "year": today().year}
