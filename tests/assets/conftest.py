"""Browsers of the cast, and a hospital platform with everything around it."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

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


@pytest.fixture
def browse(city: City):
    """``browse(city.lin)``: a browser in which that person is signed in."""

    def sign_in(user) -> CastClient:
        client = CastClient()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def world(city: City) -> SimpleNamespace:
    """The health bureau's platform on the data bureau's cloud, connected to the education bureau's system."""
    cloud = make_object(city.data, "市政务云", offers_hosting=True, is_cloud=True)
    platform = make_object(
        city.health, "区域卫生信息共享平台", owner=city.lin, in_operation_on=dt.date(2020, 1, 1)
    )
    school = make_object(city.education, "教育教学信息平台")
    clinic = make_object(city.county_health, "东湖县诊疗系统")
    network = make_network(platform, "卫生专网", kind="private")
    zone = make_zone(network, "接入区", kind="access", address_ranges="10.8.1.0/24")
    firewall = make_component(
        platform, "边界防火墙", kind="security", zone=zone, is_key=True, redundancy="single"
    )
    server = make_component(platform, "档案服务器", zone=zone, quantity=6, redundancy="cluster")
    return SimpleNamespace(
        cloud=cloud, platform=platform, school=school, clinic=clinic, network=network, zone=zone,
        firewall=firewall, server=server, data=make_data(platform),
        link=make_link(platform, school), outside=make_link(platform, external_party="省级平台"),
        inner=make_link(platform, platform, from_component=firewall, to_component=server),
        hosting=make_hosting(platform, cloud),
    )  # fmt: skip
