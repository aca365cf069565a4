"""What a phone has less room for: the search is reached, the menu hides nothing under the header."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.support import City

pytestmark = pytest.mark.slow(reason="a real browser draws whole pages; a slower machine draws them slower")


def test_the_search_is_reached_from_every_page(open_as, city: City, axe_finds):
    page = open_as(city.lin, "/objects/")
    page.set_viewport_size(PHONE)
    page.locator("header").get_by_role("link", name="全站查找").click()
    box = page.get_by_label("查找内容")
    expect(box).to_be_visible()
    box.fill("平台")
    expect(page.locator("#search-hits")).to_contain_text("平台")
    assert axe_finds(page) == []


@pytest.mark.parametrize("demo", [True, False])
def test_the_first_entry_of_the_menu_lies_below_the_header(open_as, city: City, settings, demo):
    settings.DEMO = demo
    page = open_as(city.lin, "/objects/")
    page.set_viewport_size(PHONE)
    assert page.locator(".banner").count() == int(demo)
    page.get_by_text("菜单", exact=True).locator("..").click()
    first = page.locator(".nav-body a").first
    expect(first).to_be_visible()
    at = first.bounding_box()
    on_top = "([x, y]) => document.elementFromPoint(x, y).closest('a')?.textContent.trim()"
    assert "工作台" in page.evaluate(on_top, [at["x"] + 40, at["y"] + 4])
