"""The guards of the kernel: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.management import CommandError

from secmgmt.core.filesafety import sniff
from tests.guarding import Guard, empty, no, nothing, same, yes

C = "secmgmt.core."
FILES, API, SEARCH, TRAIL = "test_attachments.py", "test_api.py", "test_search.py", "test_audit_trail.py"
VIEWS = "test_views.py::TestShownInPart"
RECORDS, FLOW, SCOPE, HANGS = "test_records.py", "test_workflow.py", "test_permissions.py", "test_notices.py"

ABUSE = "test_abuse.py"
CROSS_SITE = (ABUSE + "::test_a_form_sent", ABUSE + "::test_a_stranger_without")


def hostile(*kinds: str) -> tuple[str, ...]:
    """The trials of these workbooks, through the import and as evidence."""
    doors = ("workbook_is_refused_by_the_import", "document_is_refused_as_a_file")
    return tuple(f"{ABUSE}::test_a_hostile_{door}_and_nothing_is_kept[{kind}]" for door in doors for kind in kinds)


def whatever_it_is(upload: Any, name: str, *, max_bytes: int) -> sniff.Sniffed:
    """Every file taken for text."""
    return sniff.Sniffed("text/plain", "txt", upload.size)


def whatever_size(upload: Any, most: int) -> int:
    """The size, without a limit."""
    return upload.size


def unmarked(form: forms.BaseForm) -> None:
    """A form that judges nothing of what is typed."""
    forms.Form._clean_fields(form)


def anybodys(token: str, kind: str, user: Any) -> str:
    """A place that whoever knows the token finds."""
    return f"imports/previews/{kind}-{token}"


def untold(*args: Any) -> CommandError:
    """The end of a command that nobody was told of."""
    return CommandError("refused")


GUARDS = (
    # files
    Guard(C + "attachments.check_may_attach", nothing, (FILES + "::test_who_may_neither",), "A01"),
    Guard(C + "attachments.check_count", nothing, (FILES + "::test_a_record_holds",), "A36"),
    Guard(C + "attachments.check_declared", nothing, (FILES + "::test_a_picture_needs",), "state secrets stay out"),
    Guard(C + "attachments.check_key", nothing, (FILES + "::test_the_storage_key_is_never",), "A30, A31, A32"),
    Guard(C + "attachments.check_not_frozen", nothing, (FILES + "::test_what_was_submitted",), "8.1.4.7 b"),
    Guard(C + "attachments.drop_file", nothing, (FILES + "::test_a_full_disk", FILES + "::test_an_outer_act"), "R6, L4"),
    Guard(C + "filesafety.secrecy.require_clear", nothing, (FILES + "::test_a_secrecy_mark",), "state secrets stay out"),
    Guard(C + "parents.may_see_field", yes, (FILES + "::test_a_participant", HANGS + "::test_a_participant"), "A15"),
    Guard(C + "middleware.body_is_too_large", no, (FILES + "::test_a_body_larger",), "A36"),
    # mail
    Guard(C + "mail.one_line", same, ("test_mail.py::test_a_subject_adds",), "A20, header injection"),
    Guard(C + "mail.check_local", nothing, ("test_mail.py::test_a_mail_leads",), "A20"),
    # what hangs on a record
    Guard(C + "notices.with_visible_parent", same, (HANGS + "::test_a_notice_about",), "A06"),
    Guard(C + "notices.check_local", nothing, (HANGS + "::test_a_notice_leads",), "A20"),
    Guard(C + "comments.check_field", nothing, (HANGS + "::test_a_participant_joins",), "A15"),
    Guard(C + "parents.has_scope", yes, (FILES + "::test_a_record_of_another",), "A02"),
    # search
    Guard(C + "permissions.restrict", same, (SEARCH + "::test_neither_names", API + "::test_a_list_and_its_total"), "A06"),
    # the one door to write
    Guard(C + "records.check_version", nothing, (RECORDS + "::TestOne::test_a_stale", API + "::test_a_stale"), "R12"),
    Guard(C + "records.check_scope", nothing, (RECORDS + "::TestOne::test_a_row_is",), "A03"),
    Guard(C + "records.check_frozen", nothing, (RECORDS + "::TestOne::test_submitted", API + "::test_submitted"), "8.1.4.7 b"),
    Guard(C + "records.clear", empty, (SCOPE + "::test_an_invitation_goes",), "A14"),
    Guard(C + "bounds.limit_text", nothing, (RECORDS + "::TestOne::test_a_text_of_more",), "A36"),
    Guard(C + "bounds.check_text", nothing, (FLOW + "::TestFire::test_a_long_opinion",), "A36"),
    Guard(C + "bounds.whole_number", int, ("test_bounds.py::test_only_ascii",), "A36"),
    Guard(C + "marks.refuse_marked", nothing, (FLOW + "::TestFire::test_an_opinion",), "state secrets stay out"),
    Guard(C + "forms.Unmarked._clean_fields", unmarked, (RECORDS + "::TestOne::test_a_text_with",), "state secrets stay out"),
    # the workflow
    Guard(C + "workflow.check_state", nothing, (FLOW + "::TestFire::test_a_step_cannot",), "A17"),
    Guard(C + "workflow.check_seen", nothing, (FLOW + "::TestFire::test_content_changed", FLOW + "::TestFire::test_a_decision_names"), "A43"),
    # the trail
    Guard(C + "audit_trail.is_intact", yes, (TRAIL + "::TestVerify::test_an_edited_row_is_found",), "8.1.4.3 c"),
    Guard(C + "audit_trail._tail", empty, (TRAIL + "::TestVerify::test_a_cut_tail_with",), "8.1.4.3 c"),
    Guard(C + "audit_trail._start", empty, (TRAIL + "::TestVerify::test_a_start_moved",), "8.1.4.3 c"),
    Guard(C + "audit_trail.check_term", nothing, (TRAIL + "::TestPurge::test_below_180",), "6.5.1.2"),
    Guard(C + "audit_trail.check_whole", nothing, (TRAIL + "::TestPurge::test_a_broken",), "8.1.4.3 c"),
    Guard(C + "jobs.runner._note_refusal", nothing, ("test_import_trail.py::test_an_import_that_is_refused",), "8.1.4.3 b"),
    Guard(C + "sheets_tasks.note_refused", nothing, ("test_import_trail.py::test_a_file_that_is_refused_in",), "8.1.4.3 b"),
    Guard(C + "sheets_views.note_refused", nothing, ("test_import_trail.py::test_a_file_that_is_refused_on",), "8.1.4.3 b"),
    Guard(C + "management.commands.purge_audit.turned_away", untold, (TRAIL + "::TestPurge::test_a_purge_that_is",), "8.1.4.3 b"),
    Guard("secmgmt.api.note_refusal", nothing, (TRAIL + "::TestRefusals::test_403",), "8.1.4.3 b"),
    # the API
    Guard(C + "apibody.settable", lambda name, field: True, (API + "::test_the_bodys_schema",), "A31"),
    Guard(C + "api.check_parameters", nothing, (API + "::test_filters_are",), "A21"),
    Guard(C + "api.version_of", lambda request: 1, (API + "::test_a_change_without",), "R12"),
    # what a participant was shown, on pages
    Guard(C + "views.FeatureViews.limits", lambda self, rows: {r.pk: None for r in rows}, (VIEWS + "::test_a_list_shows", VIEWS + "::test_an_export"), "A06, A15"),
    Guard(C + "pages.require_whole", nothing, (VIEWS + "::test_the_history",), "A15"),
    Guard(C + "parents.without_limited", same, (VIEWS + "::test_a_filter", VIEWS + "::test_no_chip"), "A06"),
    Guard(C + "parents.without_limited", same, (API + "::test_a_participant_sees",), "A06"),
    Guard(C + "parents.field_limits", lambda user, rows: {r.pk: None for r in rows}, (API + "::test_a_participant_sees",), "A06, A15"),
    Guard(C + "parents.without_limited", same, (SEARCH + "::test_what_was_shown",), "A06, A15"),
    Guard("secmgmt.accounts.tokens.require_scope", nothing, (API + "::test_a_token_acts",), "8.1.4.2 f"),
    # as an attacker tries it
    Guard(C + "forms.limit_to_visible", nothing, (API + "::test_foreign_keys_offer",), "A03"),
    Guard(C + "middleware.forbid_caching", nothing, (ABUSE + "::test_no_cache_keeps",), "A16"),
    Guard("django.middleware.csrf.CsrfViewMiddleware.process_view", nothing, CROSS_SITE, "cross-site request forgery"),
    Guard(C + "middleware.note_refusal", nothing, CROSS_SITE, "8.1.4.3 b"),
    Guard(C + "middleware.once_per_period", yes, (ABUSE + "::test_a_stranger_without",), "8.1.4.3 b, A36"),
    Guard(C + "filesafety.names.drop_folders", same, (ABUSE + "::test_a_files_name_is_shown_clean_and_never_becomes_a_path[2]",), "A30"),
    Guard(C + "attachments.names.display_name", same, (ABUSE + "::test_a_files_name_is_shown_clean_and_never_becomes_a_path[4]",), "A30, A35"),
    Guard(C + "audit.NUL", re.compile(rb"()\\u0000"), (ABUSE + "::test_a_text_that_reads",), "A36"),
    Guard(C + "apibody.check_storable", nothing, (ABUSE + "::test_a_body_with_a_text",), "A36"),
    Guard(C + "previews.place_of", anybodys, ("test_sheets.py::test_another_person_cannot",), "A01"),
    Guard(C + "previews.is_token", yes, (ABUSE + "::test_a_token_is_looked_at",), "A32"),
    Guard(C + "filesafety.archives.check_ratio", nothing, hostile("ratio"), "A33"),
    Guard(C + "filesafety.archives.check_no_dtd", nothing, hostile("dtd", "xxe", "hidden dtd"), "A34"),
    Guard(C + "filesafety.archives.check_macros", nothing, hostile("macro"), "A33"),
    Guard(C + "filesafety.archives.check_part_names", nothing, hostile("outside"), "A30"),
    Guard(C + "filesafety.workbook.check_row_count", nothing, (ABUSE + "::test_a_hostile_workbook_is_refused_by_the_import_and_nothing_is_kept[rows]",), "A33, A36"),
    Guard(C + "filesafety.sniff.check_passive_text", nothing, (ABUSE + "::test_what_a_browser_would_run_is_no_evidence[page.txt]",), "A35"),
    Guard(C + "filesafety.sniff.check_agreement", nothing, (ABUSE + "::test_what_a_browser_would_run_is_no_evidence[picture.png]",), "A35"),
    Guard(C + "attachments.content_disposition_header", lambda as_attachment, name: "inline", (FILES + "::test_a_download_is",), "A35"),
    Guard(C + "attachments.sniff.check_upload", whatever_it_is, (ABUSE + "::test_of_several_files",), "A35"),
    Guard(C + "filesafety.sniff.check_size", whatever_size, (ABUSE + "::test_a_file_over",), "A36"),
)
