"""Workbooks of a model: a template to fill in, and an export that can be read in again.

``Sheet(form_class, columns, key)`` is all a feature declares. ``sheets_reading`` checks a filled workbook with
the page's own form and writes nothing; ``sheets_import`` stores what was previewed as one act, or nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import ForeignKey, QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from .clock import now
from .filesafety.workbook import BadCell
from .reporting.xlsx_cells import (
    WRAP,
    append_rows,
    for_paper,
    plain_value,
    set_cell,
    sheet_title,
    style_header,
)
from .sheets_words import condition, example, expected, tell_bounds

MAX_ROWS = 10_000
LISTED = 3000  # a longer drop-down helps nobody
SAID = 20  # choices named in the notes
NUMBER, VERSION = "pk", "version"


@dataclass(frozen=True)
class Refusal:
    """A cell that cannot be taken: its address, its column's heading, the text that was read, and what is wrong."""

    cell: str
    message: str
    column: str = ""
    value: str = ""


@dataclass
class Change:
    """A cell that differs from what is stored."""

    cell: str
    label: str
    before: str
    after: str


@dataclass
class Entry:
    """One row of the file that would be written; ``values``: the stored fields that differ, by column name."""

    row: int
    pk: int | None
    version: int
    key: str
    name: str
    values: dict[str, Any]
    changed: list[Change] = field(default_factory=list)
    above: str = ""  # the row of the same file this one refers to


@dataclass
class Preview:
    """What a file would do. ``token`` names the kept preview; ``file`` is what the person called it."""

    adds: list[Entry] = field(default_factory=list)
    changes: list[Entry] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    unchanged: int = 0
    token: str = ""
    file: str = ""
    places: dict[str, int] = field(default_factory=dict)  # column name → its place in the file

    @property
    def size(self) -> int:
        """How many rows would be written."""
        return len(self.adds) + len(self.changes)


class Choices:
    """The rows a foreign-key column may name, by label or code; equal names carry their number."""

    def __init__(self, column: forms.ModelChoiceField) -> None:
        self.queryset, self.text_of = column.queryset, column.label_from_instance
        self.labels: dict[int, str] = {}

    @cached_property
    def by_pk(self) -> dict[int, Any]:
        return {row.pk: row for row in self.queryset}

    @cached_property
    def by_text(self) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in self.by_pk.values():
            texts = {self.text_of(row), str(row), *(getattr(row, name, "") or "" for name in ("code", "username"))}
            for text in texts - {""}:
                found[text].append(row)
        return found

    def label(self, row: Any) -> str:
        """How ``row`` is written so that it is found again."""
        if row.pk not in self.labels:
            text = self.text_of(row)
            self.labels[row.pk] = text if len(self.by_text.get(text, ())) < 2 else f"{text}（#{row.pk}）"
        return self.labels[row.pk]

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
        raise forms.ValidationError(_("“%s”不在您可以选择的范围内，请照下拉列表填写。") % text[:100])


@dataclass(frozen=True)
class Once:
    """What may be stored only once: the values of ``fields`` among the rows for which ``when`` holds."""

    fields: tuple[str, ...]
    message: Any
    when: Callable[[Any], bool] = lambda _row: True
    rows: Any = None  # the stored rows it is about, as a filter's Q; all without it
    clash: Callable[[Any, Any], bool] = lambda _row, _other: True  # whether two rows alike cannot both stand


class Rules:
    """What a model's services do for one row, for rows that are sent in bulk: nothing more, unless told here."""

    def ready(self, row: Any) -> None:
        """Before the transaction: give a new row what its service would."""

    def check(self, adds: list[Any], changes: list[Any], by: Any) -> Iterable[tuple[Any, str, str]]:
        """Inside it, before anything is written: (row, column, why) of each that may no longer be stored."""
        return ()

    def tell(self, row: Any, before: dict[str, Any] | None, *, by: Any, at: dt.datetime) -> None:
        """Leave the stored row's own event in the trail; ``before``: the changed fields as they were."""


