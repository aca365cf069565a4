"""``manage.py up``: three children that never outlive their supervisor."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plugins.database import sqlite_template

from .conftest import ROOT, wait_for

pytestmark = [
    pytest.mark.jobs,
    pytest.mark.slow(reason="starts the web, worker and beat processes for real"),
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def family(mark: str) -> dict[int, str]:
    """The living processes that carry ``mark`` in their environment: process → command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if mark.encode() in (entry / "environ").read_bytes():
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return {pid: line for pid, line in found.items() if line}


def one(mark: str, word: str) -> int | None:
    return next((pid for pid, line in family(mark).items() if word in line), None)


class Site:
    """A supervised site on a port and a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.mark = f"VAR_DIR={directory}"
        self.log = directory / "up.log"
        self.port = free_port()
        shutil.copyfile(sqlite_template(), directory / "secmgmt.sqlite3")
        environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "CELERY_BROKER_URL")}
        environment |= {"VAR_DIR": str(directory), "DJANGO_SETTINGS_MODULE": "secmgmt.settings"}
        command = [sys.executable, "manage.py", "up", "--port", str(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)

    def up(self) -> None:
        wait_for(lambda: f"127.0.0.1:{self.port}" in self.log.read_text(), 90, "the start")
        wait_for(lambda: one(self.mark, "secmgmt.celery") and one(self.mark, "secmgmt.beat"), 20, "worker and beat")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    found = Site(tmp_path)
    try:
        found.up()
        yield found
    finally:
        found.process.kill()
        found.process.wait()
        for pid in family(found.mark):
            os.kill(pid, signal.SIGKILL)


def test_a_crashed_child_is_started_again_and_kill_9_of_the_supervisor_leaves_none(site: Site):
    beat = one(site.mark, "secmgmt.beat")
    os.kill(beat, signal.SIGKILL)
    wait_for(lambda: one(site.mark, "secmgmt.beat") not in (None, beat), 10, "a second beat")
    assert len(family(site.mark)) >= 5, "supervisor, gunicorn and its worker, celery worker, beat"
    site.process.kill()
    site.process.wait()
    wait_for(lambda: not family(site.mark), 5, "the end of all")


def test_ctrl_c_stops_all_processes(site: Site):
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(timeout=15) == 0
    wait_for(lambda: not family(site.mark), 5, "the end of all")
