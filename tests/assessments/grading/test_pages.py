"""The pages around a grading: desk, panel, experts, trial of the levels, report, API, export."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from assessments.models import Grading
from secmgmt.core.models import AuditEvent, Notice, Participation
from tests.assets.factories import make_hosting, make_network, make_object

from .support import FORM, certificate, draft, proof, signed_in, state_of, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def thing(city):
    return make_object(city.health, "区域卫生信息共享平台", owner=city.lin)


def desk(user) -> str:
    return signed_in(user).get("/").content.decode()


def waits(user) -> list[str]:
    return [todo.title for todo in signed_in(user).get("/").context["todos"]]


def experts_page(grading) -> str:
    return reverse("assessments:grading-experts", args=[grading.pk])


def test_a_network_goes_the_whole_way_and_each_step_stands_on_the_next_desk(city):
    net = make_object(city.data, "市电子政务外网", kind="network", owner=city.qin)
    make_network(net, "政务外网骨干网", kind="lan")
    grading = draft(city, net, by=city.qin, has_authority="on", authority_name="颍川市")
    assert "填完“市电子政务外网”的定级并提交" in desk(city.qin)
    assert take(city.qin, grading, "submit").status_code == 302
    assert "邀请专家或补录评审意见" in desk(city.qin)
    signed_in(city.qin).post(experts_page(grading), {"user": city.xu.pk, "until": "2099-12-31"})
    assert not any("邀请专家" in title for title in waits(city.qin))
    assert "评审“市电子政务外网”的定级" in desk(city.xu)
    assert take(city.xu, grading, "pass_on").status_code == 302
    assert waits(city.xu) == []
    assert "核准“市电子政务外网”的定级" in desk(city.ye)
    assert take(city.ye, grading, "approve").status_code == 302
    assert [title for title in waits(city.qin) if "备案" in title] == ["办理“市电子政务外网”的备案"]
    assert take(city.qin, grading, "record_filing", **certificate()).status_code == 302
    net.refresh_from_db()
    assert (state_of(grading), net.security_level, net.filing_number) == ("final", 3, "41100043001-25017")
    assert not any("定级" in title or "备案" in title for title in waits(city.qin))
    told = set(Notice.objects.values_list("user__username", "text"))
    assert ("xu", "请评审“市电子政务外网”的定级") in told
    assert ("ye", "请核准“市电子政务外网”的定级") in told
    assert ("qin", "“市电子政务外网”的等级已确定，请向公安机关备案") in told


@pytest.mark.parametrize("field", ["business_reason", "service_reason", "exception_reason"])
def test_a_reason_of_more_than_2000_characters_is_refused(city, thing, field):
    long = "严重影响社会秩序。" * 300
    owner = signed_in(city.lin)
    page = owner.post(reverse("assessments:grading-create"), {**FORM, "protected_object": thing.pk, field: long})
    assert page.status_code == 422 and "最多 2000 字，现有 2700 字。" in page.content.decode()
    assert not Grading.objects.exists()


def test_an_expert_is_found_invited_until_a_day_and_let_go_again(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    owner, page = signed_in(city.lin), experts_page(grading)
    assert "许望" in owner.get(page, {"q": "许"}).content.decode()
    assert "没有相符的专家" in owner.get(page, {"q": "无此人"}).content.decode()
    assert owner.post(page, {"user": city.su.pk}).status_code == 422
    assert owner.post(page, {"user": city.xu.pk, "until": "2020-01-01"}).status_code == 422
    assert owner.post(page, {"user": city.xu.pk, "until": "2099-12-31"}).status_code == 302
    asked = Participation.of(grading).get()
    assert asked.until.date() == dt.date(2099, 12, 31)  # 2100-01-01 00:00 where the people are
    seen = reverse("assessments:grading-detail", args=[grading.pk])
    assert signed_in(city.xu).get(seen).status_code == 200
    withdraw = reverse("assessments:grading-withdraw", args=[grading.pk, asked.pk])
    assert signed_in(city.xu).post(withdraw).status_code == 403
    assert signed_in(city.su).post(withdraw).status_code == 404
    assert owner.post(withdraw).status_code == 302
    assert signed_in(city.xu).get(seen).status_code == 404
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"assessments.grading.invite", "assessments.grading.withdraw"} <= verbs


def test_who_may_not_submit_does_not_invite_and_a_finished_review_takes_nobody_in(city, thing):
    grading = draft(city, thing)
    assert signed_in(city.zhou).get(experts_page(grading)).status_code == 403
    assert signed_in(city.su).get(experts_page(grading)).status_code == 404
    take(city.lin, grading, "submit")
    take(city.lin, grading, "record_pass", **proof())
    assert signed_in(city.lin).post(experts_page(grading), {"user": city.xu.pk}).status_code == 409


def test_the_form_tries_the_levels_without_storing_anything(city, thing):
    small = make_object(city.health, "小系统", security_level=4)
    thing.offers_hosting = True
    thing.save()
    make_hosting(small, thing)
    owner = signed_in(city.lin)
    sent = {**FORM, "protected_object": thing.pk, "large_personal_data": "on"}
    text = owner.post(reverse("assessments:grading-preview"), sent).content.decode()
    assert "第三级 S3A2G3" in text
    assert "2025 版备案表定级矩阵" in text
    assert "低于所承载对象的等级" in text
    text = owner.post(reverse("assessments:grading-preview"), {**sent, "report_date": "2024-01-01"}).content.decode()
    assert "GB/T 22240-2020 定级矩阵" in text
    without_script = owner.post(reverse("assessments:grading-create"), {**sent, "preview": "1"})
    assert "第三级 S3A2G3" in without_script.content.decode()
    assert "尚未保存" in without_script.content.decode()
    assert not Grading.objects.exists()


def test_a_trial_says_what_is_missing_and_what_level_one_and_five_mean(city, thing):
    owner, page = signed_in(city.lin), reverse("assessments:grading-preview")
    none = {**FORM, "service_public_order": ""}
    assert "系统服务尚未选择受侵害的客体" in owner.post(page, none).content.decode()
    one = {**none, "business_public_order": "", "business_citizens": "general", "service_citizens": "general"}
    assert "不需评审和备案" in owner.post(page, one).content.decode()
    five = {**FORM, "business_national_security": "very_serious"}
    assert "没有第五级的测评项" in owner.post(page, five).content.decode()
    assert signed_in(city.zhou).post(page, FORM).status_code == 403


def test_the_objects_page_shows_state_decider_certificate_and_history(city, thing):
    page = thing.get_absolute_url()
    assert "开始定级" in signed_in(city.lin).get(page).content.decode()
    first = draft(city, thing, business_public_order="general")
    take(city.lin, first, "submit")
    take(city.lin, first, "record_pass", **proof())
    take(city.lin, first, "record_filing", **certificate())
    text = signed_in(city.lin).get(page).content.decode()
    assert "41100043001-25017" in text
    assert "重新定级" in text
    again = signed_in(city.lin).get(reverse("assessments:grading-create"), {"object": thing.pk}).context["form"]
    assert again["business_public_order"].initial == "general"
    second = draft(city, thing)
    take(city.lin, second, "submit")
    text = signed_in(city.zhou).get(page).content.decode()
    assert "尚未邀请专家" in text
    assert first.get_absolute_url() in text
    assert second.get_absolute_url() in text


def test_the_report_says_how_the_level_came_about_and_who_decided(city, thing):
    type(thing).objects.filter(pk=thing.pk).update(network_nature="9", network_nature_other="卫星专线")
    grading = draft(city, thing, has_authority="on", authority_name="颍川市")
    take(city.lin, grading, "submit")
    take(city.lin, grading, "record_pass_on", **proof())
    take(city.ye, grading, "approve", opinion="同意核准为第三级。")
    address = reverse("assessments:grading-report", args=[grading.pk, "docx"])
    answer = signed_in(city.lin).get(address)
    book = Document(io.BytesIO(answer.content))
    text = "\n".join(p.text for p in book.paragraphs)
    cells = "\n".join(cell.text for table in book.tables for row in table.rows for cell in row.cells)
    for words in ("定级对象描述", "责任主体", "受侵害客体的确定", "S3A2G3", "2025 版备案表定级矩阵"):
        assert words in text, words
    for words in ("许望、孟繁星", "2026-03-05", "颍网评〔2026〕3 号", "同意核准为第三级。", "评审意见.txt"):
        assert words in cells, words
    assert "其他（卫星专线）" in cells
    pdf = signed_in(city.lin).get(reverse("assessments:grading-report", args=[grading.pk, "pdf"]))
    assert "定级报告" in PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert AuditEvent.objects.filter(verb="assessments.grading.report").count() == 2
    assert signed_in(city.su).get(address).status_code == 404
    assert signed_in(city.lin).get(reverse("assessments:grading-report", args=[grading.pk, "html"])).status_code == 404


def test_the_list_is_exported_and_the_api_gives_gradings_in_scope(city, thing):
    grading = draft(city, thing)
    book = signed_in(city.lin).get(reverse("assessments:grading-export"))
    assert book["Content-Type"].endswith("sheet")
    listed = signed_in(city.lin).get("/api/v1/gradings").json()
    assert [(row["id"], row["sag"], row["state"]) for row in listed["items"]] == [(grading.pk, "S3A2G3", "draft")]
    assert signed_in(city.su).get("/api/v1/gradings").json()["total"] == 0
    assert signed_in(city.su).get(f"/api/v1/gradings/{grading.pk}").status_code == 404


def test_a_draft_never_submitted_may_be_deleted_and_one_sent_back_not(city, thing):
    grading = draft(city, thing)
    remove = reverse("assessments:grading-delete", args=[grading.pk])
    assert signed_in(city.lin).post(remove, {"version": 1}).status_code == 302
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    take(city.lin, grading, "record_return", **proof())
    assert state_of(grading) == "draft"
    remove = reverse("assessments:grading-delete", args=[grading.pk])
    assert signed_in(city.lin).get(remove).status_code == 409
    assert signed_in(city.lin).post(remove, {"version": grading.version}).status_code == 409


def test_an_object_nobody_graded_waits_on_its_owners_desk_until_he_begins(city, thing):
    todos = [todo for todo in signed_in(city.lin).get("/").context["todos"] if todo.state == "未定级"]
    assert [todo.title for todo in todos] == [f"为“{thing}”定级"]
    form = signed_in(city.lin).get(todos[0].url).context["form"]
    assert str(form["protected_object"].value()) == str(thing.pk)
    draft(city, thing)
    assert f"为“{thing}”定级" not in waits(city.lin)


def test_the_report_is_previewed_from_the_grading(city, thing):
    grading = draft(city, thing)
    client = signed_in(city.lin)
    address = f"{reverse('portal:report-preview', args=['grading'])}?subject={grading.pk}"
    assert address in client.get(grading.get_absolute_url()).content.decode()
    assert "定级对象描述" in client.get(address).content.decode()


def test_the_form_names_the_third_object_by_its_date_and_as_both_forms_do_without_one(city, thing):
    address = reverse("assessments:grading-create")
    fresh = signed_in(city.lin).get(address).context["form"]  # dated today
    assert fresh["business_national_security"].label == "国家安全或地区安全、国计民生"
    page = signed_in(city.lin).post(address, {"report_date": ""}).content.decode()
    assert "国家安全（2025 版：国家安全或地区安全、国计民生）" in page
    grading = draft(city, thing, report_date="2024-01-01")
    form = signed_in(city.lin).get(reverse("assessments:grading-update", args=[grading.pk])).context["form"]
    assert (grading.rule_set, form["business_national_security"].label) == ("2020", "国家安全")
