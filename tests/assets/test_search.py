"""The site-wide search finds every kind of record of the inventory that one may see, and nothing else."""

from __future__ import annotations

import pytest
from django.urls import reverse

from secmgmt.core import search
from secmgmt.core.manifest import collect
from tests.support import CastClient, City

from .factories import (
    make_component,
    make_data,
    make_hosting,
    make_link,
    make_network,
    make_object,
    make_zone,
)

pytestmark = pytest.mark.django_db


def hits(user, query) -> dict[str, str]:
    return {group.label: group.hits[0].url for group in search.search(user, query)}


def test_each_kind_of_the_inventory_is_found_with_its_page_by_who_may_see_it(city: City):
    thing, platform = make_object(city.health, "检验平台"), make_object(city.health, "检验云")
    network = make_network(thing, "检验网")
    rows = {
        "定级对象": thing,
        "网络": network,
        "网络区域": make_zone(network, "前置区", address_ranges="10.77.1.0/24"),
        "组成部件": make_component(thing, "检验服务器"),
        "数据类别": make_data(thing, "检验结果"),
        "互联关系": make_link(thing, purpose="上传检验结果"),
        "托管": make_hosting(thing, platform),
    }
    search.refresh_many([*rows.values(), platform])
    found = hits(city.lin, "检验")
    assert set(found) == set(rows)
    for label, row in rows.items():
        if label != "定级对象":
            assert found[label] == row.get_absolute_url()
    assert hits(city.su, "检验") == {}
    assert hits(city.lin, "10") == {"网络区域": rows["网络区域"].get_absolute_url()}


def test_the_box_promises_only_what_is_searched(city: City):
    client = CastClient()
    client.force_login(city.lin)
    page = client.get(reverse("core:search")).content.decode()
    labels = {str(source.label) for source in collect("search")}
    assert 'placeholder="系统、网络、单位、备案号、作答、文件名"' in page
    assert {"定级对象", "网络", "单位", "自评估作答", "附件"} <= labels
    assert "整改项" not in page and "预案" not in page
