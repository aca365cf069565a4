"""What a form says before it is filled in wrong: conditions and formats as help, one wording for what is missing."""

from __future__ import annotations

import json
import re

import pytest

from assets.components.forms import ComponentForm
from assets.connections.forms import LinkForm
from assets.datasets.forms import DataForm
from assets.inventory.forms import NetworkForm, ObjectForm, ZoneForm

from ..factories import make_object
from .test_forms import post

FORMS = (ObjectForm, NetworkForm, ZoneForm, ComponentForm, LinkForm, DataForm)
SAID = {
    "owner": "与联系人至少填一项", "contact": "与系统负责人至少填一项", "contact_phone": "0374-2988888",
    "in_operation_on": "已运行或已停用时必填", "cloud_side": "采用云计算时必填",
    "internet_addresses": "10.1.2.0/24", "platform_filing": "41100043001-25017",
    "cii_number": "勾选关键信息基础设施时必填", "business_type_other": "选“其他”时写明",
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
def test_a_condition_or_a_format_stands_at_its_field_before_anything_is_sent(browse, city, name):
    page = browse(city.lin).get("/objects/new/").content.decode()
    help_text = re.search(rf'id="id_{name}-help">(.*?)</div>', page, re.S)
    assert help_text and SAID[name] in help_text[1]
    assert f'aria-describedby="id_{name}-help"' in page


@pytest.mark.parametrize("form_class", FORMS)
def test_every_field_that_appears_with_another_names_one_of_its_form_and_its_values(city, form_class):
    form = form_class(user=city.lin)
    for name, (choice, values) in form.appears.items():
        assert name in form.fields and choice in form.fields
        offered = {str(key) for key, _label in getattr(form.fields[choice], "choices", ())}
        assert set(values) <= offered
        assert form.fields[name].widget.attrs["data-of"] == choice


def test_what_is_missing_is_said_in_one_wording_on_pages_and_in_the_interface(browse, city):
    lin = browse(city.lin)
    page = post(lin, city, name="", kind="").content.decode()
    assert "“名称”没有填写。" in page and "“对象类型”没有填写。" in page
    answer = lin.post("/api/v1/objects", json.dumps({"unit": city.health.pk}), content_type="application/json")
    assert "“名称”没有填写。" in str(answer.json())
    link = lin.post("/links/new/", {"from_object": make_object(city.health, "平台").pk, "version": 0}).content.decode()
    assert "“用途”没有填写。" in link and "必填项" not in page + link
