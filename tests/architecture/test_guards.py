"""Every abuse case has a guard, every guard exists, and every trial of an attacker proves one (``make prove``)."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests import prove
from tests.support import ADMINISTRATORS, PEOPLE

from .source import ROOT, modules

GUARDS = list(prove.listed())
# The abuse cases of what is built so far; the others arrive with their features.
CASES = frozenset(
    "A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A16 A17 A18 A20 A21 A22 A23 A24 A25 A26 A27 A28 A29"
    " A30 A31 A32 A33 A34 A35 A36 A39 A40 A41 A42 A43 A44".split()
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


# Who holds a browser or calls the API in the tests: a fixture or a variable of this name, or what such a call returns.
BROWSER = re.compile(r"client|browser|page|other|as_[a-z]+|" + "|".join({**PEOPLE, **ADMINISTRATORS}))
MAKES_BROWSER = {"CastClient", "Client", "browse", "signed_in", "logged_in"}
REQUESTS = {"get", "post", "put", "patch", "delete", "head", "options", "generic", "goto"}


def is_request(node: ast.AST) -> bool:
    """Whether a call is one of a client: ``client.get(…)``, ``browse(city.lin).post(…)``, ``page.goto(…)``."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in REQUESTS):
        return False
    holder = node.func.value
    if isinstance(holder, ast.Call):
        return isinstance(holder.func, ast.Name) and holder.func.id in MAKES_BROWSER
    return isinstance(holder, ast.Name) and BROWSER.fullmatch(holder.id) is not None and bool(node.args)


def asks(path: str, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> bool:
    """Whether a function of a test module makes a request, itself or by a function of the tests that it calls."""
    if (path, name) in seen or path not in modules("tests"):
        return False
    module = modules("tests")[path]
    found = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name == name]
    inside = [node for one in found for node in ast.walk(one)]
    if any(map(is_request, inside)):
        return True
    called = {node.func.id for node in inside if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    places = imported(path)
    return any(asks(*places.get(one, (path, one)), seen | {(path, name)}) for one in called)


def imported(path: str) -> dict[str, tuple[str, str]]:
    """The names a test module takes from others of the tests: name → (path, its name there)."""
    found = {}
    for node in modules("tests")[path].body:
        if isinstance(node, ast.ImportFrom):
            above = path.split("/")[: -node.level] if node.level else []
            place = "/".join([*above, *(node.module or "").split(".")])
            found |= {alias.asname or alias.name: (f"{place}.py", alias.name) for alias in node.names}
    return found


@pytest.mark.parametrize("case", sorted(CASES))
def test_every_case_is_tried_through_the_pages(case):
    """At least one of the tests of a case works a browser or a caller of the API."""
    guards = [entry for entry in GUARDS if case in re.findall(r"\bA\d\d\b", entry[0].against)]
    assert any(asks(path, test.rpartition("::")[2]) for path, test in named(guards)), case


def test_only_what_a_client_is_asked_counts_as_a_request():
    def judged(line: str) -> bool:
        return is_request(ast.parse(line, mode="eval").body)

    assert all(map(judged, ["client.get('/')", "as_lin.post(url, {})", "browse(city.lin).get(x)", "page.goto(url)"]))
    assert not any(map(judged, ["city.lin.get('x')", "found.get(key)", "was_lin(x)", "row.delete()", "client.get()"]))
