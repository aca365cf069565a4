"""The site-wide search reaches people, units, answers, remarks and files, through the same door as their pages."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.evaluation import services as evaluation
from secmgmt.accounts import services as accounts
from secmgmt.accounts.forms import UnitForm
from secmgmt.core import attachments, comments, records, search
from secmgmt.core.models import Comment, SearchEntry
from tests.assets.factories import make_component, make_object
from tests.core.testapp.support import invite, make_thing
from tests.support import CastClient, City

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 1)


def hits(user, query: str) -> dict[str, list[search.Hit]]:
    return {group.label: group.hits for group in search.search(user, query)}


def titles(user, query: str, label: str) -> list[str]:
    return [hit.title for hit in hits(user, query).get(label, [])]


@pytest.fixture
def indexed(city: City) -> City:
    """The people and units of the cast, as their services leave them."""
    search.refresh_many([city.health, city.hospital, city.education, city.lin, city.he, city.su])
    return city


@pytest.fixture
def assessment(city: City, at):
    load_shipped()
    graded = make_object(
        city.health, "区域卫生平台", security_level=3, business_level=3, service_level=3, graded_on=DAY
    )
    return evaluation.create_assessment(
        protected_object=graded, title="2026 年自评估", report_date=DAY, by=city.lin, at=at
    )


def answer(row, found: str, by, at):
    """Keep ``found`` with the item as the answering page does."""
    row.refresh_from_db()
    return evaluation.save_answer(
        answer=row.pk, version=row.version, result="met", found=found, by=by, at=at
    )


# -- people and units --------------------------------------------------------------------------------------


def test_people_are_found_by_name_by_the_administrators_who_keep_them_only(indexed: City):
    city = indexed
    for_system, for_security = hits(city.sysadmin, "林予安")["用户"][0], hits(city.secadmin, "林予安")["用户"][0]
    assert for_system.title == "林予安(lin)" and for_system.where == "市卫生健康委"
    assert for_system.url == reverse("administration:user-detail", args=[city.lin.pk])
    assert for_security.url == f"{reverse('administration:position-list')}?q=lin"
    for other in (city.auditor, city.gao, city.zhou, city.su, city.nobody):
        assert titles(other, "林予安", "用户") == []


def test_how_to_reach_a_person_is_not_searched(indexed: City):
    indexed.lin.phone, indexed.lin.email = "13912345678", "lin@example.cn"
    indexed.lin.save()
    search.refresh(indexed.lin)
    assert hits(indexed.sysadmin, "13912345678") == hits(indexed.sysadmin, "example") == {}


@pytest.mark.parametrize(
    ("who", "found"),
    [("lin", ["市卫生健康委"]), ("gao", ["市卫生健康委"]), ("he", []), ("su", []), ("sysadmin", ["市卫生健康委"])],
)
def test_a_unit_is_found_by_who_is_at_or_above_it(indexed: City, who: str, found: list[str]):
    assert titles(getattr(indexed, who), "卫生健康", "单位") == found


def test_a_unit_leads_to_its_objects_or_to_its_own_page(indexed: City):
    city = indexed
    assert hits(city.zhou, "市中心医院")["单位"][0].url == f"{reverse('assets:object-list')}?unit={city.hospital.pk}"
    page = reverse("administration:unit-detail", args=[city.hospital.pk])
    assert hits(city.sysadmin, "市中心医院")["单位"][0].url == page
    client = CastClient()
    for user in (city.zhou, city.sysadmin, city.secadmin):
        client.force_login(user)
        assert client.get(hits(user, "市中心医院")["单位"][0].url).status_code == 200


def test_a_new_account_is_found_at_once(city: City, at):
    accounts.create_user(by=city.sysadmin, at=at, username="newcomer", name="温如言", unit=city.health)
    assert titles(city.sysadmin, "温如言", "用户") == ["温如言(newcomer)"]


# -- answers -----------------------------------------------------------------------------------------------


def test_an_answer_is_found_by_what_was_found_and_leads_to_its_item(city: City, assessment, at):
    row = assessment.answers.first()
    answer(row, "防火墙策略每季度复核", city.lin, at)
    hit = hits(city.lin, "每季度复核")["自评估作答"][0]
    assert hit.title == f"{row.code} {row.control_point}" and hit.url == row.get_absolute_url()
    assert hit.where == "区域卫生平台 · 2026 年自评估" and "每季度复核" in hit.extract
    for above in (city.zhou, city.gao, city.shen):
        assert titles(above, "每季度复核", "自评估作答")
    for other in (city.he, city.su, city.duan, city.sysadmin, city.auditor, city.nobody):
        assert hits(other, "每季度复核") == {}


def test_an_answer_that_says_nothing_has_no_entry_and_one_emptied_loses_its_own(city: City, assessment, at):
    row = assessment.answers.first()
    before = SearchEntry.objects.count()
    answer(row, "", city.lin, at)
    assert SearchEntry.objects.count() == before
    answer(row, "核查记录齐全", city.lin, at)
    assert titles(city.lin, "核查记录", "自评估作答")
    answer(row, "", city.lin, at)
    assert SearchEntry.objects.count() == before


def test_an_answer_whose_finding_stays_is_not_indexed_again(city: City, assessment, at):
    row = assessment.answers.first()
    answer(row, "核查记录齐全", city.lin, at)
    row.refresh_from_db()
    with CaptureQueriesContext(connection) as seen:
        evaluation.save_answer(answer=row.pk, version=row.version, result="unmet", by=city.lin, at=at)
    assert not [query for query in seen if "core_searchentry" in query["sql"]]


def test_rebuilding_finds_answers_again(city: City, assessment, at):
    answer(assessment.answers.first(), "核查记录齐全", city.lin, at)
    SearchEntry.objects.all().delete()
    call_command("rebuild_search")
    assert titles(city.lin, "核查记录", "自评估作答")


# -- remarks and files -------------------------------------------------------------------------------------


def attach(thing, name: str, by, at):
    upload = SimpleUploadedFile(name, "扫描通过\n".encode())
    return attachments.attach(parent=thing, upload=upload, by=by, at=at, declared_not_secret=True)


@pytest.mark.usefixtures("disk")
def test_remarks_and_files_are_found_by_who_may_see_their_record(city: City, at):
    thing = make_object(city.health, "区域卫生平台")
    attach(thing, "漏洞扫描报告.txt", city.lin, at)
    hit = hits(city.lin, "漏洞扫描")["附件"][0]
    assert (hit.title, hit.url, hit.where) == ("漏洞扫描报告.txt", thing.get_absolute_url(), "定级对象 · 区域卫生平台")
    assert titles(city.zhou, "漏洞扫描", "附件") and titles(city.gao, "漏洞扫描", "附件")
    for other in (city.he, city.su, city.sysadmin, city.auditor, city.nobody):
        assert hits(other, "漏洞扫描") == {}


@pytest.mark.usefixtures("disk")
def test_remarks_of_an_item_are_found_with_their_item(city: City, assessment, at):
    row = assessment.answers.first()
    comments.add(parent=row, text="请补充巡检照片，" * 10 + "并写明机柜编号", by=city.lin, at=at)
    hit = hits(city.lin, "机柜编号")["留言"][0]
    assert hit.url == row.get_absolute_url() and "机柜编号" in hit.extract and "林予安" in hit.where
    assert titles(city.su, "机柜编号", "留言") == []


@pytest.mark.usefixtures("disk")
def test_who_was_shown_only_other_parts_of_a_record_finds_neither_its_remarks_nor_its_files(city: City, at):
    shown, hidden = make_thing(city.education, "学籍平台"), make_thing(city.education, "招生平台")
    for thing in (shown, hidden):
        comments.add(parent=thing, text="备用钥匙在值班室", by=city.su, at=at)
        attach(thing, "钥匙登记.txt", city.su, at)
    invite(shown, "reviewer", user=city.xu, fields=["comments"])
    invite(hidden, "reviewer", user=city.xu, fields=["name"])
    found = hits(city.xu, "钥匙")
    assert list(found) == ["留言"] and [hit.where for hit in found["留言"]] == ["事项 · 学籍平台 · 苏晚晴"]


def test_who_was_shown_a_name_does_not_find_the_record_by_the_rest(city: City):
    shown, whole = (make_thing(city.education, name, note="密码柜在三楼") for name in ("学籍平台", "招生平台"))
    invite(shown, "reviewer", user=city.xu, fields=["name"])
    invite(whole, "reviewer", user=city.xu)
    assert titles(city.xu, "三楼", "事项") == ["招生平台"]
    assert hits(city.nobody, "三楼") == {} and len(titles(city.su, "三楼", "事项")) == 2


def test_what_is_not_shown_neither_crowds_out_what_is_nor_counts(city: City):
    for number in range(4):
        thing = make_thing(city.education, f"平台{number}", note="密码柜在三楼")
        invite(thing, "reviewer", user=city.xu, fields=["name"] if number else [])
    (group,) = search.search(city.xu, "三楼", limit=1)
    assert [hit.title for hit in group.hits] == ["平台0"] and not group.more


@pytest.mark.usefixtures("disk")
def test_what_was_removed_leaves_no_words(city: City, at):
    thing = make_thing(city.health, "卫生平台")
    row = attach(thing, "拓扑说明.txt", city.lin, at)
    attachments.remove(attachment=row, by=city.lin, at=at)
    comments.add(parent=thing, text="拓扑说明待补", by=city.lin, at=at)
    attach(thing, "拓扑说明二.txt", city.lin, at)
    records.delete(thing, by=city.lin, at=at, version=thing.version)
    assert not SearchEntry.objects.exists() and not Comment.objects.exists()


# -- names that other entries hold -------------------------------------------------------------------------


def rename(unit, name: str, by, at):
    data = {"name": name, "kind": unit.kind, "parent": unit.parent_id, "version": unit.version}
    data["rename_reason"] = "机构改革"
    accounts.change_unit(form=UnitForm(data, instance=unit, user=by), by=by, at=at)


def test_a_renamed_unit_is_found_by_both_names_and_its_objects_and_people_by_the_new_one(indexed: City, at):
    city = indexed
    search.refresh(make_object(city.hospital, "挂号系统"))
    rename(city.hospital, "颍川市第一人民医院", city.sysadmin, at)
    assert titles(city.zhou, "第一人民医院", "定级对象") == ["挂号系统"]
    assert titles(city.zhou, "市中心医院", "定级对象") == []
    assert titles(city.sysadmin, "第一人民医院", "用户") == ["何嘉木(he)"]
    assert titles(city.zhou, "市中心医院", "单位") == titles(city.zhou, "第一人民", "单位") == ["颍川市第一人民医院"]


def test_a_renamed_object_is_found_by_its_parts_under_the_new_name(city: City):
    thing = make_object(city.health, "检验平台")
    search.refresh_many([thing, make_component(thing, "数据库服务器")])
    thing.name = "化验平台"
    thing.save()
    search.refresh(thing)
    assert titles(city.lin, "化验", "组成部件") == ["数据库服务器"] and titles(city.lin, "检验", "组成部件") == []


def test_the_rows_of_a_merged_unit_are_found_under_the_other_unit(indexed: City, at):
    city = indexed
    search.refresh(make_object(city.education, "学籍平台"))
    accounts.merge_unit(unit=city.education, into=city.health, by=city.sysadmin, at=at, reason="机构改革")
    assert titles(city.gao, "卫生健康", "定级对象") == ["学籍平台"] and titles(city.gao, "教育局", "定级对象") == []
    assert "市卫生健康委" in titles(city.gao, "教育局", "单位")
