"""The guards of campaigns: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from assessments.campaign import queries
from tests.guarding import Guard, nothing

C = "assessments.campaign."
OPENING = "test_opening.py::"

GUARDS = (
    Guard(C + "services.check_running", nothing, (OPENING + "test_a_revoked",), "A17"),
    Guard(C + "queries.missing_of", queries.scope_of, (OPENING + "test_a_worker_killed",), "R6, races"),
)
