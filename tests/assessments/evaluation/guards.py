"""The guards of work without network."""

from __future__ import annotations

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
GUARDS = (
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
