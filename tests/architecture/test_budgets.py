"""How long a file, a function and a template may be, and what stands nowhere in the product.

An exemption names its reason and must still be needed.
"""

from __future__ import annotations

import ast

import pytest

from .source import PACKAGES, ROOT, everything, functions, lines, product

FILE, FUNCTION, TEMPLATE, TEMPLATE_LINE = 400, 50, 150, 160

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}
LONG_TEMPLATES: dict[str, str] = {}


def too_long_files() -> dict[str, int]:
    files = [*everything(), *(str(path.relative_to(ROOT)) for path in (ROOT / "secmgmt").rglob("static/**/*.js"))]
    return {name: count for name in files if (count := len(lines(name))) > FILE}


def too_long_functions() -> dict[str, int]:
    found = {}
    for name, module in everything().items():
        for function in functions(module):
            length = function.end_lineno - function.lineno + 1
            if length > FUNCTION:
                found[f"{name}:{function.name}"] = length
    return found


def bad_templates() -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "templates").rglob("*.*")):
        name, text = str(path.relative_to(ROOT)), lines(path)
        wide = [number for number, line in enumerate(text, start=1) if len(line) > TEMPLATE_LINE]
        if len(text) > TEMPLATE or wide:
            found[name] = f"{len(text)} lines; over {TEMPLATE_LINE} characters: {wide}"
    return found


@pytest.mark.parametrize(
    "found, exempt",
    [
        (too_long_files, LONG_FILES),
        (too_long_functions, LONG_FUNCTIONS),
        (bad_templates, LONG_TEMPLATES),
    ],
)
def test_nothing_is_longer_than_its_budget(found, exempt):
    over = found()
    assert {name: why for name, why in over.items() if not name.startswith(tuple(exempt))} == {}
    unneeded = [name for name in exempt if not any(entry.startswith(name) for entry in over)]
    assert unneeded == [], "exemptions no longer needed"
    assert all(len(reason) > 10 for reason in exempt.values())


def test_no_function_imports_our_own_packages():
    """A late import hides a wrong direction between packages."""
    found = []
    for name, module in product().items():
        for function in functions(module):
            if name.endswith("apps.py") and function.name == "ready":
                continue  # models exist only once the registry is ready
            found += [
                f"{name}:{function.name}: {ast.unparse(node)}"
                for node in ast.walk(function)
                if (isinstance(node, ast.ImportFrom) and (node.level or node.module.split(".")[0] in PACKAGES))
                or (isinstance(node, ast.Import) and any(a.name.split(".")[0] in PACKAGES for a in node.names))
            ]
    assert found == []


def test_no_signal_receiver_stands_for_a_business_rule():
    """Nothing of the product listens to a signal: what happens on a write stands in its service."""
    found = []
    for name, module in product().items():
        for node in ast.walk(module):
            if isinstance(node, ast.ImportFrom) and node.module:
                sources = [node.module, *(f"{node.module}.{entry.name}" for entry in node.names)]
            elif isinstance(node, ast.Import):
                sources = [entry.name for entry in node.names]
            else:
                continue
            found += [f"{name}: {source}" for source in sources if source.endswith((".signals", ".dispatch"))]
    assert found == []


def test_no_day_is_taken_from_an_instant_but_by_the_clock_on_the_offices_wall():
    """``at.date()`` is London's day, the wrong one from midnight to eight: ``timezone.localdate(at)``."""
    local = {
        "secmgmt/core/templatetags/ui.py",  # on local time
        "secmgmt/core/filesafety/sheetxml.py",  # a cell's
        "secmgmt/core/sheets_reading.py",  # a cell's
    }
    found = {
        path for path, module in product().items() for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"
        and not node.args
    }  # fmt: skip
    assert found == local
