"""The guards of review gates."""

from __future__ import annotations

from typing import Any

from secmgmt.accounts.models import User
from tests.guarding import Guard, nothing, yes

R = "assessments.review."
ABUSE = "test_abuse.py"


def the_whole(review: Any, only_item: str) -> list[Any]:
    """Everything, whatever the department judges."""
    return [review]


def everybody(day: Any) -> Any:
    """Whoever there is gives opinions."""
    return User.objects.all()


GUARDS = (
    Guard(R + "services.check_in_order", nothing, (ABUSE + "::test_a_gate_is_not",), "A17"),
    Guard(R + "services.check_was_asked", nothing, (ABUSE + "::test_who_was_not",), "A04"),
    Guard(R + "services.shown_to", the_whole, (ABUSE + "::test_secrecy_sees",), "A15"),
    Guard(R + "queries.consultants", everybody, (ABUSE + "::test_nobody_but_who",), "A04"),
    Guard(R + "queries.leads_for", yes, (ABUSE + "::test_another_department",), "A17"),
    Guard("secmgmt.core.workflow.check_person", nothing, (ABUSE + "::test_another_department",), "A17"),
    Guard(R + "services.check_project", nothing, (ABUSE + "::test_documents_stay",), "A43"),
)
