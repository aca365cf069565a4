"""The tables of bulk acts: what became of each record, kept beside the one chained event that has their digest."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet

from . import bulk, digest
from .models.audit import AuditEvent, AuditRow

# The values of a row its table's digest covers, in this order.
COVERED = ("object_type", "object_id", "object_name", "verb", "before", "after")

NO_TABLE = uuid.UUID(int=0)


def keep(rows: list[AuditRow]) -> tuple[uuid.UUID, str]:
    """Number and store the table of an act, inside its transaction; the table's key and digest."""
    key = uuid.uuid4()
    for number, row in enumerate(rows, start=1):
        row.table, row.number = key, number
    bulk.Insert(rows).run()
    return key, digest_of([[getattr(row, name) for name in COVERED] for row in rows])


def digest_of(values: list[Any], algorithm: str = "") -> str:
    """The digest of a table."""
    return digest.hash_value(values, algorithm)


def rows_of(event: AuditEvent) -> QuerySet[AuditRow]:
    """The table of an event, in its order."""
    return AuditRow.objects.filter(table=event.table or NO_TABLE).order_by("number")


def is_intact(event: AuditEvent) -> bool:
    """Whether the table kept for an event is the one its digest was taken of."""
    values = [list(row) for row in rows_of(event).values_list(*COVERED)]
    return digest_of(values, event.algorithm) == event.detail_digest


def remove(events: QuerySet[AuditEvent]) -> None:
    """The tables of events that go."""
    AuditRow.objects.filter(table__in=events.filter(table__isnull=False).values("table")).delete()
