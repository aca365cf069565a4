"""The kinds of background work. Feature modules register theirs in ``tasks.py`` / ``reports.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .context import JobContext

Function = Callable[[JobContext], "dict[str, Any] | None"]


@dataclass(frozen=True)
class Kind:
    """One kind: its code, Chinese name, function, and how often an unexpected failure is tried again."""

    code: str
    label: Any
    function: Function
    max_attempts: int = 3


_kinds: dict[str, Kind] = {}


def job(code: str, *, label: Any, max_attempts: int = 3) -> Callable[[Function], Function]:
    """Register ``function(ctx)`` as the work of jobs of this kind.

    The function may run more than once (a killed worker), so what it writes belongs into
    ``with ctx.finishing() as result``, which commits the writes and the job's end together. A function that
    writes nothing just returns its result (a JSON dictionary; ``url`` is the page to go to afterwards).
    """

    def register(function: Function) -> Function:
        known = _kinds.get(code)
        if known is not None and known.function is not function:
            raise ValueError(f"job kind {code!r} is registered twice")
        _kinds[code] = Kind(code, label, function, max_attempts)
        return function

    return register


def kind_named(code: str) -> Kind:
    """The registered kind; LookupError names what is known."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"no job kind {code!r}; known: {', '.join(sorted(_kinds))}") from None
