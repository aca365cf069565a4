"""The shipped rules are loaded, changed by their keeper; secret addresses of calendars are given and taken back."""

from __future__ import annotations

import csv
import datetime as dt
import hmac
import secrets
from pathlib import Path
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from secmgmt.accounts import lockout
from secmgmt.accounts.models import User
from secmgmt.core import audit, digest, errors, records

from .models import CalendarFeed, DutyRule

FILE = Path(__file__).parent / "data" / "duties.csv"
EDITION = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
EDITABLE = ("name", "min_level", "max_level", "period", "deadline", "text", "basis", "confidence", "remind_days")
FIXED = ("provider", "subject", "mode", "anchor", "first")
FLAGS = ("workdays", "statutory")
NUMBERS = ("min_level", "max_level")
PAUSE = dt.timedelta(minutes=1)  # between two readings of one calendar
DUMMY = "0" * 64


class TooOften(errors.DomainError):
    """A calendar is read again too soon (429)."""

    status = 429
    code = "too-often"


def load_shipped() -> str:
    """Load the shipped rules; what an organization changed stays as it is. Says what it did."""
    known = {row.code: row for row in DutyRule.objects.all()}
    made = renewed = 0
    with FILE.open(encoding="utf-8", newline="") as handle:
        for entry in csv.DictReader(handle):
            row = known.get(entry["code"])
            values = values_of(entry)
            if row is None:
                DutyRule.objects.create(
                    code=entry["code"], created_at=EDITION, updated_at=EDITION, shipped=kept(values), **values
                )
                made += 1
            elif row.shipped != kept(values):
                names = [*FIXED, *FLAGS, *(() if row.is_edited else EDITABLE)]
                for name in names:
                    setattr(row, name, values[name])
                row.shipped = kept(values)
                row.version += 1
                row.save()
                renewed += 1
    return f"duties: {made} new, {renewed} renewed, {len(known) - renewed} as they were"


def values_of(entry: dict[str, str]) -> dict[str, Any]:
    """A line of the file as the fields of a rule."""
    values: dict[str, Any] = {name: entry[name] for name in (*EDITABLE, *FIXED)}
    return values | {name: int(entry[name]) for name in NUMBERS} | {name: bool(entry[name]) for name in FLAGS}


def kept(values: dict[str, Any]) -> dict[str, Any]:
    """The shipped values as they are kept for comparison."""
    return {name: values[name] for name in sorted(values)}


def store(form: Any, *, by: Any, at: dt.datetime) -> DutyRule:
    """The form's door: from now on the organization's own values stand."""
    form.instance.is_edited = True
    return records.save(form, by=by, at=at)


@audit.audited
def open_feed(*, by: Any, at: dt.datetime) -> str:
    """A new secret address for ``by``'s calendar, shown once; an earlier one ends. Raises NotAllowed."""
    if by.admin_role:
        raise errors.NotAllowed(_("管理员没有定期义务，不开通日历订阅。"), obj=by)
    prefix, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    values = {"prefix": prefix, "digest": digest_of(secret), "created_at": at, "last_used_at": None}
    CalendarFeed.objects.update_or_create(user=by, defaults=values)
    audit.record("assessments.calendarfeed.open", by, by=by, at=at, detail={"prefix": prefix})
    return f"{prefix}.{secret}"


@audit.audited
def close_feed(*, by: Any, at: dt.datetime) -> None:
    """End the secret address of ``by`` now. Raises Conflict when there is none."""
    if not CalendarFeed.objects.filter(user=by).delete()[0]:
        raise errors.Conflict(_("日历订阅已经关闭。"), obj=by)
    audit.record("assessments.calendarfeed.close", by, by=by, at=at)


def digest_of(secret: str) -> str:
    """What is kept of a secret."""
    return digest.hash_bytes(secret.encode(), "sha256")


def reader_of(token: str, *, source: str, at: dt.datetime) -> User:
    """The person whose calendar ``token`` opens.

    Every attempt is counted before the secret is looked at (A39, A40), so nobody tries many; unknown, closed and
    those of people who may not sign in are all the same 404. Raises OutOfScope, Locked, TooOften.
    """
    named, _dot, secret = token.partition(".")
    prefix = lockout.readable(named)[:16]
    lockout.register_attempt(lockout.TOKEN, prefix, source=source, at=at)
    feed = CalendarFeed.objects.select_related("user").filter(prefix=prefix).first()
    matches = fits(feed, secret)
    if feed is None or not matches or not may_read(feed.user):
        lockout.note_failure(prefix, source=source, at=at, kind=lockout.TOKEN)
        raise errors.OutOfScope(model=CalendarFeed._meta.label, lookup=prefix)
    lockout.register_success(lockout.TOKEN, prefix, source=source)
    note_reading(feed, at)
    return feed.user


def fits(feed: CalendarFeed | None, secret: str) -> bool:
    """Whether the secret is the feed's, compared in constant time; the same work for an unknown one."""
    return hmac.compare_digest(digest_of(secret), feed.digest if feed else DUMMY) and feed is not None


def may_read(user: User) -> bool:
    """Whether its owner still works here."""
    return user.is_active and not user.is_expired and not user.admin_role


def note_reading(feed: CalendarFeed, at: dt.datetime) -> None:
    """Note the reading, once a minute at most. Raises TooOften."""
    rested = Q(last_used_at=None) | Q(last_used_at__lte=at - PAUSE)
    if not CalendarFeed.objects.filter(rested, pk=feed.pk).update(last_used_at=at):
        raise TooOften(_("日历每分钟最多读取一次，请稍后再试。"))
