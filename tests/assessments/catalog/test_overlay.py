"""The organization's own wording, weights and reading: downloaded, filled in, previewed, laid over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.evaluation import results, services
from assessments.models import CatalogItem, Standard
from secmgmt.core.models import AuditEvent
from tests.assets.factories import make_object

from .support import lines_of, overlay_url, signed_in, table

DAY = dt.date(2026, 3, 1)
HEAD = ["条款", "官方原文", "重要程度", "适用责任"]
CODE, CLOUD = "8.1.4.1a", "8.2.2.1b"


@pytest.fixture
def standard(city) -> Standard:
    load_shipped()
    return Standard.objects.get()


def item(code: str = CODE) -> CatalogItem:
    return CatalogItem.objects.get(code=code)


def send(client: Any, standard: Standard, file: Any) -> Any:
    """Upload a table; the answer is a redirect to the preview, or the page with what is wrong."""
    return client.post(overlay_url(standard), {"file": file})


def lay(client: Any, standard: Standard, *lines: list[Any]) -> Any:
    """Upload and confirm."""
    sent = send(client, standard, table(HEAD, *lines))
    assert sent.status_code == 302, sent.content.decode()[-2000:]
    return client.post(sent["Location"])


def test_a_table_is_previewed_by_cell_and_laid_over_as_one_act(city, standard):
    keeper = signed_in(city.pan)
    file = table(HEAD, [CODE, "应对登录的用户进行标识。", "关键", None], [CLOUD, None, None, "云服务客户"])
    sent = send(keeper, standard, file)
    page = keeper.get(sent["Location"]).content.decode()
    for words in ("2 个条款的 3 个单元格", ">B2<", ">C2<", ">D3<", "应对登录的用户进行标识。", "关键", "云服务客户"):
        assert words in page, words
    assert item().official_text == ""
    assert keeper.post(sent["Location"])["Location"] == standard.get_absolute_url()
    assert (item().official_text, item().weight_own, item(CLOUD).side) == ("应对登录的用户进行标识。", 3, "tenant")
    event = AuditEvent.objects.get(verb="assessments.standard.overlay")
    assert (event.detail["count"], event.detail["items"], bool(event.detail_digest)) == (3, 2, True)
    assert keeper.post(sent["Location"]).status_code == 404  # a preview is stored once


def test_the_downloaded_table_holds_every_item_and_uploaded_again_changes_nothing(city, standard):
    keeper = signed_in(city.pan)
    lay(keeper, standard, [CODE, "+原文\n第二行", "重要", None])
    content = keeper.get(overlay_url(standard, "-template")).content
    lines = lines_of(content)
    assert len(lines) == 943
    line = next(line for line in lines if line[0] == CODE)
    assert line[5:] == ["+原文\n第二行", "重要", None]
    sent = send(keeper, standard, SimpleUploadedFile("表.xlsx", content))
    assert "没有要改的内容" in keeper.get(sent["Location"]).content.decode()


def test_an_empty_cell_clears_and_what_the_file_does_not_have_stays(city, standard):
    keeper = signed_in(city.pan)
    lay(keeper, standard, [CODE, "原文甲", "关键", None], ["8.1.4.1b", "原文乙", "重要", None])
    sent = send(keeper, standard, table(["条款", "官方原文"], [CODE, None]))
    page = keeper.get(sent["Location"]).content.decode()
    assert "其中清除 1 个" in page and "清除" in page
    keeper.post(sent["Location"])
    assert (item().official_text, item().weight_own) == ("", 3)
    assert item("8.1.4.1b").official_text == "原文乙"
    assert "空白就是清除" in keeper.get(overlay_url(standard)).content.decode()


def test_one_wrong_cell_keeps_the_whole_table_out_and_is_named(city, standard):
    keeper = signed_in(city.pan)
    wrong = table(HEAD, [CODE, "好的原文", "很重要", None], ["8.9.9.9", "原文", None, None])
    answer = send(keeper, standard, wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ">C2<" in page and "“很重要”不在可选值中" in page and ">A3<" in page and "8.9.9.9" in page
    assert not CatalogItem.objects.exclude(official_text="").exists()
    assert AuditEvent.objects.filter(verb="refused.import", result="refused").count() == 1


def test_a_file_that_is_no_workbook_is_refused_in_words(city, standard):
    answer = send(signed_in(city.pan), standard, SimpleUploadedFile("表.xlsx", b"PK\x03\x04 nonsense"))
    assert answer.status_code == 422 and "整份文件都没有写入" in answer.content.decode()


def test_what_somebody_changed_after_the_preview_is_not_overwritten(city, standard):
    keeper = signed_in(city.pan)
    sent = send(keeper, standard, table(HEAD, [CODE, "原文甲", "关键", None], ["8.1.4.1b", "原文乙", None, None]))
    lay(keeper, standard, [CODE, "别人的原文", None, None])
    answer = keeper.post(sent["Location"])
    assert answer.status_code == 409 and CODE in answer.content.decode()
    assert (item().official_text, item("8.1.4.1b").official_text) == ("别人的原文", "")


def test_a_preview_belongs_to_who_made_it_and_only_the_keeper_of_rules_comes_here(city, standard):
    sent = send(signed_in(city.pan), standard, table(HEAD, [CODE, "原文", None, None]))
    for user, code in ((city.lin, 403), (city.zhou, 403), (city.gao, 403), (city.sysadmin, 404)):
        client = signed_in(user)
        assert client.get(overlay_url(standard)).status_code == code
        assert client.get(overlay_url(standard, "-template")).status_code == code
        assert client.post(sent["Location"]).status_code == code
    assert item().official_text == ""


def test_the_overlay_shows_in_the_catalogue_and_where_items_of_later_assessments_are_answered(city, standard, at):
    graded = make_object(city.health, security_level=3, business_level=3, service_level=3)
    frame = {"title": "自评估", "report_date": DAY, "by": city.lin, "at": at, "template": "2021"}
    early = services.create_assessment(protected_object=graded, **frame)
    early.answers.update(result="met", value=1)
    early.answers.filter(code=CODE).update(result="unmet", value=0, risk="中")
    lay(signed_in(city.pan), standard, [CODE, "应对登录的用户进行身份标识和鉴别。", "关键", None])
    owner = signed_in(city.lin)
    assert "应对登录的用户进行身份标识和鉴别。" in owner.get(item().get_absolute_url()).content.decode()
    found = owner.get(reverse("assessments:catalogitem-list"), {"q": "身份标识和鉴别"})
    assert [row.obj.code for row in found.context["page"].rows] == [CODE]

    other = make_object(city.health, security_level=3, business_level=3, service_level=3)
    late = services.create_assessment(protected_object=other, **frame)
    late.answers.update(result="met", value=1)
    late.answers.filter(code=CODE).update(result="unmet", value=0, risk="中")
    shown = owner.get(late.answers.get(code=CODE).get_absolute_url()).content.decode()
    assert "应对登录的用户进行身份标识和鉴别。" in shown and item().summary in shown
    assert "标准原文" not in owner.get(early.answers.get(code=CODE).get_absolute_url()).content.decode()
    # 211 items: one deduction of 100/211, and three of them where the organization calls the item 关键
    assert (results.summary(early).total, results.summary(late).total) == ("99.53", "98.58")
    assert "默认全部为“一般”" in results.summary(early).sentence
    assert "本单位导入的重要程度" in results.summary(late).sentence

    lay(signed_in(city.pan), standard, [CODE, None, None, None])
    assert results.summary(type(late).objects.get(pk=late.pk)).total == "98.58"
    assert late.answers.get(code=CODE).official_text == "应对登录的用户进行身份标识和鉴别。"


def test_the_organizations_reading_decides_which_cloud_items_apply(city, standard, at):
    lay(signed_in(city.pan), standard, [CLOUD, None, None, "云服务商"])
    tenant = make_object(
        city.health, security_level=3, business_level=3, service_level=3, is_cloud=True, cloud_side="tenant"
    )
    before = sum(i.side in ("tenant", "both") for i in CatalogItem.objects.filter(level=3, scope="云计算"))
    made = services.create_assessment(protected_object=tenant, title="自评估", report_date=DAY, by=city.lin, at=at)
    assert made.answers.filter(scope="云计算").count() == before
    assert not made.answers.filter(code=CLOUD).exists()


def test_the_whole_standard_is_laid_over_at_once(city, standard):
    lines = [[item.code, f"{item.code} 的原文", "重要", None] for item in standard.items.order_by("order")]
    keeper = signed_in(city.pan)
    sent = send(keeper, standard, table(HEAD, *lines))
    assert "还有 1684 个单元格没有列出" in keeper.get(sent["Location"]).content.decode()
    assert keeper.post(sent["Location"]).status_code == 302
    laid = standard.items.filter(weight_own=2).exclude(official_text="")
    assert laid.count() == 942
    assert AuditEvent.objects.get(verb="assessments.standard.overlay").detail["count"] == 1884
