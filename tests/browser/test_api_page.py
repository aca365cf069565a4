"""The API's page: the library that draws it, under this product's policy and colours."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.support import City

pytestmark = pytest.mark.slow(reason="a real browser draws the whole description; a slower machine draws it slower")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_page_of_the_api_is_sound_closed_and_open(open_as, city: City, axe_finds, size):
    page = open_as(city.lin, "/api/v1/docs")
    page.set_viewport_size(size)
    operations = page.locator(".opblock")
    expect(operations.first).to_be_visible(timeout=30_000)
    closed = axe_finds(page)
    for method in ("get", "post"):
        page.locator(f".opblock-{method} .opblock-summary-control").first.click()
    expect(page.locator(".opblock.is-open .parameters-container").first).to_be_visible()
    assert closed + axe_finds(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
