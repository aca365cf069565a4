"""The guards of inspections: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from secmgmt.accounts.models import User
from tests.guarding import Guard, no, nothing, yes

N, WAY, RIGHTS = "assessments.inspection.", "test_journey.py::", "test_rights.py::"


def none(*args: Any) -> int:
    """Nothing is missing."""
    return 0


def first(*args: Any) -> int:
    """Always the first number."""
    return 1


def everybody(*args: Any) -> Any:
    """Anyone may join."""
    return User.objects.all()


def all_rows(queryset: Any, user: Any, action: str) -> Any:
    """Everything, whoever asks."""
    return queryset


GUARDS = (
    Guard(N + "queries.leads", yes, (WAY + "test_only_the_leading",), "led by one department"),
    Guard(N + "services.require_recorder", nothing, (RIGHTS + "test_who_neither_leads",), "A02, the team"),
    Guard(N + "queries.may_be_invited", everybody, (WAY + "test_nobody_of_the_inspected",), "A17"),
    Guard(N + "services.check_kind", nothing, (RIGHTS + "test_a_department_issues",), "a department's own documents"),
    Guard(N + "services.check_deadline", nothing, (RIGHTS + "test_a_deadline",), "a deadline to come"),
    Guard(N + "services.next_sequence", first, (WAY + "test_numbers_of_a_kind",), "numbers without gaps"),
    Guard(N + "queries.proposed_by", no, (WAY + "test_whoever_put",), "A17"),
    Guard(N + "queries.open_items", none, (RIGHTS + "test_nothing_is_summed_up",), "a whole checklist"),
    Guard(N + "queries.is_awaited", no, (RIGHTS + "test_re_inspection_waits",), "the unit's days"),
    Guard(N + "queries.unchecked", none, (RIGHTS + "test_nothing_is_concluded",), "every finding looked at again"),
    Guard(N + "models.IssuedNotice.scope_path", "", (WAY + "test_the_inspected_unit",), "A02"),
    Guard("secmgmt.core.permissions.restrict", all_rows, (RIGHTS + "test_a_member_sees",), "A02, A09"),
)
