"""What an app hands to the rest of the house: one ``Manifest`` per app, ``joined`` from those of its features.

The portal shows menu entries, to-dos, search sources and report kinds without knowing the apps; a detail
page shows the panels other apps contribute to its model; roles get their actions here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db.models import Model, QuerySet
from django.urls import reverse

from . import permissions
from .figures import Chapter, Figure
from .report_kind import ReportKind


@dataclass(frozen=True)
class MenuEntry:
    """A line of the main navigation; shown to whoever has ``action`` on ``model`` anywhere.

    ``group``: heading ("" = top); ``count``: optional function user → int for the badge.
    ``model``: "app.Model"; ``visible``: function user → bool that replaces the permission.
    """

    group: Any
    label: Any
    url_name: str
    icon: str
    model: str = ""
    action: str = "view"
    order: int = 100
    visible: Callable[[Any], bool] | None = None
    count: Callable[[Any], int] | None = None


TODOS_SHOWN = 20


@dataclass(frozen=True)
class Todo:
    """Something that waits for a person: one line on the start page with one button.

    ``stands_for``: how many matters the line is, where it leads to the rest of a long list.
    """

    kind: str
    title: str
    note: str
    url: str
    action: str
    due: dt.date | None = None
    state: str = ""
    tone: str = "info"  # info | warn | bad
    stands_for: int = 1


def todos_of(rows: QuerySet, line: Callable[[Any], Todo], rest: Callable[[int], Todo]) -> Iterator[Todo]:
    """A line for each of the first rows, and one for how many more there are: nothing is left out in silence."""
    shown = list(rows[: TODOS_SHOWN + 1])
    yield from map(line, shown[:TODOS_SHOWN])
    if len(shown) > TODOS_SHOWN:
        yield rest(rows.order_by().count() - TODOS_SHOWN)


@dataclass(frozen=True)
class Panel:
    """A part of another model's detail page: ``load(obj, user)`` gives the template's context, None = nothing."""

    model: str
    title: Any
    template: str
    load: Callable[[Any, Any], dict[str, Any] | None]
    order: int = 100
    column: str = "main"  # main | side


@dataclass(frozen=True)
class HomePanel:
    """A card on the start page: ``load(user, today)`` gives the template's context, None = nothing to show."""

    title: Any
    template: str
    load: Callable[[Any, dt.date], dict[str, Any] | None]
    order: int = 100
    column: str = "main"  # main | side


@dataclass(frozen=True)
class SearchSource:
    """A model whose rows are found by the site-wide search: ``text(obj)`` is what is searched, "" is not found.

    ``related``: what ``select_related`` loads for ``text`` and ``title``; when one of these rows gets another name,
    the rows that speak of it are brought up to date. ``where(obj)``: a line that says where the row belongs, with
    ``shown`` loaded for it. ``url(obj, user)``: the page it leads to, if not its own. ``part``: what hangs on a record
    under this name is found by who was shown that part of it. ``order``: the place among the kinds.
    """

    model: str
    label: Any
    text: Callable[[Any], str]
    title: Callable[[Any], str] = str
    icon: str = "file"
    related: tuple[str, ...] = ()
    where: Callable[[Any], str] | None = None
    shown: tuple[str, ...] = ()
    url: Callable[[Any, Any], str] | None = None
    part: str = ""
    order: int = 100


@dataclass(frozen=True)
class Waiting:
    """A row of the queue of decisions: ``tone`` of its tag as everywhere; ``late``: the due date is past.

    ``mark``: the icon of the tag, a flag for a risk.
    """

    title: str
    about: str
    unit: str
    tag: str = ""
    tone: str = ""
    due: dt.date | None = None
    late: bool = False
    mark: str = ""


@dataclass(frozen=True)
class DecisionSource:
    """A kind of decision that leadership finds in one queue with all others.

    ``concerns(user)``: whether it is this person's business at all; ``waiting(user)``: the rows that wait for this very
    person, with what the page shows of them loaded. ``agree`` and ``refuse``: row → name of the step of its workflow,
    "" where a word is not enough; ``ways(row)``: (label, address) of the pages that ask for more.
    ``decide(row, *, by, at, opinion, seen, **asked)``: the service that agrees where no workflow does; ``asks``: the
    form of what it needs besides an opinion; ``seen``: row → what stands for the content that was looked at.
    ``template`` sees ``load(row, user)`` as "data".
    """

    code: str
    label: Any
    model: str
    waiting: Callable[[Any], QuerySet]
    line: Callable[[Any], Waiting]
    agree: Callable[[Any], str]
    refuse: Callable[[Any], str]
    load: Callable[[Any, Any], dict[str, Any]]
    concerns: Callable[[Any], bool]
    template: str = "portal/matter.html"
    ways: Callable[[Any], list[tuple[Any, str]]] = lambda row: []
    decide: Callable[..., Any] | None = None
    asks: Any = None
    seen: Callable[[Any], str] | None = None  # the frozen digest or the version, unless said otherwise


