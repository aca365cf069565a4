"""Text of users stays text in every format (abuse cases A18, A25, A26), and the guards are what keeps it so."""

from __future__ import annotations

import pytest

from secmgmt.core.reporting.text import escape_markup, safe_href

from . import hostile

pytestmark = pytest.mark.pure


def test_markup_in_a_pdf_is_printed_and_nothing_is_fetched():
    hostile.check_pdf_prints_markup()


def test_every_block_of_a_pdf_takes_markup_as_characters():
    text = hostile.text_of_pdf(hostile.render(hostile.hostile_document(), "pdf"))
    assert text.count("<img") >= 8


def test_html_escapes_every_text_and_drops_script_links():
    hostile.check_html_escapes()


def test_a_word_file_holds_markup_as_characters():
    hostile.check_docx_escapes()


def test_a_workbook_holds_formula_text_as_text():
    hostile.check_xlsx_formulas_are_text()


def test_the_fast_export_holds_formula_text_as_text():
    hostile.check_fast_export_formulas_are_text()


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "//evil.example/",
        "https://evil.example/",
        "/\\evil",
        " /x",
        "data:text/html,x",
        "",
    ],
)
def test_a_link_that_leaves_the_site_is_dropped(href):
    assert safe_href(href) == ""


def test_a_path_and_an_anchor_of_the_site_remain_links():
    assert (safe_href("/assets/12/"), safe_href("#part-1")) == ("/assets/12/", "#part-1")


def test_quotes_are_escaped_for_attributes():
    assert escape_markup("\"'<>&") == "&quot;&#x27;&lt;&gt;&amp;"
