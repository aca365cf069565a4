"""A figure: what was measured, beside its target and, where one is known, what the best open peer needs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from .client import Answer

WARM = 4  # requests before the first that counts: as many as the web process has threads
PATIENCE, FEWEST = 4.0, 3  # seconds for one figure; measurements there must be


@dataclass(frozen=True)
class Goal:
    """A target: at most ``limit`` of ``unit``, at least for rates; ``peer``: CISO Assistant on two cores, as text."""

    limit: float | None = None
    peer: str = ""
    unit: str = "ms"

    def met(self, value: float) -> bool:
        """Whether ``value`` is within it."""
        return self.limit is None or (value >= self.limit if self.unit == "/s" else value <= self.limit)


GOALS = {
    "list": Goal(40, "169 (297 one unit)"),
    "import-1000": Goal(1500, "7800–13400"),
    "import-10000": Goal(15000, "died at 100000"),
    "preview": Goal(),
    "export-15": Goal(1500, "15200"),
    "export-all": Goal(5000),
    "create": Goal(60, "64 (123 items)"),
    "answering": Goal(120, "301 (123 items)"),
    "save": Goal(15, "83"),
    "focus": Goal(100),
    "saved": Goal(300),
    "writers": Goal(100, "15", "/s"),
    "writers-one": Goal(None, "", "/s"),
    "pdf": Goal(1500, "23350 (369 controls)"),
    "docx": Goal(500, "2290"),
    "xlsx": Goal(None, "480"),
    "migrate": Goal(15000, "290000"),
    "memory": Goal(400, "2120", "MiB"),
    "lock": Goal(200),
    "latency": Goal(),
    "regime": Goal(150),
    "city": Goal(300),
    "campaign": Goal(30_000),
    "inherit": Goal(100),
    "offline-out": Goal(1000),
    "offline-in": Goal(2000),
    "yearly": Goal(30_000),
}
MOST_QUERIES = 25  # of a page with rows
COUNTED = ("list", "regime")


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``cpu``: the server's processor time in ms; ``queries``: the most of one request."""

    what: str
    goal: str
    database: str
    who: str
    value: float
    p95: float | None = None
    cpu: float | None = None
    queries: int | None = None
    times: int = 1

    @property
    def met(self) -> bool:
        """Whether it is as it should be."""
        few = self.goal not in COUNTED or (self.queries or 0) <= MOST_QUERIES
        return few and GOALS[self.goal].met(self.value)

    def as_json(self) -> dict[str, Any]:
        """Plain values with the target beside them."""
        goal = GOALS[self.goal]
        return {**asdict(self), "target": goal.limit, "unit": goal.unit, "peer": goal.peer, "met": self.met}


def repeat(request: Callable[[], Answer], times: int, warm: int = WARM) -> dict[str, Any]:
    """The figures of one kind of request, warm: median and p95 in ms, median of processor time, most queries.

    On a busy machine fewer than ``times``, so that the whole run stays bounded.
    """
    for _turn in range(warm):
        request()
    answers: list[Answer] = []
    deadline = time.monotonic() + PATIENCE
    while len(answers) < times and (len(answers) < FEWEST or time.monotonic() < deadline):
        answers.append(request())
    return summed(answers)


def reference() -> float:
    """Processor ms of a fixed piece of Python: how fast this machine is just now."""

    def once() -> float:
        began = time.thread_time()
        sum(len(str(number)) for number in range(100_000))
        return (time.thread_time() - began) * 1000

    return statistics.median(once() for _turn in range(7))


def summed(answers: list[Answer]) -> dict[str, Any]:
    """The figures of answers that were measured alike."""
    return {
        **spread([answer.wall * 1000 for answer in answers]),
        "cpu": statistics.median(answer.cpu for answer in answers),
        "queries": max(answer.queries for answer in answers),
    }


def spread(times: list[float]) -> dict[str, Any]:
    """Median and p95 of times in ms."""
    ordered = sorted(times)
    return {
        "value": statistics.median(ordered),
        "p95": ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))] if len(ordered) > 1 else None,
        "times": len(ordered),
    }


HEADS = ("", "figure", "database", "user", "median", "p95", "cpu", "queries", "target", "peer")
WIDTHS = (4, 44, 10, 4, 9, 8, 8, 7, 8, 20)


def row_of(figure: Figure) -> str:
    """A figure as a line of the table."""
    goal = GOALS[figure.goal]
    mark = "" if goal.limit is None else "ok" if figure.met else "OVER"
    unit = "" if goal.unit == "ms" else f" {goal.unit}"
    target = "" if goal.limit is None else f"{goal.limit:g}{unit}"
    numbers = [number_text(figure.value) + unit, number_text(figure.p95), number_text(figure.cpu)]
    queries = "" if figure.queries is None else str(figure.queries)
    return line(mark, figure.what, figure.database, figure.who, *numbers, queries, target, goal.peer)


def number_text(value: float | None) -> str:
    """Few digits."""
    return "" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def line(*cells: str) -> str:
    """Cells in columns; numbers to the right."""
    parts = [
        cell.rjust(width) if 4 <= place <= 8 else cell.ljust(width)
        for place, (cell, width) in enumerate(zip(cells, WIDTHS, strict=True))
    ]
    return "  ".join(parts).rstrip()
