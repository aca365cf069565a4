"""Names that are code, the number of queries, limited viewers, search and to-dos on the inventory's pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assets.inventory.tables import OBJECTS
from secmgmt.core import manifest, permissions, search
from secmgmt.core.clock import now, today
from secmgmt.core.models import Participation

from .factories import (
    make_component,
    make_data,
    make_hosting,
    make_link,
    make_network,
    make_object,
    make_register_line,
    make_zone,
)

EVIL = "<img src=x onerror=alert(1)>{{7*7}}"
MOST_QUERIES = 25


def test_a_name_that_is_code_is_text_on_every_page_that_shows_it(browse, city):
    """A18: lists, details, panels, tabs, topology, forms, deletion, history, search, home."""
    obj = make_object(
        city.health, EVIL, owner=city.lin, status="building", offers_hosting=True, business=EVIL
    )
    other = make_object(city.health, EVIL + "2", offers_hosting=True)
    net = make_network(obj, EVIL)
    zone = make_zone(net, EVIL)
    part = make_component(obj, EVIL, zone=zone, is_key=True, redundancy="single", vendor=EVIL,
                          certificate_until=today())  # fmt: skip
    end = make_component(obj, EVIL + "3", zone=zone)
    rows = {
        "objects": obj, "networks": net, "zones": zone, "components": part, "data": make_data(obj, EVIL),
        "links": make_link(obj, external_party=EVIL, purpose=EVIL), "hostings": make_hosting(obj, other),
    }  # fmt: skip
    make_link(obj, obj, from_component=part, to_component=end)
    lin = browse(city.lin)
    pages = ["/", "/search/?q=img", f"/objects/{obj.pk}/topology/", f"/networks/{net.pk}/topology/"]
    for name, row in rows.items():
        pages += [f"/{name}/", f"/{name}/new/", f"/{name}/?protected_object={obj.pk}&q=img"]
        pages += [f"/{name}/{row.pk}/{page}" for page in ("", "edit/", "delete/", "history/")]
    for page in pages:
        html = lin.get(page).content.decode()
        assert "<img src=x" not in html, page
        assert "alert(1)>49" not in html, page
    assert "&lt;img src=x onerror=alert(1)&gt;" in lin.get(f"/objects/{obj.pk}/").content.decode()


def fill(city, count):
    """``count`` objects with one of everything."""
    for _ in range(count):
        obj = make_object(city.health, owner=city.lin)
        net = make_network(obj)
        make_component(obj, zone=make_zone(net))
        make_data(obj)
        make_link(obj)
        make_hosting(obj, city.cloud)
        make_register_line(city.health, f"FB-{obj.pk}")


LISTS = ("objects", "registry", "networks", "zones", "components", "data", "links", "hostings")


def test_every_column_together_costs_no_query_a_row(browse, city):
    city.cloud = make_object(city.data, "市政务云", offers_hosting=True)
    fill(city, 20)
    lin = browse(city.lin)
    every = ",".join(column.name for column in OBJECTS.columns)
    lin.get(f"/objects/?cols={every}")
    with CaptureQueriesContext(connection) as seen:
        lin.get(f"/objects/?cols={every}")
    assert len(seen) <= MOST_QUERIES


@pytest.mark.parametrize("part", LISTS)
def test_a_list_costs_the_same_few_queries_whatever_its_size(browse, city, part):
    city.cloud = make_object(city.data, "市政务云", offers_hosting=True)
    lin, counts = browse(city.lin), []
    lin.get(f"/{part}/")  # content types and positions are read once
    for more in (2, 38):
        fill(city, more)
        with CaptureQueriesContext(connection) as seen:
            assert lin.get(f"/{part}/").status_code == 200
        counts.append(len(seen))
    assert counts[0] == counts[1], counts
    assert counts[1] <= MOST_QUERIES


def test_the_page_of_a_large_object_costs_a_bounded_number_of_queries(browse, city):
    obj = make_object(city.health, "大系统", owner=city.lin)
    zone = make_zone(make_network(obj))
    parts = [make_component(obj, f"机{n:02d}", zone=zone) for n in range(30)]
    for n in range(20):
        make_link(obj, external_party=f"对端{n:02d}")
        make_link(obj, obj, from_component=parts[n], to_component=parts[n + 1])
    lin = browse(city.lin)
    with CaptureQueriesContext(connection) as seen:
        assert lin.get(f"/objects/{obj.pk}/").status_code == 200
    assert len(seen) <= 62, len(seen)


def test_phone_numbers_are_masked_on_the_page_and_in_no_list_or_api(browse, city):
    obj = make_object(
        city.health, "门户", contact="某人", contact_phone="13812345678", operator_phone="13987654321"
    )
    lin = browse(city.lin)
    html = lin.get(f"/objects/{obj.pk}/").content.decode()
    assert "138****5678" in html and "13812345678" not in html
    assert "13812345678" not in lin.get("/objects/").content.decode()
    body = lin.get(f"/api/v1/objects/{obj.pk}").content.decode()
    assert "13812345678" not in body and "13987654321" not in body


def test_who_takes_part_sees_what_he_was_shown_and_nothing_more(browse, city, world, monkeypatch):
    monkeypatch.setitem(permissions._by_capacity["assets.protectedobject"], "view", {"expert"})
    Participation.objects.create(
        parent=world.platform, user=city.xu, capacity="expert", until=now() + dt.timedelta(days=3),
        fields=["name", "business"],
    )  # fmt: skip
    xu = browse(city.xu)
    html = xu.get(f"/objects/{world.platform.pk}/").content.decode()
    assert "区域卫生信息共享平台" in html
    assert "边界防火墙" not in html and "林予安" not in html and "市政务云" not in html
    assert xu.get(f"/objects/{world.platform.pk}/topology/").status_code == 403
    assert xu.get(f"/components/{world.server.pk}/").status_code == 404


def test_search_finds_objects_by_name_and_registry_lines_by_number_only(browse, city, world):
    line = make_register_line(city.health, "FBDJ2026")
    for row in (world.platform, world.school, line):
        search.refresh(row)
    html = browse(city.lin).get("/search/?q=信息平台").content.decode()
    assert "教育教学" not in html
    assert f"/objects/{world.platform.pk}/" in browse(city.lin).get("/search/?q=卫生").content.decode()
    assert f"/registry/{line.pk}/" in browse(city.lin).get("/search/?q=FBDJ2026").content.decode()


def test_what_expires_and_what_nobody_looked_at_waits_for_its_owner(city, world):
    make_component(world.platform, "密码机", kind="security", redundancy="single",
                   certificate_until=today() + dt.timedelta(days=20))  # fmt: skip
    long_ago = now() - dt.timedelta(days=400)
    type(world.platform).objects.filter(pk=world.platform.pk).update(updated_at=long_ago)
    titles = [todo.title for todo in manifest.todos_for(city.lin, today())]
    assert any("1 个部件" in title for title in titles)
    assert any("台账超过一年" in title for title in titles)
    assert not any("部件" in todo.title for todo in manifest.todos_for(city.su, today()))


def test_the_unit_lead_is_told_of_objects_nobody_is_in_charge_of(city, world):
    make_object(city.health, "无主系统")
    titles = [todo.title for todo in manifest.todos_for(city.zhou, today())]
    assert any("1 个系统没有指定系统负责人" in title for title in titles)


@pytest.mark.parametrize(
    "query",
    ["unit=x", "level=9", "technology=password", "counts=%27", "protected_object=zz", "sort=unit__path", "q=%00",
     "protected_object=99999999999999999999999", "level=none&level=3", "cols=owner__password"],
)  # fmt: skip
def test_hostile_parameters_never_break_a_list(browse, city, world, query):
    lin = browse(city.lin)
    for part in ("objects", "components", "links", "hostings"):
        assert lin.get(f"/{part}/?{query}").status_code == 200


def test_filters_narrow_by_level_technology_and_unit(browse, city, world):
    lin = browse(city.lin)
    make_object(city.hospital, "三级系统", security_level=3, is_iot=True)
    for query in ("level=3", "technology=is_iot", f"unit={city.hospital.pk}", "counts=important"):
        html = lin.get(f"/objects/?{query}").content.decode()
        assert "三级系统" in html and "区域卫生信息共享平台" not in html, query
