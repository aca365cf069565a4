"""The guards of automatic findings: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from assessments.findings.conditions import Verdict
from tests.guarding import Guard, no, nothing, yes

F = "assessments.findings."
STEPS, DATA = "test_steps.py::", "test_conditions.py::"


def missing(*args: object, **kwargs: object) -> Verdict:
    """What is unknown taken for missing."""
    return Verdict(True, (("记录", "没有"),))


GUARDS = (
    Guard(F + "queries.disputed_by", no, (STEPS + "test_who_disputed",), "A10, A17"),
    Guard(F + "queries.is_past", no, (STEPS + "test_a_dispute_comes_in_time",), "the term of disputes"),
    Guard(F + "queries.has_proof", yes, (STEPS + "test_yes_has_its_proof",), "an answer without proof"),
    Guard(F + "conditions._backed_up", missing, (DATA + "test_nothing_known",), "未知 is no finding"),
    Guard(F + "conditions._trained", missing, (DATA + "test_nothing_known",), "未知 is no finding"),
    Guard(F + "tasks.permissions.require", nothing, (STEPS + "test_a_check_ends_with_the_right",), "A09"),
)
