"""The guards of work without network."""

from __future__ import annotations

import datetime as dt

from tests.guarding import Guard, nothing, yes

BOOK, FILE = "assessments.evaluation.offline", "test_offline.py::"
WRONG = FILE + "test_a_wrong_workbook_is_refused_by_name_and_nothing_is_kept"


def no_items(rows: object) -> str:
    """Every set of items is the same."""
    return ""


def no_seen(plan: object) -> str:
    """Every preview is as it was shown."""
    return ""


REUSED = "test_offline_reused.py::"
INHERITED, CARRIED = "test_inheritance.py::", "test_carrying.py::"
E = "assessments.evaluation."
GUARDS = (
    Guard(E + "sources.is_open", yes, (INHERITED + "test_evidence_and_finding_of",), "A02: the platform's own matters"),
    Guard(E + "sharing.require_platform", nothing, (INHERITED + "test_evidence_and_finding_of",), "A02"),
    Guard(
        E + "responsibility.in_force", lambda line, ready: line.share,
        (INHERITED + "test_a_line_that_leaves",), "the platform is not made to answer for what it did not agree to",
    ),
    Guard(
        E + "inheritance.valid_until", lambda assessment: dt.date.max,
        (INHERITED + "test_without_a_valid_assessment",), "nothing is inherited from what is over",
    ),
    Guard(
        E + "workflow.check_current", nothing,
        (INHERITED + "test_what_is_no_longer",), "what is submitted is as the platforms have it",
    ),
    Guard(E + "services.check_previous", nothing, (CARRIED + "test_answers_are_carried_only",), "A02"),
    Guard(E + "services.check_evidence", nothing, (CARRIED + "test_expired_evidence",), "evidence that is over"),
    Guard(
        "assessments.evaluation.workflow.check_terms", nothing,
        ("test_reused_report.py::test_the_term_of_evidence",), "evidence that is over proves nothing",
    ),
    Guard(
        BOOK + ".refusal_of", lambda row, given: "", (REUSED + "test_a_waiting_item",), "a waiting answer is not lost"
    ),
    Guard(
        BOOK + ".decided", lambda plan, picks: (plan.lines, []), (FILE + "test_what_both_sides_changed",),
        "nothing is overwritten unasked",
    ),
    Guard(
        BOOK + ".Plan.seen", property(no_seen), (FILE + "test_a_change_during_the_preview",),
        "A43: a decision on what was not seen",
    ),
    Guard(BOOK + ".is_sealed", yes, (WRONG,), "A17, A43: identity and rows of a workbook are sealed"),
    Guard(BOOK + ".item_set", no_items, (WRONG,), "a workbook of another set of items"),
    Guard(BOOK + "_book.check_identity", lambda sheet, assessment: "", (WRONG,), "a workbook of another assessment"),
)
