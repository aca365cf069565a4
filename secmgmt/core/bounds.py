"""How large a number or a text from outside may be, before anything works on it."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import errors

LONGEST_TEXT = 2000
MOST_DIGITS = 18  # what every database keeps in 64 bits
MOST = 10**MOST_DIGITS - 1
MOST_COUNTED = 2_000_000_000  # what every database keeps in 32 bits, and more than there are people in a city
EARLIEST, LATEST = dt.date(1949, 10, 1), dt.date(2099, 12, 31)


def whole_number(text: str | None) -> int | None:
    """The number a request's text says: ASCII digits only, within 64 bits; None for anything else."""
    sent = text or ""
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) <= MOST_DIGITS else None


def limit_text(field: forms.Field) -> None:
    """A free text of a form that names no limit of its own: what is read, compared and printed ends somewhere."""
    free = isinstance(field, forms.CharField) and not isinstance(field, forms.JSONField)
    if not free or field.max_length is not None or isinstance(field.widget, forms.PasswordInput):
        return
    field.max_length = LONGEST_TEXT
    field.widget.attrs.setdefault("maxlength", str(LONGEST_TEXT))
    message = gettext_lazy("最多 %(limit_value)d 字，现有 %(show_value)d 字。")
    field.validators.append(MaxLengthValidator(LONGEST_TEXT, message))


def limit_value(field: forms.Field) -> None:
    """A date or a count of a form that names no limit of its own: a slip of the hand is no fact."""
    if isinstance(field, forms.DateField):
        field.validators += [
            MinValueValidator(EARLIEST, gettext_lazy("日期不能早于 %(limit_value)s，请核对年份。")),
            MaxValueValidator(LATEST, gettext_lazy("日期不能晚于 %(limit_value)s，请核对年份。")),
        ]
    elif isinstance(field, forms.IntegerField) and field.max_value is None:
        field.validators.append(MaxValueValidator(MOST_COUNTED, gettext_lazy("不能大于 %(limit_value)s，请核对。")))


def check_text(name: str, text: str) -> None:
    """A text that comes by no form, against the same limit. Raises Invalid at the field ``name``."""
    if len(text) > LONGEST_TEXT:
        told = {"max": LONGEST_TEXT, "now": len(text)}
        raise errors.Invalid({name: [_("最多 %(max)d 字，现有 %(now)d 字。") % told]})
