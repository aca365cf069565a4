"""What of units and people is searched site-wide, and the administrators' page it leads to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from .models import OrgUnit, User


def unit_text(unit: OrgUnit) -> str:
    """Names, former ones too, and codes of a unit."""
    former = unit.former_names.values_list("name", flat=True)
    return " ".join([unit.name, unit.short_name, unit.credit_code, unit.region_code, *former])


def user_text(user: User) -> str:
    """Name, account, unit and title of a person: nothing of how to reach him."""
    return " ".join([user.name, user.username, str(user.unit or ""), user.title])


def administrators_page(row: Any, user: User) -> str:
    """The page of a unit or a person in the system administrator's area, or its positions in the security one's."""
    if user.admin_role == User.AdminRole.SECURITY:
        asked = row.username if isinstance(row, User) else row.name
        return f"{reverse('administration:position-list')}?{urlencode({'q': asked})}"
    if user.admin_role == User.AdminRole.SYSTEM:
        kind = "user" if isinstance(row, User) else "unit"
        return reverse(f"administration:{kind}-detail", args=[row.pk])
    return ""
