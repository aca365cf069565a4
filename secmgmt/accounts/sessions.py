"""When a session starts, when it is over, and how all of a user's sessions and tokens are ended at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db.models import F
from django.http import HttpRequest

from secmgmt.core import clock

from .models import ApiToken, LoginPolicy, User

STARTED, SEEN, FACTOR = "login_at", "seen_at", "second_factor_of"
WRITE_EVERY = 30  # seconds between two stores of the last act


def begin(request: HttpRequest, user: User, at: dt.datetime) -> None:
    """Note when the session began."""
    request.session[STARTED] = request.session[SEEN] = at.timestamp()


def grant_second_factor(request: HttpRequest, user: User) -> None:
    """Note that the second factor was shown in this session, by this user."""
    request.session[FACTOR] = user.pk


def has_second_factor(request: HttpRequest) -> bool:
    """Whether the second factor was shown in this session by its user (A40: no other way in leaves it)."""
    return request.session.get(FACTOR) == request.user.pk


def gave_password_lately(request: HttpRequest, user: User) -> bool:
    """Whether ``user`` typed the password in this session so lately that it need not be asked again."""
    oldest = clock.now().timestamp() - settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    records = get_authentication_records(request, user)
    return any(record["method"] == "password" and record["at"] >= oldest for record in records)


def over(session: Any, policy: LoginPolicy, at: dt.datetime) -> str:
    """Why a session is over: "idle", "absolute", or "" when it is not."""
    moment = at.timestamp()
    if is_too_old(session, policy, moment):
        return "absolute"
    if is_idle(session, policy, moment):
        return "idle"
    return ""


def is_too_old(session: Any, policy: LoginPolicy, moment: float) -> bool:
    """Longest sign-in."""
    return moment - session.get(STARTED, moment) >= policy.absolute_hours * 3600


def is_idle(session: Any, policy: LoginPolicy, moment: float) -> bool:
    """Longest time without an act."""
    return moment - session.get(SEEN, moment) >= policy.idle_minutes * 60


def touch(request: HttpRequest, at: dt.datetime) -> None:
    """Note the act; a page that only polls by itself (header X-Poll) is none."""
    session, moment = request.session, at.timestamp()
    if request.headers.get("X-Poll") and SEEN in session:
        return
    session.setdefault(STARTED, moment)
    if moment - session.get(SEEN, 0) >= WRITE_EVERY:
        session[SEEN] = moment


def end_sessions(user: User) -> None:
    """End every session of ``user`` with its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


def end_everything(user: User, at: dt.datetime) -> None:
    """End every session and every token of ``user``."""
    end_sessions(user)
    revoke_tokens(user, at)


def keep_this_one(request: HttpRequest, user: User) -> None:
    """After ``end_sessions``: the session the change was made in stays."""
    update_session_auth_hash(request, user)


def revoke_tokens(user: User, at: dt.datetime) -> int:
    """Revoke every token of ``user``; how many there were."""
    return ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=at)
