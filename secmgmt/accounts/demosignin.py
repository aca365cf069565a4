"""The demo's one-click sign-in: only with DEMO on, only from loopback, only for demo accounts, once per link.

Production refuses to start with DEMO (settings, check core.E002).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import signing
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from secmgmt.core import audit, errors

from .models import User

SALT = "accounts.demo-sign-in"
VALID_SECONDS = 24 * 3600
# Two dozen passwords at once, for this machine alone: hashed lightly, so that the demo starts in seconds. The first
# sign-in with one stores it at full strength.
DEMO_ITERATIONS = 2000


def require_demo(request: HttpRequest) -> None:
    """The page exists only in the demo and only for this machine itself (no proxy in between)."""
    if not settings.DEMO or "HTTP_X_FORWARDED_FOR" in request.META or not is_loopback(request):
        raise errors.OutOfScope()


def is_loopback(request: HttpRequest) -> bool:
    """Whether the caller is this machine."""
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def link_token(user: User) -> str:
    """A token for one sign-in of ``user``; it dies with the sign-in, with a new password and after a day."""
    return signing.dumps([user.pk, fingerprint(user)], salt=SALT)


def fingerprint(user: User) -> str:
    """What a sign-in or a renewal changes."""
    return salted_hmac(SALT, f"{user.pk}:{user.password}:{user.last_login}").hexdigest()[:24]


def user_of(token: str) -> User:
    """The demo user a token is for; OutOfScope when it is forged, used, old or for no demo account."""
    try:
        pk, mark = signing.loads(token, salt=SALT, max_age=VALID_SECONDS)
    except (signing.BadSignature, ValueError) as error:
        raise errors.OutOfScope() from error
    user = User.objects.filter(pk=pk, is_demo=True, is_active=True).first()
    if user is None or not secrets.compare_digest(mark, fingerprint(user)):
        raise errors.OutOfScope()
    return user


def renew(users: list[User], *, at: dt.datetime) -> dict[int, str]:
    """Give each demo account a new random password; returns pk → password, shown once. Old links die."""
    made: dict[int, str] = {}
    hasher = PBKDF2PasswordHasher()
    with audit.act():
        for user in users:
            made[user.pk] = new_password()
            user.password = hasher.encode(made[user.pk], hasher.salt(), iterations=DEMO_ITERATIONS)
            user.password_changed_at, user.must_change_password = at, False
            user.save(update_fields=["password", "password_changed_at", "must_change_password"])
        audit.record("demo.accounts-renewed", by=None, at=at, detail={"accounts": [u.username for u in users]})
    return made


def new_password() -> str:
    """A random password that meets the policy."""
    return f"Hu-{secrets.token_hex(4)}-Qing"


def note_sign_in(user: User, *, by: Any, at: dt.datetime) -> None:
    """The sign-in's row in the trail."""
    with audit.act():
        audit.record("login.demo", user, by=by, at=at)
