"""A migrated database is made once for each state of the migrations and copied for every test process."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import pytest
import pytest_django
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "var" / "test-templates"


def fingerprint() -> str:
    """Changes with any migration, the settings' apps and Django itself."""
    state = hashlib.sha256(django.__version__.encode() + repr(settings.INSTALLED_APPS).encode())
    for path in sorted(ROOT.glob("[!.]*/**/migrations/*.py")):
        state.update(path.read_bytes())
    return state.hexdigest()[:12]


@contextmanager
def alone() -> Iterator[None]:
    """Only one process at a time makes a template."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def migrate(url: str) -> None:
    """Migrate the database at ``url`` in a process of its own."""
    environment = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    environment.pop("SECMGMT_TEST_OWNER", None)
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def sqlite_template() -> Path:
    """The path of a migrated SQLite file."""
    wanted = TEMPLATES / f"{fingerprint()}.sqlite3"
    with alone():
        if not wanted.exists():
            for old in TEMPLATES.glob("*.sqlite3*"):
                old.unlink()
            fresh = TEMPLATES / f"fresh-{os.getpid()}.sqlite3"
            migrate(f"sqlite:///{fresh}")
            fresh.rename(wanted)
    return wanted


def postgres_template(connection: BaseDatabaseWrapper) -> str:
    """The name of a migrated PostgreSQL database nobody is connected to."""
    values = connection.settings_dict
    family = f"{values['NAME']}_template_"  # of this database alone: another checkout has its own
    name = f"{family}{fingerprint()}"
    with alone(), connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [family])
        known = {row[0] for row in cursor.fetchall()}
        if name not in known:
            for old in known:
                cursor.execute(f'DROP DATABASE "{old}"')
            cursor.execute(f'CREATE DATABASE "{name}_fresh"')
            login = values["USER"] + (f":{values['PASSWORD']}" if values["PASSWORD"] else "")
            migrate(f"postgresql://{login}@{values['HOST']}:{values['PORT'] or 5432}/{name}_fresh")
            cursor.execute(f'ALTER DATABASE "{name}_fresh" RENAME TO "{name}"')
    return name


@pytest.fixture(scope="session")
def django_db_keepdb(request: pytest.FixtureRequest) -> bool:
    """The copied SQLite file must not be deleted before it is used; the directory goes at the end anyway."""
    return "sqlite" in settings.DATABASES["default"]["ENGINE"] or request.config.getvalue("reuse_db")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Put the template where the test database is expected."""
    connection = connections["default"]
    test = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        shutil.copyfile(sqlite_template(), test["NAME"])
    else:
        with django_db_blocker.unblock():
            test["TEMPLATE"] = postgres_template(connection)
