"""Who runs on whom, and what is connected to what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q, QuerySet

from assets.inventory.models import ProtectedObject
from secmgmt.core import permissions
from secmgmt.core.models import Participation

from .models import Hosting, Interconnection


def valid_on(rows: QuerySet, day: dt.date) -> QuerySet:
    """Hostings that hold on ``day``."""
    return rows.filter(Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day))


def platforms_of(obj: ProtectedObject, day: dt.date) -> QuerySet:
    """The hostings of ``obj`` that hold on ``day``, its platforms loaded."""
    return valid_on(obj.hosted_on.select_related("platform__unit"), day).order_by("-since", "pk")


def tenants_of(obj: ProtectedObject, day: dt.date) -> QuerySet:
    """The hostings on ``obj`` that hold on ``day``, its tenants loaded."""
    return valid_on(obj.hosts.select_related("tenant__unit"), day).order_by("tenant__name", "pk")


def runs_on(
    lower: int, upper: int, since: dt.date, until: dt.date | None, *, without: int | None = None
) -> bool:
    """Whether object ``lower`` runs, over any number of storeys, on object ``upper`` at some time of the period."""
    seen: set[int] = set()
    storey = {lower}
    while storey:
        if upper in storey:
            return True
        seen |= storey
        rows = Hosting.objects.filter(tenant__in=storey).exclude(pk=without)  # type: ignore[misc]
        rows = rows.filter(Q(until__isnull=True) | Q(until__gte=since))
        if until is not None:
            rows = rows.filter(since__lte=until)
        storey = set(rows.values_list("platform_id", flat=True)) - seen
    return False


def level_shortfall(hosting: Hosting) -> bool:
    """Whether the platform is graded lower than what runs on it (GB/T 22240-2020 cl. 7); unknown is no shortfall."""
    platform, tenant = hosting.platform.security_level, hosting.tenant.security_level
    return bool(platform and tenant and platform < tenant)


def known_to_unit(rows: QuerySet, unit: Any) -> QuerySet:
    """Those of ``rows`` that ``unit`` knows of: its own, and those it was shown as the other end; whoever asks.

    A document is the same for all its readers, who all read what its unit knows.
    """
    kind, capacities = ContentType.objects.get_for_model(rows.model), permissions.capacities_for(rows.model, "view")
    shown = Participation.objects.filter(content_type=kind, capacity__in=capacities, unit=unit, until=None)
    own = Q(**{f"{rows.model.scope_path}__startswith": unit.path})
    return rows.filter(own | Q(pk__in=shown.values("object_id")))


def known_links(obj: ProtectedObject) -> QuerySet:
    """The interconnections of ``obj``, from it and to it, that its own unit knows of."""
    return known_to_unit(_both_ways(obj), obj.unit)


def links_of(obj: ProtectedObject, user: Any) -> QuerySet:
    """The interconnections of ``obj``, from it and to it, as ``user`` may see them; inner links apart."""
    return _both_ways(obj).visible_to(user)


def _both_ways(obj: ProtectedObject) -> QuerySet:
    rows = Interconnection.objects.filter(Q(from_object=obj) | Q(to_object=obj))
    return rows.select_related("from_object", "to_object").order_by("pk")
