"""Seeded databases, kept under a fingerprint so that a second run is quick, and copied for each run."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from .server import ROOT, run

STORE = ROOT / "var" / "bench"
REGIME = 3_000  # objects of the city that has a year of the regime behind it
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
SEEDED_BY = (
    "[!.]*/**/migrations/*.py", "tests/bench/seed.py", "tests/bench/regime.py", "assessments/catalog/data/*.csv"
)  # fmt: skip


def fingerprint() -> str:
    """Changes with what the seeded databases are made of."""
    state = hashlib.sha256()
    for pattern in SEEDED_BY:
        for path in sorted(ROOT.glob(pattern)):
            state.update(path.read_bytes())
    return state.hexdigest()[:10]


def migrate(url: str, var: Path) -> tuple[float, float]:
    """Bring an empty database up; (wall, processor) seconds."""
    return run(url, var, "manage.py", "migrate", "--noinput", "--verbosity", "0")


def seed(url: str, var: Path, size: int) -> None:
    """Migrate and fill."""
    migrate(url, var)
    command = ("tests.bench.regime",) if size == REGIME else ("tests.bench.seed", str(size))
    run(url, var, "-m", *command)


class SQLite:
    """Files beneath ``var/bench``."""

    name = "sqlite"

    def __init__(self, var: Path) -> None:
        self.var = var

    def missing(self) -> str:
        """Why it cannot be measured: never."""
        return ""

    @contextmanager
    def empty(self) -> Iterator[str]:
        """A database without tables."""
        path = self.var / f"{secrets.token_hex(4)}.sqlite3"
        try:
            yield f"sqlite:///{path}"
        finally:
            for file in self.var.glob(f"{path.name}*"):
                file.unlink()

    @contextmanager
    def copy(self, size: int) -> Iterator[str]:
        """A seeded database that may be spoilt."""
        kept = STORE / f"{fingerprint()}-{size}.sqlite3"
        if not kept.exists():
            for old in [*STORE.glob(f"*-{size}.sqlite3*")]:
                old.unlink()
            with self.empty() as url:
                seed(url, self.var, size)
                Path(url.removeprefix("sqlite:///")).rename(kept)
        with self.empty() as url:
            shutil.copyfile(kept, url.removeprefix("sqlite:///"))
            yield url


class PostgreSQL:
    """Databases of a running server; ``BENCH_POSTGRESQL`` says where it is, as a user who may create databases."""

    name = "postgresql"

    def __init__(self, var: Path) -> None:
        self.var, self.server = var, os.environ.get("BENCH_POSTGRESQL", POSTGRESQL)
        checkout = hashlib.sha256(str(ROOT).encode()).hexdigest()[:6]
        self.family = f"bench_{checkout}"

    def missing(self) -> str:
        """Why it cannot be measured, "" when it can."""
        try:
            with psycopg.connect(self.server, connect_timeout=3):
                return ""
        except psycopg.Error as error:
            return f"PostgreSQL is not measured: {str(error).splitlines()[0]} (BENCH_POSTGRESQL names another)"

    def command(self, *statements: str) -> None:
        """Statements outside a transaction."""
        with psycopg.connect(self.server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def url(self, name: str) -> str:
        """The address of a database of this server."""
        return urlsplit(self.server)._replace(path=f"/{name}").geturl()

    @contextmanager
    def empty(self, template: str = "") -> Iterator[str]:
        """A database without tables, or a copy of ``template``."""
        name = f"{self.family}_run_{secrets.token_hex(4)}"
        self.command(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
        try:
            yield self.url(name)
        finally:
            self.command(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @contextmanager
    def copy(self, size: int) -> Iterator[str]:
        """A seeded database that may be spoilt."""
        with psycopg.connect(self.server) as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [self.family])
            known = {row[0] for row in rows}
        kept = f"{self.family}_{size}_{fingerprint()}"
        if kept not in known:
            for old in known:
                if old.startswith(f"{self.family}_{size}_"):
                    self.command(f'DROP DATABASE "{old}"')
            with self.empty() as url:
                seed(url, self.var, size)
                name = urlsplit(url).path[1:]
                self.command(f'ALTER DATABASE "{name}" RENAME TO "{kept}"')
            with psycopg.connect(self.url(kept), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        with self.empty(kept) as url:
            yield url
