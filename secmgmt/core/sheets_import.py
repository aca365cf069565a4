"""Keeping a preview until it is confirmed, and storing it as one act or not at all.

``prepare`` reads and checks, and makes everything ready without a transaction; ``store`` is the act itself:
it asks the rights and versions again and sends the prepared statements, so that it holds SQLite's one writer
or PostgreSQL's locks only briefly.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import audit, bulk, errors, permissions, previews, records, search
from .clock import now
from .filesafety.workbook import cell_address
from .models.audit import AuditRow
from .reporting.xlsx_cells import export_rows
from .sheets import VERSION, Change, Entry, Preview, Refusal, Sheet, choices_of, shown
from .sheets_reading import once_rules, place_of, stored_alike

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOOKKEEPING = frozenset({"version", "updated_at", "updated_by"})
CHUNK = 500
PART = 100  # rows of a preview that are kept, read and shown together
ROWS = ("refusals", "adds", "changes")  # what a preview lists, what needs a person first
NAMED = 10  # rows a refusal names
AGAIN = gettext_lazy("请在文件中改正，重新上传核对。")
Progress = Callable[[int, int, str], None]


def kind_of(sheet: Sheet) -> str:
    """What the previews of a sheet are kept under."""
    return sheet.model._meta.label_lower


def keep(preview: Preview, sheet: Sheet, user: Any) -> str:
    """Keep a preview for ``user`` alone under a random token; housekeeping forgets it after a day."""
    preview.token = previews.new_token()
    head = asdict(preview)
    lists = [(kind, head.pop(kind)) for kind in ROWS]
    head["counts"] = {kind: len(rows) for kind, rows in lists}
    parts = [rows[start : start + PART] for _kind, rows in lists for start in range(0, len(rows), PART)]
    previews.keep(preview.token, kind_of(sheet), user, head, *parts)
    return preview.token


class Kept:
    """A preview that waits: its head is read, of its rows only the part somebody looks at."""

    def __init__(self, token: str, sheet: Sheet, user: Any, ways: previews.Ways = ()) -> None:
        head, *self.parts = previews.kept_parts(token, kind_of(sheet), user, ways)
        self.head = json.loads(head)
        self.counts: dict[str, int] = self.head.pop("counts")
        self.empty = Preview(**self.head)  # all but its rows

    @property
    def size(self) -> int:
        """How many rows would be written."""
        return self.counts["adds"] + self.counts["changes"]

    def pages(self, kind: str) -> int:
        """Into how many parts the rows of a kind were put."""
        return -(-self.counts[kind] // PART)

    def rows(self, kind: str, page: int) -> list[Any]:
        """One part of the rows of a kind, counted from 1."""
        first = sum(self.pages(other) for other in ROWS[: ROWS.index(kind)])
        found = json.loads(self.parts[first + page - 1])
        if kind == "refusals":
            return [Refusal(**item) for item in found]
        return [Entry(**{**row, "changed": [Change(**cell) for cell in row["changed"]]}) for row in found]

    def whole(self) -> Preview:
        """The preview with all its rows."""
        lists: dict[str, list[Any]] = {kind: [] for kind in ROWS}
        for kind, rows in lists.items():
            for number in range(self.pages(kind)):
                rows += self.rows(kind, number + 1)
        return replace(self.empty, **lists)  # type: ignore[arg-type]  # only what is a list


@dataclass
class Prepared:
    """A checked preview with its rows and statements ready."""

    sheet: Sheet
    preview: Preview
    adds: list[Any]
    changes: list[Any]
    before: list[dict[str, Any]]  # of each row to change the fields that change
    paths: set[tuple[str, str]]  # (action, unit path) the user needs
    insert: bulk.Insert = field(default_factory=lambda: bulk.Insert([]))
    update: bulk.Update = field(default_factory=lambda: bulk.Update([]))
    entries: list[Any] = field(default_factory=list)
    table: list[AuditRow] | None = None  # of each row what the trail keeps; None where its own service tells


def silent(done: int, total: int, note: str) -> None:
    """Nobody waits to hear how far it is."""


def prepare(*, sheet: Sheet, token: str, by: Any, at: dt.datetime, progress: Progress = silent) -> Prepared:
    """Check a kept preview again and make its rows ready. Raises Conflict, NotAllowed, OutOfScope."""
    permissions.require(by, sheet.model, "import")
    preview, model = Kept(token, sheet, by).whole(), sheet.model
    if preview.refusals:
        raise errors.Conflict(_("表中还有不能导入的内容，改正后请重新上传。"))
    if not preview.size:
        raise errors.Conflict(_("没有要新增或修改的内容。"))
    progress(0, preview.size, _("核对权限"))
    adds = [restored(entry, model()) for entry in preview.adds]
    for row in adds if sheet.rules else ():
        sheet.rules.ready(row)
    paths: set[tuple[str, str]] = set()
    check_choices(sheet, by, adds, existing=False)
    changes, before = changed_rows(sheet, preview, by, paths)
    done = Prepared(sheet, preview, adds, changes, before, paths)
    progress(0, preview.size, _("准备写入"))
    if sheet.write is None:  # else the service that writes a row asks its rights and stamps it
        paths |= {("add", permissions.path_of(row)) for row in adds}
        refuse_objections(done, taken(done))
        make_statements(done, by=by, at=at)
        if sheet.rules is None:
            done.table = [audit.row_of(row, "add", before={}, after=filled_fields(row)) for row in adds]
            for row, old in zip(changes, before, strict=True):
                done.table.append(audit.row_of(row, "change", before=old, after=audit.fields_of(row, old)))
    return done


def make_statements(done: Prepared, *, by: Any, at: dt.datetime) -> None:
    """Make ready what is sent in bulk."""
    meta = done.sheet.model._meta
    for row in [*done.adds, *done.changes]:
        records.stamp(row, by=by, at=at)
    done.insert = bulk.Insert(done.adds)
    changed = [frozenset(meta.get_field(n).name for n in entry.values) for entry in done.preview.changes]
    known = zip(done.changes, changed, done.preview.changes, strict=True)
    done.update = bulk.Update([(row, names | BOOKKEEPING, entry.version) for row, names, entry in known])
    done.entries = search.entries_of([*done.adds, *done.changes])


@audit.audited
def store(*, prepared: Prepared, by: Any, at: dt.datetime, progress: Progress = silent) -> dict[str, int]:
    """Write a prepared import: all of it or nothing, and once. Raises Conflict, NotAllowed."""
    sheet, preview, model = prepared.sheet, prepared.preview, prepared.sheet.model
    by.forget_grants()
    permissions.require(by, model, "import")
    for action, path in sorted(prepared.paths):
        permissions.require(by, model, action, path)
    previews.claim(preview.token, at)
    if sheet.write:
        write_each(prepared, by=by, at=at, progress=progress)
    else:
        if sheet.rules:
            refuse_objections(prepared, sheet.rules.check(prepared.adds, prepared.changes, by))
        write_all(prepared, progress)
    if sheet.rules:
        for row, old in [*((row, None) for row in prepared.adds), *zip(prepared.changes, prepared.before, strict=True)]:
            sheet.rules.tell(row, old, by=by, at=at)
    if sheet.stored:
        sheet.stored([*prepared.adds, *prepared.changes], by=by, at=at)
    counts = {"added": len(prepared.adds), "changed": len(prepared.changes)}
    for told, row in zip(prepared.table or (), prepared.adds, strict=False):  # the additions come first
        told.object_id = str(row.pk)
    codes = [entry.key or entry.name for entry in (*preview.adds, *preview.changes)]
    detail = {**counts, "count": len(codes), "codes": codes[:200], "file": preview.file}
    audit.record(f"{model._meta.label_lower}.import", by=by, at=at, detail=detail, table=prepared.table)
    search.store_entries(prepared.entries)
    transaction.on_commit(lambda: previews.drop(preview.token, kind_of(sheet), by))
    return counts


def write_all(prepared: Prepared, progress: Progress) -> None:
    """Send the prepared statements. Raises Conflict."""
    total = prepared.preview.size
    try:
        with transaction.atomic():
            prepared.insert.run(lambda n: progress(n, total, _("写入")))
            whole = prepared.update.run(lambda n: progress(len(prepared.adds) + n, total, _("写入")))
    except IntegrityError as error:
        refuse_objections(prepared, taken(prepared))
        raise errors.Conflict(refusal_of([_("有人登记了相同的内容")], AGAIN)) from error
    if not whole:
        raise errors.Conflict(_("有记录在核对之后被他人修改，什么都没有写入。请重新导出再改。"))


def write_each(prepared: Prepared, *, by: Any, at: dt.datetime, progress: Progress) -> None:
    """Store row by row through the sheet's service, what others refer to first, as the file has it. Raises Conflict."""
    sheet, preview = prepared.sheet, prepared.preview
    done: dict[str, Any] = {}
    write: Any = sheet.write
    entries, rows = [*preview.adds, *preview.changes], [*prepared.adds, *prepared.changes]
    for number, (entry, row) in enumerate(zip(entries, rows, strict=True)):
        if entry.above:
            setattr(row, sheet.above, done[entry.above])
        data = {**model_to_dict(row, sheet.columns), VERSION: entry.version}
        try:
            done[entry.name] = write(data=data, pk=entry.pk, by=by, at=at)
        except errors.Invalid as error:
            found = error.errors or {"": [error.message]}
            told = [objection(prepared, entry, name, texts[0]) for name, texts in found.items()]
            raise errors.Conflict(refusal_of(told, AGAIN)) from error
        progress(number + 1, preview.size, _("写入"))


