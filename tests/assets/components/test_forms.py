"""Components: what is asked depends on the kind; they hang on one's own objects only."""

from __future__ import annotations

import pytest

from assets.models import Component


def post(client, world, **values):
    good = {
        "protected_object": world.platform.pk, "kind": "server", "name": "交换服务器", "quantity": 2,
        "redundancy": "cluster", "version": 0,
    }  # fmt: skip
    return client.post("/components/new/", {**good, **values})


def test_a_good_component_is_registered(browse, city, world):
    assert post(browse(city.lin), world, zone=world.zone.pk, address="10.8.1.5").status_code == 302
    row = Component.objects.get(name="交换服务器")
    assert (row.zone, row.quantity) == (world.zone, 2)


BAD = [
    ({"quantity": "0"}, "1"),
    ({"redundancy": ""}, "须填写“冗余”"),
    ({"address": "10.8.1"}, "不是有效的地址范围"),
    ({"kind": "room"}, "须填写“物理位置”"),
    ({"kind": "person", "vendor": "某厂"}, "不应填写“厂商”"),
    ({"kind": "person"}, "须填写“责任人”"),
    ({"certificate_kind": "security"}, "须填写“证书编号”"),
    ({"certificate_number": "XX-1"}, "未选产品证书"),
    ({"name": "边界防火墙", "kind": "security"}, "已有同类同名的部件"),
]


@pytest.mark.parametrize(("values", "sentence"), BAD, ids=[str(v)[:40] for v, _s in BAD])
def test_bad_input_is_refused_with_a_sentence(browse, city, world, values, sentence):
    count = Component.objects.count()
    response = post(browse(city.lin), world, **values)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Component.objects.count() == count


def test_a_component_cannot_be_hung_on_or_moved_to_another_bureaus_object(browse, city, world):
    """A03: create pointing to it, and reassigning an existing row."""
    lin = browse(city.lin)
    assert post(lin, world, protected_object=world.school.pk).status_code == 422
    values = {"kind": "server", "name": "档案服务器", "quantity": 6, "redundancy": "cluster", "version": 1}
    moved = lin.post(f"/components/{world.server.pk}/edit/", {**values, "protected_object": world.school.pk})
    assert moved.status_code == 422
    world.server.refresh_from_db()
    assert world.server.protected_object == world.platform


def test_a_zone_of_another_bureau_cannot_be_named(browse, city, world):
    response = browse(city.su).post(
        "/components/new/",
        {"protected_object": world.school.pk, "kind": "server", "name": "服务器", "quantity": 1,
         "redundancy": "single", "zone": world.zone.pk, "version": 0},
    )  # fmt: skip
    assert response.status_code == 422


def test_the_list_of_an_object_stands_under_its_tabs_and_adds_to_it(browse, city, world):
    html = browse(city.lin).get(f"/components/?protected_object={world.platform.pk}").content.decode()
    assert f"/components/new/?protected_object={world.platform.pk}" in html
    assert f"/objects/{world.platform.pk}/topology/" in html
    form = browse(city.lin).get(f"/components/new/?protected_object={world.platform.pk}").content.decode()
    assert f'<option value="{world.platform.pk}" selected>' in form
