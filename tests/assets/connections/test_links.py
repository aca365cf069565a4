"""Interconnections: one other end, components of their ends, and both ends see the row."""

from __future__ import annotations

import pytest

from assets.connections.services import show_links
from assets.models import Interconnection
from tests.assets.factories import make_link, make_object
from tests.support import make_position


def post(client, obj, **values):
    good = {
        "from_object": obj.pk, "external_party": "省级平台", "purpose": "数据上报", "direction": "out",
        "control": "gap", "version": 0,
    }  # fmt: skip
    return client.post("/links/new/", {**good, **values})


def test_a_link_to_an_outside_party_is_registered(browse, city, world):
    assert post(browse(city.lin), world.platform, ports="TCP/8443").status_code == 302


BAD = [
    ({"external_party": ""}, "须填且只填一项"),
    ({"ports": "99999"}, "不是有效的端口"),
    ({"control": "other"}, "须填写“边界控制说明”"),
    ({"purpose": ""}, "“用途”没有填写"),
]


@pytest.mark.parametrize(("values", "sentence"), BAD, ids=[str(v) for v, _s in BAD])
def test_bad_input_is_refused_with_a_sentence(browse, city, world, values, sentence):
    count = Interconnection.objects.count()
    response = post(browse(city.lin), world.platform, **values)
    assert response.status_code == 422 and sentence in response.content.decode()
    assert Interconnection.objects.count() == count


def test_both_other_ends_at_once_are_refused(browse, city, world):
    assert post(browse(city.lin), world.platform, to_object=world.cloud.pk).status_code == 422


def test_an_inner_link_names_two_different_components_of_the_object(browse, city, world):
    lin = browse(city.lin)
    inner = {"external_party": "", "to_object": world.platform.pk}
    assert post(lin, world.platform, **inner).status_code == 422
    same = {"from_component": world.server.pk, "to_component": world.server.pk}
    assert post(lin, world.platform, **inner, **same).status_code == 422
    two = {"from_component": world.server.pk, "to_component": world.firewall.pk}
    assert post(lin, world.platform, **inner, **two).status_code == 302


def test_a_component_of_another_object_is_no_end(browse, city, world):
    response = post(browse(city.lin), world.platform, external_party="", to_object=world.cloud.pk,
                    to_component=world.server.pk)  # fmt: skip
    assert response.status_code == 422 and "不属于所选的系统" in response.content.decode()


def test_an_object_the_user_neither_sees_nor_finds_in_the_directory_is_no_other_end(browse, city, world):
    assert (
        post(browse(city.lin), world.platform, external_party="", to_object=world.school.pk).status_code
        == 422
    )


def test_the_unit_at_the_other_end_sees_the_link_and_may_not_change_it(browse, city, world):
    assert (
        post(browse(city.lin), world.platform, external_party="", to_object=world.cloud.pk).status_code == 302
    )
    link = Interconnection.objects.get(to_object=world.cloud)
    qin = browse(city.qin)
    assert qin.get(f"/links/{link.pk}/").status_code == 200
    assert qin.get(f"/links/{link.pk}/edit/").status_code == 403
    assert "区域卫生信息共享平台" in qin.get(f"/objects/{world.cloud.pk}/").content.decode()
    assert qin.get(f"/links/{world.outside.pk}/").status_code == 404


def test_when_the_link_is_turned_elsewhere_the_former_end_sees_it_no_more(browse, city, world):
    lin = browse(city.lin)
    post(lin, world.platform, external_party="", to_object=world.cloud.pk)
    link = Interconnection.objects.get(to_object=world.cloud)
    data = {"from_object": world.platform.pk, "external_party": "省级平台", "purpose": "上报", "direction": "out",
            "control": "gap", "version": 1}  # fmt: skip
    assert lin.post(f"/links/{link.pk}/edit/", data).status_code == 302
    assert browse(city.qin).get(f"/links/{link.pk}/").status_code == 404


def test_a_link_cannot_start_at_another_bureaus_object(browse, city, world):
    lin = browse(city.lin)
    assert post(lin, world.school).status_code == 422
    data = {"from_object": world.school.pk, "external_party": "省级平台", "purpose": "上报", "direction": "out",
            "control": "gap", "version": 1}  # fmt: skip
    assert lin.post(f"/links/{world.outside.pk}/edit/", data).status_code == 422


def test_the_other_end_is_seen_from_above_it_by_roles_that_see_connections(browse, city, world):
    """The education bureau connects itself to the hospital's system, which lies beneath the health bureau."""
    hospital = make_object(city.hospital, "医院信息系统")
    link = make_link(world.school, hospital, purpose="校医数据共享")
    show_links([link], by=city.su, at=link.created_at)
    for person in (city.he, city.lin, city.zhou, city.tang):
        reader = browse(person)
        assert reader.get(f"/links/{link.pk}/").status_code == 200, person
        assert reader.get(f"/links/{link.pk}/edit/").status_code == 403, person
        assert "校医数据共享" in reader.get("/links/").content.decode(), person
    make_position(city.nobody, city.health, "act_as_evaluator")  # a role that sees no connections
    for person in (city.nobody, city.duan, city.qin):
        assert browse(person).get(f"/links/{link.pk}/").status_code == 404, person
        assert "校医数据共享" not in browse(person).get("/links/").content.decode(), person


def test_a_list_of_one_objects_links_is_told_from_that_object_and_offers_only_what_one_may(browse, city, world):
    """The platform sends into the cloud: from the cloud it flows in, from the platform out."""
    post(browse(city.lin), world.platform, external_party="", to_object=world.cloud.pk, control="none")
    qin, lin = browse(city.qin), browse(city.lin)
    there = qin.get(f"/links/?protected_object={world.cloud.pk}")
    cells = rows_of(there)
    assert cells[0][0].startswith("<a") and str(world.platform) in cells[0][0] and str(world.cloud) not in cells[0][0]
    assert "流入" in cells[0] and any("（对端登记）" in cell for cell in cells[0])
    assert there.context["title"] == f"{world.cloud} · 互联关系"
    assert there.context["crumbs"][-1][1] == f"/objects/{world.cloud.pk}/"
    here = rows_of(lin.get(f"/links/?protected_object={world.platform.pk}&q=数据上报"))
    assert any(str(world.cloud) in row[0] and "流出" in row for row in here)


def test_whoever_may_not_add_to_an_object_is_offered_no_button_on_its_list(browse, city, world):
    school = make_object(city.education, "学籍系统")
    make_position(city.lin, city.education, "act_as_leader")  # reads there, writes at home
    for obj, offered in ((world.platform, True), (school, False)):
        page = browse(city.lin).get(f"/links/?protected_object={obj.pk}")
        assert page.context["title"] == f"{obj} · 互联关系"
        assert ("/links/new/" in page.content.decode()) is offered, obj
        assert ('"/links/import/"' in page.content.decode()) is offered, obj


def rows_of(response):
    """The cells of the list, as HTML."""
    rows = response.context["page"].rows
    return [[f"<a>{cell.html}" if cell.url else cell.html for cell in row.cells] for row in rows]
