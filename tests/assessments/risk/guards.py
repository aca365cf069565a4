"""The guards of risk assessments: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from tests.guarding import Guard, no, nothing, same

R = "assessments.risk."
ABUSE, REGISTER = "test_abuse.py", "test_register.py"


def any_row(model: Any, user: Any, action: str = "view", **lookup: Any) -> Any:
    """The row, whoever asks."""
    lookup.pop("queryset", None)
    return model.objects.get(**lookup)


GUARDS = (
    Guard(R + "services.not_the_submitter", nothing, (ABUSE + "::test_nobody_accepts",), "A10, A17"),
    Guard(R + "models.Risk.is_another_risk", no, (ABUSE + "::test_what_came_back",), "A17, A43"),
    Guard("secmgmt.core.permissions.restrict", same, (ABUSE + "::test_registers_of_others",), "A01"),
    Guard("secmgmt.core.permissions.get_visible", any_row, (ABUSE + "::test_only_the_leadership_accepts",), "A04, A17"),
    Guard(R + "services.check_term", nothing, (ABUSE + "::test_an_acceptance_has",), "A17"),
    Guard(R + "services.check_acceptable", nothing, (ABUSE + "::test_a_major_hazard",), "A17"),
    Guard(R + "services.check_draft", nothing, (ABUSE + "::test_what_was_submitted",), "A43"),
    Guard(R + "services.check_led_by", nothing, (REGISTER + "::test_an_inspection_is_led",), "A17"),
    Guard(R + "services.check_signed_by", nothing, (ABUSE + "::test_the_leadership_does_not",), "A17"),
    Guard("secmgmt.core.workflow.check_person", nothing, (ABUSE + "::test_who_submitted",), "A17"),
    Guard(R + "services.check_unused", nothing, (REGISTER + "::test_what_was_submitted_keeps",), "8.1.4.7 b"),
    Guard(R + "models.Part.frozen_digest", "", (REGISTER + "::test_what_was_submitted_keeps",), "8.1.4.7 b"),
)
