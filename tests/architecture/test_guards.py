"""Every abuse case has a guard, every guard exists, and every trial of an attacker proves one (``make prove``)."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests import prove

from .source import ROOT, modules

GUARDS = list(prove.listed())
# The abuse cases of what is built so far; the others arrive with their features.
CASES = frozenset(
    "A01 A03 A04 A05 A06 A07 A08 A10 A11 A12 A13 A14 A15 A16 A18 A25 A26 A28 A30 A31 A32 A33 A34 A35 A36 A39 A40 A41"
    " A42".split()
)
TRIALS = "test_abuse.py"  # what an attacker does, through HTTP


def known_tests(path: str) -> set[str]:
    """The tests of a file as the rest of their node ids: ``test_x``, ``TestY::test_x``."""
    found = set()
    for entry in modules("tests")[path].body:
        inner = entry.body if isinstance(entry, ast.ClassDef) else [entry]
        before = f"{entry.name}::" if isinstance(entry, ast.ClassDef) else ""
        found |= {f"{before}{e.name}" for e in inner if isinstance(e, ast.FunctionDef) and e.name.startswith("test_")}
    return found


def named(guards: list) -> set[tuple[str, str]]:
    """(file, test) of every test some guard names, without its parameters."""
    parts = (beginning.partition("::") for _guard, beginnings in guards for beginning in beginnings)
    return {
        (path, test) for path, _colons, rest in parts for test in known_tests(path)
        if test.startswith(rest.partition("[")[0])
    }  # fmt: skip


def test_every_abuse_case_is_named_by_a_guard():
    told = {case for guard, _tests in GUARDS for case in re.findall(r"\bA\d\d\b", guard.against)}
    assert sorted(CASES - told) == []


def test_every_guard_stands_where_its_name_says_and_has_a_stand_in_of_its_own():
    missing = []
    for guard, _tests in GUARDS:
        try:
            holder, name = prove.target_of(guard.name)
            if getattr(holder, name) is guard.off:
                missing.append(f"{guard.name}: off is the guard itself")
        except (AttributeError, ModuleNotFoundError) as error:
            missing.append(f"{guard.name}: {error}")
    assert missing == []


def test_every_guard_names_tests_that_exist_and_says_what_it_is_against():
    wrong = []
    for guard, beginnings in GUARDS:
        if not beginnings or not guard.against.strip():
            wrong.append(f"{guard.name}: no test or no clause")
        for beginning in beginnings:
            path, _colons, rest = beginning.partition("::")
            known = known_tests(path) if (ROOT / path).is_file() else set()
            if not rest or not any(test.startswith(rest.partition("[")[0]) for test in known):
                wrong.append(f"{guard.name}: no test begins with {beginning}")
    assert wrong == []


def test_no_guard_is_listed_twice_for_the_same_test():
    counts = Counter((guard.name, repr(guard.off), one) for guard, beginnings in GUARDS for one in beginnings)
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_trial_of_an_attacker_proves_a_guard():
    trials = {(path, test) for path in modules("tests") if path.endswith(TRIALS) for test in known_tests(path)}
    assert len(trials) > 30
    assert sorted(trials - named(GUARDS)) == []


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_case_is_tried_through_the_pages(case):
    """At least one of the tests of a case works a browser or a caller of the API."""
    guards = [entry for entry in GUARDS if case in re.findall(r"\bA\d\d\b", entry[0].against)]
    bodies = {
        (path, node.name): ast.unparse(node)
        for path in {path for path, _test in named(guards)}
        for node in ast.walk(modules("tests")[path]) if isinstance(node, ast.FunctionDef)
    }  # fmt: skip
    through = re.compile(r"client|browse|lin\b|as_\w+|Client\(|signed_in|send\(|upload\(|call\(")
    assert any(through.search(bodies[path, test.rpartition("::")[2]]) for path, test in named(guards)), case
