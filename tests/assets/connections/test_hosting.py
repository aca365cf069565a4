"""Hosting: chains are fine, circles are not; the platform's unit sees what runs on it."""

from __future__ import annotations

import datetime as dt

import pytest

from assets.connections.queries import level_shortfall
from assets.models import Hosting
from secmgmt.core.models import Participation

from ..factories import make_hosting, make_object


@pytest.fixture
def storeys(city):
    """Four objects of the data bureau, each of which may host."""
    return [
        make_object(city.data, name, offers_hosting=True) for name in ("机房", "政务云", "数据平台", "门户")
    ]


def post(client, tenant, platform, **values):
    good = {
        "tenant": tenant.pk,
        "platform": platform.pk,
        "model": "iaas",
        "since": "2024-01-01",
        "version": 0,
    }
    return client.post("/hostings/new/", {**good, **values})


def test_a_chain_of_three_storeys_is_fine(browse, city, storeys):
    qin = browse(city.qin)
    room, cloud, platform, portal = storeys
    for tenant, below in ((cloud, room), (platform, cloud), (portal, platform)):
        assert post(qin, tenant, below).status_code == 302
    names = Hosting.objects.order_by("pk").values_list("platform__name", flat=True)
    assert list(names) == ["机房", "政务云", "数据平台"]


@pytest.mark.parametrize("top", [1, 2, 3])
def test_a_circle_of_any_length_is_refused(browse, city, storeys, top):
    for tenant, below in zip(storeys[1:], storeys, strict=False):
        make_hosting(tenant, below)
    response = post(browse(city.qin), storeys[0], storeys[top])
    assert response.status_code == 422
    assert "不能再反过来承载它" in response.content.decode()
    assert Hosting.objects.count() == 3


def test_an_edit_cannot_close_a_circle(browse, city, storeys):
    room, cloud, platform, _portal = storeys
    make_hosting(cloud, room)
    second = make_hosting(platform, cloud)
    data = {"tenant": room.pk, "platform": cloud.pk, "model": "iaas", "since": "2024-01-01", "version": 1}
    assert browse(city.qin).post(f"/hostings/{second.pk}/edit/", data).status_code == 422


def test_a_platform_may_move_onto_a_former_tenant_once_that_hosting_is_over(browse, city, storeys):
    room, cloud, *_rest = storeys
    make_hosting(cloud, room, until=dt.date(2024, 12, 31))
    assert post(browse(city.qin), room, cloud, since="2025-06-01").status_code == 302
    assert post(browse(city.qin), room, cloud, since="2024-06-01").status_code == 422


def test_not_on_itself_and_not_backwards_in_time(browse, city, storeys):
    qin = browse(city.qin)
    assert post(qin, storeys[0], storeys[0]).status_code == 422
    response = post(qin, storeys[1], storeys[0], until="2023-01-01")
    assert response.status_code == 422 and "截止日期早于开始日期" in response.content.decode()


def test_the_circle_is_refused_by_the_api_too(browse, city, storeys):
    make_hosting(storeys[1], storeys[0])
    body = {"tenant": storeys[0].pk, "platform": storeys[1].pk, "model": "iaas", "since": "2024-01-01"}
    response = browse(city.qin).post("/api/v1/hostings", body, content_type="application/json")
    assert response.status_code == 422


def test_any_owner_may_name_a_platform_of_the_directory_and_no_other_object(browse, city, world):
    lin = browse(city.lin)
    assert post(lin, world.platform, world.cloud, since="2025-01-01").status_code == 302
    assert post(lin, world.platform, world.school).status_code == 422


def test_a_tenant_of_another_bureau_cannot_be_named(browse, city, world):
    assert post(browse(city.su), world.platform, world.cloud, since="2025-01-01").status_code == 422


def test_the_platforms_unit_sees_the_hosting_and_not_the_tenants_record(browse, city, world):
    assert post(browse(city.lin), world.platform, world.cloud, since="2025-01-01").status_code == 302
    row = Hosting.objects.get(since=dt.date(2025, 1, 1))
    qin = browse(city.qin)
    html = qin.get(f"/hostings/{row.pk}/").content.decode()
    assert "区域卫生信息共享平台" in html
    assert qin.get(f"/objects/{world.platform.pk}/").status_code == 404
    assert qin.get(f"/hostings/{row.pk}/edit/").status_code == 403
    browse(city.lin).post(f"/hostings/{row.pk}/delete/", {"version": 1})
    assert not Participation.of(row).exists()


def test_a_platform_graded_lower_than_its_tenant_falls_short(city, world):
    world.cloud.security_level, world.platform.security_level = 2, 3
    world.hosting.platform, world.hosting.tenant = world.cloud, world.platform
    assert level_shortfall(world.hosting)
    world.cloud.security_level = None
    assert not level_shortfall(world.hosting)
