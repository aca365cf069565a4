"""``python -m tests.bench [--only WORD] [--database sqlite|postgresql|both]``: print the table, write the JSON.

``--only``: the parts whose name holds the word (lists, exports, assessments, answering-browser, reports,
imports, writers, lock, memory, migrate, regime). A part that is begun is finished; none is begun after ``--minutes``.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import functools
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from http.client import HTTPException
from pathlib import Path

import psycopg

from . import browsing, cycle, loads, pages
from .client import Browser, Refused
from .databases import REGIME, STORE, PostgreSQL, SQLite, migrate
from .figures import HEADS, Figure, line, reference, row_of
from .server import Server, collect_static

SIZE, LARGE = 10_000, 100_000
PASSWORD = "Lotus#2026-pond"  # tests.support gives it to everybody
PEOPLE = ("one", "all")
PARTS = ("lists", "exports", "assessments", "answering-browser", "reports", "imports", "writers", "lock", "memory")
Database = SQLite | PostgreSQL


class Run:
    """One run: what is wanted, what was found."""

    def __init__(self, only: str, minutes: float) -> None:
        self.only, self.deadline = only, time.monotonic() + minutes * 60
        self.figures: list[Figure] = []
        self.notes: list[str] = []
        self.reference = reference()

    def wants(self, *parts: str) -> bool:
        """Whether any of these parts is to be measured."""
        return any(self.only in part for part in parts)

    def take(self, part: str, measure: Callable[[], Iterable[Figure]]) -> None:
        """Measure a part if it is wanted and there is time; a refusal is a note, not the end."""
        if not self.wants(part):
            return
        if time.monotonic() > self.deadline:
            self.note(f"{part}: not begun, the time is over")
            return
        try:
            for figure in measure():
                self.figures.append(figure)
                print(row_of(figure), flush=True)
        except (Refused, OSError, HTTPException, psycopg.Error) as error:
            self.note(f"{part}: {error!r}")

    def note(self, text: str) -> None:
        """Something the table cannot say."""
        self.notes.append(text)
        print(f"  !   {text}", flush=True)


def measure(run: Run, database: Database, var: Path) -> None:
    """Everything on one kind of database."""
    name = database.name
    run.take("migrate", lambda: [migrated(database, var)])
    if run.wants(*PARTS):
        with database.copy(SIZE) as url, Server(url, var / f"{name}-{SIZE}") as server:
            small(run, server, url, name)
    if name == "postgresql" and run.wants("writers"):
        with database.copy(SIZE) as url, Server(url, var / f"{name}-two", web_processes=2) as server:
            owner = server.browser().sign_in("all", PASSWORD)
            people = [server.browser().sign_in(f"writer{number}", PASSWORD) for number in range(loads.WRITERS)]
            run.take("writers", lambda: loads.at_once(server, owner, people, name, True, web=2))
    if run.wants("lists"):
        with database.copy(LARGE) as url, Server(url, var / f"{name}-{LARGE}") as server:
            for who in PEOPLE:
                browser = server.browser().sign_in(who, PASSWORD)
                run.take("lists", lambda who=who, browser=browser: pages.lists(browser, name, who, LARGE))
    if name == "postgresql" and run.wants("regime"):
        with database.copy(REGIME) as url, Server(url, var / f"{name}-regime") as server:
            regime(run, server, name)


def migrated(database: Database, var: Path) -> Figure:
    """The first migration."""
    with database.empty() as url:
        wall, cpu = migrate(url, var)
    return Figure("migrate an empty database", "migrate", database.name, "", wall * 1000, cpu=cpu * 1000)


def small(run: Run, server: Server, url: str, name: str) -> None:
    """The parts on 10,000 objects; those that add many rows come last."""
    one, everything = (server.browser().sign_in(who, PASSWORD) for who in PEOPLE)
    for who, browser in (("one", one), ("all", everything)):
        run.take("lists", lambda w=who, b=browser: pages.lists(b, name, w, SIZE))
        run.take("assessments", lambda w=who, b=browser: pages.assessments(b, name, w))
        run.take("reports", lambda w=who, b=browser: pages.reports(b, name, w))
        run.take("exports", lambda w=who, b=browser: pages.exports(b, name, w, SIZE))
    if run.wants("answering-browser"):
        if why := browsing.missing():
            run.note(why)
        else:
            run.take("answering-browser", lambda: browsing.answering(server, one, url, name, PASSWORD))
    run.take("memory", lambda: [loads.memory(server, name)])
    if run.wants("writers", "lock"):
        people = [server.browser().sign_in(f"writer{number}", PASSWORD) for number in range(loads.WRITERS)]
    for apart in (True, False):
        run.take("writers", lambda a=apart: loads.at_once(server, everything, people, name, a))
    for rows in (1000, SIZE):
        for who, browser in (("one", one), ("all", everything)):
            run.take("imports", lambda w=who, b=browser, r=rows: loads.imports(server, b, name, w, r))
    if name == "postgresql":
        run.take("lock", lambda: loads.during_import(server, everything, people, url, SIZE))


def regime(run: Run, server: Server, name: str) -> None:
    """A city after a year of the regime; what adds rows comes last."""

    @functools.cache
    def sign_in(who: str) -> Browser:
        return server.browser().sign_in(who, PASSWORD)

    for part in (cycle.pages, cycle.report, cycle.inheritance, cycle.campaign):
        run.take("regime", lambda part=part: part(sign_in, name))


def commit() -> str:
    """Which source was measured."""
    found = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def write(run: Run) -> Path:
    """The figures as JSON."""
    at = datetime.now(UTC)
    path = STORE / f"figures-{at:%Y%m%d-%H%M%S}.json"
    about = {
        "at": at.isoformat(timespec="seconds"),
        "commit": commit(),
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "reference_ms": run.reference,
    }
    content = {**about, "figures": [figure.as_json() for figure in run.figures], "notes": run.notes}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1))
    return path


def main() -> int:
    """0 when everything wanted was measured, whatever the figures are."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORD")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--minutes", type=float, default=7.0)
    options = parser.parse_args()
    STORE.mkdir(parents=True, exist_ok=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as Ctrl-C: what was started is ended
    with contextlib.ExitStack() as stack:
        lock = stack.enter_context((STORE / "lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs would measure each other
        var = Path(tempfile.mkdtemp(prefix="run-", dir=STORE))
        stack.callback(shutil.rmtree, var, ignore_errors=True)
        collect_static(var)
        run = Run(options.only, options.minutes)
        print(f"reference loop: {run.reference:.1f} ms of processor; load {os.getloadavg()[0]:.1f}\n{line(*HEADS)}")
        for database in (SQLite(var), PostgreSQL(var)):
            if options.database not in (database.name, "both"):
                continue
            if why := database.missing():
                run.note(why)
            else:
                measure(run, database, var)
        path = write(run)
    over = sum(not figure.met for figure in run.figures)
    print(f"\n{len(run.figures)} figures, {over} over their target; ms; cpu: of the server; {path}")
    return 1 if not run.figures else 0


if __name__ == "__main__":
    sys.exit(main())
