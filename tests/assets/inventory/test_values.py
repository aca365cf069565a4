"""Dates and counts that cannot be facts, and how the forms say what is wrong."""

from __future__ import annotations

import pytest

from assets.inventory.forms import ObjectForm
from tests.support import City

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("user_count", "99999999999999", "不能大于 2000000000，请核对。"),
        ("user_count", "-1", "不能小于 0。"),
        ("user_count", "很多", "请填写整数。"),
        ("in_operation_on", "0001-01-01", "日期不能早于 1949-10-01，请核对年份。"),
        ("in_operation_on", "9999-12-31", "日期不能晚于 2099-12-31，请核对年份。"),
        ("in_operation_on", "去年", "请按 2026-01-31 的格式填写日期。"),
        ("name", "长" * 300, "最多 100 字，现有 300 字。"),
    ],
)
def test_what_cannot_be_is_refused_in_the_products_words(city: City, field, value, told):
    form = ObjectForm({field: value}, user=city.lin)
    assert form.errors[field][0] == told


def test_the_bounds_themselves_are_taken(city: City):
    form = ObjectForm({"user_count": "2000000000", "in_operation_on": "1949-10-01"}, user=city.lin)
    assert "user_count" not in form.errors and "in_operation_on" not in form.errors
