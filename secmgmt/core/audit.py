"""Explicit audit: acts collect their rows, the outermost act writes them as its last statements.

``with act(): … record(…)`` is a transaction; services are ``@audited`` functions. The chain's head is locked
only when everything else of the transaction is done, so a long import blocks nobody and nothing deadlocks.
A failing audit write rolls the act back. Refusals are written by ``refuse`` in a transaction of their own.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction

from . import audit_tables, digest, marks, permissions
from .clock import now
from .context import origin
from .models.audit import AuditEvent, AuditHead, AuditResult, AuditRow

P = ParamSpec("P")
R = TypeVar("R")
NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")  # written as JSON; after a backslash that is a text itself it is none

# The fields a row's digest covers, in this order, and the key of the table that is kept for it, if there is one.
CHAINED = (
    *("seq", "at", "actor_id", "actor_name", "actor_role", "channel", "ip", "session", "request_id", "verb"),
    *("object_type", "object_id", "object_name", "unit_path", "result", "before", "after", "detail"),
    *("detail_digest", "algorithm", "prev_digest"),
)


def _pending() -> list[AuditEvent] | None:
    return getattr(connection, "audit_pending", None)


@contextmanager
def act() -> Iterator[None]:
    """A transaction whose audit rows are chained at its end; nested acts join the outermost."""
    pending = _pending()
    if pending is not None:
        mark, undo_mark = len(pending), len(connection.audit_undo)
        try:
            with transaction.atomic():
                yield
        except BaseException:
            del pending[mark:]  # what was rolled back leaves no trace of success
            _undo(undo_mark)
            raise
        return
    connection.audit_pending, connection.audit_undo = [], []
    try:
        with transaction.atomic():
            yield
            _write_chain(connection.audit_pending)
    except BaseException:
        _undo(0)
        raise
    finally:
        connection.audit_pending, connection.audit_undo = None, None


def on_rollback(function: Callable[[], None]) -> None:
    """Have ``function`` called if this act, or one around it, rolls back: for what no transaction holds."""
    if _pending() is None:
        raise RuntimeError("audit.on_rollback() belongs inside an act")
    connection.audit_undo.append(function)


def _undo(mark: int) -> None:
    while len(connection.audit_undo) > mark:
        connection.audit_undo.pop()()


def audited(function: Callable[P, R]) -> Callable[P, R]:
    """Make a keyword-only service one act: atomic, audited, or nothing. Its texts carry no secrecy mark."""

    @functools.wraps(function)
    def service(*args: P.args, **kwargs: P.kwargs) -> R:
        marks.refuse_marked(marks.given_texts(kwargs))
        with act():
            return function(*args, **kwargs)

    service.is_service = True
    return service


def record(
    verb: str,
    obj: Any = None,
    *,
    by: Any,
    at: dt.datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
    rows: list[Any] | None = None,
    table: list[AuditRow] | None = None,
    result: str = AuditResult.OK,
) -> None:
    """Collect one audit row of the current act.

    ``rows``: what a bulk act was about, of which only count and digest are chained. ``table``: what it did to each
    record (``row_of``), kept whole beside the event that chains its count and digest.
    """
    pending = _pending()
    if pending is None:
        raise RuntimeError("audit.record() belongs inside an act")
    texts = {"before": before, "after": after, "detail": detail}
    event = _event(verb, obj, by=by, at=at, rows=rows if table is None else table, result=result, **texts)
    if table is not None:
        event.table, event.detail_digest = audit_tables.keep(table)
    elif rows is not None:
        event.detail_digest = digest.hash_value(rows)
    pending.append(event)


def row_of(obj: Any, verb: str, *, before: dict[str, Any], after: dict[str, Any]) -> AuditRow:
    """A row of a bulk act's table, not stored yet."""
    return AuditRow(
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk or ""),
        object_name=str(obj)[:255],
        verb=verb,
        before=_plain(before),
        after=_plain(after),
    )


def refuse(verb: str, obj: Any = None, *, by: Any, reason: str, detail: dict[str, Any] | None = None) -> None:
    """Write a refusal in its own transaction, after the refused act has rolled back."""
    with act():
        record(
            verb, obj, by=by, at=now(), result=AuditResult.REFUSED, detail={"reason": reason, **(detail or {})}
        )


def changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Only what differs of two field dictionaries."""
    keys = [key for key in after if before.get(key) != after.get(key)]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}


def fields_of(obj: Any, only: Iterable[str] | None = None) -> dict[str, Any]:
    """The concrete fields of a row (or ``only`` some) as plain texts, less what the model keeps out of the trail."""
    skip = {"id", "version", "created_at", "updated_at", "updated_by"} | set(getattr(obj, "audit_exclude", ()))
    return {
        field.name: field.value_to_string(obj) if field.value_from_object(obj) is not None else None
        for field in obj._meta.concrete_fields
        if field.name not in skip and (only is None or field.name in only)
    }


def _event(verb: str, obj: Any, *, by: Any, at: dt.datetime, rows: list[Any] | None, **values: Any) -> AuditEvent:
    source = origin()
    detail = dict(values.pop("detail") or {})
    if rows is not None:
        detail["count"] = len(rows)
    return AuditEvent(
        at=at,
        actor_id=getattr(by, "pk", None),
        actor_name=(getattr(by, "audit_name", None) or str(by or "系统"))[:150],
        actor_role=(getattr(by, "unit_line", "") or "")[:200],
        channel=source.channel,
        ip=source.ip,
        session=source.session,
        request_id=source.request_id,
        verb=verb,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk or "") if obj is not None else "",
        object_name=str(obj)[:255] if obj is not None else "",
        unit_path=permissions.path_of(obj) if hasattr(obj, "scope_path") else "",
        before=_plain(values.pop("before")),
        after=_plain(values.pop("after")),
        detail=_plain(detail),
        algorithm=settings.DIGEST_ALGORITHM,
        **values,
    )


def _plain(values: dict[str, Any] | None) -> dict[str, Any]:
    """As it will come back from the database, so that the digest can be computed again; no NUL for PostgreSQL."""
    return json.loads(NUL.sub(rb"\1", digest.canonical(values or {})))


def row_digest(event: AuditEvent) -> str:
    """The digest of one row, over ``CHAINED``."""
    values = [getattr(event, name) for name in CHAINED]
    values[1] = event.at.astimezone(dt.UTC).isoformat()
    values += [str(event.table)] if event.table else []
    return digest.hash_value(values, event.algorithm)


def _write_chain(events: list[AuditEvent]) -> None:
    """Number, chain and insert: the last statements of the outermost transaction."""
    if not events:
        return
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
    for event in events:
        event.seq, event.prev_digest = head.seq + 1, head.digest
        event.digest = row_digest(event)
        head.seq, head.digest = event.seq, event.digest
    AuditEvent.objects.bulk_create(events, batch_size=200)
    head.save(update_fields=["seq", "digest"])
