"""Messages to one person that lead to the thing they speak of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.http import url_has_allowed_host_and_scheme

from . import audit, errors
from .models.trail import Notice
from .parents import with_visible_parent

TEXT_LENGTH = 300


def notify(
    *, users: Iterable[Any] = (), user: Any = None, text: str, url: str, parent: Any, at: dt.datetime
) -> list[Notice]:
    """Tell ``users`` (or one ``user``) something about ``parent``; part of the act that is told of.

    ``url``: a path of this site. The same person is told once; whoever cannot see the parent when he looks
    does not see the notice. Disabled users are left out.
    """
    check_local(url)
    people = {person.pk: person for person in (*users, *([user] if user is not None else []))}
    kind = ContentType.objects.get_for_model(parent)
    rows = [
        Notice(user=person, content_type=kind, object_id=parent.pk, text=shorten(text), url=url, at=at)
        for person in people.values()
        if person.is_active
    ]
    return Notice.objects.bulk_create(rows)


def shorten(text: str) -> str:
    """At most as long as the column, with an ellipsis where something was cut."""
    return text if len(text) <= TEXT_LENGTH else text[: TEXT_LENGTH - 1] + "…"


def check_local(url: str) -> None:
    """A notice leads nowhere but into this site (A20)."""
    if not url.startswith("/") or not url_has_allowed_host_and_scheme(url, allowed_hosts=None):
        raise ValueError(f"not a path of this site: {url!r}")


def notices_of(user: Any) -> QuerySet:
    """The notices of ``user`` about things he may still see, the newest first."""
    return with_visible_parent(Notice.objects.filter(user=user), user)


def unread(user: Any) -> int:
    """How many of them he has not read."""
    waiting = Notice.objects.filter(user=user, read_at__isnull=True)
    return with_visible_parent(waiting, user).count()


@audit.audited
def mark_read(*, by: Any, at: dt.datetime, pk: int | None = None) -> int:
    """Mark one notice of ``by`` (or all) as read; the number of rows marked."""
    waiting = Notice.objects.filter(user=by, read_at__isnull=True)
    if pk is not None:
        if not Notice.objects.filter(user=by, pk=pk).exists():
            raise errors.OutOfScope(model="core.Notice", lookup=pk)
        waiting = waiting.filter(pk=pk)
    count = waiting.update(read_at=at)
    audit.record("core.notice.read", by=by, at=at, detail={"count": count})
    return count
