"""What the object's form refuses, each at the field where it is mended, through HTTP."""

from __future__ import annotations

import datetime as dt

import pytest

from assets.models import ProtectedObject
from secmgmt.core import ports
from secmgmt.core.clock import today
from secmgmt.core.models import AuditEvent

from ..factories import make_network, make_object

GOOD = {
    "name": "便民服务网", "kind": "system", "status": "running", "construction": "existing",
    "in_operation_on": "2020-05-01", "contact": "林予安", "version": "0",
}  # fmt: skip
TOMORROW = today() + dt.timedelta(days=1)


def post(client, city, **values):
    return client.post("/objects/new/", {**GOOD, "unit": city.health.pk, **values})


def test_a_good_object_is_registered_with_a_code_and_audited(browse, city):
    response = post(browse(city.lin), city)
    obj = ProtectedObject.objects.get(name="便民服务网")
    assert response.status_code == 302 and response["Location"] == f"/objects/{obj.pk}/"
    assert obj.code == "XT-00001" and obj.version == 1
    assert AuditEvent.objects.filter(verb="assets.protectedobject.add", object_id=str(obj.pk)).exists()


def test_codes_count_on_per_kind(browse, city):
    lin = browse(city.lin)
    post(lin, city)
    post(lin, city, name="第二个")
    post(lin, city, name="专网", kind="network")
    assert set(ProtectedObject.objects.values_list("code", flat=True)) == {"XT-00001", "XT-00002", "WL-00001"}


BAD = [
    ({"name": ""}, "“名称”没有填写"),
    ({"kind": "robot"}, "robot"),
    ({"in_operation_on": ""}, "须填写“投入运行日期”"),
    ({"in_operation_on": TOMORROW.isoformat()}, "不能晚于今天"),
    ({"in_operation_on": "2020-02-30"}, "日期"),
    ({"status": "retired"}, "须填写“停用日期”"),
    ({"status": "retired", "retired_on": "2019-01-01"}, "停用日期早于投入运行日期"),
    ({"retired_on": "2024-01-01"}, "不应填写“停用日期”"),
    ({"contact": ""}, "系统负责人与联系人至少填一项"),
    ({"contact_phone": "12345x"}, "电话应为 11 位手机号"),
    ({"network_nature": "2"}, "源站 IP 范围与域名至少填一项"),
    ({"network_nature": "2", "internet_addresses": "10.1.2.3/24"}, "不是有效的地址范围"),
    ({"network_nature": "2", "internet_addresses": "10.1.2.9-10.1.2.3"}, "不是有效的地址范围"),
    ({"internet_domains": "http://a.gov.cn/x"}, "不是有效的域名"),
    ({"internet_ports": "443 70000"}, "不是有效的端口"),
    ({"is_subsystem": "on"}, "是分系统"),
    ({"parent_text": "省平台"}, "不应填写"),
    ({"is_cloud": "on"}, "须填写“云责任主体”"),
    ({"is_cloud": "on", "cloud_side": "tenant", "cloud_service": "iaas", "cloud_deployment": "government"},
     "须填写“云平台名称”"),
    ({"platform_name": "市政务云"}, "不应填写“云平台名称”"),
    ({"is_cloud": "on", "cloud_side": "tenant", "cloud_service": "iaas", "cloud_deployment": "government",
      "platform_name": "云", "platform_filing": "123"}, "备案证明编号应为"),
    ({"iot_facts": "传感器"}, "未勾选“采用物联网”"),
    ({"data_exported": "on"}, "须填写“出境情况”"),
    ({"is_cii": "on"}, "须填写“保护工作部门”"),
    ({"cii_number": "关基〔2026〕1号"}, "不应填写“认定文号”"),
    ({"rto_minutes": "-1"}, "0"),
    ({"name": "x" * 101}, "100"),
    ({"business": "秘密★10年\n内容"}, "秘密"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "sentence"), BAD, ids=[str(sorted(v))[:40] for v, _s in BAD])
def test_bad_input_is_refused_with_a_sentence_and_kept(browse, city, values, sentence):
    response = post(browse(city.lin), city, **values)
    assert response.status_code == 422
    html = response.content.decode()
    assert sentence in html
    assert "林予安" in html
    assert not ProtectedObject.objects.exists()


def test_what_is_missing_is_said_once_at_each_field(browse, city):
    errors = post(browse(city.lin), city, name="", kind="").context["form"].errors
    assert {name: len(found) for name, found in errors.items()} == {"name": 1, "kind": 1}


def test_a_second_object_of_that_name_in_the_unit_is_refused_in_the_form(browse, city):
    make_object(city.health, "便民服务网")
    response = post(browse(city.lin), city)
    assert response.status_code == 422 and "已有同名的定级对象" in response.content.decode()


def test_a_used_code_is_refused_in_the_form(browse, city):
    make_object(city.health, "别的", code="WX-1")
    response = post(browse(city.lin), city, code="WX-1")
    assert response.status_code == 422 and "这个编号已被使用" in response.content.decode()


