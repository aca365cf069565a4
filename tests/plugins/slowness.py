"""A test over ``--max-seconds`` fails the run unless it is marked ``slow(reason=…)``; bare ``slow`` is refused.

A test costs what its process computes plus what it waits for. Two things of a busy machine are no fault of a test
and left out: the time its process was ready but got no core (the kernel counts it), and, of what it waits for in
other processes, the share by which those were held up likewise (the wait is divided by the load on each core,
when that is over one). On a quiet machine the cost is the clock on the wall.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A pause of a shared machine is no finding of a property test; --max-seconds watches the cost.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

TOLD = "slow_with_reason"
COST = "cost_seconds"
SCHEDULE = Path("/proc/self/schedstat")  # nanoseconds computed, nanoseconds ready without a core, turns


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--max-seconds", type=float, default=0.0, help="a test longer than this fails the run; 0 = off")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        mark = item.get_closest_marker("slow")
        if mark is None:
            continue
        reason = mark.kwargs.get("reason") or (mark.args[0] if mark.args else "")
        if not isinstance(reason, str) or len(reason) < 10:
            raise pytest.UsageError(f"{item.nodeid}: slow() needs its reason in words")
        item.user_properties.append((TOLD, reason))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    began = _clocks()
    yield
    wall, computed, held_up = (now - then for now, then in zip(_clocks(), began, strict=True))
    item.user_properties.append((COST, cost(wall, computed, held_up, os.getloadavg()[0] / (os.cpu_count() or 1))))


def _clocks() -> tuple[float, float, float]:
    """Seconds on the wall, computed by this process, and spent ready without a core."""
    held_up = int(SCHEDULE.read_text().split()[1]) / 1e9 if SCHEDULE.exists() else 0.0
    return time.monotonic(), time.process_time(), held_up


def cost(wall: float, computed: float, held_up: float, load: float) -> float:
    """What a test costs in seconds; ``load``: processes that want a core, for each core."""
    waited = max(0.0, wall - computed - held_up)
    return computed + waited / max(1.0, load)


class Watch:
    """Collects what cost too much, from the reports of all processes."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.found: list[tuple[float, str]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if report.when == "call" and TOLD not in told and told.get(COST, 0.0) > self.limit:
            self.found.append((told[COST], report.nodeid))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.found:
            terminalreporter.section(f"over {self.limit:g} s without slow(reason)", red=True)
            for seconds, name in sorted(self.found, reverse=True):
                terminalreporter.line(f"{seconds:7.1f} s  {name}")


def pytest_configure(config: pytest.Config) -> None:
    limit = config.getoption("--max-seconds")
    if limit and not hasattr(config, "workerinput"):  # one process looks, whatever their number
        config.pluginmanager.register(Watch(limit), "slowness-watch")
