"""Writing connections: the other end sees the row, and hosting never goes in a circle."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from assets.inventory.models import ProtectedObject
from assets.inventory.services import invite_units
from secmgmt.core import audit, errors, records

from .models import Hosting, Interconnection
from .queries import runs_on

PEER, HOST = "peer", "host"


@audit.audited
def save_link(form: Any, *, by: Any, at: dt.datetime) -> Interconnection:
    """Store an interconnection; the unit at the other end sees it. Raises like ``records.save``."""
    link = records.save(form, by=by, at=at)
    show_links([link], by=by, at=at)
    return link


@audit.audited
def save_hosting(form: Any, *, by: Any, at: dt.datetime) -> Hosting:
    """Store a hosting; the platform's unit sees it. Raises Invalid for a circle, else like ``records.save``.

    Every platform's row is the lock, so that two halves of a circle cannot be stored at once.
    """
    lock_platforms()
    hosting = records.save(form, by=by, at=at)
    show_hostings([hosting], by=by, at=at)
    return hosting


def show_links(links: list[Interconnection], *, by: Any, at: dt.datetime) -> None:
    """Let the units at the other ends of stored links see them."""
    invite_units(Interconnection, {link.pk: other_unit(link) for link in links}, capacity=PEER)


def other_unit(link: Interconnection) -> Any:
    """The unit at the other end, None where that is the same one or none of ours."""
    if not link.to_object_id or link.is_inner or link.to_object.unit_id == link.from_object.unit_id:
        return None
    return link.to_object.unit


def show_hostings(hostings: list[Hosting], *, by: Any, at: dt.datetime) -> None:
    """Let the platforms' units see stored hostings. Raises Invalid where they close a circle."""
    lock_platforms()
    tenants = {hosting.tenant_id for hosting in hostings}
    both = set(Hosting.objects.filter(platform__in=tenants).values_list("platform", flat=True))
    for hosting in hostings:
        if hosting.tenant_id in both and circular(hosting):
            raise errors.Invalid({"platform": [circle_sentence(hosting)]})
    invite_units(Hosting, {hosting.pk: hosting.platform.unit for hosting in hostings}, capacity=HOST)


def lock_platforms() -> None:
    """Wait for whoever else stores a hosting."""
    platforms = ProtectedObject.objects.filter(offers_hosting=True).order_by("pk")
    list(platforms.select_for_update(of=("self",)).values_list("pk", flat=True))


def circular(hosting: Hosting) -> bool:
    """Whether the platform itself runs on the tenant at some time of the hosting."""
    return runs_on(hosting.platform_id, hosting.tenant_id, hosting.since, hosting.until, without=hosting.pk)


def circle_sentence(hosting: Hosting) -> str:
    """Why a hosting is refused."""
    return _("“%(platform)s”自己就（直接或逐级）承载在“%(tenant)s”上，不能再反过来承载它。") % {
        "platform": hosting.platform,
        "tenant": hosting.tenant,
    }
