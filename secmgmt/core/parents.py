"""What hangs on a record takes the record's visibility: attachments, comments, notices, jobs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet

from . import errors, permissions


def visible_parent(content_type_id: Any, object_id: Any, user: Any, action: str = "view") -> Any:
    """The record a row hangs on, as ``user`` may see it; else the same 404 (403 for the action)."""
    kind = ContentType.objects.filter(pk=content_type_id).first()
    model = kind.model_class() if kind is not None else None
    if model is None or not has_scope(model):
        raise errors.OutOfScope(model=str(kind or ""), lookup=object_id)
    return permissions.get_visible(model, user, action, pk=object_id)


def has_scope(model: type[Model]) -> bool:
    """Whether rows of this model are reached through ``visible_to``; what has no scope has no visitors."""
    return hasattr(model, "scope_path") and hasattr(model._default_manager, "visible_to")


def with_visible_parent(rows: QuerySet, user: Any) -> QuerySet:
    """Those of ``rows`` whose record, of whatever kind, ``user`` may see: one semi-join a kind."""
    condition = Q(pk__in=[])
    kinds = rows.order_by().values_list("content_type_id", flat=True).distinct()
    for kind in map(ContentType.objects.get_for_id, kinds):
        model = kind.model_class()
        if model is not None and has_scope(model):
            seen = model._default_manager.visible_to(user).order_by().values("pk")
            condition |= Q(content_type_id=kind.pk, object_id__in=seen)
    return rows.filter(condition)


def load_parents(rows: Iterable[Any]) -> None:
    """Load the records that ``rows`` hang on with what their scope is read from: a query a kind.

    One that was deleted meanwhile stays away; its rows go with it.
    """
    by_kind: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        by_kind[row.content_type_id].append(row)
    for kind, group in by_kind.items():
        model: Any = ContentType.objects.get_for_id(kind).model_class()
        unit = model.scope_path.rpartition("__")[0]
        found = model._default_manager.select_related(*filter(None, [unit])).in_bulk({row.object_id for row in group})
        for row in group:
            if row.object_id in found:
                row.parent = found[row.object_id]


def require_any(user: Any, obj: Any, *actions: str) -> None:
    """The record must be visible (404), and one of ``actions`` allowed on it (403)."""
    found = permissions.get_visible(type(obj), user, pk=obj.pk)
    if not permissions.actions_for(user, [found])[found.pk] & set(actions):
        raise errors.NotAllowed(who_may=permissions.who_may(type(obj), actions[0]), obj=found)


def carries(obj: Any, what: str) -> bool:
    """Whether the model says that files (``has_files``) or remarks (``has_comments``) hang on its rows."""
    return getattr(obj, what, False)


def check_carries(obj: Any, what: str) -> None:
    """Where the model does not say so there is no such place: the 404 of an address that is not there."""
    if not carries(obj, what):
        raise errors.OutOfScope(model=obj._meta.label, lookup=obj.pk)


def refuse_bare(obj: Any) -> None:
    """A record of which nothing but its own few fields may be kept (``bare`` says why) takes nothing else."""
    why = getattr(obj, "bare", "")
    if why:
        raise errors.Conflict(why, obj=obj)


def field_limits(user: Any, rows: Iterable[Any]) -> dict[Any, frozenset[str] | None]:
    """For each row the names of what ``user`` may see of it; None = all.

    A position over the row's unit shows all. Somebody who only takes part sees what his participations name,
    all of it when one of them names nothing.
    """
    rows = list(rows)
    if not rows:
        return {}
    model = type(rows[0])
    limits: dict[Any, frozenset[str] | None] = {row.pk: None for row in rows}
    paths = permissions.paths_for(user, model, "view")
    sideways = {row.pk: row for row in rows if not _holds(paths, row)}
    if not sideways or not model.scope_parents:
        return limits
    named = permissions.taking_part(user, list(sideways.values()))
    for pk in sideways:
        lists = [part.fields for part in named.get(pk, []) if "view" in part.actions]
        if lists and all(lists):
            limits[pk] = frozenset(name for names in lists for name in names)
    return limits


def may_see_field(user: Any, row: Any, name: str) -> bool:
    """Whether the fields ``user`` was shown of ``row`` include ``name``."""
    limit = field_limits(user, [row])[row.pk]
    return limit is None or name in limit


def _holds(paths: list[str], row: Any) -> bool:
    return any(not row.scope_path or permissions.path_of(row).startswith(path) for path in paths)


def shown_in_part(user: Any, model: type[Model]) -> bool:
    """Whether there is a row of ``model`` of which ``user`` was shown only some fields."""
    if not model.scope_parents:
        return False
    return permissions.participations_of(user, model, "view").exclude(fields=[]).exists()


def without_limited(rows: QuerySet, user: Any) -> QuerySet:
    """``rows`` less those of which ``user`` was shown only some fields: for filters and orders by others."""
    model = rows.model
    if not shown_in_part(user, model):
        return rows
    mine = permissions.participations_of(user, model, "view")
    paths = permissions.paths_for(user, model, "view")
    if paths and not model.scope_path:
        return rows
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(**{f"{model.scope_path}__startswith": path})
    whole = mine.filter(fields=[])
    for lookup in model.scope_parents:
        kind = ContentType.objects.get_for_model(permissions.resolve(model, lookup))
        ids = whole.filter(content_type=kind).values("object_id")
        condition |= Q(**{f"{lookup}__in" if lookup else "pk__in": ids})
    return rows.filter(condition)
