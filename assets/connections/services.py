"""Writing connections: the other end sees the row, and hosting never goes in a circle."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from assets.inventory.models import ProtectedObject
from assets.inventory.services import invite_unit
from secmgmt.core import audit, errors, records

from .models import Hosting, Interconnection
from .queries import runs_on

PEER, HOST = "peer", "host"


@audit.audited
def save_link(form: Any, *, by: Any, at: dt.datetime) -> Interconnection:
    """Store an interconnection; the unit at the other end sees it. Raises like ``records.save``."""
    link = records.save(form, by=by, at=at)
    other = link.to_object.unit if link.to_object_id and not link.is_inner else None
    if other is not None and other.pk == link.from_object.unit_id:
        other = None
    invite_unit(obj=link, unit=other, capacity=PEER)
    return link


@audit.audited
def save_hosting(form: Any, *, by: Any, at: dt.datetime) -> Hosting:
    """Store a hosting; the platform's unit sees it. Raises Invalid for a circle, else like ``records.save``.

    Every platform's row is the lock, so that two halves of a circle cannot be stored at once.
    """
    platforms = ProtectedObject.objects.filter(offers_hosting=True).order_by("pk")
    list(platforms.select_for_update(of=("self",)).values_list("pk", flat=True))
    hosting = records.save(form, by=by, at=at)
    if circular(hosting):
        raise errors.Invalid({"platform": [circle_sentence(hosting)]})
    invite_unit(obj=hosting, unit=hosting.platform.unit, capacity=HOST)
    return hosting


def circular(hosting: Hosting) -> bool:
    """Whether the platform itself runs on the tenant at some time of the hosting."""
    return runs_on(hosting.platform_id, hosting.tenant_id, hosting.since, hosting.until, without=hosting.pk)


def circle_sentence(hosting: Hosting) -> str:
    """Why a hosting is refused."""
    return _("“%(platform)s”自己就（直接或逐级）承载在“%(tenant)s”上，不能再反过来承载它。") % {
        "platform": hosting.platform,
        "tenant": hosting.tenant,
    }
