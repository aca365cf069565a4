"""Questions that cross from app to app: defaults, providers, wrong providers; and the catalogues."""

from __future__ import annotations

import dataclasses

import pytest
from django.core.management import call_command

from secmgmt.core import manifest, ports
from secmgmt.core.manifest import Manifest
from secmgmt.core.models import AuditEvent


@pytest.fixture
def fresh(monkeypatch):
    """Ports without a provider, as far as a test fills them."""
    for port in ports.PORTS.values():
        monkeypatch.setattr(port, "provider", None)
    monkeypatch.setattr(ports, "_echoes", {})


def test_without_a_provider_every_answer_is_unknown_and_never_a_finding(fresh):
    assert ports.published_plan_for("x") is ports.last_drill_of("x") is ports.backup_status("x") is None
    assert ports.training_record("x", 2026) is None
    assert ports.open_corrective_action("what", by=None, at=None) is None
    assert ports.go_live_blockers("x") == ()
    assert ports.corrective_action_changed("risk", 1, "closed", by=None, at=None) is False


def test_a_provider_answers_and_there_is_only_one(fresh):
    ports.provide("training_record", lambda obj, year: (obj, year))
    assert ports.training_record("x", 2026) == ("x", 2026)
    with pytest.raises(ValueError, match="already"):
        ports.provide("training_record", lambda obj, year: None)


def test_a_provider_that_does_not_fit_fails_at_start(fresh):
    with pytest.raises(TypeError):
        ports.provide("backup_status", lambda system: None)
    with pytest.raises(ValueError, match="unknown port"):
        ports.provide("no_such_port", lambda obj: None)
    with pytest.raises(TypeError):
        ports.provide_echo("risk", lambda source_id, state: None)


def test_an_origin_takes_back_its_own_corrective_actions(fresh):
    told = []

    def echo(source_id, state, by, at):
        told.append((source_id, state))

    ports.provide_echo("risk", echo)
    assert ports.corrective_action_changed("risk", 7, "closed", by=None, at=None) is True
    assert ports.corrective_action_changed("drill", 8, "closed", by=None, at=None) is False
    assert told == [(7, "closed")]


def test_what_crosses_cannot_be_changed_on_the_way():
    blocker = ports.Blocker("没有备案")
    with pytest.raises(dataclasses.FrozenInstanceError):
        blocker.text = "x"


@pytest.mark.django_db
def test_catalogues_of_all_apps_are_loaded_told_and_on_the_trail(monkeypatch, capsys):
    loads = []

    def load():
        loads.append(1)
        return "装载 211 条"

    monkeypatch.setattr(manifest, "_manifests", {"a": Manifest(app="a", catalogs=(load,)), "b": Manifest(app="b")})
    call_command("load_catalogs")
    call_command("load_catalogs")
    out = capsys.readouterr().out
    assert len(loads) == 2 and "a：装载 211 条" in out and "共 1 项" in out
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["catalog.load"] * 2
