"""Signing in as a person does it, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support import PASSWORD


def test_an_owner_signs_in_and_sees_his_desk(live_server, page, city, axe_finds):
    page.goto(live_server.url)
    assert axe_finds(page) == []
    page.get_by_label("账号").fill("lin")
    page.get_by_label("口令", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="工作台")).to_be_visible()
    assert axe_finds(page) == []
