"""The project's own sources, read once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("secmgmt", "assets", "assessments", "contingency")


@cache
def modules(*tops: str) -> dict[str, ast.Module]:
    """Path from the root → parsed module, for every Python file under ``tops``; migrations apart."""
    found = {}
    for top in tops:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                found[str(path.relative_to(ROOT))] = ast.parse(path.read_text("utf-8"))
    return found


def product() -> dict[str, ast.Module]:
    """The modules of the product."""
    return modules(*PACKAGES)


def everything() -> dict[str, ast.Module]:
    """The modules of the product, its tests and scripts."""
    return modules(*PACKAGES, "tests", "scripts", "deploy")


def functions(module: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module, methods and inner ones too."""
    for found in ast.walk(module):
        if isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef):
            yield found


def lines(path: str | Path) -> list[str]:
    """The lines of a file."""
    return (ROOT / path).read_text("utf-8").splitlines()
