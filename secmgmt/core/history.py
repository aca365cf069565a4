"""What happened to a record, told from its audit rows in the words of its fields."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import QueryDict
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from .acts import verb_label
from .models.audit import AuditEvent, AuditResult, AuditRow
from .models.trail import Attachment, Comment
from .tables import Column, Pager, Table

HANGING: dict[str, type[models.Model]] = {"attachment": Attachment, "core.comment": Comment}
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
    """A page of the acts on ``obj``, alone or among many, newest first; refusals stay with the auditor."""
    kind = {"object_type": obj._meta.label_lower, "object_id": str(obj.pk)}
    tables = list(AuditRow.objects.filter(**kind).order_by().values_list("table", flat=True))
    done = AuditEvent.objects.filter(result=AuditResult.OK)
    shown = TABLE.page(done.filter(models.Q(**kind) | models.Q(table__in=tables)), params)
    events = [row.obj for row in shown.rows]
    rows = AuditRow.objects.filter(**kind, table__in=[event.table for event in events if event.table])
    among = {row.table: row for row in rows}
    told = [(event, among.get(event.table, event)) for event in events]
    names = related_names(type(obj), [row for _event, row in told], user)
    entries = [
        Entry(
            at=event.at,
            who=event.actor_name,
            role=event.actor_role,
            what=what_of(type(obj), event, row),
            changes=changes_of(told_model(type(obj), row), row, names),
            reason=str(event.detail.get("reason", "")),
        )
        for event, row in told
    ]
    return entries, shown.pager


def what_of(model: type[models.Model], event: AuditEvent, row: AuditEvent | AuditRow) -> str:
    """The word of an act; of one among many also how they came: 修改（导入）."""
    if row is event:
        return verb_label(model, event.verb)
    kind = f"{model._meta.label_lower}.{row.verb}"
    return _("%(act)s（%(how)s）") % {"act": verb_label(model, kind), "how": verb_label(model, event.verb)}


def told_model(model: type[models.Model], event: AuditEvent | AuditRow) -> type[models.Model]:
    """Whose fields an act on a record speaks of: those of the file or the remark that hangs on it, or its own."""
    return HANGING.get(event.verb.rpartition(".")[0], model)


def related_names(model: type[models.Model], events: list[Any], user: Any) -> dict[str, dict[str, str]]:
    """Field → {key: name} of the rows foreign keys point to, as far as ``user`` may see them; of people their names,
    which the record's own page says too.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for event in events:
        for values in (event.before, event.after):
            for name, value in values.items():
                found = column_of(model, name)
                if value and isinstance(found, models.ForeignKey):
                    wanted[name].add(str(value))
    names = {}
    for name, keys in wanted.items():
        numbers = [key for key in keys if key.isdecimal()]
        rows = column_of(model, name).related_model._default_manager.filter(pk__in=numbers)
        if hasattr(rows, "visible_to") and rows.model is not get_user_model():
            rows = rows.visible_to(user, "view")
        names[name] = {str(row.pk): str(row) for row in rows}
    return names


def changes_of(
    model: type[models.Model], event: Any, names: dict[str, dict[str, str]] | None
) -> list[tuple[str, str | None, str]]:
    """The fields an act changed, in words; what only the program keeps is left out.

    ``names`` None: everything, and of other rows their numbers, as the auditor reads it.
    """
    found = []
    for key, after in event.after.items():
        column = column_of(model, key)
        label = label_of(model, key)
        if label.isascii() and names is not None:
            continue
        before = event.before.get(key) if event.before else None
        texts = [_text(column, value, None if names is None else names.get(key, {})) for value in (before, after)]
        if event.before or texts[1] != "—":
            found.append((label, texts[0] if event.before else None, texts[1]))
    return found


def label_of(model: type[models.Model], name: str) -> str:
    """What a field is called in a history; in ASCII when only the program speaks of it."""
    column = column_of(model, name)
    own = {**getattr(model, "audit_labels", {}), **getattr(model, "history_labels", {})}
    return str(own.get(name, column.verbose_name if column is not None else name))


def column_of(model: type[models.Model], name: str) -> Any:
    """The model's field, if that is what the trail holds under ``name``: a service may keep a name in its place."""
    if name in getattr(model, "audit_labels", {}):
        return None
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def _text(column: Any, value: Any, names: dict[str, str] | None) -> str:
    if value in (None, "", [], "None"):
        return "—"
    if isinstance(value, list):
        return "、".join(_text(column, item, names) for item in value)
    if isinstance(column, models.ForeignKey):
        if names is None:
            return _("编号 %(key)s") % {"key": value}
        kind = column.related_model._meta.verbose_name
        return names.get(str(value)) or _("（您不能查看的%(kind)s）") % {"kind": kind}
    if isinstance(column, models.BooleanField):
        return _("是") if str(value) == "True" else _("否")
    if isinstance(column, models.DateTimeField):
        moment = parse_datetime(str(value))
        return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M") if moment and moment.tzinfo else str(value)
    if isinstance(column, models.BigIntegerField) and column.model is Attachment:
        return filesizeformat(value)
    choices = dict(getattr(column, "flatchoices", None) or ())
    return str({str(k): v for k, v in choices.items()}.get(str(value), value))
