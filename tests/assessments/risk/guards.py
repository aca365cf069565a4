"""The guards of risk assessments."""

from __future__ import annotations

from tests.guarding import Guard, nothing, same

R = "assessments.risk."
REGISTER = "test_register.py"

GUARDS = (
    Guard("secmgmt.core.permissions.restrict", same, (REGISTER + "::test_only_the",), "A01"),
    Guard(R + "services.check_draft", nothing, (REGISTER + "::test_what_was_submitted",), "A43"),
)
