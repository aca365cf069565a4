"""The guards of documents: each disabled in turn must turn its tests red (``make prove``)."""

from __future__ import annotations

from typing import Any

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from secmgmt.core.reporting import flowables
from tests.guarding import Guard, no

R, HOSTILE = "secmgmt.core.reporting.", "test_hostile_text.py"


def as_markup(canvas: Any, x: float, y: float, lines: Any, style: Any, width: float, skip_indent: bool) -> None:
    """Text drawn with reportlab's own markup."""
    text = "".join(line for line, _used, _ends in lines)
    block = Paragraph(text, ParagraphStyle("plain", fontName=flowables.describe_font().name, fontSize=style.size))
    block.wrapOn(canvas, width, 1000)
    block.drawOn(canvas, x, y)


def as_it_comes(cell: Any, text: str) -> None:
    """A cell that takes what looks like a formula for one."""
    cell.value = text


GUARDS = (
    Guard(R + "flowables.literal_text", as_markup, (HOSTILE + "::test_markup_in_a_pdf",), "A18, A26"),
    Guard(R + "html.escape_markup", str, (HOSTILE + "::test_html_escapes",), "A18"),
    Guard(R + "painting.safe_href", str, (HOSTILE + "::test_html_escapes",), "A20"),
    Guard(R + "docx_parts.escape_markup", str, (HOSTILE + "::test_a_word_file",), "A18"),
    Guard(R + "xlsx_cells.as_text_cell", as_it_comes, (HOSTILE + "::test_a_workbook",), "A25"),
    Guard(R + "xlsx_cells.looks_like_formula", no, (HOSTILE + "::test_the_fast_export",), "A25"),
)
