"""Who asks, from where, under which request id: set by the middleware, read by audit and the page shell."""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import manifest

T = TypeVar("T")


class Refusal(NamedTuple):
    """What somebody sent and was not taken: a stable word, the sentence, the row it was meant for."""

    code: str
    reason: str
    obj: Any = None


@dataclass
class Origin:
    """Where an act comes from: ``channel`` is page, api, job or command."""

    ip: str = ""
    request_id: str = ""
    session: str = ""
    channel: str = "command"
    cache: dict[Any, Any] = field(default_factory=dict)
    refusal: Refusal | None = None  # what was turned away and has no row in the trail yet


_origin: contextvars.ContextVar[Origin | None] = contextvars.ContextVar("origin", default=None)


def origin() -> Origin:
    """The current origin; outside a request an empty one."""
    return _origin.get() or Origin()


def asked_once(what: str, rows: Any, ask: Callable[[], T]) -> T:
    """What ``ask()`` says of ``rows``: of a query of rows once in a request, whoever asks; of listed numbers anew."""
    if not isinstance(rows, QuerySet):
        return ask()
    cache, key = origin().cache, (what, str(rows.query))
    if key not in cache:
        cache[key] = ask()
    return cache[key]


def turned_away(code: str, reason: str, obj: Any = None) -> None:
    """Remember a refusal found amid an act: the middleware notes it once the act has rolled back."""
    origin().refusal = Refusal(code, reason, obj)


@contextmanager
def acting_from(value: Origin) -> Iterator[Origin]:
    """Run a block as coming from ``value``."""
    token = _origin.set(value)
    try:
        yield value
    finally:
        _origin.reset(token)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context of the page frame: navigation, the person, unread notices, the demo banner."""
    user = getattr(request, "user", None)
    base: dict[str, Any] = {
        "product_name": "信息安全风险与等级保护管理系统",
        "product_short": "等保管理系统",
        "demo_banner": settings.DEMO,
        "nav": [],
        "unread": 0,
        "me": None,
    }
    if user is None or not user.is_authenticated or getattr(request, "second_factor_pending", False):
        return base
    base.update(  # lazy: a fragment for htmx has no frame
        me=user,
        nav=SimpleLazyObject(lambda: manifest.navigation(user, request.path)),
        unread=SimpleLazyObject(lambda: manifest.unread_count(user)),
    )
    return base
