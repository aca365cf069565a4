"""The guards of gradings and self-assessments: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from tests.assets.guards import all_links
from tests.core.reporting.guards import as_markup
from tests.guarding import Guard, empty, nothing, same, yes

E, G, C = "assessments.evaluation.", "assessments.grading.", "secmgmt.core."
ABUSE, FLOW, PAGES = "test_abuse.py", "grading/test_flow.py", "grading/test_pages.py"
JOURNEY, ANSWERING, API = "evaluation/test_journey.py", "evaluation/test_answering.py", "evaluation/test_api.py"

GUARDS = (
    # rows of others
    Guard(C + "permissions.restrict", same, (ABUSE + "::test_nothing_of_another", JOURNEY + "::test_another_bureau"), "A01"),
    Guard(E + "models.Answer.may_answer", yes, (ABUSE + "::test_of_a_group", JOURNEY + "::test_an_assignee_answers"), "A04"),
    Guard(C + "attachments.check_row_takes_from", nothing, (ABUSE + "::test_evidence_is_added",), "A04"),
    Guard(C + "attachments.check_may_remove", nothing, (ABUSE + "::test_evidence_is_added",), "A04"),
    Guard(E + "services.check_assignee", nothing, (JOURNEY + "::test_an_administrator_is",), "8.1.4.2 d"),
    Guard(E + "services.end_idle_assignees", nothing, (JOURNEY + "::test_a_layer_handed_on",), "A14"),
    Guard(C + "records.clear", empty, (ABUSE + "::test_an_invitation_opens",), "A14"),
    # documents
    Guard("assets.topology.services.links_of", all_links, (ABUSE + "::test_a_report_names",), "A07"),
    Guard(G + "views.require_whole", nothing, (ABUSE + "::test_whoever_was_shown",), "A07, A08"),
    Guard("secmgmt.portal.reports.require_whole", nothing, (ABUSE + "::test_whoever_was_shown",), "A07, A08"),
    Guard(C + "reporting.flowables.literal_text", as_markup, (ABUSE + "::test_markup_in_a_name",), "A26"),
    Guard(C + "reporting.html.escape_markup", str, (ABUSE + "::test_markup_in_a_name",), "A18"),
    # who decides, on what, with what proof
    Guard(C + "workflow.check_person", nothing, (ABUSE + "::test_who_submitted",), "A17"),
    Guard(C + "workflow.check_state", nothing, (ABUSE + "::test_no_step_is_skipped",), "A17"),
    Guard(C + "workflow.Workflow.require", nothing, (FLOW + "::test_who_may_not_take",), "A04"),
    Guard(C + "workflow.check_seen", nothing, (ABUSE + "::test_no_step_is_skipped",), "A43"),
    Guard(E + "services.check_open", nothing, (ABUSE + "::test_a_confirmed_result", JOURNEY + "::test_the_whole"), "8.1.4.7 b"),
    Guard(C + "attachments.check_takes_files", nothing, (JOURNEY + "::test_evidence_is_kept",), "8.1.4.7 b"),
    Guard(C + "attachments.check_not_kept", nothing, (FLOW + "::test_a_file_already_there",), "8.1.4.7 b"),
    Guard(G + "workflow.require_proof", nothing, (FLOW + "::test_an_outside_decision",), "A17"),
    Guard(G + "models.Grading.is_deletable", True, (FLOW + "::test_what_was_submitted",), "8.1.4.7 b"),
)