def apply(*, sheet: Sheet, token: str, by: Any, at: dt.datetime) -> dict[str, int]:
    """Store a kept preview at once; how many rows were added and changed."""
    prepared = prepare(sheet=sheet, token=token, by=by, at=at)
    try:
        return store(prepared=prepared, by=by, at=at)
    except IntegrityError as error:  # the database looks at references when the transaction ends
        told = [_("引用的内容刚被删除")]
        raise errors.Conflict(refusal_of(told, AGAIN)) from error


def filled_fields(row: Any) -> dict[str, Any]:
    """What a new row holds; what is empty needs no place in a table of ten thousand."""
    return {name: value for name, value in audit.fields_of(row).items() if value not in (None, "")}


def restored(entry: Entry, obj: Any) -> Any:
    """A row with the previewed values."""
    for name, value in entry.values.items():
        setattr(obj, name, obj._meta.get_field(name).to_python(value))
    return obj


def show_cells(sheet: Sheet, preview: Preview, entries: list[Entry], user: Any) -> None:
    """Give new rows the cells that would be written, by address: made for those on the page only."""
    form = sheet.make_form(user, False)
    choices, blank = choices_of(form), sheet.model()
    columns = []  # each with what it shows of a row that says nothing of it
    for name, write in sheet.writers(form, choices).items():
        label, attname = str(form.fields[name].label), sheet.model._meta.get_field(name).attname
        columns.append((name, attname, preview.places[name], label, write, _told(write, blank)))
    columns.sort(key=lambda column: column[2])
    for entry in entries:
        row = restored(entry, sheet.model())
        for name, known in choices.items():
            if (other := known.by_pk.get(getattr(row, sheet.model._meta.get_field(name).attname))) is not None:
                setattr(row, name, other)
        for name, attname, place, label, write, text in columns:
            if entry.above and name == sheet.above:
                text = entry.above
            elif attname in entry.values:
                text = _told(write, row)
            if text:
                entry.changed.append(Change(cell_address(entry.row, place), label, "", text))


