"""The guards of rectification and of the queue: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.db.models import Q

from assessments.models import Rectification
from secmgmt.accounts import roles
from secmgmt.core import manifest
from tests.guarding import Guard, nothing, same

R, C = "assessments.rectification.", "secmgmt.core."
FLOW, QUEUE, RIGHTS, KINDS = "test_flow.py::", "test_queue.py::", "test_rights.py::", "test_queue_kinds.py::"
HANDED_IN = KINDS + "test_nobody_decides_what_he_handed_in_nor_what_is_anothers"


def the_head_decides(*args: Any, **kwargs: Any) -> tuple[str, str]:
    """Every matter goes to the unit's head, whatever its risk."""
    return roles.UNIT_HEAD.code, ""


def any_row(request: Any, source: Any, pk: int) -> Any:
    """The row, whoever asks."""
    return manifest.model_named(source.model).objects.get(pk=pk)


def every_item(obj: Any, by: Any) -> list[Rectification]:
    """All of an object, whoever makes the document."""
    return list(Rectification.objects.filter(protected_object=obj))


def whoever(rows: Any, user: Any) -> Any:
    """Also what the person handed in himself."""
    return rows


def unbound(*args: Any, **kwargs: Any) -> Any:
    """No transaction around what is done."""
    return nullcontext()


GUARDS = (
    Guard(C + "audit.transaction.atomic", unbound, (RIGHTS + "test_what_cannot_be_put_on_the_trail",), "A44"),
    # who decides
    Guard(
        R + "workflow.not_ones_own", nothing,
        (FLOW + "test_nobody_approves_what_he", FLOW + "test_the_doer_does_not"), "A10, A17",
    ),
    Guard(R + "workflow.holds_the_role", nothing, (RIGHTS + "test_the_routing_says", RIGHTS + "test_of_several"), "A17"),
    Guard(
        R + "services.route", the_head_decides,
        (RIGHTS + "test_the_routing_says_who_approves_and_nobody_else_does[values0",
         RIGHTS + "test_the_routing_says_who_approves_and_nobody_else_does[values1"), "A17",
    ),
    Guard(C + "workflow.Workflow.require", nothing, (RIGHTS + "test_of_several", QUEUE + "test_nothing_is"), "A04, A17"),
    Guard(R + "services.verifier_of", lambda origin: roles.UNIT_LEAD.code, (FLOW + "test_the_port_opens_once",), "A17"),
    Guard("assessments.grading.decisions.not_submitted_by", whoever, (HANDED_IN + "[grading-approval",), "A10"),
    Guard("assessments.evaluation.decisions.not_submitted_by", whoever, (HANDED_IN + "[assessment-confirm",), "A10"),
    Guard("assessments.review.decisions.not_submitted_by", whoever, (HANDED_IN + "[gate-conclusion",), "A10"),
    Guard("assessments.risk.decisions.not_submitted_by", whoever, (HANDED_IN + "[risk-sign",), "A10"),
    Guard("assessments.filing.decisions.not_submitted_by", whoever, (HANDED_IN + "[filing",), "A10"),
    # what is put right and what is lived with
    Guard(R + "workflow.never_major", nothing, (FLOW + "test_a_major_hazard_is_never",), "1846号 Q22"),
    Guard(R + "workflow.require_term", nothing, (RIGHTS + "test_a_risk_is_never_accepted",), "28449 8.2.5"),
    # who sees what
    Guard(C + "permissions.restrict", same, (RIGHTS + "test_an_item_is_seen", "test_boards.py::test_both_are"), "A01, A06"),
    Guard(R + "queries.beneath", lambda paths: Q(), (RIGHTS + "test_the_queue_holds_only",), "A01, A06"),
    Guard("secmgmt.portal.decisions.visible", any_row, (RIGHTS + "test_the_queue_holds_only",), "A01"),
    Guard(R + "reports.items_for", every_item, ("test_documents.py::test_a_document_tells_its_maker",), "A08"),
    # on what was seen, and in its turn
    Guard(
        C + "workflow.check_seen", nothing,
        (QUEUE + "test_several_are_agreed", FLOW + "test_what_is_submitted", KINDS + "test_it_is_decided_in_place"), "A43",
    ),
    Guard(C + "workflow.check_state", nothing, (FLOW + "test_steps_are_not_skipped",), "A17"),
    Guard(C + "attachments.check_takes_files", nothing, (FLOW + "test_what_is_submitted",), "A43"),
)  # fmt: skip
