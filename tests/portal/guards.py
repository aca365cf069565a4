"""The guards of the portal: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from tests.guarding import Guard, nothing, same

P = "secmgmt.portal."
REPORTS = "test_reports.py"

GUARDS = (
    Guard(P + "reports.require_whole", nothing, (REPORTS + "::test_whoever_was_shown",), "A08, A15"),
    Guard("secmgmt.core.parents.without_limited", same, (REPORTS + "::test_whoever_was_shown",), "A06"),
    Guard("secmgmt.core.permissions.restrict", same, (REPORTS + "::test_a_report_is_taken",), "A08"),
)
