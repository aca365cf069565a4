"""The guards of the portal: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from tests.guarding import Guard, nothing, same

P = "secmgmt.portal."
REPORTS, SHOWN = "test_reports.py", "test_trail_redaction.py"

GUARDS = (
    Guard(P + "reports.require_whole", nothing, (REPORTS + "::test_whoever_was_shown",), "A08, A15"),
    Guard("secmgmt.core.parents.without_limited", same, (REPORTS + "::test_whoever_was_shown",), "A06"),
    Guard("secmgmt.core.permissions.restrict", same, (REPORTS + "::test_a_report_is_taken",), "A08"),
    Guard(
        P + "trail.as_shown", same,
        (SHOWN + "::test_an_answers", SHOWN + "::test_a_remark", SHOWN + "::test_whoever_sees"), "8.1.4.2 d",
    ),
    Guard(P + "trail.note_reading", nothing, (SHOWN + "::test_opening_one",), "8.1.4.3 a"),
)
