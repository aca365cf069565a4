"""Who may do what to which row.

A role is one permission on a unit; a position grants it to a user for a time over everything beneath the
unit. The apps' manifests say which actions on which model a role carries. Rows are reached only through
``Model.objects.visible_to(user, action)``; sideways cases are participations on an object, which hold while
what they stand on holds (``capacities_held``) and are never an administrator's.
guardian's own checkers know neither validity nor the tree and are not called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import errors
from .clock import now


class Grant(NamedTuple):
    """A role held over the subtree at ``path``."""

    role: str
    path: str


@dataclass(frozen=True)
class Role:
    """A role's code (``act_as_…``), its Chinese name, whether it needs a second factor, and what it is for."""

    code: str
    label: Any
    second_factor: bool = False
    purpose: str = ""  # for docs/permissions.md
    administers: bool = False  # its holder takes part in nothing


@dataclass(frozen=True)
class Capacity:
    """What taking part opens: model → actions. ``role``: it holds only for who holds this role now, anywhere."""

    opens: dict[str, tuple[str, ...]]
    role: str = ""


class Part(NamedTuple):
    """What one participation gives a user on a row. ``fields``: the names he was shown, none = all."""

    actions: set[str]
    fields: list[str]


FEW_UNITS = 10
ROLES: dict[str, Role] = {}
CAPACITIES: dict[str, Capacity] = {}
_by_role: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))  # model → action → roles
_by_capacity: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))


def define_role(role: Role) -> None:
    """Make a role known; its permission on the unit model has the same code."""
    ROLES[role.code] = role


def allow(role: str, model: str, *actions: str) -> None:
    """Give ``role`` these actions on ``app.Model`` (called from manifests)."""
    if role not in ROLES:
        raise ValueError(f"unknown role {role!r}")
    for action in actions:
        _by_role[model.lower()][action].add(role)


def define_capacity(code: str, capacity: Capacity) -> None:
    """Make a capacity known and give those who take part in it its actions."""
    if capacity.role and capacity.role not in ROLES:
        raise ValueError(f"unknown role {capacity.role!r}")
    CAPACITIES[code] = capacity
    for model, actions in capacity.opens.items():
        for action in actions:
            _by_capacity[model.lower()][action].add(code)


def roles_for(model: type[Model], action: str) -> set[str]:
    """The roles that carry ``action`` on ``model``."""
    return _by_role[model._meta.label_lower][action]


def capacities_for(model: type[Model], action: str) -> set[str]:
    """The capacities of participation that carry ``action`` on ``model``."""
    return _by_capacity[model._meta.label_lower][action]


def _capacities_of(model: type[Model]) -> set[str]:
    """The capacities that carry any action on ``model``."""
    return set().union(*_by_capacity[model._meta.label_lower].values())


def actions_of(model: type[Model]) -> set[str]:
    """Every action any role or capacity can have on ``model``."""
    label = model._meta.label_lower
    return set(_by_role[label]) | set(_by_capacity[label])


def roles_by_action(model: type[Model]) -> dict[str, set[str]]:
    """Action on ``model`` → the roles that carry it."""
    return {action: set(roles) for action, roles in _by_role[model._meta.label_lower].items() if roles}


def capacities_by_action(model: type[Model]) -> dict[str, set[str]]:
    """Action on ``model`` → the capacities of participation that carry it."""
    return {action: set(held) for action, held in _by_capacity[model._meta.label_lower].items() if held}


def who_may(model: type[Model], action: str) -> str:
    """The names of the roles that may, for the sentence on a 403 page."""
    return "、".join(sorted(str(ROLES[r].label) for r in roles_for(model, action)))


def paths_for(user: Any, model: type[Model], action: str) -> list[str]:
    """The shortest path prefixes under which ``user`` may do ``action``; [""] for a model without units."""
    roles = roles_for(model, action)
    paths = sorted({grant.path for grant in user.grants() if grant.role in roles})
    kept: list[str] = []
    for path in paths:  # sorted, so a parent comes before what it covers
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def covers_everything(path: str) -> bool:
    """Whether a grant at ``path`` is at the root of the tree, so that no filter is needed."""
    return path.count("/") <= 2


def restrict(queryset: QuerySet, user: Any, action: str) -> QuerySet:
    """The rows of ``queryset`` on which ``user`` may do ``action``."""
    if not getattr(user, "is_active", False):
        return queryset.none()
    model = queryset.model
    paths = paths_for(user, model, action)
    if paths and (not model.scope_path or covers_everything(paths[0])):
        return queryset
    condition = _by_position(model, paths, user)
    taking_part = _by_participation(model, user, action)
    if condition is None and taking_part is None:
        return queryset.none()
    if condition is None or taking_part is None:
        return queryset.filter(condition or taking_part)
    return queryset.filter(condition | taking_part)


