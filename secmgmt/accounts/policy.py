"""The one row of the sign-in policy."""

from __future__ import annotations

from secmgmt.core.clock import now

from .models import LoginPolicy


def current_policy() -> LoginPolicy:
    """The policy as the security administrator has set it; the defaults until he has."""
    return LoginPolicy.objects.filter(pk=1).first() or LoginPolicy(pk=1)


def stored_policy() -> LoginPolicy:
    """The policy as a stored row, made from the defaults when it is edited for the first time."""
    at = now()
    row, _made = LoginPolicy.objects.get_or_create(pk=1, defaults={"created_at": at, "updated_at": at})
    return row
