"""The guards of gradings and self-assessments: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet

from assessments.models import Grading
from secmgmt.core.trail_views import UploadForm
from tests.assets.guards import all_links
from tests.core.reporting.guards import as_markup
from tests.guarding import Guard, empty, no, nothing, same, yes

E, G, C = "assessments.evaluation.", "assessments.grading.", "secmgmt.core."
MARKS = "test_marks.py"
ABUSE, FLOW, PAGES = "test_abuse.py", "grading/test_flow.py", "grading/test_pages.py"
JOURNEY, ANSWERING, API = "evaluation/test_journey.py", "evaluation/test_answering.py", "evaluation/test_api.py"
GROUPS = "evaluation/test_groups.py"
INHERITED = "evaluation/test_inheritance.py"
PART = "test_taking_part.py"


def whoever_was_asked(user: Any, capacities: Iterable[str]) -> set[str]:
    """Taking part for good, whatever became of the person."""
    return set(capacities)


def dict_of_nothing(*args: Any, **kwargs: Any) -> dict[str, Any]:
    """No text to judge."""
    return {}




def every_link(obj: Any) -> QuerySet:
    """The interconnections of an object, whoever knows of them."""
    return all_links(obj, None)


def all_of(rows: QuerySet, unit: Any) -> QuerySet:
    """Every row, whichever unit knows of it."""
    return rows.all()


def every_authority(user: Any) -> list[str]:
    """Everybody works for every authority."""
    return list(Grading.objects.values_list("authority_name", flat=True))


class SlottedForm(UploadForm):
    """The form of a file that lets its sender say what the file proves."""

    slot = forms.CharField(required=False)


GUARDS = (
    # what a platform's owner did not share
    Guard(E + "sources.is_open", yes, (INHERITED + "::test_evidence_and_finding",), "A02, A09"),
    Guard(E + "sharing.require_platform", nothing, (INHERITED + "::test_a_line_that_leaves",), "A01, A17"),
    # rows of others
    Guard(C + "permissions.restrict", same, (PART + "::test_an_invited_expert_reads",), "A01, A15"),
    Guard(C + "permissions.restrict", same, (ABUSE + "::test_nothing_of_another", JOURNEY + "::test_another_bureau"), "A01"),
    Guard(E + "models.Answer.may_answer", yes, (ABUSE + "::test_of_a_group", JOURNEY + "::test_an_assignee_answers"), "A04"),
    Guard(C + "attachments.check_row_takes_from", nothing, (ABUSE + "::test_evidence_is_added",), "A04"),
    Guard(C + "attachments.check_may_remove", nothing, (ABUSE + "::test_evidence_is_added",), "A04"),
    Guard(C + "parents.check_carries", nothing, (ABUSE + "::test_files_and_remarks_hang",), "A04, A15"),
    Guard(C + "trail_views.UploadForm", SlottedForm, (ABUSE + "::test_what_a_file_proves",), "A31"),
    Guard(E + "services.check_assignee", nothing, (JOURNEY + "::test_an_administrator_is", PART + "::test_a_layer_is"), "8.1.4.2 d, A01"),
    Guard(C + "permissions.capacities_held", whoever_was_asked, (PART + "::test_an_expert_whose",), "A14"),
    Guard(C + "permissions.capacities_held", whoever_was_asked, (PART + "::test_an_administrator_opens",), "8.1.4.2 d"),
    Guard("secmgmt.accounts.administrators.end_participations", nothing, (PART + "::test_who_becomes",), "8.1.4.2 d, A14"),
    Guard(E + "services.end_idle_assignees", nothing, (JOURNEY + "::test_a_layer_handed_on",), "A14"),
    Guard(C + "records.clear", empty, (ABUSE + "::test_an_invitation_opens",), "A14"),
    # secrecy marks in what is typed, and the rows of refusals
    Guard(C + "marks.sentences", dict_of_nothing, (MARKS + "::test_a_mark_typed", MARKS + "::test_a_mark_in"), "state secrets stay out"),
    Guard(C + "marks.typed_texts", dict_of_nothing, (MARKS + "::test_a_mark_typed",), "state secrets stay out"),
    Guard(C + "marks.given_texts", dict_of_nothing, (MARKS + "::test_a_service_takes",), "state secrets stay out"),
    Guard(C + "marks.turned_away", nothing, (MARKS + "::test_a_marked_opinion",), "8.1.4.3 a"),
    Guard(C + "middleware.note_refusal", nothing, (MARKS + "::test_a_marked_proof", MARKS + "::test_a_mark_typed"), "8.1.4.3 a"),
    # documents
    Guard("assets.topology.services.known_links", every_link, (ABUSE + "::test_a_report_names", ABUSE + "::test_a_report_says"), "A07, A08"),
    Guard(G + "queries.known_to_unit", all_of, (ABUSE + "::test_a_report_says",), "A07, A08"),
    Guard(G + "views.require_whole", nothing, (ABUSE + "::test_whoever_was_shown",), "A07, A08"),
    Guard("secmgmt.portal.reports.require_whole", nothing, (ABUSE + "::test_whoever_was_shown",), "A07, A08"),
    Guard(C + "reporting.flowables.literal_text", as_markup, (ABUSE + "::test_markup_in_a_name",), "A26"),
    Guard(C + "reporting.html.escape_markup", str, (ABUSE + "::test_markup_in_a_name",), "A18"),
    # who decides, on what, with what proof
    Guard(C + "workflow.check_person", nothing, (ABUSE + "::test_who_submitted",), "A17"),
    Guard(E + "workflow.check_took_no_part", nothing, ("evaluation/test_due.py::test_who_answered",), "A10"),
    Guard(G + "queries.names_of", every_authority, ("grading/test_authority.py::test_a_reviewer_of_another",), "A17"),
    Guard(C + "workflow.check_state", nothing, (ABUSE + "::test_no_step_is_skipped",), "A17"),
    Guard(C + "workflow.Workflow.require", nothing, (FLOW + "::test_who_may_not_take",), "A04"),
    Guard(C + "workflow.check_seen", nothing, (ABUSE + "::test_no_step_is_skipped",), "A43"),
    Guard(E + "services.check_open", nothing, (ABUSE + "::test_a_confirmed_result", JOURNEY + "::test_the_whole"), "8.1.4.7 b"),
    Guard(E + "groups.check_open", nothing, (ANSWERING + "::test_a_submitted",), "8.1.4.7 b"),
    Guard(E + "groups.check_as_confirmed", nothing, (GROUPS + "::test_what_changed_since",), "A43"),
    Guard(E + "groups.answered_singly", no, (GROUPS + "::test_high_risk_items",), "8.1.4.7 b"),
    Guard(E + "groups.answered_at_once", yes, (GROUPS + "::test_what_one_answered",), "A04"),
    Guard(C + "attachments.check_takes_files", nothing, (JOURNEY + "::test_evidence_is_kept",), "8.1.4.7 b"),
    Guard(C + "attachments.check_not_kept", nothing, (FLOW + "::test_a_file_already_there",), "8.1.4.7 b"),
    Guard(G + "workflow.require_proof", nothing, (FLOW + "::test_an_outside_decision",), "A17"),
    Guard(G + "models.Grading.is_deletable", True, (FLOW + "::test_what_was_submitted",), "8.1.4.7 b"),
)
