"""The guards of filing: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from tests.guarding import Guard, nothing, same

F = "assessments.filing.services."
ABUSE = "test_abuse.py::"


def any_row(model: Any, user: Any, action: str = "view", **lookup: Any) -> Any:
    """The row, whoever asks."""
    lookup.pop("queryset", None)
    return model.objects.get(**lookup)


GUARDS = (
    Guard("secmgmt.core.permissions.get_visible", any_row, (ABUSE + "test_a_material_is_not",), "A04, A06"),
    Guard("secmgmt.core.permissions.restrict", same, (ABUSE + "test_a_filing_is_seen",), "A01"),
    Guard("secmgmt.core.workflow.Workflow.require", nothing, (ABUSE + "test_who_may_submit",), "A04"),
    Guard("secmgmt.core.workflow.check_person", nothing, (ABUSE + "test_an_officer_does_not",), "A17"),
    Guard(F + "check_decided_here", nothing, (ABUSE + "test_an_officer_leaves",), "A17"),
    Guard(F + "check_decided_outside", nothing, (ABUSE + "test_the_owner_records_nothing",), "A17"),
    Guard(F + "check_decided_outside", nothing, (ABUSE + "test_nothing_is_recorded",), "A17"),
    Guard(F + "check_may_withdraw", nothing, (ABUSE + "test_what_the_police_took_up",), "A17"),
    Guard(F + "check_end", nothing, (ABUSE + "test_an_extension_does_not",), "A17"),
    Guard(F + "require_proof", nothing, (ABUSE + "test_an_outside_answer",), "A17"),
    Guard(F + "require_certificate", nothing, (ABUSE + "test_a_level_is_final_only",), "43号令 15"),
    Guard("assessments.grading.services.check_not_filing", nothing, (ABUSE + "test_no_other_door",), "A17"),
)
