"""Browsers in which the administrators are signed in."""

from __future__ import annotations

import pytest

from tests.support import CastClient, City


def browser(user) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


@pytest.fixture
def as_system(city: City) -> CastClient:
    """The system administrator's browser."""
    return browser(city.sysadmin)


@pytest.fixture
def as_security(city: City) -> CastClient:
    """The security administrator's browser."""
    return browser(city.secadmin)


@pytest.fixture
def as_auditor(city: City) -> CastClient:
    """The audit administrator's browser."""
    return browser(city.auditor)


@pytest.fixture
def as_lin(city: City) -> CastClient:
    """An owner's browser."""
    return browser(city.lin)
