"""JSON bodies and forms: what a form takes as a schema, a body as form data, a row as a body."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

from django import forms
from django.core.files.base import File
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from ninja import Schema
from ninja.orm import register_field
from ninja.parser import Parser
from pydantic import ConfigDict, Field, create_model

register_field("JSONField", list[Any] | dict[str, Any])  # described as they are: most of ours are lists
WHOLE = Annotated[int, Field(ge=-(2**63), lt=2**63)]


def body_schema(form_class: type[forms.BaseForm], name: str) -> type[Schema]:
    """The fields of a form as a schema in which every field may be left out and no other one may stand.

    What is required and what fits is said by the form itself, in one place for page, import and API.
    """
    fields: dict[str, Any] = {
        key: (field_type(field) | None, Field(None, title=str(field.label or key)))
        for key, field in form_class.base_fields.items()
        if settable(key, field)
    }
    return create_model(name, __base__=StrictBody, **fields)


class StrictBody(Schema):
    """A body in which an unknown field is an error and not ignored (A31)."""

    model_config = ConfigDict(extra="forbid")


class BodyParser(Parser):
    """JSON whose texts can be stored; a NUL is told by the form, beside its field."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body. Raises ValueError, which ninja answers with 400."""
        value = super().parse_body(request)
        check_storable(json.dumps(value, ensure_ascii=False))
        return value


def check_storable(text: str) -> None:
    """Half of a surrogate pair is no character and no text to any database. Raises UnicodeEncodeError."""
    text.encode()


def settable(name: str, field: forms.Field) -> bool:
    """A body sets the form's visible fields; the version comes in If-Match, files by upload."""
    return name != "version" and not isinstance(field, forms.FileField)


def field_type(field: forms.Field) -> Any:
    """The JSON type of a form field."""
    if isinstance(field, forms.ModelMultipleChoiceField):
        return list[WHOLE]
    if isinstance(field, forms.MultipleChoiceField):
        return list[str]
    if isinstance(field, forms.JSONField):
        return dict[str, Any] | list[Any]
    if isinstance(field, forms.BooleanField):
        return bool
    if isinstance(field, forms.ModelChoiceField):
        return WHOLE
    if isinstance(field, (forms.DecimalField, forms.FloatField)):
        return float | str
    if isinstance(field, forms.IntegerField):
        return WHOLE
    if isinstance(field, forms.TypedChoiceField):
        return str | WHOLE
    return str


def form_data(form_class: type[forms.BaseForm], values: dict[str, Any]) -> QueryDict:
    """A body as the data a browser would have sent."""
    data = QueryDict(mutable=True)
    for name, value in values.items():
        field = form_class.base_fields.get(name)
        if value is None:
            continue
        if isinstance(field, forms.JSONField):
            data[name] = json.dumps(value, ensure_ascii=False)
        elif isinstance(value, list):
            data.setlist(name, [str(item) for item in value])
        elif isinstance(value, bool):
            data[name] = "true" if value else "false"
        else:
            data[name] = str(value)
    return data


def values_of(form: forms.BaseForm) -> dict[str, Any]:
    """The values of a form on a stored row, as a body: what a partial change leaves as it is."""
    return {
        name: plain(form[name].initial, field)
        for name, field in form.fields.items()
        if settable(name, field) and not isinstance(form[name].initial, File)
    }


def plain(value: Any, field: forms.Field) -> Any:
    """A field's initial value as JSON would carry it."""
    if isinstance(field, forms.JSONField):
        return value
    if isinstance(value, (list, tuple, set, QuerySet)):
        return [plain(item, field) for item in value]
    if isinstance(value, Model):
        return value.pk
    value = field.prepare_value(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def page_schema(row: type[Schema], name: str) -> type[Schema]:
    """A page of a list."""
    numbers: dict[str, Any] = dict.fromkeys(("page", "size", "total"), (int, ...))
    items: Any = list[row]  # type: ignore[valid-type]
    return create_model(name, __base__=Schema, items=(items, ...), **numbers)


class DecisionOut(Schema):
    """A step somebody took, with his opinion."""

    transition: str
    label: str
    source: str
    target: str
    by: str
    at: dt.datetime
    opinion: str


class FieldChange(Schema):
    """A field before and after."""

    field: str
    before: str | None
    after: str


class ChangeOut(Schema):
    """What somebody changed."""

    at: dt.datetime
    who: str
    what: str
    changes: list[FieldChange]


class HistoryOut(Schema):
    """The opinion trail and a page of the changes."""

    decisions: list[DecisionOut]
    changes: list[ChangeOut]
    total: int