def _told(write: Callable[[Any], Any], row: Any) -> str:
    try:
        return shown(write(row))
    except ObjectDoesNotExist:  # what the cell names is gone since the preview was made
        return ""


def changed_rows(
    sheet: Sheet, preview: Preview, by: Any, paths: set[tuple[str, str]]
) -> tuple[list[Any], list[dict[str, Any]]]:
    """The rows to change with the previewed values, in the user's hands before (and, by ``paths``, after).

    With them, of each row, the fields that change as they were.
    """
    wanted = {entry.pk: entry for entry in preview.changes}
    numbers = list(wanted)
    found: dict[Any, Any] = {}
    for start in range(0, len(numbers), CHUNK):
        rows = sheet.queryset().visible_to(by, "change")
        found |= {row.pk: row for row in rows.filter(pk__in=numbers[start : start + CHUNK])}
    refuse_changed([(entry, found.get(pk)) for pk, entry in wanted.items()])
    paths |= {("change", permissions.path_of(row)) for row in found.values()}
    before = {pk: {n: getattr(row, n) for n in wanted[pk].values} for pk, row in found.items()}
    meta = sheet.model._meta
    old = [audit.fields_of(found[pk], {meta.get_field(n).name for n in entry.values}) for pk, entry in wanted.items()]
    changed = [restored(entry, found[pk]) for pk, entry in wanted.items()]
    check_choices(sheet, by, changed, existing=True, before=before)
    for row in changed:
        records.check_frozen(row)
        paths.add(("change", permissions.path_of(row)))
    return changed, old


