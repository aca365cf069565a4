"""Who runs on whom, and what is connected to what."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from assets.inventory.models import ProtectedObject

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


def links_of(obj: ProtectedObject, user: Any) -> QuerySet:
    """The interconnections of ``obj``, from it and to it, as ``user`` may see them; inner links apart."""
    rows = Interconnection.objects.visible_to(user).filter(Q(from_object=obj) | Q(to_object=obj))
    return rows.select_related("from_object", "to_object").order_by("pk")
