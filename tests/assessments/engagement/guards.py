"""The guards of evaluations by agencies: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from tests.guarding import Guard, empty, nothing, yes

E = "assessments.engagement."
FLOW, RESULTS = "test_flow.py::", "test_results.py::"


def nobody(*args: Any, **kwargs: Any) -> None:
    """The term stays as it was."""


GUARDS = (
    Guard(E + "services.end_access", nobody, (FLOW + "test_completion_lengthens",), "A08: access after the end"),
    Guard(E + "services.check_may_drop", nothing, (FLOW + "test_what_the_agency_found",), "A17: hiding what was found"),
    Guard(E + "services.lacking_papers", empty, (FLOW + "test_an_activity_is_over",), "GB/T 28449"),
    Guard(E + "forms.report_number", nothing, (FLOW + "test_a_report_that_cannot_be",), "2025 report, its number"),
    Guard(E + "results.of", nothing, (RESULTS + "test_the_report_agrees",), "result without confirmation"),
    Guard(
        "assessments.evaluation.models.Assessment.answered_whole_by", yes,
        ("../evaluation/test_offline.py::test_an_assignee_brings_back",), "A02: an item of another's layer",
    ),
)  # fmt: skip