def where_may(queryset: QuerySet, user: Any, model: type[Model], action: str) -> QuerySet:
    """The rows of ``queryset`` at units where a position lets ``user`` do ``action`` on ``model``, another one."""
    if not getattr(user, "is_active", False):
        return queryset.none()
    condition = _by_position(queryset.model, paths_for(user, model, action), user)
    return queryset.none() if condition is None else queryset.filter(condition)


def _by_position(model: type[Model], paths: list[str], user: Any) -> Q | None:
    """The rows under ``paths``. Few units are named one by one: a database finds their rows by an index, where it
    would read everybody's for a prefix of a path; of many units a prefix is the shorter question.
    """
    if not paths:
        return None
    unit = model.scope_path.removesuffix("__path")
    condition = Q()
    for path in paths:
        few = None if unit == model.scope_path else _few_units(resolve(model, unit), path, user)
        beneath = {f"{model.scope_path}__startswith": path} if few is None else {f"{unit}__in": few}
        condition |= Q(**beneath)
    return condition


def _few_units(units: type[Model], path: str, user: Any) -> list[int] | None:
    """The units at and beneath ``path``, None when they are many; looked up once per path and user instance."""
    known = user.__dict__.setdefault("_few_units", {})
    if path not in known:
        rows = units._default_manager.filter(path__startswith=path).order_by().values_list("pk", flat=True)
        found = list(rows[: FEW_UNITS + 1])
        known[path] = found if len(found) <= FEW_UNITS else None
    return known[path]


def _by_participation(model: type[Model], user: Any, action: str) -> Q | None:
    """Semi-joins on what the user, or a unit at or beneath one of his positions, was invited to."""
    if not model.scope_parents or not capacities_held(user, capacities_for(model, action)):
        return None
    condition = Q()
    for lookup in model.scope_parents:
        kind = ContentType.objects.get_for_model(resolve(model, lookup))
        for rows in _parts(user, capacities_for(model, action), paths_for(user, model, action)):
            ids = rows.filter(content_type=kind).values("object_id")
            condition |= Q(**{f"{lookup}__in" if lookup else "pk__in": ids})
    return condition


def participations_of(user: Any, model: type[Model], action: str) -> QuerySet:
    """The participations that give ``user`` this action on rows of ``model`` now.

    By name, or as one whose position reaches the unit invited, with a role that carries the action.
    """
    named, reached = _parts(user, capacities_for(model, action), paths_for(user, model, action))
    return named | reached


def capacities_held(user: Any, capacities: Iterable[str]) -> set[str]:
    """Those of ``capacities`` in which ``user`` can take part now.

    An administrator takes part in nothing; what stands on a role ends with the role.
    """
    roles = {grant.role for grant in user.grants()}
    if any(ROLES[role].administers for role in roles if role in ROLES):
        return set()
    return {code for code in capacities if not CAPACITIES[code].role or CAPACITIES[code].role in roles}


def _parts(user: Any, capacities: Iterable[str], paths: Iterable[str]) -> tuple[QuerySet, QuerySet]:
    """The participations in ``capacities`` that hold now: the user's own, and those of units under ``paths``.

    Two questions, since each has an index of its own that a database does not use for both at once.
    """
    at = now()
    rows = apps.get_model("core", "Participation").objects.filter(Q(until__isnull=True) | Q(until__gt=at))
    rows = rows.filter(capacity__in=capacities_held(user, capacities))
    beneath = Q(pk__in=[])
    for path in paths:
        beneath |= Q(unit__path__startswith=path)
    return rows.filter(user=user), rows.filter(beneath, unit__isnull=False)


def resolve(model: type[Model], lookup: str) -> type[Model]:
    """The model that ``lookup`` (``a__b``) leads to from ``model``; itself for ""."""
    found: Any = model
    for part in lookup.split("__") if lookup else ():
        found = found._meta.get_field(part).related_model
    return found


def path_of(row: Any) -> str:
    """The unit path a row belongs to, walking ``scope_path`` over loaded relations."""
    if not row.scope_path:
        return ""
    value: Any = row
    for part in row.scope_path.split("__"):
        value = getattr(value, part, None)
        if value is None:
            return ""
    return value


def may(user: Any, model: type[Model], action: str, path: str | None = None) -> bool:
    """Whether a position of ``user`` carries ``action`` on ``model`` (at ``path``, or anywhere)."""
    if not getattr(user, "is_active", False):
        return False
    paths = paths_for(user, model, action)
    if path is None or not model.scope_path:
        return bool(paths)
    return any(path.startswith(prefix) for prefix in paths)


