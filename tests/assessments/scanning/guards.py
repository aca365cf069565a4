"""The guards of scanners' files."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import iterparse

from assessments.scanning.queries import Addresses
from assets.inventory.validators import address_range, pieces
from assets.models import Component
from tests.guarding import Guard, empty, nothing, yes


def plain(file: Any, events: Any, **options: Any) -> Any:
    """A parser that expands what a file declares."""
    return iterparse(file, events=events)  # noqa: S314 - the guard switched off


def everybodys(user: Any, unit: Any) -> Any:
    """Addresses of the whole city."""
    found = Addresses.__new__(Addresses)
    found._known = {}
    found._ranges = [
        (first, last, one) for one in Component.objects.exclude(address="")
        for first, last in map(address_range, pieces(one.address))
    ]  # fmt: skip
    return found


def any_component(user: Any) -> Any:
    """Every component there is."""
    return Component.objects.all()


def all_of(places: Any, rows: Any) -> list[Any]:
    """Problems at the same address anywhere."""
    return list(rows)


OTHERS = "test_scans.py::test_a_scan_touches_no_component"
S, HOSTILE = "assessments.scanning.", "test_parsing.py::test_a_hostile_or_wrong_file"

GUARDS = (
    Guard(S + "queries.may_rule_out", yes, ("test_scans.py::test_a_grave_problem",), "A17"),
    Guard(S + "queries.open_actions", empty, ("test_scans.py::test_what_is_being_put_right",), "A17"),
    Guard(S + "queries.Addresses.spoken_of", all_of, ("test_scans.py::test_two_units",), "A02: one address, two machines"),
    Guard(S + "services.Addresses", everybodys, (OTHERS,), "A02: components of another unit"),
    Guard(S + "forms.FindingForm.querysets", {"component": any_component}, (OTHERS,), "A02: by the form"),
    Guard(
        S + "forms.ScanForm.clean_file", lambda form: form.cleaned_data["file"],
        ("test_scans.py::test_a_file_over_the_limit",), "files of any size",
    ),
    Guard(S + "parsing.iterparse", plain, (HOSTILE,), "expanding and external entities"),
    Guard(S + "parsing._check_counts", nothing, ("test_parsing.py::test_more_than_the_limit",), "endless results"),
    Guard(S + "forms.check_pattern", nothing, ("test_scans.py::test_a_pattern_that",), "expressions that never end"),
)
