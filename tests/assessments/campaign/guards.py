"""The guards of campaigns: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from tests.guarding import Guard, nothing

S = "assessments.campaign.services."

GUARDS = (
    Guard(S + "held", nothing, ("test_opening.py::test_a_revoked", "test_opening.py::test_whoever"), "A09, races"),
    Guard("assessments.campaign.workflow.check_ready", nothing, ("test_journey.py::test_a_campaign_that",), "6.1"),
)
