"""Workbooks of a model: a template to fill in, an export that can be read in again, and a checked preview.

``Sheet(form_class, columns, key)`` is all a feature declares. A preview validates every row with the page's
own form and writes nothing; ``sheets_import.apply`` then stores what was previewed as one act, or nothing.
"""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import IO, Any

from django import forms
from django.conf import settings
from django.db.models import ForeignKey, QuerySet
from django.forms.models import model_to_dict
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from . import errors, marks, permissions
from .clock import now
from .filesafety.refusal import FileRefused
from .filesafety.workbook import BadCell, cell_address, open_workbook
from .reporting.xlsx_cells import append_rows, set_cell, sheet_title, style_header

MAX_ROWS = 10_000
LISTED = 3000  # a longer drop-down helps nobody


@dataclass(frozen=True)
class Refusal:
    """A cell that cannot be taken, by its address."""

    cell: str
    message: str


@dataclass
class Entry:
    """One row of the file that would be written: ``values`` are the stored fields, ``before`` the changed ones."""

    row: int
    pk: int | None
    version: int
    key: str
    name: str
    values: dict[str, Any]
    changed: list[tuple[str, str, str]] = field(default_factory=list)  # label, before, after


@dataclass
class Preview:
    """What a file would do. ``token`` names the kept preview, "" when there is nothing to confirm."""

    adds: list[Entry] = field(default_factory=list)
    changes: list[Entry] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unchanged: int = 0
    token: str = ""


