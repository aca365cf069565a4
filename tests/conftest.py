"""Shared fixtures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from secmgmt.core.clock import now

from .support import CastClient, City

pytest_plugins = ["tests.plugins.database", "tests.plugins.slowness"]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    """What one test's data left in the cache is nothing to the next."""
    yield
    cache.clear()


@pytest.fixture
def city(db) -> City:
    """The cast (see ``support``)."""
    return City()


@pytest.fixture
def at():
    """The instant a service is told."""
    return now()


@pytest.fixture
def client() -> CastClient:
    """A browser; ``force_login`` counts as a sign-in with both factors."""
    return CastClient()
