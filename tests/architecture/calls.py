"""Who calls whom among the functions of the product, read from their sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .source import product

Name = str  # dotted: assets.connections.services.save_link, secmgmt.core.workflow.Workflow.fire


@cache
def defined() -> dict[Name, ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function of a module and method of a class by its dotted name."""
    found = {}
    for path, module in product().items():
        for holder, before in [(module, module_name(path)), *classes(module, module_name(path))]:
            for entry in holder.body:
                if isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef):
                    found[f"{before}.{entry.name}"] = entry
    return found


def classes(module: ast.Module, before: str) -> Iterator[tuple[ast.ClassDef, str]]:
    return ((entry, f"{before}.{entry.name}") for entry in module.body if isinstance(entry, ast.ClassDef))


def module_name(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(module: ast.Module, name: str, is_package: bool) -> dict[str, Name]:
    """What the imported names of a module stand for."""
    found = {}
    for node in module.body:
        if isinstance(node, ast.ImportFrom):
            parts = name.split(".") if is_package else name.split(".")[:-1]
            base = parts[: len(parts) - node.level + 1] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            found |= {entry.asname or entry.name: f"{start}.{entry.name}" for entry in node.names}
    return found


@cache
def calls() -> dict[Name, frozenset[Name]]:
    """Function → what it calls, decorators and functions handed on included, as far as the names say;
    a name that a package hands on is followed.
    """
    methods: dict[str, set[Name]] = {}
    found: dict[Name, frozenset[Name]] = {}
    for name in defined():
        methods.setdefault(name.rpartition(".")[2], set()).add(name)
    known = {
        path: imported(module, module_name(path), path.endswith("__init__.py")) for path, module in product().items()
    }
    handed_on = {
        f"{module_name(path)}.{short}": whole for path, names in known.items() for short, whole in names.items()
    }
    for path, module in product().items():
        here, names = module_name(path), known[path]
        for holder, before in [(module, here), *classes(module, here)]:
            for entry in holder.body:
                if isinstance(entry, ast.FunctionDef | ast.AsyncFunctionDef):
                    scope = Scope(here, before, names, methods, holder)
                    used = {whole for node in ast.walk(entry) for whole in scope.meant(node)}
                    found[f"{before}.{entry.name}"] = frozenset(whole_name(one, handed_on) for one in used)
    return found


@dataclass(frozen=True)
class Scope:
    """What names stand for inside one function."""

    module: Name
    before: Name  # the module, or the class the function is a method of
    names: dict[str, Name]
    methods: dict[str, set[Name]]
    holder: ast.Module | ast.ClassDef

    def meant(self, node: ast.AST) -> Iterator[Name]:
        """What a name or an attribute may stand for."""
        if isinstance(node, ast.Name):
            yield self.names.get(node.id, f"{self.module}.{node.id}")
        elif isinstance(node, ast.Attribute):
            owner = owner_of(node)
            if owner in self.names:
                yield f"{self.names[owner]}.{node.attr}"
            elif owner in ("self", "cls"):
                yield f"{self.before}.{node.attr}"
            elif owner == "super()" and isinstance(self.holder, ast.ClassDef):
                bases = [ast.unparse(base) for base in self.holder.bases]
                yield from (f"{self.names.get(base, f'{self.module}.{base}')}.{node.attr}" for base in bases)
            if node.attr == "fire":  # a workflow, whatever it is called here
                yield from self.methods["fire"]


def owner_of(node: ast.Attribute) -> str:
    """Whose attribute it is, as far as one word says."""
    value = node.value
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "super":
        return "super()"
    return value.id if isinstance(value, ast.Name) else ""


def whole_name(name: Name, handed_on: dict[Name, Name]) -> Name:
    """Where a function is really defined."""
    while name in handed_on:
        name = handed_on[name]
    return name


def reaching(goal: Name) -> set[Name]:
    """Every function that calls ``goal``, itself or through others."""
    found, grown = {goal}, True
    while grown:
        more = {name for name, used in calls().items() if name not in found and used & found}
        found |= more
        grown = bool(more)
    return found

