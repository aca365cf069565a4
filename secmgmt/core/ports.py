"""The few questions and messages that cross from one app to another, filled by the app that knows.

An asking app imports only this module; ``provide`` is called from the providing app's ``AppConfig.ready``.
Without a provider a question is answered with its default: None is 未知 and never a finding.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shortcoming:
    """What somebody found and wants put right.

    ``origin``: kind of finder (evaluation, agency, inspection, scan, risk, gate, drill, incident, notice, finding,
    self), ``source`` its row; ``obj``: the protected object; ``severity``: low | medium | high | major.
    ``clause``: code of the requirement in ``standard``, with ``requirement`` as its wording; an open action on the
    same object and clause takes the finding in instead of a second one. ``high_risk_case``: number of the case of
    the 2025 high-risk guideline. ``major``: 重大风险隐患. ``level``: of the object where it was found, None = as it
    is now. ``owner``: who is to put it right, None = who is in charge of the object. ``component``: where on the
    object. ``measure``: what the finder proposes. ``due_basis``: what ``due`` rests on, e.g. a notice's number.
    """

    origin: str
    source: Any
    obj: Any
    title: str
    description: str
    severity: str
    requirement: str = ""
    due: dt.date | None = None
    standard: str = ""
    clause: str = ""
    high_risk_case: str = ""
    major: bool = False
    level: int | None = None
    owner: Any = None
    component: str = ""
    measure: str = ""
    due_basis: str = ""


@dataclass(frozen=True)
class PlanRef:
    """The published plan that covers an object."""

    title: str
    version: str
    published_on: dt.date
    review_due: dt.date | None
    url: str


@dataclass(frozen=True)
class DrillRef:
    """The last drill in which an object took part. ``passed``: None = not evaluated yet."""

    title: str
    held_on: dt.date
    passed: bool | None
    url: str


@dataclass(frozen=True)
class BackupStatus:
    """How an object is backed up. ``last_success`` and ``last_restore_test``: None = never recorded."""

    last_success: dt.datetime | None
    last_restore_test: dt.date | None
    problems: tuple[str, ...]
    url: str


@dataclass(frozen=True)
class TrainingRecord:
    """Emergency training of an object's people in one year."""

    year: int
    sessions: int
    people: int
    url: str


@dataclass(frozen=True)
class Blocker:
    """A reason why an object may not go into service yet, and where to mend it."""

    text: str
    url: str = ""


@dataclass
class Port:
    """A question with its parameters and default; calling it asks the provider."""

    name: str
    parameters: tuple[str, ...]
    default: Any = None
    provider: Callable[..., Any] | None = field(default=None, repr=False)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.default if self.provider is None else self.provider(*args, **kwargs)


# (what: Shortcoming, *, by, at) -> the corrective action's row, None when nobody follows corrective actions
open_corrective_action = Port("open_corrective_action", ("what", "by", "at"))
# (obj) -> PlanRef | None
published_plan_for = Port("published_plan_for", ("obj",))
# (obj) -> DrillRef | None
last_drill_of = Port("last_drill_of", ("obj",))
# (obj) -> BackupStatus | None
backup_status = Port("backup_status", ("obj",))
# (obj, year) -> TrainingRecord | None
training_record = Port("training_record", ("obj", "year"))
# (obj) -> tuple[Blocker, ...]
go_live_blockers = Port("go_live_blockers", ("obj",), default=())

PORTS: dict[str, Port] = {
    port.name: port
    for port in (
        open_corrective_action,
        published_plan_for,
        last_drill_of,
        backup_status,
        training_record,
        go_live_blockers,
    )
}
_echoes: dict[str, Callable[..., None]] = {}
ECHO_PARAMETERS = ("source_id", "state", "by", "at")


def provide(name: str, function: Callable[..., Any]) -> None:
    """Fill the port ``name``; the function takes the port's parameters. One provider a port."""
    port = PORTS.get(name)
    if port is None:
        raise ValueError(f"unknown port {name!r}; there are {', '.join(PORTS)}")
    check_parameters(function, port.parameters)
    if port.provider is not None and port.provider is not function:
        raise ValueError(f"port {name!r} has a provider already")
    port.provider = function


def provide_echo(origin: str, function: Callable[..., None]) -> None:
    """How an origin (evaluation, inspection, …) takes back a change of its corrective action's state.

    ``function(source_id, state, *, by, at)`` runs in the transaction of the change.
    """
    check_parameters(function, ECHO_PARAMETERS)
    if _echoes.get(origin, function) is not function:
        raise ValueError(f"origin {origin!r} has an echo already")
    _echoes[origin] = function


def corrective_action_changed(origin: str, source_id: int, state: str, *, by: Any, at: dt.datetime) -> bool:
    """Tell the origin of a corrective action its new state; False when that origin takes none back."""
    echo = _echoes.get(origin)
    if echo is None:
        return False
    echo(source_id, state, by=by, at=at)
    return True


def check_parameters(function: Callable[..., Any], expected: tuple[str, ...]) -> None:
    """A provider takes exactly the port's parameters, so a wrong one fails at start and not in use."""
    found = tuple(inspect.signature(function).parameters)
    if found != expected:
        raise TypeError(f"{function.__qualname__} takes {found}, the port asks for {expected}")
