"""What a list of guards is made of, and plain stand-ins for a guard that is off (see ``tests.prove``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Guard:
    """A guard's dotted name, what replaces it when it is off, the tests that must then fail, the clause.

    ``off`` is a function where the guard is one, a value where it is a setting.
    """

    name: str
    off: Any
    tests: tuple[str, ...]
    against: str


def nothing(*args: Any, **kwargs: Any) -> None:
    """A check that never refuses."""


def yes(*args: Any, **kwargs: Any) -> bool:
    """Always so."""
    return True


def no(*args: Any, **kwargs: Any) -> bool:
    """Never so."""
    return False


def empty(*args: Any, **kwargs: Any) -> Any:
    """Nothing found."""
    return []


def same(value: Any, *args: Any, **kwargs: Any) -> Any:
    """What came in, unguarded."""
    return value
