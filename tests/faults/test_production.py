"""Production starts only with real secrets, and what can be set is documented."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.db import ProgrammingError, connection, transaction

from secmgmt.core import audit
from secmgmt.core.models import AuditEvent

from .conftest import ROOT

READ = re.compile(r"\benv(?:\.\w+)?\(\s*\"([A-Z][A-Z0-9_]+)\"")
SHIPPED = ("compose.yaml", "Dockerfile", "env.example")


def documented() -> set[str]:
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([A-Z0-9_]+)` \|", text, re.MULTILINE))


def check(tmp_path: Path, **values: str) -> subprocess.CompletedProcess:
    """``manage.py check --deploy`` in a production environment changed by ``values``."""
    return manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **values)


def manage(tmp_path: Path, *arguments: str, **values: str) -> subprocess.CompletedProcess:
    """A management command in a production environment changed by ``values``."""
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "dbgl.example.gov.cn",
        "VAR_DIR": str(tmp_path),
        **values,
    }
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.pure
def test_every_variable_of_the_settings_is_documented_and_no_other():
    read = set(READ.findall((ROOT / "secmgmt" / "settings.py").read_text(encoding="utf-8")))
    assert len(read) > 25
    assert documented() == read


@pytest.mark.pure
@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_files_set_no_variable_the_settings_do_not_read(name):
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    named = set(re.findall(r"^\s*#?\s*([A-Z][A-Z0-9_]{3,})[=:]", text, re.MULTILINE))
    others = {"APP_DB_PASSWORD", "OWNER_DB_PASSWORD", "BROKER_PASSWORD", "ANCHOR_DIR", "TLS_DIR"}
    others |= {name for name in named if name.startswith(("POSTGRES_", "RABBITMQ_"))}
    assert named - others <= documented()


@pytest.mark.pure
def test_the_containers_ask_only_for_what_the_sample_environment_holds_and_start_the_documented_processes():
    text = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    sample = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    held = set(re.findall(r"^([A-Z_]+)=", sample, re.MULTILINE))
    assert set(re.findall(r"\$\{([A-Z_]+):\?", text)) <= held
    for name in ("web", "worker", "beat", "migrate"):
        environment = services[name]["environment"]
        assert set(environment) <= documented()
        assert environment["DEBUG"] == "0"
        assert environment["TRUSTED_PROXIES"] == services["proxy"]["networks"]["inner"]["ipv4_address"]
    assert services["worker"]["command"][:4] == ["celery", "--app", "secmgmt.celery", "worker"]
    assert services["beat"]["command"][:4] == ["celery", "--app", "secmgmt.beat", "beat"]


@pytest.mark.pure
@pytest.mark.slow(reason="collects the static files in a process of its own")
def test_collected_style_sheets_can_be_read_by_the_services_user(tmp_path):
    target = tmp_path / "static"
    result = manage(tmp_path, "collectstatic", "--noinput", STATIC_ROOT=str(target))
    assert result.returncode == 0, result.stderr
    assert all(path.stat().st_mode & 0o044 == 0o044 for path in target.rglob("*"))
    assert target.stat().st_mode & 0o055 == 0o055


@pytest.mark.pure
@pytest.mark.slow(reason="starts Django in a process of its own")
def test_the_deployment_check_is_clean(tmp_path):
    result = check(tmp_path)
    assert (result.returncode, result.stderr.strip()) == (0, ""), result.stderr


@pytest.mark.pure
@pytest.mark.slow(reason="starts Django in a process of its own")
@pytest.mark.parametrize("filled", [True, False])
def test_the_sample_environment_starts_once_it_is_filled_in_and_not_before(tmp_path, filled):
    lines = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8").splitlines()
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    if filled:
        secret = {name: secrets.token_urlsafe(48) for name in ("SECRET_KEY", "FIELD_KEY")}
        values = {name: value.replace("change-me", "p") for name, value in values.items()} | secret
    result = check(tmp_path, **values | {"VAR_DIR": str(tmp_path)})
    assert (result.returncode == 0, "SECRET_KEY" in result.stderr) == (filled, not filled), result.stderr


@pytest.mark.pure
@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_services_start_what_is_documented_and_may_write_only_their_own(name):
    text = (ROOT / "deploy" / f"secmgmt-{name}.service").read_text(encoding="utf-8")
    settings = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    documented = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    row = re.search(rf"^\| {name} \| `([^`]+)` \|", documented, re.MULTILINE)
    assert row and settings["ExecStart"].startswith(f"/srv/secmgmt/.venv/bin/{row[1]}")
    assert (settings["User"], settings["EnvironmentFile"]) == ("secmgmt", "/etc/secmgmt/env")
    assert (settings["NoNewPrivileges"], settings["ProtectSystem"], settings["UMask"]) == ("true", "strict", "0077")
    assert settings["StateDirectory"] == "secmgmt" and settings.get("ReadWritePaths", "-/srv/anchor") == "-/srv/anchor"


@pytest.mark.pure
def test_the_proxy_sets_who_called_and_how_and_takes_a_little_more_than_the_largest_upload():
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    for header, value in (("Host", "$host"), ("X-Forwarded-For", "$remote_addr"), ("X-Forwarded-Proto", "$scheme")):
        assert re.search(rf"proxy_set_header {header}\s+{re.escape(value)};", text), header
    (size,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert 20 < int(size) <= 30
    assert "TLSv1.1" not in text and re.search(r"listen 80 .*?return 301 https", text, re.DOTALL)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "change-me-" + "x" * 40}, "SECRET_KEY"),
        ({"SECRET_KEY": "development-only-secret-key-never-for-production"}, "SECRET_KEY"),
        ({"FIELD_KEY": "short"}, "FIELD_KEY"),
        ({"DEMO": "1"}, "DEMO"),
        ({"AUDIT_RETENTION_DAYS": "90"}, "AUDIT_RETENTION_DAYS"),
    ],
)
@pytest.mark.slow(reason="starts Django in a process of its own")
def test_a_start_with_an_unsafe_setting_is_refused(tmp_path, values, told):
    result = check(tmp_path, **values)
    assert result.returncode != 0
    assert told in result.stderr


@pytest.mark.django_db(transaction=True)
def test_the_applications_role_can_add_to_the_audit_trail_but_not_change_it(city, at):
    statements = (ROOT / "deploy" / "audit-grants.sql").read_text(encoding="utf-8")
    tables = set(connection.introspection.table_names())
    assert set(re.findall(r"ON (\w+_\w+) FROM", statements)) <= tables
    if connection.vendor != "postgresql":  # SQLite knows no roles: there the chain alone shows a change
        return
    role = f"secmgmt_test_{secrets.token_hex(4)}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}")
        try:
            cursor.execute(statements.replace(':"app"', role))
            cursor.execute(f"SET ROLE {role}")
            with audit.act():
                audit.record("test.act", by=city.lin, at=at)
            for act in (
                lambda: AuditEvent.objects.update(verb="x"),
                lambda: AuditEvent.objects.filter(verb="test.act").delete(),
                lambda: cursor.execute("TRUNCATE core_auditevent"),
            ):
                with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                    act()
            assert AuditEvent.objects.filter(verb="test.act").count() == 1
        finally:
            cursor.execute("RESET ROLE")
            cursor.execute(f"DROP OWNED BY {role}")
            cursor.execute(f"DROP ROLE {role}")
