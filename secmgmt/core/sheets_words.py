"""What a column of a workbook takes, in words: for what is refused and for the sheet of notes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _

# What the field itself says of a value it cannot take, in words that name neither column nor value.
FORMAT_CODES = frozenset(
    ("invalid", "min_value", "max_value", "max_length", "min_length", "max_digits", "max_decimal_places",
     "max_whole_digits")
)  # fmt: skip


def expected(column: forms.Field) -> str:
    """The format of a column's cells."""
    if isinstance(column, forms.BooleanField):
        return _("“是”或“否”")
    if isinstance(column, forms.ChoiceField):
        return _("下拉列表中的一项")
    if isinstance(column, forms.DateField):
        return _("日期，如 2026-01-31")
    if isinstance(column, forms.DecimalField):
        return number_text(column, _("数"), "12.5")
    if isinstance(column, forms.IntegerField):
        return number_text(column, _("整数"), "12")
    longest = getattr(column, "max_length", None)
    return _("文字，不超过 %d 字") % longest if longest else _("文字")


def condition(form: forms.BaseForm, name: str) -> str:
    """With which answer of another column a column is filled in, as the form declares it."""
    of, when = (form.fields[name].widget.attrs.get(key, "") for key in ("data-of", "data-when"))
    if not of:
        return ""
    column: forms.Field = form.fields[of]
    labels = {str(key): str(label) for key, label in getattr(column, "choices", ()) if key not in ("", None)}
    answers = [labels[value] for value in when.split() if value in labels]
    tick = isinstance(column, forms.BooleanField)
    answer = _("是") if tick else "、".join(answers) or _("已填")
    return _("%(of)s=%(answer)s 时填，否则留空") % {"of": column.label, "answer": answer}


def example(column: forms.Field, options: list[str]) -> str:
    """A cell that the column takes; what a text says is the person's own."""
    if options:
        return options[0]
    if isinstance(column, forms.DateField):
        return "2026-01-31"
    if isinstance(column, forms.IntegerField):
        return "12" if column.max_value is None else str(column.min_value or 0)
    return ""


def tell_bounds(column: forms.IntegerField, validators: Iterable[Any]) -> None:
    """A number's bounds as its model has them: the form's field knows the sign only."""
    for rule in validators:
        if isinstance(rule, MinValueValidator):
            column.min_value = max(column.min_value or 0, rule.limit_value)
        elif isinstance(rule, MaxValueValidator):
            known = column.max_value
            column.max_value = rule.limit_value if known is None else min(known, rule.limit_value)


def number_text(column: forms.IntegerField, kind: str, like: str) -> str:
    """A number and between what."""
    low, high = column.min_value, column.max_value
    if low is not None and high is not None:
        return _("%(kind)s，从 %(low)s 到 %(high)s") % {"kind": kind, "low": low, "high": high}
    kind = _("%(kind)s，如 %(like)s") % {"kind": kind, "like": like}
    if low is not None:
        return _("%(kind)s，不小于 %(low)s") % {"kind": kind, "low": low}
    return kind