def test_a_parent_system_cannot_be_ones_own_subsystem(browse, city):
    top = make_object(city.health, "平台", contact="林予安", in_operation_on=dt.date(2020, 1, 1))
    sub = make_object(city.health, "分系统", is_subsystem=True, parent_system=top)
    values = {**GOOD, "unit": city.health.pk, "name": "平台", "is_subsystem": "on", "parent_system": sub.pk}
    response = browse(city.lin).post(f"/objects/{top.pk}/edit/", {**values, "version": 1})
    assert response.status_code == 422 and "不能是本系统或其分系统" in response.content.decode()


def test_levels_filing_and_names_of_importance_cannot_be_posted(browse, city):
    post(browse(city.lin), city, security_level="4", filing_number="41100043001-25017", named_important="on",
         is_demo="on", is_secret_register="on", secret_number="FB-1")  # fmt: skip
    obj = ProtectedObject.objects.get()
    assert obj.security_level is None and obj.filing_number == "" and not obj.named_important
    assert not obj.is_demo and not obj.is_secret_register and obj.secret_number == ""


def test_going_live_is_refused_while_something_stands_in_the_way(browse, city, monkeypatch):
    obj = make_object(city.health, "新系统", status="building", construction="new", contact="林予安")
    blockers = (ports.Blocker("工程验收审查尚未通过"),)
    monkeypatch.setattr(ports.go_live_blockers, "provider", lambda obj: blockers)
    lin = browse(city.lin)
    values = {**GOOD, "unit": city.health.pk, "name": "新系统", "construction": "new", "version": 1}
    response = lin.post(f"/objects/{obj.pk}/edit/", values)
    assert response.status_code == 422 and "工程验收审查尚未通过" in response.content.decode()
    assert "工程验收审查尚未通过" in lin.get(f"/objects/{obj.pk}/").content.decode()
    monkeypatch.setattr(ports.go_live_blockers, "provider", lambda obj: ())
    assert lin.post(f"/objects/{obj.pk}/edit/", values).status_code == 302


def test_an_object_cannot_be_moved_to_a_unit_out_of_scope(browse, city, world):
    """A03: the unit is a foreign key like any other."""
    lin = browse(city.lin)
    assert post(lin, city, unit=city.education.pk).status_code == 422
    values = {**GOOD, "unit": city.education.pk, "version": 1}
    assert lin.post(f"/objects/{world.platform.pk}/edit/", values).status_code == 422
    world.platform.refresh_from_db()
    assert world.platform.unit == city.health


def test_a_person_of_another_unit_cannot_be_put_in_charge(browse, city):
    response = post(browse(city.lin), city, owner=city.su.pk)
    assert response.status_code == 422 and not ProtectedObject.objects.exists()


def test_only_drafts_are_deleted(browse, city, world):
    lin = browse(city.lin)
    draft = make_object(city.health, "草稿", status="building")
    graded = make_object(city.health, "已定级", status="building", security_level=2)
    for obj in (world.platform, graded):
        assert lin.get(f"/objects/{obj.pk}/delete/").status_code == 409
        assert lin.post(f"/objects/{obj.pk}/delete/", {"version": 1}).status_code == 409
    assert lin.post(f"/objects/{draft.pk}/delete/", {"version": 1}).status_code == 302
    assert set(ProtectedObject.objects.filter(unit=city.health)) == {world.platform, graded}


def test_a_zone_takes_address_ranges_and_nothing_else(browse, city, world):
    lin = browse(city.lin)
    base = {"network": world.network.pk, "name": "数据区", "kind": "data", "version": 0}
    bad = lin.post("/zones/new/", {**base, "address_ranges": "10.1.1.0/33"})
    assert bad.status_code == 422 and "不是有效的地址范围" in bad.content.decode()
    good = lin.post(
        "/zones/new/", {**base, "address_ranges": "10.1.1.0/24\n2001:db8::/32，10.2.0.5-10.2.0.9"}
    )
    assert good.status_code == 302


def test_an_object_that_is_no_network_has_no_network_that_is_itself(browse, city, world):
    base = {"name": "专线", "kind": "lan", "relation": "is", "version": 0}
    lin = browse(city.lin)
    response = lin.post("/networks/new/", {**base, "protected_object": world.platform.pk})
    assert response.status_code == 422 and "不是通信网络设施" in response.content.decode()
    net = make_object(city.health, "卫生骨干网", kind="network")
    make_network(net, "骨干", relation="is")
    response = lin.post("/networks/new/", {**base, "protected_object": net.pk})
    assert response.status_code == 422 and "已登记了作为它本身的网络" in response.content.decode()


def test_a_stale_edit_shows_both_versions_and_overwrites_nothing(browse, city, world):
    first, second = browse(city.lin), browse(city.zhou)
    values = {**GOOD, "unit": city.health.pk, "name": "区域卫生信息共享平台", "version": 1}
    assert first.post(f"/objects/{world.platform.pk}/edit/", {**values, "contact": "甲"}).status_code == 302
    response = second.post(f"/objects/{world.platform.pk}/edit/", {**values, "contact": "乙"})
    assert response.status_code == 409
    world.platform.refresh_from_db()
    assert world.platform.contact == "甲"