@dataclass(frozen=True)
class Sheet:
    """Import and export of one model. ``columns``: fields of the form, in order.

    ``key``: the column that finds a row; without one the workbook carries each row's number.
    ``rows``: function → the rows this sheet is about, all of the model's without it.
    ``once``: rules between rows that no unique constraint says.
    ``stored``: service called with the written rows inside the act (by, at), for what belongs to them.
    ``write``: service that stores one row (data as the page's form takes it, pk or None, by, at), where rows have
    rules of their own; without it they are sent in bulk.
    ``rules``: what holds for rows sent in bulk, each with an event of its own; without it the trail keeps their table.
    ``above``: column that may also name a new row standing higher up in the same file.
    ``fixed``: why rows that exist are not changed by a workbook, "" where they are.
    ``most``: how many rows a file may have.
    """

    form_class: type[forms.ModelForm]
    columns: tuple[str, ...]
    key: str = ""
    rows: Any = None
    once: tuple[Once, ...] = ()
    stored: Callable[..., None] | None = None
    write: Callable[..., Any] | None = None
    rules: Rules | None = None
    above: str = ""
    fixed: Any = ""
    most: int = MAX_ROWS

    @property
    def model(self) -> Any:
        return self.form_class._meta.model

    @property
    def title(self) -> str:
        return sheet_title(str(self.model._meta.verbose_name), [])

    @property
    def names(self) -> tuple[str, ...]:
        """The workbook's columns by name: the fields, then what the system gives."""
        return (*self.columns, *(() if self.key else (NUMBER,)), VERSION)

    def queryset(self) -> QuerySet:
        """What the sheet may hold, before scoping, with the relations it writes and those to its unit."""
        rows = self.rows() if self.rows else self.model.objects.all()
        names = [n for n in self.columns if isinstance(self.model._meta.get_field(n), ForeignKey)]
        unit = self.model.scope_path.rpartition("__")[0]
        return rows.select_related("updated_by", *([unit] if unit else []), *names).order_by("pk")

    def make_form(self, user: Any, existing: bool) -> forms.ModelForm:
        """A form to be used for every row, its labels translated once: both would be most of the time."""
        form_class: Any = self.form_class  # ours know their user
        form = form_class({}, instance=self.model(pk=-1) if existing else None, user=user)
        for name, column in form.fields.items():
            if name in self.columns and isinstance(column, forms.IntegerField):
                tell_bounds(column, self.model._meta.get_field(name).deconstruct()[3].get("validators", ()))
            if hasattr(column, "choices") and not isinstance(column, forms.ModelChoiceField):
                column.choices = [(key, str(label)) for key, label in column.choices]
        return form

    def headings(self, form: forms.ModelForm) -> list[str]:
        """Column names: the form's labels, then the number where it finds the row, and the version."""
        number = [] if self.key else [_("记录号")]
        return [*(str(form.fields[name].label) for name in self.columns), *number, _("版本")]

    def template(self, user: Any) -> bytes:
        """A blank workbook with notes and drop-downs."""
        return self.workbook(self.make_form(user, False), [], now())

    def export(self, rows: Iterable[Any], user: Any) -> bytes:
        """``rows`` as a workbook that, imported again, changes nothing."""
        form = self.make_form(user, True)
        writers = self.writers(form, choices_of(form))
        fixed = [lambda row: row.version] if self.key else [lambda row: row.pk, lambda row: row.version]
        values = ([write(row) for write in (*writers.values(), *fixed)] for row in rows)
        return self.workbook(form, values, now())

    def writers(self, form: forms.ModelForm, choices: dict[str, Choices]) -> dict[str, Callable[[Any], Any]]:
        """For each column: row → the cell's value."""
        return {name: self.writer(form, choices, name) for name in self.columns}

    def writer(self, form: forms.ModelForm, choices: dict[str, Choices], name: str) -> Callable[[Any], Any]:
        """How a column is written."""
        if name in choices:
            label = choices[name].label
            return lambda row: None if (other := getattr(row, name)) is None else label(other)
        attname = self.model._meta.get_field(name).attname
        if isinstance(form.fields[name], forms.BooleanField):
            yes, no = yes_no(True), yes_no(False)
            return lambda row: yes if getattr(row, attname) else no
        labels = labels_of(form.fields[name])
        if labels:
            return lambda row: labels.get(str(value := getattr(row, attname)), value)
        return lambda row: getattr(row, attname)

    def workbook(self, form: forms.ModelForm, rows: Iterable[list[Any]], moment: dt.datetime) -> bytes:
        """Header, lists to choose from, a sheet of notes; ``rows`` below the header."""
        book = Workbook()
        sheet, heads = book.active, self.headings(form)
        sheet.title = self.title
        for index, head in enumerate(heads, 1):
            set_cell(sheet.cell(1, index), head)
            sheet.column_dimensions[get_column_letter(index)].width = 18
        style_header(sheet, 1, len(heads))
        notes, lists = self.notes_sheet(book, heads), book.create_sheet(_("选项"))
        lists.sheet_state = "hidden"
        choices = choices_of(form)
        for index, name in enumerate(self.columns, 1):
            options = self.options(form, choices, name)
            for place, text in enumerate(self.note(form, name, options), 1):
                set_cell(notes.cell(index + 4, place), text)
                notes.cell(index + 4, place).alignment = WRAP
            if options:
                self.drop_down(sheet, lists, index, options)
        return append_rows(book, sheet, rows, len(heads), moment)

    def notes_sheet(self, book: Workbook, heads: list[str]) -> Any:
        """The sheet of notes with its first lines and its own header, for the screen and for paper."""
        notes = book.create_sheet(_("填写说明"))
        for index, text in enumerate(self.first_notes(heads), 1):
            set_cell(notes.cell(index, 1), text)
        told = {
            _("列"): 24, _("必填"): 9, _("格式"): 24, _("可填的内容"): 40,
            _("说明"): 40, _("条件"): 28, _("示例"): 22, _("官方表格"): 22,
        }  # fmt: skip
        for place, (text, width) in enumerate(told.items(), 1):
            set_cell(notes.cell(4, place), text)
            notes.column_dimensions[get_column_letter(place)].width = width
        style_header(notes, 4, len(told))
        for_paper(notes)
        notes.print_title_rows = "4:4"
        return notes

    def note(self, form: Any, name: str, options: list[str]) -> tuple[str, ...]:
        """What the sheet of notes says of one column: all of it stands where the form declares the field."""
        column = form.fields[name]
        when = condition(form, name)
        must = _("必填") if column.required else _("按条件") if when else _("选填")
        takes, told = (expected(column), listed(options)), str(column.help_text or "")
        more = (when, example(column, options), str(form.places.get(name, "")))
        return (str(column.label), must, *takes, told, *more)

    def first_notes(self, heads: list[str]) -> tuple[str, ...]:
        """What the sheet of notes says first."""
        given = "、".join(f"“{head}”" for head in heads[len(self.columns) :])
        return (
            _("每行一条。%s由系统给出：新增时留空，修改时不要改动。") % given,
            _("日期写成 2026-01-31；是非填“是”或“否”；有相同名称时按下拉列表中的写法填写。"),
        )

    def options(self, form: forms.ModelForm, choices: dict[str, Choices], name: str) -> list[str]:
        """What a column's drop-down offers."""
        if name in choices:
            return [choices[name].label(row) for row in list(choices[name].by_pk.values())[:LISTED]]
        if isinstance(form.fields[name], forms.BooleanField):
            return [yes_no(True), yes_no(False)]
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


