"""The grading form in a real browser: the names of the objects harmed follow the report's date at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.assets.factories import make_object

pytestmark = pytest.mark.slow(reason="a real browser draws whole pages; a slower machine draws them slower")


def test_the_third_object_harmed_is_renamed_as_the_date_changes(open_as, city, axe_finds):
    thing = make_object(city.health, "检验平台", owner=city.lin)
    page = open_as(city.lin, f"/gradings/new/?object={thing.pk}")
    label = page.locator("label[for=id_service_national_security]")
    expect(label).to_have_text("国家安全或地区安全、国计民生")
    page.locator("#id_report_date").fill("2024-05-01")
    page.locator("#id_report_date").blur()
    expect(label).to_have_text("国家安全")
    expect(page.locator("#proposal")).to_contain_text("2020")
    expect(page.locator("#id_authority_unit")).to_be_hidden()
    page.get_by_label("有行业主管部门").check()
    expect(page.locator("#id_authority_unit")).to_be_visible()
    expect(page.locator("#id_authority_name")).to_be_visible()
    assert axe_finds(page) == []
