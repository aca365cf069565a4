"""Keeping a preview until it is confirmed, and storing it as one act or not at all.

``prepare`` reads and checks, and makes everything ready without a transaction; ``store`` is the act itself:
it asks the rights and versions again and sends the prepared statements, so that it holds SQLite's one writer
or PostgreSQL's locks only briefly.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from . import audit, bulk, errors, permissions, previews, records, search
from .clock import now
from .reporting.xlsx_cells import export_rows
from .sheets import Change, Entry, Preview, Refusal, Sheet, choices_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UPLOADS = "imports/uploads"
BOOKKEEPING = frozenset({"version", "updated_at", "updated_by"})
CHUNK = 500
Progress = Callable[[int, int, str], None]


def kind_of(sheet: Sheet) -> str:
    """What the previews of a sheet are kept under."""
    return sheet.model._meta.label_lower


def keep(preview: Preview, sheet: Sheet, user: Any) -> str:
    """Keep a preview for ``user`` alone under a random token; housekeeping forgets it after a day."""
    preview.token = previews.new_token()
    previews.keep(preview.token, kind_of(sheet), user, asdict(preview))
    return preview.token


def kept(token: str, sheet: Sheet, user: Any) -> Preview:
    """The preview ``user`` kept; anybody else's, or one used, is not found."""
    data = previews.kept(token, kind_of(sheet), user)
    for kind in ("adds", "changes"):
        rows = [Entry(**entry) for entry in data[kind]]
        for row in rows:
            row.changed = [Change(**item) for item in row.changed]
        data[kind] = rows
    return Preview(**{**data, "refusals": [Refusal(**item) for item in data["refusals"]]})


@dataclass
class Prepared:
    """A checked preview with its rows and statements ready."""

    sheet: Sheet
    preview: Preview
    adds: list[Any]
    changes: list[Any]
    paths: set[tuple[str, str]]  # (action, unit path) the user needs
    insert: bulk.Insert = field(default_factory=lambda: bulk.Insert([]))
    update: bulk.Update = field(default_factory=lambda: bulk.Update([]))
    entries: list[Any] = field(default_factory=list)
    rows: list[Any] = field(default_factory=list)


def silent(done: int, total: int, note: str) -> None:
    """Nobody waits to hear how far it is."""


def prepare(*, sheet: Sheet, token: str, by: Any, at: dt.datetime, progress: Progress = silent) -> Prepared:
    """Check a kept preview again and make its rows ready. Raises Conflict, NotAllowed, OutOfScope."""
    permissions.require(by, sheet.model, "import")
    preview, model = kept(token, sheet, by), sheet.model
    if preview.refusals:
        raise errors.Conflict(_("表中还有不能导入的内容，改正后请重新上传。"))
    if not preview.size:
        raise errors.Conflict(_("没有要新增或修改的内容。"))
    progress(0, preview.size, _("核对权限"))
    adds, paths = [restored(entry, model()) for entry in preview.adds], set()
    check_choices(sheet, by, adds, existing=False)
    changes = changed_rows(sheet, preview, by, paths)
    paths |= {("add", permissions.path_of(row)) for row in adds}
    for row in [*adds, *changes]:
        records.stamp(row, by=by, at=at)
    done = Prepared(sheet, preview, adds, changes, paths)
    progress(0, preview.size, _("准备写入"))
    done.insert = bulk.Insert(adds)
    changed = [frozenset(model._meta.get_field(n).name for n in e.values) for e in preview.changes]
    known = zip(changes, changed, preview.changes, strict=True)
    done.update = bulk.Update([(row, names | BOOKKEEPING, entry.version) for row, names, entry in known])
    done.entries = search.entries_of([*adds, *changes])
    hidden = set(getattr(model, "audit_exclude", ()))
    for kind, entries in (("add", preview.adds), ("change", preview.changes)):
        done.rows += [[e.key or e.name, kind, shown_values(e.values, hidden)] for e in entries]
    return done


