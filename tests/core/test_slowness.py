"""What a test costs: computing always, waiting as far as the machine was free."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.plugins.slowness import COST, TOLD, Watch, cost

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("wall", "computed", "held_up", "load", "expected"),
    [
        (6, 6, 0, 0.5, 6),  # computes
        (6, 1, 0, 0.5, 6),  # waits on a quiet machine
        (6, 1, 5, 3.0, 1),  # was ready and got no core
        (7, 1, 0, 3.0, 3),  # waits for a process that shares its core with two others
        (4, 6, 0, 1.0, 6),  # two threads
    ],
)
def test_waiting_counts_as_far_as_the_machine_was_free(wall, computed, held_up, load, expected):
    assert cost(wall, computed, held_up, load) == pytest.approx(expected)


@pytest.mark.parametrize(("told", "found"), [({COST: 6.0}, 1), ({COST: 4.0}, 0), ({COST: 6.0, TOLD: "a reason"}, 0)])
def test_what_costs_over_the_limit_without_a_reason_is_found(told, found):
    watch = Watch(5.0)
    watch.pytest_runtest_logreport(SimpleNamespace(when="call", nodeid="x", user_properties=list(told.items())))
    assert len(watch.found) == found
