"""Many rows at once: one prepared statement run for all, which costs a fraction of one statement a batch.

Values are made ready before a transaction begins (``Insert``, ``Update``); what is left for it is sending them.
No signal is sent and no ``save`` is called: for rows whose form has been validated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Field, Model

BATCH = 500
Progress = Callable[[int], None]


def _ignore(done: int) -> None:
    """Nobody waits to hear how far it is."""


class Insert:
    """New rows of one model. ``run`` gives each its number and stores them; call it inside a transaction."""

    def __init__(self, rows: list[Any]) -> None:
        self.rows = rows
        self.fields: list[Field] = []
        self.values: list[list[Any]] = []
        if rows:
            self.fields = [f for f in type(rows[0])._meta.concrete_fields if not f.primary_key]
            self.values = [prepared(row, self.fields) for row in rows]

    def run(self, progress: Progress = _ignore) -> None:
        """Store the rows. Raises IntegrityError like any insert."""
        if not self.rows:
            return
        meta = type(self.rows[0])._meta
        numbers = next_numbers(meta.db_table, meta.pk.column, len(self.rows))
        for row, number in zip(self.rows, numbers, strict=True):
            row.pk = number
        columns = [meta.pk.column, *(field.column for field in self.fields)]
        places = ", ".join(["%s"] * len(columns))
        sql = f"INSERT INTO {quoted(meta.db_table)} ({names(columns)}) VALUES ({places})"  # noqa: S608
        values = [[row.pk, *value] for row, value in zip(self.rows, self.values, strict=True)]
        run_many(sql, values, progress)
        for row in self.rows:
            row._state.adding, row._state.db = False, connection.alias


class Update:
    """Changed rows of one model, each with the names of its changed fields and the version it was read at."""

    def __init__(self, rows: list[tuple[Any, frozenset[str], int]]) -> None:
        self.groups: dict[tuple[type[Model], frozenset[str]], list[list[Any]]] = defaultdict(list)
        for row, changed, version in rows:
            fields = fields_of(type(row), changed)
            self.groups[type(row), changed].append([*prepared(row, fields), row.pk, version])

    def run(self, progress: Progress = _ignore) -> bool:
        """Store the changes. False: a row had another version meanwhile, and the caller must roll back."""
        done = 0
        for (model, changed), values in self.groups.items():
            meta, before = model._meta, done
            sets = ", ".join(f"{quoted(field.column)} = %s" for field in fields_of(model, changed))
            where = f"{quoted(meta.pk.column)} = %s AND {quoted('version')} = %s"
            sql = f"UPDATE {quoted(meta.db_table)} SET {sets} WHERE {where}"  # noqa: S608
            if run_many(sql, values, after(before, progress)) != len(values):
                return False
            done += len(values)
        return True


def after(before: int, progress: Progress) -> Progress:
    """``progress`` for a part that begins when ``before`` rows are done."""
    return lambda done: progress(before + done)


def fields_of(model: type[Model], wanted: frozenset[str]) -> list[Field]:
    """The named fields in the model's order."""
    return [field for field in model._meta.concrete_fields if field.name in wanted]


def prepared(row: Any, fields: list[Field]) -> list[Any]:
    """A row's values as the database takes them."""
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def run_many(sql: str, values: list[list[Any]], progress: Progress) -> int:
    """Run one statement for each list of values; how many rows it reached."""
    reached = 0
    with connection.cursor() as cursor:
        for start, batch in batches(values):
            cursor.executemany(sql, batch)
            reached += cursor.rowcount
            progress(start + len(batch))
    return reached


def batches(values: list[Any]) -> Iterator[tuple[int, list[Any]]]:
    """(place of the first, the next ``BATCH``) of a list."""
    for start in range(0, len(values), BATCH):
        yield start, values[start : start + BATCH]


def next_numbers(table: str, column: str, count: int) -> list[int]:
    """``count`` primary keys nobody else gets: from the sequence, or as SQLite's only writer."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [quoted(table), column, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        first = (found[0] if found else 0) + 1
        return list(range(first, first + count))


def quoted(name: Any) -> str:
    """A table or column of the models as SQL writes it."""
    return connection.ops.quote_name(name)


def names(columns: list[str]) -> str:
    """Several columns."""
    return ", ".join(map(quoted, columns))
