"""Real worker processes for the fault tests."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from secmgmt.celery import app

ROOT = Path(__file__).resolve().parents[2]
LEASE = "3"
SWEEP = "1"


def wait_for(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true value of ``condition``, asked ten times a second; an assertion names what never came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"{what} did not happen within {seconds} s")


def database_url() -> str:
    """The test database as another process reaches it."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    login = values["USER"] + (f":{values['PASSWORD']}" if values["PASSWORD"] else "")
    return f"postgresql://{login}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


class Processes:
    """Workers and beats as their own processes, on the test's database and its queue of the broker."""

    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.started: list[subprocess.Popen] = []

    def environment(self) -> dict[str, str]:
        """The test's own environment, less the mark by which a test process makes its own directory."""
        return {
            **{key: value for key, value in os.environ.items() if key != "SECMGMT_TEST_OWNER"},
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": database_url(),
            "VAR_DIR": str(settings.VAR_DIR),
            "JOB_LEASE_SECONDS": LEASE,
            "JOB_SWEEP_SECONDS": SWEEP,
            "LOG_LEVEL": "INFO",
        }

    def run(self, *arguments: str) -> subprocess.Popen:
        """Start ``celery`` with ``arguments``."""
        log = (self.tmp_path / f"{len(self.started)}.log").open("wb")
        application = "secmgmt.beat" if arguments[0] == "beat" else "secmgmt.celery"
        command = [sys.executable, "-m", "celery", "-A", application, *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment(), stdout=log, stderr=log)
        self.started.append(process)
        return process

    def worker(self) -> subprocess.Popen:
        """A worker with two threads."""
        name = f"test-{uuid.uuid4().hex[:8]}@%h"
        quiet = ("--without-gossip", "--without-mingle")
        return self.run("worker", "-P", "threads", "-c", "2", "-n", name, *quiet)

    def beat(self) -> subprocess.Popen:
        """A beat."""
        return self.run("beat", "--pidfile=", "-l", "info")

    def logs(self) -> str:
        """What they said."""
        return "\n".join(path.read_text(errors="replace") for path in sorted(self.tmp_path.glob("*.log")))

    def stop(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.fixture
def processes(tmp_path: Path, transactional_db: None) -> Iterator[Processes]:
    """Start workers and beats; they are killed at the end and their queue is emptied."""
    found = Processes(tmp_path)
    try:
        yield found
    finally:
        found.stop()
        print(found.logs())  # shown with a test that failed
        with app.connection_for_write() as broker:
            broker.default_channel.queue_purge(app.conf.task_default_queue)


@pytest.fixture(scope="session", autouse=True)
def leave_no_queue() -> Iterator[None]:
    """A real broker keeps nothing of the tests. Not between tests: a producer declares its queue only once."""
    yield
    if not app.conf.broker_url.startswith("filesystem"):
        with app.connection_for_write() as broker:
            broker.default_channel.queue_delete(app.conf.task_default_queue)
