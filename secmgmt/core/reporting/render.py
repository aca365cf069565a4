"""The way out of the reporting engine: one document, four formats."""

from secmgmt.core.memory import give_back

from .document import Document
from .docx import render_docx
from .html import render_html
from .pdf import render_pdf
from .xlsx import render_xlsx

_RENDERERS = {"pdf": render_pdf, "docx": render_docx, "xlsx": render_xlsx, "html": render_html}
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
FORMATS = tuple(_RENDERERS)


def render(document: Document, fmt: str) -> bytes:
    """`document` in the format `fmt`, one of FORMATS; another one is a ValueError that names it."""
    if fmt not in _RENDERERS:
        raise ValueError(f"no report format {fmt!r}; there are {', '.join(FORMATS)}")
    try:
        return _RENDERERS[fmt](document)
    finally:
        give_back()  # a document leaves some twenty megabytes behind
