"""The guards of files: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

import threading
from typing import Any

from secmgmt.core.filesafety import secrecy
from tests.guarding import Guard, nothing, same

F = "secmgmt.core.filesafety."
ARCHIVES, NAMES, SNIFF = "test_archives.py", "test_names.py", "test_sniff.py"
BOOK, SECRECY = "test_workbook.py", "test_secrecy.py"
SHOWN = NAMES + "::test_a_display_name"


def no_mark(*args: Any) -> str:
    """Nothing is a mark."""
    return ""


GUARDS = (
    # names (A30)
    Guard(F + "names.drop_folders", same, (SHOWN,), "A30"),
    Guard(F + "names.drop_invisible", same, (SHOWN, NAMES + "::test_any_name"), "A30, A35"),
    Guard(F + "names.avoid_reserved", same, (SHOWN,), "A30"),
    Guard(F + "names.shorten", same, (NAMES + "::test_a_long_name",), "A30"),
    # archives (A27, A33, A34)
    Guard(F + "archives.check_directory", nothing, (ARCHIVES + "::test_a_long_directory",), "A33"),
    Guard(F + "archives.check_entries", nothing, (ARCHIVES + "::test_a_directory_that_claims",), "A33"),
    Guard(F + "archives.check_total_size", nothing, (ARCHIVES + "::test_many_parts",), "A33"),
    Guard(F + "archives.check_ratio", nothing, (ARCHIVES + "::test_a_part_that_packs", BOOK + "::test_bombs"), "A33"),
    Guard(F + "archives.check_declared_size", nothing, (ARCHIVES + "::test_a_part_larger",), "A33"),
    Guard(F + "archives.check_part_names", nothing, (ARCHIVES + "::test_a_part_may_not",), "A30"),
    Guard(F + "archives.check_duplicates", nothing, (ARCHIVES + "::test_two_parts",), "A33"),
    Guard(F + "archives.check_encryption", nothing, (ARCHIVES + "::test_an_encrypted_part",), "A33"),
    Guard(F + "archives.check_macros", nothing, (ARCHIVES + "::test_macros",), "A35"),
    Guard(F + "archives.check_content_types", nothing, (ARCHIVES + "::test_a_macro_type",), "A35"),
    Guard(F + "archives.check_no_dtd", nothing, (ARCHIVES + "::test_a_dtd_in", BOOK + "::test_bombs"), "A34"),
    Guard(F + "archives.check_encoding", nothing, (ARCHIVES + "::test_an_encoding",), "A34"),
    Guard(F + "archives.check_nested", nothing, (ARCHIVES + "::test_an_embedded",), "A33"),
    Guard(F + "archives.check_relationships", nothing, (ARCHIVES + "::test_what_loads",), "A26, A27"),
    Guard(F + "archives.check_external_target", nothing, (ARCHIVES + "::test_what_loads",), "A26, A27"),
    # types (A35, A36)
    Guard(F + "sniff.check_agreement", nothing, (SNIFF + "::test_extension_and",), "A35"),
    Guard(F + "sniff.check_complete", nothing, (SNIFF + "::test_empty_oversized",), "8.1.4.7 b"),
    Guard(F + "sniff.check_passive_text", nothing, (SNIFF + "::test_a_page",), "A35"),
    Guard(F + "sniff.check_size", lambda upload, most: 1, (SNIFF + "::test_empty_oversized",), "A36"),
    # workbooks (A25, A33, A34)
    Guard(F + "workbook.check_row_count", nothing, (BOOK + "::test_one_row", BOOK + "::test_200_000"), "A33, A36"),
    Guard(F + "workbook.check_merges", nothing, (BOOK + "::test_merged",), "A05"),
    Guard(F + "sheetxml.refuse_doctype", nothing, (BOOK + "::test_the_reader_itself",), "A34"),
    Guard(F + "sheetxml.clean_text", same, (BOOK + "::test_formulas_errors",), "A29"),
    Guard(F + "sheetxml.check_titles", nothing, (SECRECY + "::test_more_page_headers",), "A33"),
    # marks of state secrets
    Guard(F + "textlayers.check_pdf_read", nothing, (SECRECY + "::test_a_small_pdf", SECRECY + "::test_a_pdf_that"), "A33"),
    Guard(F + "textlayers.check_pdf_read", nothing, (SECRECY + "::test_a_part_of_a_page",), "state secrets stay out"),
    Guard(F + "textlayers.check_pdf_read", nothing, (SECRECY + "::test_a_stream_that",), "A33, A36"),
    Guard(F + "pdftext.PLACES", threading.Semaphore(99), (SECRECY + "::test_so_many_pdfs",), "A36"),
    Guard(F + "textlayers.check_pdf_length", nothing, (SECRECY + "::test_a_pdf_too_long",), "state secrets stay out"),
    Guard(F + "secrecy.placed_mark", no_mark, (SECRECY + "::test_a_mark_is",), "state secrets stay out"),
    Guard(F + "secrecy.mark_like", no_mark, (SECRECY + "::test_a_phrase",), "state secrets stay out"),
    Guard(F + "secrecy.name_mark", no_mark, (SECRECY + "::test_a_mark_is",), "state secrets stay out"),
    Guard(F + "secrecy.compact", same, (SECRECY + "::test_a_mark_is",), "state secrets stay out"),
    Guard(F + "secrecy.require_clear", nothing, (SECRECY + "::test_a_mark_is", SECRECY + "::test_a_phrase"), "state secrets stay out"),
    Guard(F + "secrecy.examine_name", lambda name: secrecy.CLEAR, (SECRECY + "::test_a_mark_is",), "state secrets stay out"),
)