@audit.audited
def store(*, prepared: Prepared, by: Any, at: dt.datetime, progress: Progress = silent) -> dict[str, int]:
    """Write a prepared import: all of it or nothing, and once. Raises Conflict, NotAllowed."""
    sheet, preview, model = prepared.sheet, prepared.preview, prepared.sheet.model
    by.forget_grants()
    permissions.require(by, model, "import")
    for action, path in sorted(prepared.paths):
        permissions.require(by, model, action, path)
    previews.claim(preview.token, at)
    total = preview.size
    try:
        with transaction.atomic():
            prepared.insert.run(lambda n: progress(n, total, _("写入")))
            whole = prepared.update.run(lambda n: progress(len(prepared.adds) + n, total, _("写入")))
    except IntegrityError as error:
        raise errors.Conflict(_("预览之后有人登记了相同的内容，什么都没有写入。请重新上传核对。")) from error
    if not whole:
        raise errors.Conflict(_("有记录在核对之后被他人修改，什么都没有写入。请重新导出再改。"))
    if sheet.stored:
        sheet.stored([*prepared.adds, *prepared.changes], by=by, at=at)
    counts = {"added": len(prepared.adds), "changed": len(prepared.changes)}
    detail = {**counts, "codes": [row[0] for row in prepared.rows][:200]}
    audit.record(f"{model._meta.label_lower}.import", by=by, at=at, detail=detail, rows=prepared.rows)
    search.store_entries(prepared.entries)
    transaction.on_commit(lambda: previews.drop(preview.token, kind_of(sheet), by))
    return counts


def apply(*, sheet: Sheet, token: str, by: Any, at: dt.datetime) -> dict[str, int]:
    """Store a kept preview at once; how many rows were added and changed."""
    return store(prepared=prepare(sheet=sheet, token=token, by=by, at=at), by=by, at=at)


def shown_values(values: dict[str, Any], hidden: set[str]) -> dict[str, str]:
    """What of a row the trail's digest covers."""
    return {name: str(value) for name, value in values.items() if name not in hidden}


def restored(entry: Entry, obj: Any) -> Any:
    """A row with the previewed values."""
    for name, value in entry.values.items():
        setattr(obj, name, obj._meta.get_field(name).to_python(value))
    return obj


def changed_rows(sheet: Sheet, preview: Preview, by: Any, paths: set[tuple[str, str]]) -> list[Any]:
    """The rows to change with the previewed values, in the user's hands before (and, by ``paths``, after)."""
    wanted = {entry.pk: entry for entry in preview.changes}
    numbers, found = list(wanted), {}
    for start in range(0, len(numbers), CHUNK):
        rows = sheet.queryset().visible_to(by, "change")
        found |= {row.pk: row for row in rows.filter(pk__in=numbers[start : start + CHUNK])}
    for pk, entry in wanted.items():
        row = found.get(pk)
        if row is None:
            raise errors.Conflict(_("“%s”已删除，或您不能再修改它。什么都没有写入。") % entry.name)
        if row.version != entry.version:
            raise records.stale(row, {})
        paths.add(("change", permissions.path_of(row)))
    before = {pk: {n: getattr(row, n) for n in wanted[pk].values} for pk, row in found.items()}
    changed = [restored(entry, found[pk]) for pk, entry in wanted.items()]
    check_choices(sheet, by, changed, existing=True, before=before)
    for row in changed:
        records.check_frozen(row)
        paths.add(("change", permissions.path_of(row)))
    return changed


def check_choices(sheet: Sheet, by: Any, rows: list[Any], *, existing: bool, before: Any = None) -> None:
    """What the rows newly refer to must be open to the user still: positions may have ended since the preview."""
    if not rows:
        return
    for name, choices in choices_of(sheet.make_form(by, existing)).items():
        attname = sheet.model._meta.get_field(name).attname
        for row in rows:
            value = getattr(row, attname)
            if value is None or (before is not None and before[row.pk].get(attname, value) == value):
                continue
            if value not in choices.by_pk:
                raise errors.Conflict(_("“%s”引用的内容您不能再选择。什么都没有写入。") % row)
            setattr(row, name, choices.by_pk[value])  # spares a query for each


def workbook_response(data: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def xlsx_exporter(request: HttpRequest, title: str, heads: list[str], rows: list[Any]) -> HttpResponse:
    """``FeatureViews.exporter``: the chosen columns of a list as a workbook (audited by the page)."""
    return workbook_response(export_rows(heads, rows, title=title, moment=now()), title)
