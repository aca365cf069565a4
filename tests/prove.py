"""``make prove``: switch each guard off in turn; its tests must fail, or they guard nothing.

Every ``guards.py`` under ``tests`` lists its guards: dotted name, what stands in for it, the tests (paths from
the folder of the list, names may be cut short), what it is against. One process per guard, forked from a warm
one. Options: a word that a guard's name or clause must contain, e.g. ``A28``; ``--folder tests/assets``;
``--shard 1/2``.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROVEN, GREEN, BROKEN = 0, 1, 2


def target_of(name: str) -> tuple[Any, str]:
    """The module or class that holds a guard, and the guard's name in it."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            holder: Any = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:-1]:
            holder = getattr(holder, part)
        return holder, parts[-1]
    raise ModuleNotFoundError(name)


def listed(folder: str = "tests") -> Iterator[tuple[Any, tuple[str, ...]]]:
    """Every guard with its tests as the beginnings of node ids."""
    for path in sorted((ROOT / folder).rglob("guards.py")):
        module: ModuleType = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for guard in getattr(module, "GUARDS", ()):
            yield guard, tuple(node(path.parent, test) for test in guard.tests)


def node(folder: Path, test: str) -> str:
    """The node id that ``test`` begins, from the project's root."""
    file, _colons, rest = test.partition("::")
    return f"{(folder / file).resolve().relative_to(ROOT)}::{rest}"


class Trial:
    """Runs only the named tests, with the guard off once everything is imported and collected."""

    def __init__(self, guard: Any, beginnings: tuple[str, ...]) -> None:
        self.guard, self.beginnings = guard, beginnings
        self.ran: set[str] = set()
        self.red: set[str] = set()
        self.broken: list[str] = []

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        kept = [item for item in items if item.nodeid.startswith(self.beginnings)]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        holder, name = target_of(self.guard.name)
        own = holder.__dict__.get(name)
        as_it_was = holder.__dict__[name] if own is not None else getattr(holder, name)
        setattr(holder, name, staticmethod(self.guard.off) if isinstance(own, staticmethod) else self.guard.off)
        try:
            return (yield)
        finally:
            setattr(holder, name, as_it_was)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for beginning in self.beginnings:
            if report.nodeid.startswith(beginning):
                if report.when == "call":
                    self.ran.add(beginning)
                    if report.failed:
                        self.red.add(beginning)
                elif report.failed:
                    self.broken.append(f"{report.nodeid} broke before its test began")

    def verdict(self) -> tuple[int, str]:
        missing = set(self.beginnings) - self.ran
        if self.broken or missing:
            return BROKEN, "; ".join([*self.broken, *(f"no such test: {name}" for name in sorted(missing))])
        green = sorted(set(self.beginnings) - self.red)
        return (GREEN, "stays green: " + ", ".join(green)) if green else (PROVEN, "")


def try_one(guard: Any, beginnings: tuple[str, ...]) -> int:
    """Prove one guard in a forked process; what it says on its way is only shown when it fails."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    trial, said = Trial(guard, beginnings), io.StringIO()
    files = sorted({beginning.partition("::")[0] for beginning in beginnings})
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:randomly", *files], plugins=[trial])
        code, why = trial.verdict()
    except BaseException as error:
        code, why = BROKEN, repr(error)
    print(f"{('ok   ', 'GREEN', 'BROKE')[code]} {guard.name}  ({guard.against})" + (f"\n      {why}" if why else ""))
    if code == BROKEN:
        print(said.getvalue()[-2000:])
    sys.stdout.flush()
    os._exit(code)


def main() -> int:
    """Prove all guards (or those named); 1 when a test stays green or cannot be run."""
    parser = argparse.ArgumentParser(prog="make prove", description=__doc__)
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--folder", default="tests")
    parser.add_argument("--shard", default="1/1")
    options = parser.parse_args()
    number, count = map(int, options.shard.split("/"))
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    with contextlib.redirect_stdout(io.StringIO()):  # warm up: Django, the tests' imports, the template database
        importlib.import_module("django").setup()
    began = time.monotonic()
    found = [entry for entry in listed(options.folder) if options.word in f"{entry[0].name} {entry[0].against}"]
    chosen = found[number - 1 :: count]
    codes = [try_one(guard, beginnings) for guard, beginnings in chosen]
    failed = sum(code != PROVEN for code in codes)
    print(f"{len(codes) - failed} of {len(codes)} guards proven in {time.monotonic() - began:.0f} s")
    return 1 if failed or not codes else 0


if __name__ == "__main__":
    sys.exit(main())
