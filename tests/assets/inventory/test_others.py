"""其他 in the lists of the filing form: said in words where it was chosen, and only there."""

from __future__ import annotations

import io
import json

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from assets.inventory.choices import OTHERS, SUFFIX, OtherText
from assets.models import DataCategory, Network, ProtectedObject

from ..factories import make_data, make_network, make_object
from .test_forms import GOOD, post

CHOICES = {
    "business_type": "9", "service_scope": "99", "service_users": "9", "deployment": "9", "network_nature": "9",
    "cloud_service": "other", "cloud_deployment": "other",
}  # fmt: skip
CLOUD = {
    "is_cloud": "on", "cloud_side": "provider", "cloud_service": "iaas", "cloud_deployment": "government",
}  # fmt: skip
ELSEWHERE = {"assets.interconnection.control"}  # its text explains other controls too


def with_other(model) -> set[str]:
    """The model's choices that end in 其他."""
    fields = [field for field in model._meta.fields if OTHERS & {key for key, _label in field.flatchoices}]
    return {field.name for field in fields if f"{model._meta.label_lower}.{field.name}" not in ELSEWHERE}


def test_every_choice_that_ends_in_other_has_its_text_and_no_text_stands_alone():
    found = {}
    for model in apps.get_app_config("assets").get_models():
        texts = {field.of for field in model._meta.fields if isinstance(field, OtherText)}
        assert texts == with_other(model)
        found |= {model: texts} if texts else {}
    assert found == {ProtectedObject: set(CHOICES), Network: {"kind"}, DataCategory: {"source"}}


@pytest.mark.parametrize("choice", CHOICES)
def test_other_asks_what_it_is_and_keeps_the_answer(browse, city, choice):
    lin, values = browse(city.lin), {**(CLOUD if "cloud" in choice else {}), choice: CHOICES[choice]}
    refused = post(lin, city, **values)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [choice + SUFFIX]
    assert "选了“其他”，须填写" in refused.content.decode()
    assert post(lin, city, **values, **{choice + SUFFIX: "跨境协作"}).status_code == 302
    page = lin.get(f"/objects/{ProtectedObject.objects.get().pk}/").content.decode()
    assert "其他（跨境协作）" in page


@pytest.mark.parametrize("choice", CHOICES)
def test_a_text_without_other_is_refused(browse, city, choice):
    refused = post(browse(city.lin), city, **(CLOUD if "cloud" in choice else {}), **{choice + SUFFIX: "跨境协作"})
    assert refused.status_code == 422 and list(refused.context["form"].errors) == [choice + SUFFIX]
    assert "没有选“其他”，不应填写" in refused.content.decode()


def test_a_network_and_a_class_of_data_are_asked_too(browse, city):
    obj, lin = make_object(city.health, "平台"), browse(city.lin)
    network = {"protected_object": obj.pk, "relation": "part", "name": "专线", "kind": "other", "version": 0}
    assert "须填写“其他网络类型”" in lin.post("/networks/new/", network).content.decode()
    data = {
        "protected_object": obj.pk, "name": "档案", "category": "公共服务", "level": "general", "department": "信息科",
        "personal": "none", "records": "1", "exchange": "none", "store": "own_room", "source": "other", "version": 0,
    }  # fmt: skip
    assert "须填写“其他来源”" in lin.post("/data/new/", data).content.decode()
    stored = (
        make_network(obj, "卫星网", kind="other", kind_other="卫星通信"),
        make_data(obj, source="other", source_other="历史移交"),
    )
    for row, shown in zip(stored, ("其他（卫星通信）", "其他（历史移交）"), strict=True):
        assert shown in lin.get(row.get_absolute_url()).content.decode()


def test_the_workbook_carries_the_texts_there_and_back_and_tells_what_lacks_at_its_cell(browse, city):
    chosen = {"service_scope": "99", "service_scope_other": "援外"}
    obj = make_object(city.health, "门户", owner=city.lin, in_operation_on="2020-01-01", **chosen)
    lin = browse(city.lin)
    blank, book = (load_workbook(io.BytesIO(lin.get(f"/objects/import/{k}/").content)) for k in ("template", "rows"))
    sheet, heads = book.worksheets[0], [cell.value for cell in book.worksheets[0][1]]
    column = heads.index("其他服务范围") + 1
    assert sheet.cell(2, column).value == "援外" and blank.worksheets[0].cell(1, column).value == "其他服务范围"

    def imported(text: str):
        sheet.cell(2, column).value = text
        out = io.BytesIO()
        book.save(out)
        file = SimpleUploadedFile("a.xlsx", out.getvalue())
        return lin.post("/objects/import/", {"file": file}, follow=True)

    assert "“服务范围”选了“其他”，须填写“其他服务范围”" in imported("").content.decode()
    lin.post(imported("跨省飞地").redirect_chain[-1][0])
    obj.refresh_from_db()
    assert obj.service_scope_other == "跨省飞地"


def test_the_api_takes_and_gives_the_texts(browse, city):
    body = {**GOOD, "unit": city.health.pk, "deployment": "9"}
    del body["version"]
    lin = browse(city.lin)
    refused = lin.post("/api/v1/objects", json.dumps(body), content_type="application/json")
    assert refused.status_code == 422 and "deployment_other" in refused.content.decode()
    body["deployment_other"] = "无线集群"
    made = lin.post("/api/v1/objects", json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.content
    assert lin.get(f"/api/v1/objects/{made.json()['id']}").json()["deployment_other"] == "无线集群"
