"""Keyboard shortcuts in a real browser: the tick is reached by keys, obeyed at once and on the next page."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support import City

pytestmark = pytest.mark.slow(reason="a real browser draws whole pages; a slower machine draws them slower")


def test_the_tick_is_reached_by_keyboard_and_switches_the_keys_off_for_good(open_as, city: City):
    page = open_as(city.lin, "/objects/")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.locator("header details.menu > summary").focus()
    page.keyboard.press("Enter")
    box = page.locator("[data-shortcuts]")
    expect(box).to_be_visible()
    for _ in range(6):
        if box.evaluate("el => el === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(box).to_be_focused()
    with page.expect_response("**/me/shortcuts/") as answer:
        page.keyboard.press("Space")
    assert answer.value.status == 204
    expect(page.locator("body")).to_have_attribute("data-keys", "off")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
    page.reload()
    page.keyboard.press("/")
    expect(page.locator("#q")).not_to_be_focused()
    city.lin.refresh_from_db()
    assert city.lin.shortcuts_on is False
    page.locator("header details.menu > summary").click()
    expect(box).not_to_be_checked()
    with page.expect_response("**/me/shortcuts/"):
        box.check()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
