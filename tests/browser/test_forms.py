"""Forms in a real browser: long lists are searched, fields show with their answer, what was typed is not lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from assets.models import ProtectedObject
from tests.assessments.grading.support import draft, take
from tests.assets.factories import make_object
from tests.browser.conftest import PHONE
from tests.support import City, make_unit

pytestmark = pytest.mark.slow(reason="a real browser draws whole pages; a slower machine draws them slower")


def many_units(city: City) -> None:
    for number in range(60):
        make_unit(f"下属单位{number:02d}", city.root, kind="bureau")


def test_a_long_list_is_searched_by_keyboard_and_sends_the_choice(open_as, city: City, axe_finds):
    many_units(city)
    page = open_as(city.sysadmin, "/manage/users/new/")
    box = page.get_by_role("combobox", name="所在单位")
    expect(page.get_by_role("listbox")).to_have_count(0)
    box.fill("单位4 下属")
    expect(page.get_by_role("option")).to_have_count(10)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert axe_finds(page) == []
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", "id_unit-list-1")
    box.press("Enter")
    expect(box).to_have_value("下属单位41")
    assert page.evaluate("new FormData(document.querySelector('form.form')).get('unit')").isdigit()
    box.fill("没有这个")
    expect(page.get_by_role("option")).to_have_text("没有符合的选项")
    box.press("Escape")
    expect(box).to_have_value("下属单位41")
    box.fill("下属单位07")
    page.get_by_label("姓名").focus()
    expect(box).to_have_value("下属单位07")
    chosen = page.evaluate("document.querySelector('select[name=unit]').selectedOptions[0].text")
    assert chosen == "下属单位07"


def test_the_error_of_a_long_list_is_led_to_and_read_with_it(open_as, city: City, axe_finds):
    many_units(city)
    page = open_as(city.sysadmin, "/manage/users/new/")
    page.set_viewport_size(PHONE)
    page.locator("main form button[type=submit]").click()
    page.get_by_role("alert").get_by_role("link", name="所在单位").click()
    box = page.get_by_role("combobox", name="所在单位")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-invalid", "true")
    box.click()
    page.get_by_role("option", name="下属单位03").click()
    expect(box).to_have_value("下属单位03")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    assert axe_finds(page) == []


def test_the_words_for_other_show_with_it_and_are_never_lost(open_as, city: City):
    page = open_as(city.lin, "/objects/new/")
    choice, text = page.get_by_label("业务类型", exact=True), page.get_by_label("其他业务类型")
    expect(text).to_be_hidden()
    choice.select_option(label="其他")
    text.fill("跨境协作")
    choice.select_option(label="公众服务")
    expect(text).to_be_visible()
    text.press("Control+a")
    text.press("Delete")
    text.press("Tab")
    expect(text).to_be_hidden()
    expect(page.get_by_label("云责任主体")).to_be_hidden()
    page.get_by_label("采用云计算").check()
    expect(page.get_by_label("云责任主体")).to_be_visible()


def test_without_a_script_every_field_is_there(browser, live_server, open_as, city: City):
    cookies = open_as(city.lin, "/objects/new/").context.cookies()
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(f"{live_server.url}/objects/new/")
    expect(page.get_by_label("其他业务类型")).to_be_visible()
    expect(page.get_by_label("云责任主体")).to_be_visible()
    context.close()


def test_going_back_after_a_failed_save_keeps_what_was_typed(open_as, city: City):
    page = open_as(city.lin, "/objects/new/")
    page.get_by_label("名称", exact=False).first.fill("便民服务网")
    page.get_by_label("业务类型", exact=True).select_option(label="其他")
    page.get_by_label("其他业务类型").fill("跨境协作")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("alert")).to_contain_text("没有保存")
    page.go_back()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#id_name")).to_have_value("便民服务网")
    expect(page.get_by_label("其他业务类型")).to_have_value("跨境协作")
    assert not ProtectedObject.objects.exists()


def test_on_a_phone_the_decision_is_in_reach_above_what_it_is_about(open_as, city: City, axe_finds):
    obj = make_object(city.health, "健康档案系统", owner=city.lin)
    grading = draft(city, obj)
    assert take(city.lin, grading, "submit").status_code == 302
    page = open_as(city.lin, f"/gradings/{grading.pk}/do/record_pass/")
    jump = page.locator(".to-decide a")
    expect(jump).to_be_hidden()
    page.set_viewport_size(PHONE)
    expect(jump).to_be_in_viewport()
    jump.click()
    expect(page.get_by_label("评审日期")).to_be_in_viewport()
    assert axe_finds(page) == []
