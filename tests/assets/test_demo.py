"""The demo city: the same twice, whole, marked, and free of levels and circles."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from assets.connections.services import circular
from assets.demo import create_assets
from assets.models import Component, Hosting, Interconnection, ProtectedObject
from assets.topology.services import object_topology
from secmgmt.accounts.demo import create_accounts
from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.accounts.roles import BUSINESS_ROLES


@pytest.mark.slow("makes the whole demo city, twice")
def test_the_demo_city_is_whole_marked_and_made_once(db, at):
    for turn in range(2):
        create_accounts(at)
        create_assets(at)
        models = (OrgUnit, User, Position, ProtectedObject, Component, Interconnection, Hosting)
        counts = [model.objects.count() for model in models]
        if turn == 0:
            first = counts
    assert counts == first
    assert OrgUnit.objects.count() > 130 and ProtectedObject.objects.open_ones().count() >= 40
    assert set(Position.objects.values_list("permission__codename", flat=True)) == {
        r.code for r in BUSINESS_ROLES
    }
    assert not ProtectedObject.objects.filter(is_demo=False).exists()
    assert not User.objects.filter(is_demo=False).exists()
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert not ProtectedObject.objects.filter(security_level__isnull=False).exists()
    assert not ProtectedObject.objects.open_ones().filter(owner__isnull=True).exists()
    assert not any(circular(row) for row in Hosting.objects.all())
    leader = User.objects.get(username="leader")
    health = ProtectedObject.objects.get(name="区域卫生信息共享平台")
    assert "核心交换机" in object_topology(health, leader).finding


def test_production_takes_no_demo_data(db, settings):
    settings.LOCAL = False
    with pytest.raises(CommandError, match="演示数据"):
        call_command("seed_demo")
    assert not OrgUnit.objects.exists()
