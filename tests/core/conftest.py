"""The sample feature and who may do what in it."""

from __future__ import annotations

import copy

import pytest

from secmgmt.core import permissions
from secmgmt.core.workflow import Workflow

from . import sample


@pytest.fixture
def feature(settings, monkeypatch):
    """Owners may change, delete and export units, and register users."""
    settings.ROOT_URLCONF = "tests.core.sample"
    monkeypatch.setattr(permissions, "_by_role", copy.deepcopy(permissions._by_role))
    permissions.allow("act_as_owner", "accounts.OrgUnit", "change", "delete", "export", "add")
    permissions.allow("act_as_owner", "accounts.User", "view", "add", "change")
    return sample


@pytest.fixture
def with_steps(monkeypatch):
    """Units have a workflow."""
    monkeypatch.setitem(Workflow.registry, "accounts.orgunit", sample.STEPS)


@pytest.fixture
def as_lin(client, city, feature):
    """A browser in which lin, owner at the health commission, is signed in."""
    client.force_login(city.lin)
    return client
