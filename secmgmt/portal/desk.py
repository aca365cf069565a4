"""What the portal itself puts on the start page: to those who oversee units, where these are weak."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from . import scope
from .overview import Overview

SHOWN = 4


def attention(user: Any, today: dt.date) -> dict[str, Any] | None:
    """What needs the person who oversees units, each with the rows behind it; None for everybody else."""
    if not scope.may_oversee(user):
        return None
    lines = Overview(scope.Asked(user, today, today.year)).attention()
    return {"lines": lines[:SHOWN], "url": reverse("portal:city"), "link": _("全市一览")}