def columns_of(form_class: type[forms.ModelForm], *first: str) -> tuple[str, ...]:
    """Every field of a form in its order: ``first``, then the groups, then what stands in none."""
    grouped = [name for _title, names in getattr(form_class, "fieldsets", ()) for name in names]
    return tuple(dict.fromkeys((*first, *grouped, *(n for n in form_class.base_fields if n != VERSION))))


def listed(options: list[str]) -> str:
    """The first of a column's choices; the drop-down has them all."""
    return "、".join(options[:SAID]) + (_("等 %d 项") % len(options) if len(options) > SAID else "")


def yes_no(value: bool) -> str:
    """A tick as a cell shows it."""
    return _("是") if value else _("否")


def choices_of(form: forms.ModelForm) -> dict[str, Choices]:
    """The foreign keys of a form."""
    return {n: Choices(f) for n, f in form.fields.items() if isinstance(f, forms.ModelChoiceField)}


def labels_of(column: forms.Field) -> dict[str, str]:
    """Stored value → label of a field with fixed choices."""
    if not hasattr(column, "choices") or isinstance(column, forms.ModelChoiceField):
        return {}
    return {str(k): str(v) for k, v in column.choices if k not in ("", None)}


def as_text(value: Any) -> str:
    """A cell, or a value about to become one, as typed text: what shows the same is the same."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if value is None or isinstance(value, BadCell):
        return ""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, Decimal):
        value = float(value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def shown(value: Any) -> str:
    """A stored value as the text of the cell it is exported to."""
    return as_text(plain_value(value))
