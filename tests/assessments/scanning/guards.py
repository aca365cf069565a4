"""The guards of scanners' files."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import iterparse

from tests.guarding import Guard, nothing


def plain(file: Any, events: Any, **options: Any) -> Any:
    """A parser that expands what a file declares."""
    return iterparse(file, events=events)  # noqa: S314 - the guard switched off


S, HOSTILE = "assessments.scanning.", "test_parsing.py::test_a_hostile_or_wrong_file"

GUARDS = (
    Guard(S + "parsing.iterparse", plain, (HOSTILE,), "expanding and external entities"),
    Guard(S + "parsing._check_counts", nothing, ("test_parsing.py::test_more_than_the_limit",), "endless results"),
    Guard(S + "forms.check_pattern", nothing, ("test_scans.py::test_a_pattern_that",), "expressions that never end"),
)
