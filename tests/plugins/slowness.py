"""A test over ``--max-seconds`` fails the run unless it is marked ``slow(reason=…)``; bare ``slow`` is refused.

What counts is the time the test's own process computed: on a machine that is busy with something else, or that
waits for a worker's next turn, the clock on the wall says nothing about the test.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# A pause of a shared machine is no finding of a property test; --max-seconds watches the time computed.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

TOLD = "slow_with_reason"
COST = "computed_seconds"


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
    began = time.process_time()
    yield
    item.user_properties.append((COST, time.process_time() - began))


class Watch:
    """Collects what took too long, from the reports of all processes."""

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
