"""The scene of the gates."""

from __future__ import annotations

import pytest

from tests.support import City

from .support import Scene


@pytest.fixture
def scene(db) -> Scene:
    return Scene(City())
