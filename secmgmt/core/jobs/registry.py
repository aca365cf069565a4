"""The kinds of background work. Feature modules register theirs in ``tasks.py`` / ``reports.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..models.job import Job
    from .context import JobContext

Function = Callable[["JobContext"], "dict[str, Any] | None"]
Check = Callable[["Job", Any], None]


@dataclass(frozen=True)
class Kind:
    """One kind: its code, Chinese name, function, and how often an unexpected failure is tried again.

    ``allowed(job, user)`` raises NotAllowed where the right to the work or its result hangs on no single record.
    """

    code: str
    label: Any
    function: Function
    max_attempts: int = 3
    allowed: Check | None = None


_kinds: dict[str, Kind] = {}


def job(
    code: str, *, label: Any, max_attempts: int = 3, allowed: Check | None = None
) -> Callable[[Function], Function]:
    """Register ``function(ctx)`` as the work of jobs of this kind.

    The function may run more than once (a killed worker), so what it writes belongs into
    ``with ctx.finishing() as result``, which commits the writes and the job's end together. A function that
    writes nothing just returns its result (a JSON dictionary; ``url`` is the page to go to afterwards, ``go``
    what its button says, ``text`` what was done). ``allowed`` is asked when it begins, when it ends and when its
    file is fetched.
    """

    def register(function: Function) -> Function:
        known = _kinds.get(code)
        if known is not None and known.function is not function:
            raise ValueError(f"job kind {code!r} is registered twice")
        _kinds[code] = Kind(code, label, function, max_attempts, allowed)
        return function

    return register


def kind_named(code: str) -> Kind:
    """The registered kind; LookupError names what is known."""
    try:
        return _kinds[code]
    except KeyError:
        raise LookupError(f"no job kind {code!r}; known: {', '.join(sorted(_kinds))}") from None
