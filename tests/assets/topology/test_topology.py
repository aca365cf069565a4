"""The picture: the same rows give the same picture, nothing is invented, names are links and escaped."""

from __future__ import annotations

import re

import pytest

from assets.models import Component
from assets.topology.drawing import drawing
from assets.topology.layout import Column, Node, Wire, arrange
from assets.topology.services import MOST_IN_A_COLUMN, network_topology, object_topology

from ..factories import make_component, make_link, make_object


def columns(*sizes):
    return [Column(f"区{i}", [Node(f"n{i}{j}", f"盒{i}{j}") for j in range(n)]) for i, n in enumerate(sizes)]


def crosses(diagram) -> list[str]:
    """Boxes that a wire's piece runs through (its own ends touch edges only)."""
    hit = []
    for link in diagram.links:
        for (x0, y0), (x1, y1) in zip(link.points, link.points[1:], strict=False):
            for box in diagram.boxes:
                inside_x = min(x0, x1) < box.x + box.width - 0.5 and max(x0, x1) > box.x + 0.5
                inside_y = min(y0, y1) < box.y + box.height - 0.5 and max(y0, y1) > box.y + 0.5
                if inside_x and inside_y:
                    hit.append(box.label)
    return hit


@pytest.mark.pure
def test_no_wire_runs_through_a_box():
    every = [f"n{i}{j}" for i, n in enumerate((3, 4, 2, 5)) for j in range(n)]
    wires = [Wire(a, b) for a in every for b in every if a < b]
    diagram = arrange("图", "说明", columns(3, 4, 2, 5), wires)
    assert len(diagram.links) == len(wires)
    assert crosses(diagram) == []


@pytest.mark.pure
def test_every_line_lies_within_the_picture():
    every = ["n00", "n10", "n20", "n30"]
    diagram = arrange("图", "说明", columns(1, 1, 1, 1), [Wire(a, b) for a in every for b in every if a != b])
    for link in diagram.links:
        for x, y in link.points:
            assert 0 <= x <= diagram.width and 0 <= y <= diagram.height


@pytest.mark.pure
def test_one_line_between_two_boxes_whatever_the_number_of_links():
    diagram = arrange(
        "图", "说明", columns(1, 1), [Wire("n00", "n10"), Wire("n10", "n00"), Wire("n00", "n00")]
    )
    assert len(diagram.links) == 1


@pytest.mark.pure
def test_a_line_to_what_is_not_in_the_picture_is_left_out():
    assert arrange("图", "说明", columns(1, 1), [Wire("n00", "n99"), Wire("n99", "n00")]).links == ()


@pytest.mark.pure
def test_long_names_are_wrapped_and_not_cut():
    name = "行政权力网上公开透明运行系统核心数据库服务器集群"
    box = drawing(arrange("图", "说明", [Column("区", [Node("n", name)])], []))["boxes"][0]
    assert "".join(text for text, _css, _y in box["lines"]) == name


def test_the_same_rows_give_the_same_picture_in_whatever_order_they_were_stored(city, world):
    first = object_topology(world.platform, city.lin)
    for part in list(Component.objects.order_by("-pk")):
        part.save()
    assert object_topology(world.platform, city.lin) == first


def test_zones_stand_as_columns_with_key_parts_that_may_not_fail_marked(city, world):
    diagram = object_topology(world.platform, city.lin)
    assert [zone.label for zone in diagram.zones] == ["外部与其他系统", "接入区"]
    tones = {box.label: box.tone for box in diagram.boxes}
    assert tones["边界防火墙"] == "warn" and tones["档案服务器"] == ""
    assert "关键部件单点：边界防火墙" in diagram.finding


def test_a_line_without_a_registered_inner_end_leads_to_the_zone_and_not_to_a_box(city, world):
    diagram = object_topology(world.platform, city.lin)
    dashed = [link for link in diagram.links if link.dashed]
    assert len(dashed) == 2
    edge = diagram.zones[1].x
    assert {link.points[-1][0] for link in dashed} == {edge}


def test_parts_without_a_zone_are_shown_and_many_are_folded_with_their_number(city):
    obj = make_object(city.health)
    for n in range(MOST_IN_A_COLUMN + 5):
        make_component(obj, f"服务器{n:02d}")
    diagram = object_topology(obj, city.lin)
    assert [zone.label for zone in diagram.zones] == ["未分区"]
    assert len(diagram.boxes) == MOST_IN_A_COLUMN
    assert diagram.boxes[-1].label == "另有 6 项"


def test_nothing_registered_is_no_picture(city):
    assert object_topology(make_object(city.health), city.lin) is None


def test_a_network_shows_its_empty_zones_too(city, world):
    diagram = network_topology(world.network, city.lin)
    assert [zone.label for zone in diagram.zones] == ["接入区"]
    assert {box.label for box in diagram.boxes} == {"边界防火墙", "档案服务器"}
    assert len(diagram.links) == 1


def test_what_the_user_may_not_see_is_not_in_his_picture(city, world):
    make_link(world.school, world.platform)
    labels = {box.label for box in object_topology(world.school, city.su).boxes}
    assert "边界防火墙" not in labels and "档案服务器" not in labels


def test_the_svg_has_named_links_and_no_inline_style(browse, city, world):
    html = browse(city.lin).get(f"/objects/{world.platform.pk}/topology/").content.decode()
    svg = html[html.index('<svg class="chart') : html.index("</figure>")]
    assert f'<a href="/components/{world.server.pk}/" aria-label="档案服务器 集群 6 台">' in svg
    assert not re.search(r"\sstyle=|\son\w+=|<script", svg)
    assert "边界防火墙" in html[html.index("图中的连接") :]


def test_a_connection_the_other_side_registered_is_told_from_the_object_looked_at(browse, city, world):
    there = make_object(city.health, "登记方系统")
    make_link(there, world.platform, purpose="推送数据", direction="out", control="gap")
    lin = browse(city.lin)
    for page in ("", "topology/"):
        html = lin.get(f"/objects/{world.platform.pk}/{page}").content.decode()
        row = next(part for part in html.split("<tr>") if "推送数据" in part)
        assert "流入" in row and "流出" not in row and "网闸（对端登记）" in row, page
    row = next(p for p in html.split("<tr>") if "推送数据" in p)
    assert row.index("区域卫生信息共享平台") < row.index("登记方系统")
    own = lin.get(f"/objects/{there.pk}/topology/").content.decode()
    row = next(part for part in own.split("<tr>") if "推送数据" in part)
    assert "流出" in row and "对端登记" not in row
