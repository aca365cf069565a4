"""``manage.py up``: web, worker and beat as three children of one small process.

The supervisor never loads Django, so it stays small. The children die with it, even when it is killed with
-9 (PR_SET_PDEATHSIG); a child that ends is started again, a little later each time it ends early.
"""

from __future__ import annotations

import argparse
import ctypes
import functools
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
PR_SET_PDEATHSIG = 1
STEADY_SECONDS = 30  # a child that lived this long starts again at once
LONGEST_PAUSE = 30
STOP_SECONDS = 5  # a job that is cut off runs again: its lease runs out
HEAD_START = 6
# glibc gives memory back after a large export or report instead of keeping it for each thread
MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when ``parent`` (its pid) dies, however it dies."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the request was made
        os._exit(1)


dependent = functools.partial(die_with_parent, os.getpid())


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: list[str]
    process: subprocess.Popen | None = None
    started: float = 0.0
    pause: float = 0.0
    due: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches only the supervisor."""
        self.process = subprocess.Popen(  # noqa: S603 - our own command line
            self.command, cwd=ROOT, env={**MEMORY, **os.environ}, preexec_fn=dependent, start_new_session=True
        )
        self.started = time.monotonic()

    def check(self) -> None:
        """Start it again when it has ended and its pause is over."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            steady = time.monotonic() - self.started >= STEADY_SECONDS
            self.pause = 0.0 if steady else min(LONGEST_PAUSE, max(1.0, self.pause * 2))
            self.due = time.monotonic() + self.pause
            say(f"{self.name} 已退出（{code}），{self.pause:.0f} 秒后重新启动")
            self.process = None
        if time.monotonic() >= self.due:
            self.start()

    def signal(self, number: int) -> None:
        """Send a signal to it and to what it started."""
        if self.process is not None and self.process.poll() is None:
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return


def say(text: str) -> None:
    """One line for whoever started it."""
    print(text, flush=True)


def commands(host: str, port: int, processes: int = 1) -> list[Child]:
    """The three children. One web process and one worker process, threads inside: little memory.

    A second web process is for many who write at once; it takes a second core and a hundred megabytes.
    """
    python = sys.executable
    web = ["gunicorn", "secmgmt.wsgi:application", "--bind", f"{host}:{port}", "--worker-class", "gthread"]
    web += ["--workers", str(processes), "--threads", "4", "--log-level", "warning"]
    web += ["--config", "python:secmgmt.webserver"]
    worker = ["-W", "ignore:You're running the worker", "-m", "celery", "--app", "secmgmt.celery", "--quiet"]
    worker += ["worker", "--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    beat = ["-m", "celery", "--app", "secmgmt.beat", "--quiet", "beat", "--pidfile="]
    return [
        Child("web", [python, "-m", *web]),
        Child("worker", [python, *worker]),
        Child("beat", [python, *beat]),
    ]


def start_management(*arguments: str, quiet: bool = False) -> subprocess.Popen:
    """A management command in a child process."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    output = subprocess.DEVNULL if quiet else None
    return subprocess.Popen(command, cwd=ROOT, preexec_fn=dependent, stdout=output)  # noqa: S603


def migrate() -> bool:
    """Bring the database up to date when it is not."""
    if start_management("migrate", "--check", "--noinput", quiet=True).wait() == 0:
        return True
    return start_management("migrate", "--noinput", "--verbosity", "0").wait() == 0


def answers(host: str, port: int) -> bool:
    """Whether the web process answers; any HTTP status is an answer."""
    name = "127.0.0.1" if host in ("0.0.0.0", "") else host  # noqa: S104 - compared, not bound
    name = f"[{name}]" if ":" in name else name
    try:
        with urllib.request.urlopen(f"http://{name}:{port}/accounts/login/", timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


class Supervisor:
    """Starts the children, watches them, stops them."""

    def __init__(self, host: str, port: int, after: list[str], processes: int = 1) -> None:
        self.host, self.port, self.after = host, port, after
        self.children = commands(host, port, processes)
        self.stopping = False
        self.announced = False
        self.extra: subprocess.Popen | None = None
        for child in self.children[1:]:  # the page first: two cores load one Django faster than two
            child.due = time.monotonic() + HEAD_START

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Ctrl-C or a service manager: end after the current look."""
        self.stopping = True

    def run(self) -> int:
        """Until stopped."""
        signal.signal(signal.SIGINT, self.stop)
        signal.signal(signal.SIGTERM, self.stop)
        while not self.stopping:
            for child in self.children:
                child.check()
            if not self.announced and answers(self.host, self.port):
                self.announced = True
                self.announce()
            time.sleep(0.2)
        self.end()
        return 0

    def announce(self) -> None:
        """Say where it is to be reached, and what the caller wanted to be said then."""
        for child in self.children[1:]:
            child.due = 0.0
        say(f"\n系统已启动：http://{self.host}:{self.port}/    按 Ctrl-C 停止\n")
        if self.after:
            self.extra = start_management(*self.after)

    def end(self) -> None:
        """Ask the children to end, then make them."""
        say("\n正在停止……")
        if self.extra is not None:
            self.extra.terminate()
            self.extra.wait()
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        alive = self.children
        while alive and time.monotonic() < deadline:
            alive = [c for c in alive if c.process is not None and c.process.poll() is None]
            time.sleep(0.05)
        for child in self.children:
            child.signal(signal.SIGKILL)
        say("已停止")


def main(arguments: list[str]) -> int:
    """The command line of ``manage.py up``."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start web, worker and beat.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--web-processes", type=int, default=1, help="more for many who write at once (default: 1)")
    parser.add_argument("--no-migrate", action="store_true", help="the database is known to be up to date")
    parser.add_argument("--after", default="", help="management command to run once the site answers")
    options = parser.parse_args(arguments)
    if not options.no_migrate and not migrate():
        say("数据库迁移没有成功，未启动。")
        return 1
    return Supervisor(options.host, options.port, options.after.split(), max(1, options.web_processes)).run()
