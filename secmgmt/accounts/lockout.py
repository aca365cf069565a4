"""Failures of passwords, codes and tokens, counted before the secret is looked at (8.1.4.1 b; A39, A40).

Every attempt first adds one to its counters under a row lock and is refused when that passes the limit; only
then is the secret checked. So no number of parallel guesses exceeds the limit. A success takes its own count
back: wholly for the account ("consecutive failures"), by one for the source, which many people may share.
"""

from __future__ import annotations

import datetime as dt
import unicodedata

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors
from secmgmt.core.models import AuditResult

from .models import FailedLogin, LoginPolicy
from .models.user import normalize_username
from .policy import current_policy

PASSWORD, FACTOR, TOKEN = "account", "factor", "token"


class Locked(errors.DomainError):
    """Too many failures; nothing was checked."""

    status = 429
    code = "locked"


def register_attempt(kind: str, name: str, *, source: str, at: dt.datetime) -> None:
    """Count an attempt before its secret is checked. Raises Locked.

    ``kind``: PASSWORD, FACTOR or TOKEN; ``name``: account or token prefix; ``source``: the caller's address.
    The same for names that exist and names that do not.
    """
    policy = current_policy()
    with transaction.atomic():
        over = source_is_over(source, policy, at)
        until = None if over else account_locked_until(kind, name, policy, at)
    if over:
        if over == "first":
            _note("login.source_locked", name, source, kind, at)
        raise Locked(
            _("这个来源地址失败次数过多，请 %(n)d 分钟后再试。") % {"n": policy.source_window_minutes}
        )
    if until is not None:
        _note("login.locked", name, source, kind, at)
        raise Locked(
            _("连续失败次数过多，已暂停 %(n)d 分钟，请稍后再试。") % {"n": policy.account_lock_minutes}
        )


def register_success(kind: str, name: str, *, source: str) -> None:
    """Take back what the attempt had counted, in the order in which attempts hold the rows."""
    with transaction.atomic():
        FailedLogin.objects.filter(key=key_of("source", source), count__gt=0).update(count=F("count") - 1)
        FailedLogin.objects.filter(key=key_of(kind, name)).delete()


def source_is_over(source: str, policy: LoginPolicy, at: dt.datetime) -> str:
    """Count one attempt of ``source``: "" within the limit, "first" just passed it, "again" over before."""
    row = _row(key_of("source", source), at)
    if row.window_start + dt.timedelta(minutes=policy.source_window_minutes) <= at:
        row.count, row.window_start = 0, at
    row.count += 1
    row.save(update_fields=["count", "window_start"])
    if row.count <= policy.source_failures:
        return ""
    return "first" if row.count == policy.source_failures + 1 else "again"


def account_locked_until(kind: str, name: str, policy: LoginPolicy, at: dt.datetime) -> dt.datetime | None:
    """Count one attempt on ``name``; the end of its lock when it is locked (then nothing is counted)."""
    row = _row(key_of(kind, name), at)
    if row.locked_until is not None:
        if row.locked_until > at:
            return row.locked_until
        row.count, row.locked_until = 0, None
    row.count += 1
    row.window_start = at
    if row.count >= policy.account_failures:  # this one is still checked; a success deletes the row
        row.locked_until = at + dt.timedelta(minutes=policy.account_lock_minutes)
    row.save(update_fields=["count", "window_start", "locked_until"])
    return None


def locked_names(at: dt.datetime) -> dict[str, dt.datetime]:
    """The account names locked now, with the end of the lock."""
    rows = FailedLogin.objects.filter(locked_until__gt=at, key__startswith=PASSWORD + ":")
    return {row.key.partition(":")[2]: row.locked_until for row in rows}


def unlock(name: str) -> None:
    """Forget the failures of an account's password and second factor."""
    FailedLogin.objects.filter(key__in=[key_of(PASSWORD, name), key_of(FACTOR, name)]).delete()


def key_of(kind: str, name: str) -> str:
    """The counter's key: the account as it is compared, cut to the column."""
    return f"{kind}:{readable(normalize_username(name))[:80]}"


def readable(text: str) -> str:
    """Without control characters, so that no log line can be forged (A29)."""
    return "".join(c if unicodedata.category(c)[0] != "C" else "�" for c in text)


def note_failure(name: str, *, source: str, at: dt.datetime, kind: str = PASSWORD) -> None:
    """The audit row of a wrong password, code or token."""
    _note(f"{'token.use' if kind == TOKEN else 'login'}.failed", name, source, kind, at, AuditResult.FAILED)


def _note(
    verb: str, name: str, source: str, kind: str, at: dt.datetime, result: str = AuditResult.REFUSED
) -> None:
    with audit.act():
        audit.record(
            verb, by=readable(name)[:60], at=at, result=result, detail={"kind": kind, "source": source}
        )


def _row(key: str, at: dt.datetime) -> FailedLogin:
    """The counter's row, made when it is missing, and held by the same statement: a success elsewhere, which takes
    the row away, comes before or after."""
    row = FailedLogin(key=key, window_start=at)
    FailedLogin.objects.bulk_create([row], update_conflicts=True, unique_fields=["key"], update_fields=["key"])
    return FailedLogin.objects.get(key=key)
