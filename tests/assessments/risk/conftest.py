"""The scene of risk assessments."""

from __future__ import annotations

import pytest

from tests.support import City


@pytest.fixture
def city(db) -> City:
    return City()