def refuse_changed(rows: list[tuple[Entry, Any]]) -> None:
    """What was previewed must be what is stored: otherwise say which rows, by whom and when. Raises Conflict."""
    told = []
    for entry, row in rows:
        if row is None:
            told.append(_("“%s”已删除，或您不能再修改") % entry.name)
        elif row.version != entry.version:
            who, when = getattr(row.updated_by, "audit_name", "") or _("他人"), localtime(row.updated_at)
            words = {"name": entry.name, "who": who, "when": when.strftime("%Y-%m-%d %H:%M")}
            told.append(_("“%(name)s”由%(who)s于 %(when)s 修改") % words)
    if told:
        raise errors.Conflict(refusal_of(told, _("请重新导出，在新内容上再改。")))


def refusal_of(told: list[str], advice: Any) -> str:
    """The sentence of an import refused whole: which rows, and what to do."""
    words = {"n": len(told), "rows": "；".join(told[:NAMED]), "more": _("等") if len(told) > NAMED else ""}
    return _("预览之后有 %(n)d 条情况有变，什么都没有写入：%(rows)s%(more)s。") % words + str(advice)


def taken(prepared: Prepared) -> list[tuple[Any, str, str]]:
    """(row, column, why) of the rows whose values somebody else has stored meanwhile, one query for many."""
    sheet, rows = prepared.sheet, [(None, row) for row in (*prepared.adds, *prepared.changes)]
    found = []
    for rule in once_rules(sheet):
        place = place_of(rule, sheet, prepared.preview.places)
        found += [(row, place, str(rule.message)) for _none, row in stored_alike(rule, sheet, rows)]
    return found


def refuse_objections(prepared: Prepared, found: Iterable[tuple[Any, str, str]]) -> None:
    """All that can be stored no more, by row and cell. Raises Conflict."""
    preview = prepared.preview
    rows = [*prepared.adds, *prepared.changes]
    entries = {id(row): entry for row, entry in zip(rows, (*preview.adds, *preview.changes), strict=True)}
    if told := [objection(prepared, entries[id(row)], name, why) for row, name, why in found]:
        raise errors.Conflict(refusal_of(told, AGAIN))


def objection(prepared: Prepared, entry: Entry, name: str, why: str) -> str:
    """What is wrong with a row of the file, and in which cell."""
    places = prepared.preview.places
    read = f"“{entry.key}”" if name == prepared.sheet.key else ""
    cell = f"（{cell_address(entry.row, places[name])}{read}）" if name in places else ""
    words = {"row": entry.row, "name": entry.name, "cell": cell, "why": why.rstrip("。")}
    return _("第 %(row)d 行“%(name)s”%(cell)s：%(why)s") % words


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
                told = [_("“%s”引用的内容已删除，或您不能再选择") % row]
                raise errors.Conflict(refusal_of(told, AGAIN))
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
