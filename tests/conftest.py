"""Shared fixtures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

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
def disk(settings, tmp_path) -> Path:
    """An empty place for files that no other test writes to."""
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return tmp_path


@pytest.fixture
def client() -> CastClient:
    """A browser; ``force_login`` counts as a sign-in with both factors."""
    return CastClient()
