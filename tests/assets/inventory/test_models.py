"""Protected objects as rows: registry lines hold nothing, names and codes are unique, levels read well."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assets.models import ProtectedObject

from ..factories import make_object, make_register_line

SOMETHING = {
    "name": "某系统",
    "code": "X-1",
    "business": "写了业务",
    "contact": "林予安",
    "is_cii": True,
    "rto_minutes": 60,
    "security_level": 3,
    "internet_addresses": "10.0.0.0/8",
    "kind": "system",
    "is_cloud": True,
    "in_operation_on": "2020-01-01",
    "filing_number": "41100043001-25017",
}


def test_a_registry_line_has_a_unit_and_a_number(city):
    line = make_register_line(city.health, "FB-2026-01")
    assert str(line) == "涉密系统（登记号 FB-2026-01）"
    assert "分级保护" in line.level_label


@pytest.mark.parametrize("field", sorted(SOMETHING))
def test_the_database_refuses_any_content_on_a_registry_line(city, field):
    line = make_register_line(city.health, "FB-2026-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProtectedObject.objects.filter(pk=line.pk).update(**{field: SOMETHING[field]})


def test_the_model_names_what_must_not_be_on_a_registry_line(city):
    with pytest.raises(ValidationError, match="业务描述"):
        make_register_line(city.health, "FB-2026-01", business="写了业务")


def test_a_registry_line_needs_its_number(city):
    with pytest.raises(ValidationError):
        make_register_line(city.health, "")
    line = make_register_line(city.health, "FB-1")
    with pytest.raises(IntegrityError), transaction.atomic():
        ProtectedObject.objects.filter(pk=line.pk).update(secret_number="")


def test_an_open_object_cannot_be_turned_nameless_or_given_a_secret_number(city):
    obj = make_object(city.health)
    for change in ({"name": ""}, {"secret_number": "FB-9"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ProtectedObject.objects.filter(pk=obj.pk).update(**change)


def test_two_units_may_use_one_name_but_one_unit_may_not(city):
    make_object(city.health, "门户网站")
    make_object(city.education, "门户网站")
    with pytest.raises(ValidationError, match="已有同名"):
        make_object(city.health, "门户网站")


def test_levels_read_as_the_standard_writes_them(city):
    obj = make_object(city.health)
    assert (obj.level_label, obj.sag) == ("未定级", "")
    obj.security_level, obj.business_level, obj.service_level = 3, 3, 2
    assert (obj.level_label, obj.sag) == ("第三级", "S3A2G3")


def test_important_are_level_three_and_the_named_ones_in_use(city):
    three = make_object(city.health, "三级", security_level=3)
    named = make_object(city.health, "列名", security_level=2, named_important=True)
    make_object(city.health, "二级", security_level=2)
    make_object(city.health, "停用", security_level=3, status="retired")
    make_register_line(city.health, "FB-1")
    assert set(ProtectedObject.objects.important()) == {three, named}
    assert three.is_important and named.is_important
