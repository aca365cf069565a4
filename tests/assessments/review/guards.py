"""The guards of review gates."""

from __future__ import annotations

from typing import Any

from secmgmt.accounts.models import User
from tests.guarding import Guard, empty, no, nothing, same, yes

R = "assessments.review."
ABUSE = "test_abuse.py"


def the_whole(review: Any, only_item: str) -> list[Any]:
    """Everything, whatever the department judges."""
    return [review]


def everybody(day: Any) -> Any:
    """Whoever there is gives opinions."""
    return User.objects.all()


def any_row(model: Any, user: Any, action: str = "view", **lookup: Any) -> Any:
    """The row, whoever asks."""
    lookup.pop("queryset", None)
    return model.objects.get(**lookup)


GUARDS = (
    Guard("secmgmt.core.permissions.restrict", same, (ABUSE + "::test_a_project_is_seen",), "A01"),
    Guard("secmgmt.core.permissions.get_visible", any_row, (ABUSE + "::test_only_the_leadership",), "A04, A17"),
    Guard("secmgmt.core.ports.go_live_blockers.provider", empty, ("test_journey.py::test_a_project_is_blocked",), "A17"),
    Guard("secmgmt.core.audit.record", nothing, ("test_journey.py::test_the_leadership_lets",), "8.1.4.3 a"),
    Guard(R + "services.check_reason", nothing, (ABUSE + "::test_only_the_leadership",), "A17"),
    Guard(R + "services.dropped_targets", empty, (ABUSE + "::test_no_object_leaves",), "A17"),
    Guard(R + "queries.kept_targets", empty, (ABUSE + "::test_the_owner_alone",), "A17"),
    Guard(R + "queries.unholds", no, (ABUSE + "::test_the_owner_alone",), "A17"),
    Guard(R + "models.Project.check_deletion", nothing, (ABUSE + "::test_the_owner_alone",), "A17"),
    Guard(R + "models.Project.held_targets", empty, (ABUSE + "::test_the_owner_alone",), "A17"),
    Guard(R + "services.lowers_level", no, (ABUSE + "::test_no_object_leaves",), "A17"),
    Guard(R + "services.check_in_order", nothing, (ABUSE + "::test_a_gate_is_not",), "A17"),
    Guard(R + "services.check_was_asked", nothing, (ABUSE + "::test_who_was_not",), "A04"),
    Guard(R + "services.shown_to", the_whole, (ABUSE + "::test_secrecy_sees",), "A15"),
    Guard(R + "queries.consultants", everybody, (ABUSE + "::test_nobody_but_who",), "A04"),
    Guard(R + "queries.leads_for", yes, (ABUSE + "::test_another_department",), "A17"),
    Guard("secmgmt.core.workflow.check_person", nothing, (ABUSE + "::test_another_department",), "A17"),
    Guard(R + "services.check_project", nothing, (ABUSE + "::test_documents_stay",), "A43"),
)
