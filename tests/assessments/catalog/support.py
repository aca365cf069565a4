"""Workbooks as people upload them, and the pages they go through."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from tests.support import CastClient


def signed_in(user: Any) -> CastClient:
    """A browser in which ``user`` is signed in."""
    client = CastClient()
    client.force_login(user)
    return client


def table(*lines: list[Any], name: str = "表.xlsx") -> SimpleUploadedFile:
    """A workbook of these lines, the first of them the header."""
    book, out = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def lines_of(content: bytes) -> list[list[Any]]:
    """What a downloaded workbook says on its first sheet."""
    return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]


def overlay_url(standard: Any, page: str = "", **more: Any) -> str:
    """The address of a page of a standard's overlay."""
    return reverse(f"assessments:standard-overlay{page}", kwargs={"pk": standard.pk, **more})
