"""The scene of the gates."""

from __future__ import annotations

import pytest

from secmgmt.core import ports
from tests.support import City

from .support import Scene


@pytest.fixture
def scene(db) -> Scene:
    return Scene(City())


class Action:
    """A corrective action somebody opened."""

    state = "planning"

    def get_absolute_url(self) -> str:
        return "/rectification/1/"


@pytest.fixture
def followed(monkeypatch) -> list[ports.Shortcoming]:
    """Corrective actions are followed by somebody."""
    found: list[ports.Shortcoming] = []

    def open_action(what, by, at):
        found.append(what)
        return Action()

    monkeypatch.setattr(ports.open_corrective_action, "provider", open_action)
    return found
