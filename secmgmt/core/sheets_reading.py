"""Checking a filled workbook: every row with the page's own form, nothing written.

A cell that shows what is stored changes nothing, whatever the rules say today; only the cells that differ are
validated into the row. What must be unique is asked once for the whole file, not once a row; other constraints
of the database are the form's to say first and the database's to hold.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q, UniqueConstraint
from django.forms.models import model_to_dict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from . import permissions
from .filesafety.refusal import FileRefused
from .filesafety.workbook import BadCell, SheetRows, cell_address
from .sheets import (
    NUMBER,
    VERSION,
    Change,
    Choices,
    Entry,
    Once,
    Preview,
    Refusal,
    Sheet,
    as_text,
    choices_of,
    labels_of,
    shown,
    yes_no,
)
from .sheets_words import FORMAT_CODES, expected

Progress = Callable[[int, int, str], None]
Marked = tuple[Any, Any]  # a row, after the number or entry it came with
CHUNK = 500
MOST_READ = 40  # of a cell's text beside what is wrong with it
TOLD_EVERY = 50


def preview(sheet: Sheet, book: SheetRows, user: Any, progress: Progress | None = None) -> Preview:
    """What ``book`` would do for ``user``; nothing is written. Raises FileRefused, NotAllowed."""
    permissions.require(user, sheet.model, "import")
    return Reading(sheet, user, progress or (lambda done, total, note: None)).read(book)


class Numbers:
    """The next free codes, several in one file: the form's own numbering asked once a kind, then counted on."""

    def __init__(self, first: Callable[..., str], taken: set[str]) -> None:
        self.first, self.taken = first, taken
        self.last: dict[Any, str] = {}

    def __call__(self, *kind: Any) -> str:
        code = next_number(self.last[kind]) if kind in self.last else self.first(*kind)
        while code in self.taken:
            code = next_number(code)
        self.last[kind] = code
        return code