class Choices:
    """The rows a foreign-key column may name, by name or code; equal names carry their number."""

    def __init__(self, queryset: QuerySet) -> None:
        self.queryset = queryset

    @cached_property
    def by_pk(self) -> dict[int, Any]:
        return {row.pk: row for row in self.queryset}

    @cached_property
    def by_text(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.by_pk.values():
            texts = {str(row), *(getattr(row, name, "") or "" for name in ("code", "username"))}
            for text in texts - {""}:
                found[text].append(row)
        return found

    def label(self, row: Any) -> str:
        """How ``row`` is written so that it is found again."""
        return str(row) if len(self.by_text.get(str(row), ())) < 2 else f"{row}（#{row.pk}）"

    def find(self, text: str, current: Any) -> Any:
        """The row called ``text``; what stands there now stays a choice. Raises ValidationError."""
        if current is not None and text in (self.label(current), str(current)):
            return current
        rows = self.by_text.get(text, [])
        numbered = re.fullmatch(r".*（#(\d{1,18})）", text)
        if not rows and numbered:
            row = self.by_pk.get(int(numbered[1]))
            rows = [row] if row is not None and self.label(row) == text else []
        if len(rows) == 1:
            return rows[0]
        if rows:
            names = "、".join(self.label(row) for row in rows[:5])
            message = _("“%(text)s”有多个，请写明是哪一个：%(names)s。")
            raise forms.ValidationError(message % {"text": text, "names": names})
        raise forms.ValidationError(_("“%s”不在您可以选择的范围内，请照下拉列表填写。") % text)


@dataclass(frozen=True)
class Sheet:
    """Import and export of one model. ``columns``: fields of the form, in order; ``key``: the one that finds a row."""

    form_class: type[forms.ModelForm]
    columns: tuple[str, ...]
    key: str
    rows: Any = None  # function → the rows this sheet is about; all of the model's without it

    @property
    def model(self) -> Any:
        return self.form_class._meta.model

    @property
    def title(self) -> str:
        return sheet_title(str(self.model._meta.verbose_name), [])

    def queryset(self) -> QuerySet:
        """What the sheet may hold, before scoping, with the relations it writes."""
        rows = self.rows() if self.rows else self.model.objects.all()
        names = [n for n in self.columns if isinstance(self.model._meta.get_field(n), ForeignKey)]
        return rows.select_related("updated_by", *names).order_by("pk")

    def make_form(self, user: Any, existing: bool) -> forms.ModelForm:
        """A form to be used for every row: making one a row would be most of the time."""
        return self.form_class({}, instance=self.model(pk=-1) if existing else None, user=user)

    def headings(self, form: forms.ModelForm) -> list[str]:
        """Column names: the form's labels, and the version at the end."""
        return [*(str(form.fields[name].label) for name in self.columns), _("版本")]

    def template(self, user: Any) -> bytes:
        """A blank workbook with notes and drop-downs."""
        return self.workbook(user, [], now())

    def export(self, rows: Iterable[Any], user: Any) -> bytes:
        """``rows`` as a workbook that, imported again, changes nothing."""
        form = self.make_form(user, True)
        choices = choices_of(form)
        values = ([*(self.shown(row, form, choices, n) for n in self.columns), row.version] for row in rows)
        return self.workbook(user, values, now())

    def shown(self, row: Any, form: forms.ModelForm, choices: dict[str, Choices], name: str) -> Any:
        """A field as a cell shows it."""
        if name in choices:
            value = getattr(row, name)
            return None if value is None else choices[name].label(value)
        value = self.model._meta.get_field(name).value_from_object(row)
        if isinstance(value, bool):
            return _("是") if value else _("否")
        return labels_of(form.fields[name]).get(str(value), value)

    def workbook(self, user: Any, rows: Iterable[list[Any]], moment: dt.datetime) -> bytes:
        """Header, lists to choose from, a sheet of notes; ``rows`` below the header."""
        form, book = self.make_form(user, False), Workbook()
        sheet, heads = book.active, self.headings(form)
        sheet.title = self.title
        for index, head in enumerate(heads, 1):
            set_cell(sheet.cell(1, index), head)
            sheet.column_dimensions[get_column_letter(index)].width = 18
        style_header(sheet, 1, len(heads))
        notes, lists = book.create_sheet(_("填写说明")), book.create_sheet(_("选项"))
        lists.sheet_state = "hidden"
        choices = choices_of(form)
        general = _("每行一条；“版本”由系统给出，新增时留空，修改时不要改动；有相同名称时按下拉列表中的写法填写。")
        set_cell(notes.cell(1, 1), general)
        for index, name in enumerate(self.columns, 1):
            column, options = form.fields[name], self.options(form, choices, name)
            must = _("必填") if column.required else ""
            for place, text in enumerate((heads[index - 1], must, str(column.help_text or "")), 1):
                set_cell(notes.cell(index + 2, place), text)
            if options:
                self.drop_down(sheet, lists, index, options)
        return append_rows(book, sheet, rows, len(heads), moment)

    def options(self, form: forms.ModelForm, choices: dict[str, Choices], name: str) -> list[str]:
        """What a column's drop-down offers."""
        if name in choices:
            return [choices[name].label(row) for row in list(choices[name].by_pk.values())[:LISTED]]
        if isinstance(form.fields[name], forms.BooleanField):
            return [_("是"), _("否")]
        return list(labels_of(form.fields[name]).values())

    def drop_down(self, sheet: Any, lists: Any, index: int, options: list[str]) -> None:
        """A list of choices on a column, kept on the hidden sheet."""
        letter = get_column_letter(index)
        for row, text in enumerate(options, 1):
            set_cell(lists.cell(row, index), text)
        source = f"'{lists.title}'!${letter}$1:${letter}${len(options)}"
        rule = DataValidation("list", formula1=source, allow_blank=True)
        rule.add(f"{letter}2:{letter}{MAX_ROWS + 1}")
        sheet.add_data_validation(rule)

    def preview(self, file: IO[bytes], user: Any, at: dt.datetime) -> Preview:
        """What ``file`` would do for ``user``; nothing is written. Raises FileRefused, NotAllowed."""
        permissions.require(user, self.model, "import")
        return Reading(self, user).read(file)


def choices_of(form: forms.ModelForm) -> dict[str, Choices]:
    """The foreign keys of a form."""
    return {n: Choices(f.queryset) for n, f in form.fields.items() if isinstance(f, forms.ModelChoiceField)}


def labels_of(column: forms.Field) -> dict[str, str]:
    """Stored value → label of a field with fixed choices."""
    if not hasattr(column, "choices") or isinstance(column, forms.ModelChoiceField):
        return {}
    return {str(k): str(v) for k, v in column.choices if k not in ("", None)}


class Reading:
    """One pass over an uploaded file."""

    def __init__(self, sheet: Sheet, user: Any) -> None:
        self.sheet, self.user, self.result = sheet, user, Preview()
        self.forms = {existing: sheet.make_form(user, existing) for existing in (False, True)}
        self.choices = {existing: choices_of(form) for existing, form in self.forms.items()}
        for existing, form in self.forms.items():
            for name in self.choices[existing]:
                form.fields[name].to_python = lambda value: value or None  # looked up already
                form.fields[name].validate = lambda value, f=form.fields[name]: forms.Field.validate(f, value)
        self.keys: dict[str, int] = {}
        self.made: set[str] = set()

    def read(self, file: IO[bytes]) -> Preview:
        """Every row of the file."""
        size = settings.UPLOAD_MAX_BYTES
        book = open_workbook(file, max_rows=MAX_ROWS, max_bytes=size, sheet=self.sheet.title)
        wanted = self.sheet.headings(self.forms[False])
        unknown = [h for h in book.header if h not in wanted]
        missing = [h for h in wanted if h not in book.header]
        if unknown or missing:
            parts = [_("%(cell)s“%(name)s”不是模板中的列") % {
                "cell": cell_address(1, book.header.index(h)), "name": h[:40]} for h in unknown[:5]]
            parts += [_("第 1 行缺少“%s”列") % h for h in missing[:5]]
            raise FileRefused("wrong-header", _("%s。请用下载的模板填写，不要改列名。") % "；".join(parts))
        self.place = {name: book.header.index(head) for name, head in zip(self.names, wanted, strict=True)}
        rows = list(book.rows)
        if not rows:
            raise FileRefused("no-rows", _("表里没有数据。请从第 2 行起填写。"))
        self.load(rows)
        for number, cells in rows:
            self.take(number, {name: cells[column] for name, column in self.place.items()})
        return self.result

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.sheet.columns, "version")

    def load(self, rows: list[Any]) -> None:
        """The rows the file names, as far as the user may change them."""
        column = self.place[self.sheet.key]
        keys = [as_text(cells[column]) for _n, cells in rows if not isinstance(cells[column], BadCell)]
        mine = self.sheet.queryset().visible_to(self.user, "change")
        self.existing: dict[str, Any] = {}
        for start in range(0, len(keys), 500):
            found = mine.filter(**{f"{self.sheet.key}__in": [k for k in keys[start : start + 500] if k]})
            self.existing |= {str(getattr(row, self.sheet.key)): row for row in found}
        self.may_add = permissions.may(self.user, self.sheet.model, "add")

    def refuse(self, number: int, name: str, message: str) -> None:
        self.result.refusals.append(Refusal(cell_address(number, self.place.get(name, 0)), message))

    def take(self, number: int, cells: dict[str, Any]) -> None:
        """One row: an addition, a change, unchanged, or refused."""
        bad = [(name, value) for name, value in cells.items() if isinstance(value, BadCell)]
        for name, value in bad:
            self.refuse(number, name, value.sentence(cell_address(number, self.place[name])))
        key = "" if bad else as_text(cells[self.sheet.key])
        if bad or not self.check_key(number, key):
            return
        row = self.existing.get(key)
        if not self.check_version(number, row, as_text(cells["version"])):
            return
        before = copy.copy(row) if row is not None else None
        form = self.filled(number, cells, row)
        if form is not None:
            self.sort(number, form.instance, before)

    def check_key(self, number: int, key: str) -> bool:
        if key and key in self.keys:
            self.refuse(number, self.sheet.key, _("与第 %d 行重复。") % self.keys[key])
            return False
        self.keys[key] = number
        return True

    def check_version(self, number: int, row: Any, version: str) -> bool:
        """Existing rows need the version they were read at; new ones have none."""
        if row is None and version:
            self.refuse(number, self.sheet.key, _("没有找到这一条，或您不能修改它。要新增请清空“版本”。"))
        elif row is None and not self.may_add:
            self.refuse(number, self.sheet.key, _("您的岗位不能新增。"))
        elif row is not None and not version:
            self.refuse(number, "version", _("这一条已登记过。要修改请先导出，保留“版本”再导入。"))
        elif row is not None and version != str(row.version):
            who = getattr(row.updated_by, "audit_name", "") or _("他人")
            when = localtime(row.updated_at).strftime("%Y-%m-%d %H:%M")
            self.refuse(number, "version", _("导出之后已被%(who)s于 %(when)s 修改，请重新导出再改。") % {
                "who": who, "when": when})
        elif row is not None and getattr(row, "frozen_digest", ""):
            self.refuse(number, self.sheet.key, _("内容已提交并冻结，现在不能修改。"))
        else:
            return True
        return False

    def filled(self, number: int, cells: dict[str, Any], row: Any) -> forms.ModelForm | None:
        """The page's form, filled with a row and valid; else None and its refusals."""
        form, choices = self.forms[row is not None], self.choices[row is not None]
        form.instance = row if row is not None else self.sheet.model()
        form.initial = model_to_dict(form.instance) if row is not None else {}
        data, problems = dict(form.initial), len(self.result.refusals)
        for name in choices:
            data[name] = getattr(form.instance, name) if row is not None else None
        for name in self.sheet.columns:
            try:
                data[name] = self.value(form.fields[name], choices.get(name), cells[name], data.get(name))
            except forms.ValidationError as error:
                self.refuse(number, name, error.messages[0])
        if len(self.result.refusals) > problems:
            return None
        form.data, form._errors = {**data, "version": form.instance.version}, None
        form.full_clean()
        for name, messages in form.errors.items():
            for message in messages:
                self.refuse(number, name if name in self.place else self.sheet.key, str(message))
        try:
            marks.refuse_marked(marks.typed_texts(form))
        except errors.DomainError as error:
            self.refuse(number, self.sheet.key, error.message)
        return form if len(self.result.refusals) == problems else None

    def value(self, column: forms.Field, choices: Choices | None, cell: Any, current: Any) -> Any:
        """A cell as the form takes it."""
        text = as_text(cell)
        if choices is not None:
            return choices.find(text, current) if text else None
        if isinstance(column, forms.BooleanField):
            if text not in ("", _("是"), _("否")) and not isinstance(cell, bool):
                raise forms.ValidationError(_("请填“是”或“否”。"))
            return cell is True or text == _("是")
        labels = labels_of(column)
        if labels and text:
            found = [key for key, label in labels.items() if text == label]
            if not found:
                raise forms.ValidationError(_("“%(text)s”不在选项中，可填：%(all)s。") % {
                    "text": text[:40], "all": "、".join(list(labels.values())[:20])})
            return found[0]
        return cell.date() if isinstance(cell, dt.datetime) and isinstance(column, forms.DateField) else text

    def sort(self, number: int, obj: Any, before: Any) -> None:
        """Put a valid row where it belongs."""
        model, key = self.sheet.model, self.sheet.key
        if before is None:
            while (code := str(getattr(obj, key))) in self.made:  # the next free number, several times
                setattr(obj, key, next_number(code))
            self.made.add(code)
        path, action = permissions.path_of(obj), "add" if before is None else "change"
        if before is None and not permissions.may(self.user, model, action, path):
            return self.refuse(number, key, _("您不能在这个单位新增。"))
        names = [f for f in model._meta.concrete_fields if f.name in self.forms[False].fields and f.name != "version"]
        values = {f.attname: f.value_from_object(obj) for f in names}
        entry = Entry(number, obj.pk, obj.version or 0, str(getattr(obj, key)), str(obj), values)
        if before is None:
            return self.result.adds.append(entry)
        for item in names:
            old, new = item.value_from_object(before), item.value_from_object(obj)
            if old != new:
                form, choices = self.forms[True], self.choices[True]
                texts = (str(self.sheet.shown(o, form, choices, item.name) or "—") for o in (before, obj))
                entry.changed.append((str(item.verbose_name), *texts))
        if entry.changed:
            return self.result.changes.append(entry)
        self.result.unchanged += 1
        return None


def next_number(code: str) -> str:
    """A code with its last number one higher."""
    return re.sub(r"\d+$", lambda m: f"{int(m[0]) + 1:0{len(m[0])}d}", code) if code[-1:].isdigit() else f"{code}-2"


def as_text(value: Any) -> str:
    """A cell as typed text; whole numbers without a fraction, dates as ISO."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).replace("\r\n", "\n").strip()
