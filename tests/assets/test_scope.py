"""Own, below and other units through HTTP, on every page of the inventory."""

from __future__ import annotations

import pytest

from tests.support import make_user

from .factories import make_network, make_object

LISTS = ("objects", "registry", "networks", "zones", "components", "data", "links", "hostings")
PAGES = ("", "edit/", "delete/", "history/")


def rows(world):
    """(address part, row) of one row of every model, all of the health bureau."""
    return [
        ("objects", world.platform), ("networks", world.network), ("zones", world.zone),
        ("components", world.server), ("data", world.data), ("links", world.link), ("hostings", world.hosting),
    ]  # fmt: skip


def test_an_owner_opens_every_page_of_his_own(browse, city, world):
    lin = browse(city.lin)
    for part, row in rows(world):
        for page in ("", "edit/", "history/"):
            response = lin.get(f"/{part}/{row.pk}/{page}")
            assert response.status_code == 200, (part, page)
    for extra in (f"/objects/{world.platform.pk}/topology/", f"/networks/{world.network.pk}/topology/"):
        assert lin.get(extra).status_code == 200
    for part in LISTS:
        assert lin.get(f"/{part}/").status_code == 200
        assert lin.get(f"/{part}/new/").status_code == 200


def test_another_bureau_finds_nothing_on_any_page(browse, city, world):
    su = browse(city.su)
    for part, row in rows(world):
        if part == "links":
            continue  # the education bureau is its other end
        for page in PAGES:
            response = su.get(f"/{part}/{row.pk}/{page}")
            assert response.status_code == 404, (part, page)
            assert "卫生" not in response.content.decode()
    assert su.get(f"/objects/{world.platform.pk}/topology/").status_code == 404
    assert su.get(f"/networks/{world.network.pk}/topology/").status_code == 404


@pytest.mark.parametrize("part", LISTS)
def test_no_list_shows_another_bureaus_rows(browse, city, world, part):
    html = browse(city.su).get(f"/{part}/").content.decode()
    for secret in ("区域卫生信息共享平台", "卫生专网", "边界防火墙", "居民健康档案"):
        assert secret not in html


def test_a_county_owner_sees_his_county_and_not_the_bureau(browse, city, world):
    html = browse(city.duan).get("/objects/").content.decode()
    assert "东湖县诊疗系统" in html and "区域卫生信息共享平台" not in html and "教育教学信息平台" not in html


def test_what_lies_below_is_seen_and_changed_from_above(browse, city, world):
    below = make_object(city.hospital, "医院信息系统")
    lin = browse(city.lin)
    assert lin.get(f"/objects/{below.pk}/edit/").status_code == 200
    he = browse(city.he)
    assert he.get(f"/objects/{below.pk}/").status_code == 200
    assert he.get(f"/objects/{world.platform.pk}/").status_code == 404


@pytest.mark.parametrize("name", ["gao", "shen", "ye", "fang", "pan", "tang"])
def test_readers_see_and_do_not_change(browse, city, world, name):
    reader = browse(getattr(city, name))
    for part, row in rows(world):
        assert reader.get(f"/{part}/{row.pk}/").status_code == 200, part
        assert reader.get(f"/{part}/{row.pk}/edit/").status_code == 403, part
        assert reader.get(f"/{part}/{row.pk}/delete/").status_code == 403, part
        assert reader.get(f"/{part}/new/").status_code == 403, part


@pytest.mark.parametrize("name", ["xu", "nobody", "sysadmin", "secadmin", "auditor"])
def test_experts_strangers_and_administrators_see_no_inventory(browse, city, world, name):
    other = browse(getattr(city, name))
    for part, row in rows(world):
        assert other.get(f"/{part}/{row.pk}/").status_code == 404, part
    html = other.get("/objects/").content.decode()
    assert "区域卫生信息共享平台" not in html and "教育教学信息平台" not in html


def test_the_unit_lead_changes_but_does_not_delete(browse, city, world):
    zhou = browse(city.zhou)
    assert zhou.get(f"/objects/{world.platform.pk}/edit/").status_code == 200
    assert zhou.get(f"/components/{world.server.pk}/delete/").status_code == 403


def test_nobody_comes_in_without_signing_in(client, world):
    for part, row in rows(world):
        assert client.get(f"/{part}/{row.pk}/").status_code == 302
    assert client.get(f"/objects/{world.platform.pk}/topology/").status_code == 302
    assert client.get(f"/objects/{world.platform.pk}/important/").status_code == 302


def test_a_filter_on_another_bureaus_object_shows_nothing_of_it(browse, city, world):
    html = browse(city.su).get(f"/components/?protected_object={world.platform.pk}").content.decode()
    assert "区域卫生信息共享平台" not in html and "档案服务器" not in html


def test_people_offered_as_owners_are_those_of_ones_own_units(browse, city, world):
    make_user("stranger", unit=city.education, name="外单位某人")
    html = browse(city.lin).get("/objects/new/").content.decode()
    assert "何嘉木" in html and "外单位某人" not in html and "苏晚晴" not in html


def test_no_dialog_about_a_record_shows_anybodys_number(browse, city):
    """Deletion and its refusal name what hangs together, never how people are reached."""
    planned = make_object(city.health, "在建平台", status="building", contact="王某", contact_phone="13812345678")
    make_network(planned)
    city.lin.phone, city.lin.email = "13987654321", "lin@example.cn"
    city.lin.save()
    lin = browse(city.lin)
    asked = lin.get(f"/objects/{planned.pk}/delete/")
    refused = lin.post(f"/objects/{planned.pk}/delete/", {"version": planned.version})
    assert (asked.status_code, refused.status_code) == (200, 409)
    for html in (asked.content.decode(), refused.content.decode(), browse(city.gao).get("/objects/").content.decode()):
        assert not any(secret in html for secret in ("13812345678", "13987654321", "lin@example.cn"))
