"""What other features ask about components."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from assets.inventory.queries import mine

from .models import Component

EXPIRY_DAYS = 60


def expiring(day: dt.date) -> Q:
    """Certificate, licence or support ends on or before ``day``."""
    return Q(certificate_until__lte=day) | Q(licence_until__lte=day) | Q(support_until__lte=day)


def expiring_of(user: Any, day: dt.date) -> QuerySet:
    """The components of the objects ``user`` is in charge of that expire on or before ``day``."""
    return Component.objects.filter(protected_object__in=mine(user)).filter(expiring(day))
