"""What happened to a record, told from its audit rows in the words of its fields."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext as _

from .acts import verb_label
from .models.audit import AuditEvent, AuditResult
from .tables import Column, Pager, Table

TABLE = Table([Column("seq", "#", sort="seq")], default_sort="-seq", per_page=30)


@dataclass(frozen=True)
class Entry:
    """One act on the record. ``changes``: (label, text before or None, text after); ``reason``: as it was given."""

    at: Any
    who: str
    role: str
    what: str
    changes: list[tuple[str, str | None, str]] = field(default_factory=list)
    reason: str = ""


def page(obj: Any, user: Any, params: QueryDict) -> tuple[list[Entry], Pager]:
    """A page of the acts on ``obj``, newest first; refusals stay with the auditor."""
    done = AuditEvent.objects.filter(result=AuditResult.OK)
    events = done.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk))
    shown = TABLE.page(events, params)
    rows = [row.obj for row in shown.rows]
    names = related_names(type(obj), rows, user)
    entries = [
        Entry(
            at=event.at,
            who=event.actor_name,
            role=event.actor_role,
            what=verb_label(type(obj), event.verb),
            changes=changes_of(type(obj), event, names),
            reason=str(event.detail.get("reason", "")),
        )
        for event in rows
    ]
    return entries, shown.pager


def related_names(model: type[models.Model], events: list[Any], user: Any) -> dict[str, dict[str, str]]:
    """Field → {key: name} of the rows foreign keys point to, as far as ``user`` may see them."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for values in (event.before, event.after):
            for name, value in values.items():
                found = _field(model, name)
                if value and isinstance(found, models.ForeignKey):
                    wanted[name].add(str(value))
    names = {}
    for name, keys in wanted.items():
        numbers = [key for key in keys if key.isdecimal()]
        rows = _field(model, name).related_model._default_manager.filter(pk__in=numbers)
        if hasattr(rows, "visible_to"):
            rows = rows.visible_to(user, "view")
        names[name] = {str(row.pk): str(row) for row in rows}
    return names


def changes_of(
    model: type[models.Model], event: Any, names: dict[str, dict[str, str]]
) -> list[tuple[str, str | None, str]]:
    """The fields an act changed, in words."""
    found = []
    for key, after in event.after.items():
        column = _field(model, key)
        label = str(column.verbose_name if column is not None else getattr(model, "audit_labels", {}).get(key, key))
        before = event.before.get(key) if event.before else None
        texts = [_text(column, value, names.get(key, {})) for value in (before, after)]
        if event.before or texts[1] != "—":
            found.append((label, texts[0] if event.before else None, texts[1]))
    return found


def _field(model: type[models.Model], name: str) -> Any:
    """The model's field, if that is what the trail holds under ``name``: a service may keep a name in its place."""
    if name in getattr(model, "audit_labels", {}):
        return None
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _text(column: Any, value: Any, names: dict[str, str]) -> str:
    if value in (None, "", [], "None"):
        return "—"
    if isinstance(value, list):
        return "、".join(str(item) for item in value)
    if isinstance(column, models.ForeignKey):
        return names.get(str(value), _("编号 %(key)s") % {"key": value})
    if isinstance(column, models.BooleanField):
        return _("是") if str(value) == "True" else _("否")
    choices = dict(getattr(column, "flatchoices", None) or ())
    return str({str(k): v for k, v in choices.items()}.get(str(value), value))
