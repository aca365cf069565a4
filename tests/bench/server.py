"""The product as ``manage.py up`` starts it, on loopback, with DEBUG off; what its processes use."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from secmgmt.supervisor import dependent

from .client import Browser

ROOT = Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60


def environment(url: str, var: Path) -> dict[str, str]:
    """The variables of a production start, less the redirect to TLS."""
    kept = {k: v for k, v in os.environ.items() if k not in ("DEMO", "CELERY_BROKER_URL", "REDIS_URL", "S3_BUCKET")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "DEBUG": "0",
        "SECRET_KEY": "bench-" + "b" * 48,
        "FIELD_KEY": "bench-" + "f" * 48,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "0",
        "DATABASE_URL": url,
        "VAR_DIR": str(var),
        "STATIC_ROOT": str(ROOT / "var" / "bench" / "static"),
        "CELERY_QUEUE": f"bench-{secrets.token_hex(4)}",
        "LOG_LEVEL": "ERROR",
    }


def run(url: str, var: Path, *command: str) -> tuple[float, float]:
    """A command of the product in a process of its own; (wall, processor) seconds."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=environment(url, var), stdout=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return time.perf_counter() - began, usage.ru_utime + usage.ru_stime


def collect_static(var: Path) -> None:
    """The hashed names that pages refer to with DEBUG off."""
    run(f"sqlite:///{var}/none.sqlite3", var, "manage.py", "collectstatic", "--noinput", "--verbosity", "0")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """``with Server(url, var) as server``: started, answering, and gone with all its processes at the end."""

    def __init__(self, url: str, var: Path, web_processes: int = 1) -> None:
        self.web_processes = web_processes
        self.port, self.environment, self.var = free_port(), environment(url, var), var

    def __enter__(self) -> Server:
        self.var.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "manage.py", "up", "--no-migrate", "--port", str(self.port)]
        command += ["--web-processes", str(self.web_processes)]
        self.log = (self.var / "server.log").open("w")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=self.log, stderr=self.log, preexec_fn=dependent
        )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.__exit__()
                raise RuntimeError(f"the server did not start: {(self.var / 'server.log').read_text()[-2000:]}")
            time.sleep(0.1)
        while len(self.processes()) < 4 and time.monotonic() < deadline:  # supervisor, web, worker, beat
            time.sleep(0.1)
        return self

    def __exit__(self, *_error: Any) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()  # its children die with it
            self.process.wait()
        self.log.close()

    def answers(self) -> bool:
        """Whether the web process answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/accounts/login/", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"the sign-in page answers {error.code}") from error
        except OSError:
            return False

    def browser(self) -> Browser:
        """A new connection."""
        return Browser(self.port)

    def processes(self) -> list[int]:
        """The supervisor and everything beneath it."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                except OSError:  # it ended meanwhile
                    continue
                children.setdefault(int(fields[1]), []).append(int(entry.name))
        found = [self.process.pid]
        for pid in found:
            found.extend(children.get(pid, ()))
        return found

    def cpu(self) -> float:
        """Processor seconds of all processes so far."""
        total = 0
        for pid in self.processes():
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def memory(self) -> float:
        """PSS of all processes in MiB: shared pages are counted once."""
        total = 0
        for pid in self.processes():
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024
