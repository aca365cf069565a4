"""Password check of an active account; the policy around it lives in ``login``."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import identify_hasher, make_password

from secmgmt.core import audit
from secmgmt.core.clock import now

from .models import User
from .models.user import normalize_username


def store_anew(user: User, password: str) -> None:
    """Keep the same password in today's form."""
    with audit.act():
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record("password.stored-anew", user, by=user, at=now())


class PolicyBackend(BaseBackend):
    """The same work and the same answer for unknown, disabled and wrong (A39)."""

    def authenticate(
        self, request: Any, username: str | None = None, password: str | None = None, **kwargs: Any
    ):
        """The user, or None."""
        user = User.objects.filter(username=normalize_username(username or "")).first()
        if user is None or not password:
            make_password(password or "")  # as slow as a real check
            return None
        if not user.check_password(password) or not self.user_can_authenticate(user):
            return None
        asked_again = getattr(getattr(request, "user", None), "pk", None) == user.pk
        if not asked_again and identify_hasher(user.password).must_update(user.password):
            store_anew(user, password)
        return user

    def user_can_authenticate(self, user: User) -> bool:
        """Disabled and expired accounts sign in nowhere."""
        return user.is_active and not user.is_expired

    def get_user(self, user_id: int) -> User | None:
        """A disabled user is gone with the next request."""
        user = User.objects.select_related("unit").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
