"""The answering page in a real browser: keys, live saving, two people on one item."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from assessments.evaluation import services
from assessments.models import Answer
from tests.assessments.evaluation.conftest import assessment, graded  # noqa: F401
from tests.browser.conftest import PHONE
from tests.support import CastClient

pytestmark = pytest.mark.slow(reason="a real browser draws whole pages; a slower machine draws them slower")


@pytest.fixture
def page_of(open_as, city, assessment):  # noqa: F811
    """The answering page as the owner sees it."""
    return open_as(city.lin, assessment.answer_url)


def item(page: Page, row: Answer):
    return page.locator(f"#item-{row.pk}")


def test_keys_move_answer_and_save_each_answer_as_it_is_given(page_of, assessment, axe_finds):  # noqa: F811
    first, second, third = assessment.answers.all()[:3]
    page_of.keyboard.press("j")
    expect(item(page_of, first)).to_be_focused()
    page_of.keyboard.press("1")
    expect(page_of.locator("#saved")).to_contain_text("已保存")
    expect(page_of.locator("#progress b")).to_have_text("1")
    expect(page_of.locator("#n-open")).to_have_text("210")
    page_of.keyboard.press("n")
    expect(item(page_of, second)).to_be_focused()
    page_of.keyboard.press("3")
    note = item(page_of, second).locator("[data-note]")
    expect(note).to_be_visible()
    page_of.keyboard.press("m")
    expect(note).to_be_focused()
    page_of.keyboard.type("机房在顶层，没有防水措施")
    item(page_of, second).locator("select[name=risk]").select_option("中")
    expect(page_of.locator(f"#m-{second.pk}")).to_contain_text("中风险")
    expect(page_of.locator("#n-unmet")).to_have_text("1")
    assert axe_finds(page_of) == []
    second.refresh_from_db()
    assert (second.result, second.found, second.risk) == ("unmet", "机房在顶层，没有防水措施", "中")
    item(page_of, second).focus()
    page_of.keyboard.press("j")
    expect(item(page_of, third)).to_be_focused()
    page_of.keyboard.press("Enter")
    expect(page_of.locator(f"#more-{third.pk}")).to_contain_text("怎么核查")
    page_of.keyboard.press("Enter")
    expect(page_of.locator(f"#more-{third.pk}")).to_be_hidden()


def test_an_answer_after_the_session_is_over_says_it_was_not_saved_and_leads_back(page_of, assessment):  # noqa: F811
    row = assessment.answers.first()
    page_of.context.clear_cookies(name="sessionid")
    item(page_of, row).get_by_text("符合", exact=True).click()
    expect(page_of.locator("body")).to_contain_text("登录已超时，没有保存，请重新登录")
    assert f"{assessment.answer_url}#a-{row.pk}" in unquote(page_of.url)
    row.refresh_from_db()
    assert row.result == ""


@pytest.mark.parametrize("how", ["csrf", "offline"])
def test_an_answer_that_does_not_arrive_shows_the_stored_one_again(page_of, assessment, how):  # noqa: F811
    row = assessment.answers.first()
    item(page_of, row).get_by_text("符合", exact=True).click()
    expect(page_of.locator("#saved")).to_contain_text("已保存")
    if how == "csrf":
        page_of.context.clear_cookies(name="csrftoken")
    else:
        page_of.context.set_offline(True)
    item(page_of, row).get_by_text("不符合", exact=True).click()
    said = "没有保存：页面已过期" if how == "csrf" else "连不上服务器"
    expect(page_of.locator(".toast")).to_contain_text(said)
    expect(item(page_of, row).locator("input[name=result]").first).to_be_checked()


def test_the_next_open_item_is_in_sight_when_it_has_the_focus(page_of, assessment):  # noqa: F811
    Answer.objects.filter(assessment=assessment, layer="安全物理环境").update(result="met", value=1)
    page_of.reload()
    for key, what in (("n", "[data-item]"), ("e", "input[type=file]"), ("m", "[data-note]")):
        page_of.keyboard.press(key)
        expect(page_of.locator(f"{what}:focus")).to_be_attached()
        page_of.wait_for_timeout(500)
        assert page_of.evaluate(
            "(() => { const { top, bottom } = document.activeElement.getBoundingClientRect();"
            "const edge = document.querySelector('.answer-bar').getBoundingClientRect().bottom;"
            "return top >= edge && bottom <= innerHeight })()"
        ), key
        page_of.keyboard.press("Escape")


def test_who_comes_second_sees_both_versions_and_chooses(page_of, assessment, city, at, axe_finds):  # noqa: F811
    first, second = assessment.answers.all()[:2]
    for row in (first, second):
        services.save_answer(answer=row.pk, version=1, result="unmet", found="双人同时作答", by=city.lin, at=at)
        item(page_of, row).get_by_text("符合", exact=True).click()
        expect(item(page_of, row)).to_have_class(re.compile("is-conflict"))
        expect(item(page_of, row)).to_contain_text("双人同时作答")
        expect(item(page_of, row).get_by_text("采用已保存的")).to_be_in_viewport(ratio=1)
    assert axe_finds(page_of) == []
    item(page_of, first).get_by_role("button", name="保留我的填写").click()
    expect(page_of.locator("#saved")).to_contain_text("已保存")
    item(page_of, second).get_by_text("采用已保存的").click()
    expect(item(page_of, second)).not_to_have_class(re.compile("is-conflict"))
    assert [row.result for row in assessment.answers.all()[:2]] == ["met", "unmet"]


def test_evidence_and_a_remark_are_added_without_leaving_the_page(page_of, assessment, tmp_path):  # noqa: F811
    row = assessment.answers.first()
    page_of.keyboard.press("j")
    page_of.keyboard.press("e")
    files = item(page_of, row).locator("[id^=attachments-]")
    expect(files).to_be_visible()
    proof = tmp_path / "门禁记录.txt"
    proof.write_text("三个月的出入登记")
    files.locator("input[type=file]").set_input_files(proof)
    files.get_by_label("本文件不涉及国家秘密").check()
    files.get_by_role("button", name="上传附件").click()
    expect(files).to_contain_text("门禁记录.txt")
    item(page_of, row).get_by_label("留言内容").fill("请补一张照片")
    item(page_of, row).get_by_role("button", name="发表留言").click()
    expect(item(page_of, row)).to_contain_text("请补一张照片")


def test_what_is_too_large_is_named_with_the_limit_and_nothing_older_stays(
    page_of, assessment, tmp_path, settings  # noqa: F811
):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    row = assessment.answers.first()
    page_of.keyboard.press("j")
    page_of.keyboard.press("e")
    files = item(page_of, row).locator("[id^=attachments-]")

    def send(name: str, text: str) -> None:
        (tmp_path / name).write_text(text)
        files.locator("input[type=file]").set_input_files(tmp_path / name)
        files.get_by_label("本文件不涉及国家秘密").check()
        files.get_by_role("button", name="上传附件").click()

    send("说明.txt", "说明\n" * 20 + "密级：秘密\n")
    expect(files.get_by_role("alert")).to_contain_text("已确认不涉密")
    expect(files.get_by_label("已确认不涉密")).to_be_visible()
    send("日志.txt", "a" * 3 * 1024 * 1024)
    expect(files.get_by_role("alert")).to_have_text(re.compile("“日志.txt”（3.0 MB）没有上传：.*上限 1 MB"))
    expect(files.get_by_role("alert")).to_have_count(1)
    send("小.txt", "三个月的出入登记")
    expect(files).to_contain_text("小.txt")
    expect(files.get_by_role("alert")).to_have_count(0)


def test_the_side_index_follows_the_item_in_hand_and_what_is_scrolled_to(page_of, assessment):  # noqa: F811
    here = page_of.locator(".side-index > ol > li > a[aria-current]")
    point = page_of.locator(".side-index ol ol a[aria-current]")
    expect(here).to_have_text(re.compile("安全物理环境"))
    expect(point).to_have_text(re.compile("物理位置选择0/2"))
    expect(page_of.locator(".side-index ol ol a:visible")).to_have_count(10)  # of this layer
    page_of.keyboard.press("j")
    page_of.keyboard.press("1")
    expect(point).to_have_text(re.compile("物理位置选择1/2"))
    page_of.get_by_role("link", name="防静电").click()
    expect(page_of.get_by_role("heading", name="防静电")).to_be_in_viewport()
    Answer.objects.filter(assessment=assessment, layer="安全物理环境").update(result="met", value=1)
    page_of.reload()
    page_of.keyboard.press("n")
    expect(here).to_have_text(re.compile("安全通信网络"))
    page_of.keyboard.press("1")
    expect(page_of.locator("#saved")).to_contain_text("已保存")
    expect(here).to_have_text(re.compile("安全通信网络"))
    expect(point).to_have_text(re.compile("网络架构1/"))
    page_of.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(here).to_have_text(re.compile("安全运维管理"))


def test_not_applicable_opens_the_item_at_its_reason(page_of, assessment):  # noqa: F811
    first, second = assessment.answers.all()[:2]
    page_of.keyboard.press("j")
    page_of.keyboard.press("4")
    expect(item(page_of, first).locator("[data-note]")).to_be_focused()
    expect(page_of.locator(f"#m-{first.pk}")).to_contain_text("缺理由")
    page_of.keyboard.type("没有自建机房")
    page_of.keyboard.press("Escape")
    expect(page_of.locator(f"#m-{first.pk}")).not_to_contain_text("缺理由")
    item(page_of, second).locator("[data-more]").click()
    expect(item(page_of, second).locator("[data-note]")).to_be_visible()
    item(page_of, second).get_by_text("不适用", exact=True).click()
    expect(item(page_of, second).locator("[data-note]")).to_be_focused()


def test_a_group_answered_at_once_is_confirmed_and_taken_back(page_of, assessment, axe_finds):  # noqa: F811
    first = assessment.answers.first()
    page_of.get_by_role("button", name="本组未答项均符合").first.click()
    assert axe_finds(page_of) == []
    page_of.get_by_role("button", name="2 项均符合").click()
    assert assessment.answers.filter(result="met").count() == 2
    assert axe_finds(page_of) == []
    page_of.get_by_role("button", name="撤销").click()
    expect(page_of.locator("body")).to_contain_text("已撤销 2 项")
    first.refresh_from_db()
    assert first.result == ""


def test_on_a_phone_an_item_is_answered_without_sideways_scrolling(page_of, assessment, axe_finds):  # noqa: F811
    page_of.set_viewport_size(PHONE)
    row = assessment.answers.first()
    item(page_of, row).get_by_text("部分符合", exact=True).click()
    expect(item(page_of, row).locator("[data-note]")).to_be_visible()
    assert page_of.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert axe_finds(page_of) == []


def test_without_script_each_item_is_saved_by_its_own_button(browser, live_server, city, assessment):  # noqa: F811
    client = CastClient()
    client.force_login(city.lin)
    context = browser.new_context(java_script_enabled=False)
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    page, row = context.new_page(), assessment.answers.first()
    page.goto(f"{live_server.url}{assessment.answer_url}")
    item(page, row).get_by_text("符合", exact=True).click()
    item(page, row).get_by_role("button", name="保存").click()
    expect(page.locator("body")).to_contain_text(f"已保存 {row.code}")
    page.goto(f"{live_server.url}{row.get_absolute_url()}")
    page.get_by_label("现状说明").fill("门禁在东侧")
    item(page, row).get_by_role("button", name="保存").first.click()
    row.refresh_from_db()
    assert (row.result, row.found) == ("met", "门禁在东侧")
    context.close()
