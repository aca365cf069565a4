"""Tests that change the font leave none of it behind."""

from __future__ import annotations

import pytest

from secmgmt.core.reporting import flowables, fonts


@pytest.fixture(autouse=True)
def same_font_afterwards(request):
    yield
    if "settings" in request.fixturenames or "monkeypatch" in request.fixturenames:
        fonts._registered.clear()
        fonts.widths_of.cache_clear()
        flowables._cached_lines.cache_clear()