@dataclass(frozen=True)
class HealthCheck:
    """A line of the health page: ``probe() -> (state, sentence)`` with state ok | warn | bad."""

    label: Any
    probe: Callable[[], tuple[str, str]]


@dataclass(frozen=True)
class DutyFact:
    """What the data say of one duty of one record.

    ``start``: the day its term is counted from when it was never done, or the event it follows; ``done``: the day it
    was last done; ``due``: its end, where the data hold one (a certificate's). ``url``: where it is seen or done;
    ``note``: what the reader must know of it, nothing of what was found.
    """

    start: dt.date | None = None
    done: dt.date | None = None
    due: dt.date | None = None
    url: str = ""
    note: str = ""


Rows = list[int] | QuerySet


@dataclass(frozen=True)
class DutyProvider:
    """Who knows when a recurring duty was last done; the rules of the duty are data and name its ``code``.

    ``facts(ids, today)`` answers for rows of ``model`` in bulk, in a fixed number of queries; ``ids`` are their
    numbers, listed or as a query of them. A row it leaves out does not have the duty. A duty whose code no provider
    has is not in use: never due, never counted.
    """

    code: str
    model: str
    facts: Callable[[Rows, dt.date], dict[int, DutyFact]]


@dataclass
class Manifest:
    """All that one app contributes."""

    app: str
    roles: tuple[permissions.Role, ...] = ()
    grants: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)  # role → model → actions
    capacities: dict[str, permissions.Capacity] = field(default_factory=dict)
    menu: tuple[MenuEntry, ...] = ()
    begin: tuple[MenuEntry, ...] = ()  # what one may begin of one's own accord, offered on the start page
    todos: tuple[Callable[[Any, dt.date], Iterable[Todo]], ...] = ()
    panels: tuple[Panel, ...] = ()
    home: tuple[HomePanel, ...] = ()
    reports: tuple[ReportKind, ...] = ()
    decisions: tuple[DecisionSource, ...] = ()
    search: tuple[SearchSource, ...] = ()
    figures: tuple[Figure, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    health: tuple[HealthCheck, ...] = ()
    catalogs: tuple[Callable[[], str], ...] = ()
    api: tuple[tuple[str, str], ...] = ()  # (prefix under /api/v1/, "dotted.module:router")
    chores: tuple[Callable[[dt.datetime], Any], ...] = ()  # called with the time by the hourly housekeeping
    duties: tuple[DutyProvider, ...] = ()
    demo: tuple[tuple[int, Callable[[dt.datetime], None]], ...] = ()


def joined(*parts: Manifest) -> Manifest:
    """One manifest of an app from those of its features; what a role is given adds up."""
    whole: dict[str, Any] = {}
    for name in (f.name for f in fields(Manifest) if f.name not in ("app", "grants", "capacities")):
        whole[name] = tuple(entry for part in parts for entry in getattr(part, name))
    grants: dict[str, dict[str, tuple[str, ...]]] = {}
    opens: dict[str, permissions.Capacity] = {}
    for part in parts:
        for role, models in part.grants.items():
            for model, actions in models.items():
                given = grants.setdefault(role, {}).get(model, ())
                grants[role][model] = tuple(dict.fromkeys((*given, *actions)))
        if again := opens.keys() & part.capacities.keys():
            raise ValueError(f"two features of {part.app} define the capacity {min(again)!r}")
        opens |= part.capacities
    return Manifest(parts[0].app, grants=grants, capacities=opens, **whole)


FIGURE_SECONDS = 60
_manifests: dict[str, Manifest] = {}


def register(manifest: Manifest) -> None:
    """Take over an app's manifest (from ``AppConfig.ready``); roles must be defined before they are granted."""
    _manifests[manifest.app] = manifest
    for role in manifest.roles:
        permissions.define_role(role)
    for role_code, models in manifest.grants.items():
        for model, actions in models.items():
            permissions.allow(role_code, model, *actions)
    for code, capacity in manifest.capacities.items():
        permissions.define_capacity(code, capacity)


def manifests() -> list[Manifest]:
    """All registered manifests in the order of their apps."""
    return list(_manifests.values())


def collect(attribute: str) -> list[Any]:
    """Every contribution of one kind, over all apps."""
    return [entry for manifest in _manifests.values() for entry in getattr(manifest, attribute)]


def model_named(label: str) -> type[Model]:
    """The model of "app.Model"."""
    return apps.get_model(label)


def navigation(user: Any, path: str) -> list[dict[str, Any]]:
    """The main navigation as ``[{label, items: [{label, url, icon, current, count}]}]`` for this user."""
    groups: dict[str, list[dict[str, Any]]] = {}
    best, current = 0, None
    written = model_named("core.AuditHead").objects.filter(pk=1).values_list("digest", flat=True).first()
    for entry in sorted(collect("menu"), key=lambda e: e.order):
        if not may_see(user, entry):
            continue
        url = reverse(entry.url_name)
        item = {
            "label": entry.label,
            "url": url,
            "icon": entry.icon,
            "current": False,
            "count": figure(user, entry, written),
        }
        groups.setdefault(str(entry.group), []).append(item)
        here = path == url if url == "/" else path.startswith(url)  # the start page is no page's parent
        if here and len(url) > best:
            best, current = len(url), item
    if current:
        current["current"] = True
    return [{"label": label, "items": items} for label, items in groups.items()]


def duty_providers() -> dict[str, DutyProvider]:
    """The providers by the code that duty rules name."""
    found: dict[str, DutyProvider] = {}
    for provider in collect("duties"):
        if provider.code in found:
            raise ValueError(f"two features know of the duty {provider.code!r}")
        found[provider.code] = provider
    return found


def figure(user: Any, entry: MenuEntry, written: str | None) -> int:
    """The badge of an entry: counted again as soon as anything was written, since every write is on the trail.

    ``written``: the digest of the trail's last row.
    What time alone changes (an invitation runs out) shows at most ``FIGURE_SECONDS`` late.
    """
    counter = entry.count
    if counter is None:
        return 0
    key = f"menu:{entry.url_name}:{user.pk}:{written}"
    return cache.get_or_set(key, lambda: counter(user), FIGURE_SECONDS) or 0


def may_see(user: Any, entry: MenuEntry) -> bool:
    """Whether a menu entry is for this user."""
    if entry.visible is not None:
        return entry.visible(user)
    if not entry.model:
        return True
    return permissions.may(user, model_named(entry.model), entry.action)


def panels_for(obj: Any, user: Any) -> list[dict[str, Any]]:
    """The panels other apps contribute to ``obj``'s page, loaded: ``[{title, template, column, context}]``."""
    label = obj._meta.label_lower
    panels = sorted((p for p in collect("panels") if p.model.lower() == label), key=lambda p: p.order)
    loaded = ((panel, panel.load(obj, user)) for panel in panels)
    return [
        {"title": panel.title, "template": panel.template, "column": panel.column, "context": context}
        for panel, context in loaded
        if context is not None
    ]


def home_panels(user: Any, today: dt.date) -> list[dict[str, Any]]:
    """The cards the apps put on the start page of ``user``, loaded."""
    panels = sorted(collect("home"), key=lambda p: p.order)
    loaded = ((panel, panel.load(user, today)) for panel in panels)
    return [
        {"title": panel.title, "template": panel.template, "column": panel.column, "context": context}
        for panel, context in loaded
        if context is not None
    ]


def beginnings(user: Any) -> list[dict[str, Any]]:
    """What ``user`` may begin: ``[{label, url, icon}]``."""
    found = (entry for entry in sorted(collect("begin"), key=lambda e: e.order) if may_see(user, entry))
    return [{"label": entry.label, "url": reverse(entry.url_name), "icon": entry.icon} for entry in found]


def todos_for(user: Any, today: dt.date) -> list[Todo]:
    """What waits for ``user``, the overdue and the soonest first."""
    found = [todo for provider in collect("todos") for todo in provider(user, today)]
    return sorted(found, key=lambda t: (t.stands_for > 1, t.due is None, t.due or today, t.title))


_unread: Callable[[Any], int] = lambda user: 0  # noqa: E731 - replaced by the notices module


def set_unread_counter(counter: Callable[[Any], int]) -> None:
    """Let the notices module say how many notices a user has not read."""
    global _unread
    _unread = counter


def unread_count(user: Any) -> int:
    """How many notices ``user`` has not read."""
    return _unread(user)
