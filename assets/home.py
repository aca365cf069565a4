"""The inventory's card on the start page: the objects one answers for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.accounts import roles
from secmgmt.core import permissions

from .inventory.models import ProtectedObject
from .inventory.queries import mine

SHOWN = 8


def my_objects(user: Any, today: dt.date) -> dict[str, Any] | None:
    """The objects in one's own charge, the highest level first; for who leads a unit, all of the unit, own first."""
    if not permissions.may(user, ProtectedObject, "change"):
        return None
    rows, own = mine(user), True
    if not rows.exists() or any(grant.role == roles.UNIT_LEAD.code for grant in user.grants()):
        rows, own = ProtectedObject.objects.in_use().visible_to(user, "change"), False
    total = rows.count()
    if not total:
        return None
    listed = rows.select_related("unit").order_by(
        Case(When(owner=user, then=0), default=1), "-security_level", "name"
    )[:SHOWN]
    counts = "?counts=mine" if own else ""
    return {
        "objects": list(listed),
        "own": own,
        "today": today,
        "url": f"{reverse('assets:object-list')}{counts}",
        "link": _("全部 %(n)d 个") % {"n": total},
    }