class Reading:
    """One pass over an uploaded file."""

    def __init__(self, sheet: Sheet, user: Any, progress: Progress) -> None:
        self.sheet, self.user, self.progress, self.result = sheet, user, progress, Preview()
        self.forms = {existing: sheet.make_form(user, existing) for existing in (False, True)}
        self.choices = {existing: choices_of(form) for existing, form in self.forms.items()}
        form: Any  # parts of it are replaced
        for existing, form in self.forms.items():
            form.validate_unique = lambda: None  # the whole file is asked at once
            form._get_validation_exclusions = self.without_choices(form._get_validation_exclusions)
            for name in self.choices[existing]:
                form.fields[name].to_python = lambda value: value or None  # looked up already
                form.fields[name].validate = lambda value, f=form.fields[name]: forms.Field.validate(f, value)
        fields = self.forms[False].fields
        self.labels = {name: {text: key for key, text in labels_of(f).items()} for name, f in fields.items()}
        self.ticks = {"": False, yes_no(True): True, yes_no(False): False}
        self.writers = sheet.writers(self.forms[True], self.choices[True])
        self.keys: dict[str, int] = {}
        self.given: dict[int, dict[str, Any]] = {}  # row number → its cells as read
        self.above: dict[str, Any] = {}  # the new rows so far, by name
        self.valid: list[tuple[int, Any, Any]] = []  # row number, row as it would be, as it is
        self.paths: dict[str, bool] = {}

    def without_choices(self, exclusions: Callable[[], set[str]]) -> Callable[[], set[str]]:
        """What the model need not validate: besides the form's exclusions what was found among the choices."""
        return lambda: exclusions() | set(self.choices[False])

    def read(self, book: SheetRows) -> Preview:
        """Every row of the file."""
        wanted = self.sheet.headings(self.forms[False])
        check_header(book.header, wanted)
        self.heads = dict(zip(self.sheet.names, wanted, strict=True))
        self.place = self.result.places = {name: book.header.index(head) for name, head in self.heads.items()}
        rows = list(book.rows)
        if not rows:
            raise FileRefused("no-rows", _("表里没有数据。请从第 2 行起填写。"))
        self.load(rows)
        for done, (number, cells) in enumerate(rows):
            if done % TOLD_EVERY == 0:
                self.progress(done, len(rows), _("核对"))
            self.take(number, {name: cells[column] for name, column in self.place.items()})
        self.check_once()
        refused = {item.cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") for item in self.result.refusals}
        for number, obj, before in self.valid:
            if str(number) not in refused:
                self.sort(number, obj, before)
        return self.result

    def load(self, rows: list[Any]) -> None:
        """The rows the file names, as far as the user may change them."""
        finder = self.sheet.key or NUMBER
        column = self.place[finder]
        keys = {as_text(cells[column]) for _n, cells in rows} - {""}
        if not self.sheet.key:
            keys = {key for key in keys if re.fullmatch(r"[0-9]{1,18}", key)}
        mine = self.sheet.queryset().visible_to(self.user, "change")
        self.existing: dict[str, Any] = {}
        for chunk in chunks(sorted(keys)):
            self.existing |= {str(getattr(r, finder)): r for r in mine.filter(**{f"{finder}__in": chunk})}
        self.may_add = permissions.may(self.user, self.sheet.model, "add")
        for form in self.forms.values():
            if self.sheet.key and hasattr(form, "next_code"):
                form.next_code = Numbers(form.next_code, keys)

    def refuse(self, number: int, name: str, message: str) -> None:
        head = self.heads.get(name, "")
        read = as_text(self.given.get(number, {}).get(name))
        value = read if len(read) <= MOST_READ else f"{read[:MOST_READ]}…"
        self.result.refusals.append(Refusal(cell_address(number, self.place.get(name, 0)), message, head, value))

    def take(self, number: int, cells: dict[str, Any]) -> None:
        """One row: an addition, a change, unchanged, or refused."""
        self.given[number] = cells
        bad = [(name, value) for name, value in cells.items() if isinstance(value, BadCell)]
        for name, value in bad:
            self.refuse(number, name, value.sentence(cell_address(number, self.place[name])))
        finder = self.sheet.key or NUMBER
        key = "" if bad else as_text(cells[finder])
        if bad or not self.check_key(number, finder, key):
            return
        row = self.existing.get(key) if key else None
        same = set() if row is None else {n for n, w in self.writers.items() if as_text(cells[n]) == shown(w(row))}
        if row is not None and len(same) == len(self.sheet.columns):
            self.result.unchanged += 1
        elif self.check_version(number, key, row, cells, same):
            before = copy.copy(row) if row is not None else None
            form = self.filled(number, cells, row, same)
            if form is not None:
                self.keep_same(form.instance, before, same)
                if before is None:
                    self.above[str(form.instance)] = form.instance
                self.valid.append((number, form.instance, before))

    def check_key(self, number: int, finder: str, key: str) -> bool:
        """No row of the workbook twice."""
        if key and key in self.keys:
            self.refuse(number, finder, _("与第 %d 行重复。") % self.keys[key])
            return False
        self.keys[key] = number
        return True

    def check_version(self, number: int, key: str, row: Any, cells: dict[str, Any], same: set[str]) -> bool:
        """Existing rows need the version they were read at; new ones have none."""
        finder, version = self.sheet.key or NUMBER, as_text(cells[VERSION])
        if row is None and (version or (key and not self.sheet.key)):
            given = _("“版本”") if self.sheet.key else _("“记录号”和“版本”")
            self.refuse(number, finder, _("没有找到这一条，或您不能修改它。要新增请清空%s。") % given)
        elif row is None and not self.may_add:
            self.refuse(number, finder, _("您的岗位不能新增。"))
        elif row is not None and not version:
            self.refuse(number, VERSION, _("这一条已登记过。要修改请先导出，保留“版本”再导入。"))
        elif row is not None and version != str(row.version):
            self.refuse_stale(number, row, cells, same)
        elif row is not None and self.sheet.fixed:
            self.refuse(number, finder, str(self.sheet.fixed))
        elif getattr(row, "frozen_digest", "") != "":
            self.refuse(number, finder, _("内容已提交并冻结，现在不能修改。"))
        else:
            return True
        return False

    def refuse_stale(self, number: int, row: Any, cells: dict[str, Any], same: set[str]) -> None:
        """A row changed since it was exported: who and when, and for each cell that differs both texts."""
        who = getattr(row.updated_by, "audit_name", "") or _("他人")
        when = localtime(row.updated_at).strftime("%Y-%m-%d %H:%M")
        told = _("导出之后已被%(who)s于 %(when)s 修改，请重新导出再改。") % {"who": who, "when": when}
        self.refuse(number, VERSION, told)
        for name in self.sheet.columns:
            if name not in same:
                both = {"now": shown(self.writers[name](row))[:60], "mine": as_text(cells[name])[:60]}
                self.refuse(number, name, _("现在保存的是“%(now)s”，您填的是“%(mine)s”。") % both)

    def filled(self, number: int, cells: dict[str, Any], row: Any, same: set[str]) -> forms.ModelForm | None:
        """The page's form, filled with a row and valid; else None and its refusals."""
        form, choices = self.forms[row is not None], self.choices[row is not None]
        form.instance = row if row is not None else self.sheet.model()
        form.instance.validate_constraints = lambda exclude=None: None  # see the module's first lines
        form.initial = model_to_dict(form.instance) if row is not None else {}
        data, problems = dict(form.initial), len(self.result.refusals)
        for name in choices:
            data[name] = getattr(form.instance, name) if row is not None else None
        for name in self.sheet.columns:
            if name in same:
                continue
            try:
                data[name] = self.value(name, form.fields[name], choices.get(name), cells[name], data.get(name))
            except forms.ValidationError as error:
                self.refuse(number, name, error.messages[0])
        if len(self.result.refusals) > problems:
            return None
        form.data, form._errors = {**data, "version": form.instance.version}, None
        form.full_clean()
        for name, found in form.errors.as_data().items():
            for message in self.sentences(form, name, found):
                self.refuse(number, self.cell_of(name), message)
        return form if len(self.result.refusals) == problems else None

    def sentences(self, form: forms.ModelForm, name: str, found: list[forms.ValidationError]) -> list[str]:
        """What is wrong at a field: of a value it cannot take what is expected, and nothing that follows from that."""
        if name in form.fields and found[0].code in FORMAT_CODES:
            plain = found[0].messages[0]
            return [_("%(plain)s应为：%(expected)s。") % {"plain": plain, "expected": expected(form.fields[name])}]
        return [message for error in found for message in error.messages]

    def cell_of(self, name: str) -> str:
        """The column at which an error of the form is told."""
        return name if name in self.place else self.sheet.key or self.sheet.columns[0]

    def value(self, name: str, column: forms.Field, choices: Choices | None, cell: Any, current: Any) -> Any:
        """A cell as the form takes it."""
        text = as_text(cell)
        if choices is not None:
            if name == self.sheet.above and text in self.above and text not in choices.by_text:
                return self.above[text]
            return choices.find(text, current) if text else None
        if isinstance(column, forms.BooleanField):
            if text not in self.ticks:
                raise forms.ValidationError(_("“%s”：请填“是”或“否”。") % text[:40])
            return self.ticks[text]
        if (labels := self.labels[name]) and text:
            if text not in labels:
                raise forms.ValidationError(_("“%(text)s”不在选项中，可填：%(all)s。") % {
                    "text": text[:40], "all": "、".join(list(labels)[:20])})
            return labels[text]
        if isinstance(column, forms.DateField):
            return cell.date() if isinstance(cell, dt.datetime) else written_date(text)
        return text

    def keep_same(self, obj: Any, before: Any, same: set[str]) -> None:
        """What nobody changed in the workbook stays as stored to the last blank."""
        for name in same:
            attname = self.sheet.model._meta.get_field(name).attname
            if getattr(obj, attname) != getattr(before, attname):
                setattr(obj, attname, getattr(before, attname))

    def check_once(self) -> None:
        """No two rows alike, in the file or with what is stored."""
        for rule in once_rules(self.sheet):
            place, single = place_of(rule, self.sheet, self.place), []
            for rows in alike(rule, self.sheet, [(number, obj) for number, obj, _before in self.valid]).values():
                kept: list[tuple[int, Any]] = []
                for number, obj in rows:
                    other = next((row for row, above in kept if rule.clash(above, obj)), None)
                    if other is None:
                        kept.append((number, obj))
                    else:
                        told = _("与第 %(row)d 行重复：%(why)s") % {"row": other, "why": rule.message}
                        self.refuse(number, place, told)
                single += kept
            for number, _obj in stored_alike(rule, self.sheet, single):
                self.refuse(number, place, str(rule.message))

    def may_place(self, obj: Any, action: str) -> bool:
        """Whether the user may do ``action`` at the unit the row is, or goes, to."""
        path = f"{action} {permissions.path_of(obj)}"
        if path not in self.paths:
            self.paths[path] = permissions.may(self.user, self.sheet.model, action, path.partition(" ")[2])
        return self.paths[path]

    def sort(self, number: int, obj: Any, before: Any) -> None:
        """Put a valid row where it belongs."""
        model, key = self.sheet.model, self.sheet.key
        if before is None and not self.may_place(obj, "add"):
            return self.refuse(number, key or self.sheet.columns[0], _("您不能在这个单位新增。"))
        other = model() if before is None else before
        fields = [model._meta.get_field(name) for name in self.sheet.columns]
        differs = [f for f in fields if f.value_from_object(other) != f.value_from_object(obj)]
        values = {f.attname: f.value_from_object(obj) for f in differs}
        entry = Entry(number, obj.pk, obj.version or 0, str(getattr(obj, key)) if key else "", str(obj), values)
        upper = getattr(obj, self.sheet.above, None) if self.sheet.above else None
        if upper is not None and upper.pk is None:
            entry.above = str(upper)
        if before is None:
            return self.result.adds.append(entry)
        for item in differs:
            old, new = (shown(self.writers[item.name](row)) or "—" for row in (before, obj))
            cell = cell_address(number, self.place[item.name])
            entry.changed.append(Change(cell, str(self.forms[True].fields[item.name].label), old, new))
        if entry.changed:
            return self.result.changes.append(entry)
        self.result.unchanged += 1
        return None


def check_header(header: list[str], wanted: list[str]) -> None:
    """The template's columns, each once, in any order."""
    unknown = [h for h in header if h not in wanted]
    missing = [h for h in wanted if h not in header]
    if unknown or missing:
        parts = [_("%(cell)s“%(name)s”不是模板中的列") % {
            "cell": cell_address(1, header.index(h)), "name": h[:40]} for h in unknown[:5]]
        parts += [_("第 1 行缺少“%s”列") % h for h in missing[:5]]
        told = _("%s。请用下载的模板，或“导出修改”的文件填写，不要改列名。")
        raise FileRefused("wrong-header", told % "；".join(parts))


def once_rules(sheet: Sheet) -> list[Once]:
    """The model's unique constraints, and what the sheet adds to them."""
    model = sheet.model
    found = list(sheet.once)
    for name in sheet.columns:
        if model._meta.get_field(name).unique:
            found.append(Once((name,), model().unique_error_message(model, (name,)).messages[0]))
    for constraint in sheet.model._meta.constraints:
        if isinstance(constraint, UniqueConstraint) and constraint.fields:
            condition, message = constraint.condition, constraint.violation_error_message
            when = holds(condition) if condition is not None else lambda _row: True
            found.append(Once(tuple(constraint.fields), message, when, condition))
    return found


def holds(condition: Q) -> Callable[[Any], bool]:
    """A condition ``Q(field=value, …)`` as a function of a row."""
    wanted: dict[str, Any] = dict(condition.children)  # type: ignore[arg-type]  # pairs, or refused below
    if condition.connector != Q.AND or condition.negated or any("__" in name for name in wanted):
        raise NotImplementedError(f"a condition a workbook cannot check: {condition}")
    return lambda row: all(getattr(row, name) == value for name, value in wanted.items())


def place_of(rule: Once, sheet: Sheet, places: dict[str, int]) -> str:
    """The column at which a row that breaks a rule is told."""
    return next((name for name in reversed(rule.fields) if name in places), sheet.key or sheet.columns[0])


def attnames(rule: Once, sheet: Sheet) -> list[str]:
    """The fields of a rule as rows hold them."""
    return [sheet.model._meta.get_field(name).attname for name in rule.fields]


def alike(rule: Once, sheet: Sheet, rows: list[Marked]) -> dict[tuple[Any, ...], list[Marked]]:
    """The rows a rule is about by the values it wants once."""
    found: dict[tuple[Any, ...], list[Marked]] = defaultdict(list)
    fields = attnames(rule, sheet)
    for mark, row in rows:
        key = tuple(getattr(row, name) for name in fields)
        if None not in key and rule.when(row):
            found[key].append((mark, row))
    return found


def stored_alike(rule: Once, sheet: Sheet, rows: list[Marked]) -> list[Marked]:
    """Those of ``rows`` whose values another stored row has: asked for all at once, by the field that differs most."""
    found, fields, model = alike(rule, sheet, rows), attnames(rule, sheet), sheet.model
    if not found:
        return []
    place = max(range(len(fields)), key=lambda i: len({key[i] for key in found}))
    stored = model.objects.filter(rule.rows) if rule.rows is not None else model.objects.all()
    hits: list[Marked] = []
    for chunk in chunks(sorted({key[place] for key in found})):
        for pk, *key in stored.filter(**{f"{fields[place]}__in": chunk}).values_list("pk", *fields):
            hits += [(mark, row) for mark, row in found.get(tuple(key), ()) if row.pk != pk]
    return hits


def chunks(values: list[Any]) -> list[list[Any]]:
    """A list in parts that fit one statement."""
    return [values[start : start + CHUNK] for start in range(0, len(values), CHUNK)]


def written_date(text: str) -> str:
    """A date as typed, its separators made the form's own."""
    parts = re.fullmatch(r"(\d{4})[./年-](\d{1,2})[./月-](\d{1,2})日?", text)
    return "-".join(parts.groups()) if parts else text


def next_number(code: str) -> str:
    """A code with its last number one higher."""
    return re.sub(r"\d+$", lambda m: f"{int(m[0]) + 1:0{len(m[0])}d}", code) if code[-1:].isdigit() else f"{code}-2"