def require(user: Any, model: type[Model], action: str, path: str | None = None) -> None:
    """Raise NotAllowed unless ``may``."""
    if not may(user, model, action, path):
        raise errors.NotAllowed(
            _("您的岗位不能在这里%(what)s。") % {"what": action_label(action)}, who_may=who_may(model, action)
        )


def get_visible(
    model: type[Model], user: Any, action: str = "view", *, queryset: QuerySet | None = None, **lookup: Any
) -> Any:
    """One row by ``lookup``: out of scope is a 404, in scope but not for this action a 403."""
    rows = model.objects.all() if queryset is None else queryset
    found = rows.visible_to(user, "view").filter(**lookup).first()
    if found is None:
        raise errors.OutOfScope(model=model._meta.label, lookup=lookup)
    if action != "view" and action not in actions_for(user, [found])[found.pk]:
        raise errors.NotAllowed(
            _("您的岗位不能对“%(name)s”%(what)s。") % {"name": found, "what": action_label(action)},
            who_may=who_may(model, action),
            obj=found,
        )
    return found


def actions_for(user: Any, rows: Iterable[Any]) -> dict[Any, frozenset[str]]:
    """For each row (all of one model, unit loaded) the actions ``user`` has on it: one query at most."""
    rows = list(rows)
    if not rows:
        return {}
    model = type(rows[0])
    label = model._meta.label_lower
    if not getattr(user, "is_active", False):
        return {row.pk: frozenset() for row in rows}
    allowed = {row.pk: _by_grants(user, model, path_of(row)) for row in rows}
    by_capacity = _by_capacity[label]
    # a participation is looked up only where it could add something to what positions allow
    open_ones = [row for row in rows if not by_capacity.keys() <= allowed[row.pk]]
    for pk, parts in taking_part(user, open_ones).items():
        allowed[pk] = allowed[pk].union(*(part.actions for part in parts))
    return {pk: frozenset(actions) for pk, actions in allowed.items()}


def _by_grants(user: Any, model: type[Model], path: str) -> set[str]:
    """The actions that positions over ``path`` allow."""
    held = {g.role for g in user.grants() if not model.scope_path or (path and path.startswith(g.path))}
    return {action for action, roles in _by_role[model._meta.label_lower].items() if roles & held}


def taking_part(user: Any, rows: list[Any]) -> dict[Any, list[Part]]:
    """For each row (all of one model) what every participation that opens it gives ``user``: one query."""
    wanted: dict[tuple[int, int], set[Any]] = defaultdict(set)
    for row in rows:
        for lookup in row.scope_parents:
            target = row
            for part in lookup.split("__") if lookup else ():
                target = getattr(target, part) if target is not None else None
            if target is not None:
                wanted[(ContentType.objects.get_for_model(target).pk, target.pk)].add(row.pk)
    if not wanted:
        return {}
    model = type(rows[0])
    types, ids = {t for t, _i in wanted}, {i for _t, i in wanted}
    named, reached = (
        listed.filter(content_type_id__in=types, object_id__in=ids).values_list(
            "content_type_id", "object_id", "capacity", "unit__path", "fields"
        )
        for listed in _parts(user, _capacities_of(model), {grant.path for grant in user.grants()})
    )
    found: dict[Any, list[Part]] = defaultdict(list)
    for type_id, object_id, *given in named.union(reached, all=True):
        part = _part(user, model, *given)
        for pk in wanted.get((type_id, object_id), ()) if part.actions else ():
            found[pk].append(part)
    return found


def _part(user: Any, model: type[Model], capacity: str, unit_path: str | None, fields: list[str]) -> Part:
    """A unit's participation gives what its capacity and a position over the unit both carry."""
    actions = {action for action, known in _by_capacity[model._meta.label_lower].items() if capacity in known}
    return Part(actions if unit_path is None else actions & _by_grants(user, model, unit_path), fields)


ACTION_LABELS: dict[str, Any] = {
    "view": gettext_lazy("查看"),
    "add": gettext_lazy("登记"),
    "change": gettext_lazy("修改"),
    "delete": gettext_lazy("删除"),
    "export": gettext_lazy("导出"),
    "import": gettext_lazy("导入"),
}

CAPACITY_LABELS: dict[str, Any] = {}  # capacity of a participation → its Chinese name, from the manifests


def action_label(action: str) -> str:
    """The Chinese verb of an action, workflow transitions included."""
    return str(ACTION_LABELS.get(action, action))
