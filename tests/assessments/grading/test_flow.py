"""A grading from draft to its certificate, as people do it in the browser."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.grading import services
from assessments.grading.workflow import WORKFLOW
from assessments.models import Assessment, Grading
from secmgmt.core import errors
from secmgmt.core.clock import now
from secmgmt.core.models import Attachment
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_hosting, make_object

from .support import FORM, certificate, draft, proof, signed_in, state_of, take

pytestmark = pytest.mark.django_db
@pytest.fixture
def thing(city):
    return make_object(city.health, "区域卫生信息共享平台")


def attach(grading, user) -> Attachment:
    """Upload a file as the page offers it."""
    client = signed_in(user)
    page = reverse("assessments:grading-detail", args=[grading.pk])
    kind = ContentType.objects.get_for_model(Grading)
    upload = reverse("core:file-attach", args=[kind.pk, grading.pk])
    assert upload in client.get(page).content.decode()
    sent = {"file": SimpleUploadedFile("评审意见.txt", "同意定为该级。".encode()), "declared_not_secret": "on"}
    assert client.post(upload, sent)["Location"] == page
    assert "评审意见.txt" in client.get(page).content.decode()
    return Attachment.of(grading).latest("pk")


def test_a_level_three_object_goes_through_expert_and_authority_to_its_certificate(city, thing, at):
    grading = draft(city, thing, has_authority="on", authority_name="颍川市")
    assert (grading.rule_set, grading.level, grading.sag) == ("2025", 3, "S3A2G3")
    assert take(city.lin, grading, "submit").status_code == 302
    services.invite_expert(grading=grading, user=city.xu, by=city.lin, at=at)
    assert take(city.xu, grading, "pass_on").status_code == 302
    assert take(city.ye, grading, "approve").status_code == 302
    thing.refresh_from_db()
    assert (state_of(grading), thing.security_level, thing.service_level) == ("determined", 3, 2)
    assert take(city.lin, grading, "record_filing", **certificate(certificate_number="4110-1")).status_code == 422
    assert state_of(grading) == "determined"
    assert take(city.lin, grading, "record_filing", **certificate()).status_code == 302
    thing.refresh_from_db()
    assert (state_of(grading), thing.filing_number) == ("final", "41100043001-25017")
    assert (thing.filed_on, thing.filing_valid_until) == (dt.date(2026, 3, 20), dt.date(2029, 3, 19))


def test_an_outside_decision_needs_its_proof(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    attach(grading, city.lin)
    assert take(city.lin, grading, "record_pass").status_code == 422
    assert take(city.lin, grading, "record_pass", **proof(file="")).status_code == 422
    assert take(city.lin, grading, "record_pass", **proof(decided_on="2099-01-01")).status_code == 422
    with pytest.raises(errors.Incomplete):
        WORKFLOW.fire(grading, "record_pass", by=city.lin, at=now(), seen=grading.frozen_digest)
    assert state_of(grading) == "expert"
    assert take(city.lin, grading, "record_pass", **proof()).status_code == 302
    assert state_of(grading) == "determined"
    kept = grading.outside_decisions.get()
    assert (kept.kind, kept.decided_by, kept.number) == ("expert_opinion", "许望、孟繁星", "颍网评〔2026〕3 号")
    assert kept.proof.slot == "expert_opinion"


def test_a_file_already_there_is_marked_as_the_proof_and_stays(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    file = attach(grading, city.lin)
    assert take(city.lin, grading, "record_return", **proof(file="", proof=file.pk)).status_code == 302
    file.refresh_from_db()
    assert (state_of(grading), file.slot) == ("draft", "refusal_notice")
    remove = reverse("core:file-remove", args=[file.pk])
    page = signed_in(city.lin).get(reverse("assessments:grading-detail", args=[grading.pk])).content.decode()
    assert remove not in page
    assert signed_in(city.lin).post(remove).status_code == 409
    take(city.lin, grading, "submit")
    assert take(city.lin, grading, "record_pass", **proof(file="", proof=file.pk)).status_code == 422


def test_a_proof_with_a_secrecy_mark_is_refused_at_its_field(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    marked = SimpleUploadedFile("意见.txt", "机密★\n同意。".encode())
    answer = take(city.lin, grading, "record_pass", **proof(file=marked))
    assert answer.status_code == 422
    assert "国家秘密标志" in answer.content.decode()
    assert not Attachment.of(grading).exists()


def test_a_certificate_number_belongs_to_one_object(city, thing):
    for obj in (thing, make_object(city.health, "居民健康档案系统")):
        grading = draft(city, obj)
        take(city.lin, grading, "submit")
        take(city.lin, grading, "record_pass", **proof())
        answer = take(city.lin, grading, "record_filing", **certificate())
    assert "已登记在另一个定级对象上" in answer.content.decode()
    assert state_of(grading) == "determined"


def test_a_certificate_that_arrives_after_the_regrading_leaves_the_newer_level(city, thing):
    first = draft(city, thing)
    take(city.lin, first, "submit")
    take(city.lin, first, "record_pass", **proof())
    second = draft(city, thing, business_public_order="general")
    take(city.lin, second, "submit")
    take(city.lin, second, "record_pass", **proof())
    assert take(city.lin, first, "record_filing", **certificate()).status_code == 302
    thing.refresh_from_db()
    assert thing.security_level == 2


def test_a_refusal_by_the_police_takes_the_level_away_again(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    take(city.lin, grading, "record_pass", **proof())
    assert take(city.lin, grading, "record_refusal", **proof(opinion="")).status_code == 422
    assert take(city.lin, grading, "record_refusal", **proof(opinion="材料不全")).status_code == 302
    thing.refresh_from_db()
    assert (state_of(grading), thing.security_level) == ("draft", None)


def test_a_refusal_by_the_police_waits_until_the_regrading_under_way_is_over(city, thing):
    """An object has one open grading: the refused one cannot become a draft beside another."""
    first = draft(city, thing)
    take(city.lin, first, "submit")
    take(city.lin, first, "record_pass", **proof())
    second = draft(city, thing, report_date="2026-04-01")
    response = take(city.lin, first, "record_refusal", **proof(opinion="材料不全"))
    assert response.status_code == 409
    told = response.content.decode()
    assert "报告日期 2026-04-01" in told and "现在是“草拟”" in told and "也可以删除" in told
    assert (state_of(first), state_of(second)) == ("determined", "draft")
    assert not first.outside_decisions.filter(kind="refusal").exists()
    second.delete()
    assert take(city.lin, first, "record_refusal", **proof(opinion="材料不全")).status_code == 302


def test_regrading_keeps_the_earlier_grading_until_the_new_one_is_determined(city, thing):
    first = draft(city, thing, business_public_order="general")
    take(city.lin, first, "submit")
    take(city.lin, first, "record_pass", **proof())
    second = draft(city, thing)
    thing.refresh_from_db()
    assert (thing.security_level, second.level) == (2, 3)
    take(city.lin, second, "submit")
    take(city.lin, second, "record_pass", **proof())
    take(city.lin, second, "record_refusal", **proof(opinion="重新论证"))
    thing.refresh_from_db()
    assert thing.security_level == 2


def test_level_one_is_the_owners_own_decision(city, thing):
    grading = draft(
        city, thing, business_public_order="", business_citizens="general", service_public_order="",
        service_citizens="general",
    )  # fmt: skip
    assert take(city.lin, grading, "submit").status_code == 403
    assert take(city.lin, grading, "finish").status_code == 302
    assert state_of(grading) == "final"


def test_much_personal_data_below_level_three_must_be_explained(city, thing):
    grading = draft(city, thing, business_public_order="general", large_personal_data="on")
    answer = take(city.lin, grading, "submit")
    assert answer.status_code == 422
    assert "不低于第三级" in answer.content.decode()


def test_level_five_can_be_graded_and_the_page_says_it_has_no_items(city, thing):
    grading = draft(city, thing, business_national_security="very_serious")
    text = signed_in(city.lin).get(reverse("assessments:grading-detail", args=[grading.pk])).content.decode()
    assert grading.level == 5
    assert "没有第五级的测评项" in text


def test_a_side_without_any_harm_is_named(city, thing):
    answer = signed_in(city.lin).post(
        reverse("assessments:grading-create"), {**FORM, "protected_object": thing.pk, "service_public_order": ""}
    )
    assert answer.status_code == 422
    assert "“系统服务”至少选择一个受侵害的客体" in answer.content.decode()


def test_another_bureau_neither_sees_nor_grades_it(city, thing):
    grading = draft(city, thing)
    other = signed_in(city.su)
    assert other.get(reverse("assessments:grading-detail", args=[grading.pk])).status_code == 404
    refused = other.post(reverse("assessments:grading-create"), {**FORM, "protected_object": thing.pk})
    assert refused.status_code == 422
    assert Grading.objects.count() == 1


def test_who_submitted_does_not_approve_and_an_expert_not_invited_sees_nothing(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    assert take(city.lin, grading, "pass_").status_code == 403
    assert take(city.xu, grading, "pass_").status_code == 404


def test_what_was_submitted_or_stands_is_not_deleted_by_any_door(city, thing):
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    grading.refresh_from_db()
    remove = reverse("assessments:grading-delete", args=[grading.pk])
    page = signed_in(city.lin).get(reverse("assessments:grading-detail", args=[grading.pk])).content.decode()
    assert remove not in page
    assert signed_in(city.lin).post(remove, {"version": grading.version}).status_code == 409
    Grading.objects.filter(pk=grading.pk).update(frozen_digest="")
    with pytest.raises(errors.Conflict):
        Grading.objects.get(pk=grading.pk).delete()
    assert Grading.objects.filter(pk=grading.pk).exists()


def test_a_platform_below_what_it_hosts_must_be_explained(city, thing):
    thing.offers_hosting = True
    thing.save()
    make_hosting(make_object(city.health, "预约系统", security_level=4), thing)
    grading = draft(city, thing)
    answer = take(city.lin, grading, "submit")
    assert answer.status_code == 422
    assert "低于所承载对象的等级" in answer.content.decode()
    why = {"exception_reason": "预约系统将迁出。", "version": grading.version}
    explained = {**FORM, "protected_object": thing.pk, **why}
    update = reverse("assessments:grading-update", args=[grading.pk])
    assert signed_in(city.lin).post(update, explained).status_code == 302
    assert take(city.lin, grading, "submit").status_code == 302


def test_an_object_whose_level_is_determined_is_assessed_before_it_is_filed(city, thing):
    load_shipped()
    grading = draft(city, thing)
    sent = {"protected_object": thing.pk, "title": "自评估", "report_date": "2026-03-06", "version": 0}
    create = reverse("assessments:assessment-create")
    assert signed_in(city.lin).post(create, sent).status_code == 422
    take(city.lin, grading, "submit")
    take(city.lin, grading, "record_pass", **proof())
    assert state_of(grading) == "determined"
    assert signed_in(city.lin).post(create, sent).status_code == 302
    made = Assessment.objects.get()
    assert (made.level, made.business_level, made.service_level) == (3, 3, 2)


def test_a_grading_is_not_determined_without_the_proof_of_who_decided(city, thing):
    """By the API, which could leave the step's own form out."""
    grading = draft(city, thing)
    take(city.lin, grading, "submit")
    grading.refresh_from_db()
    lin = signed_in(city.lin)
    address = f"/api/v1/gradings/{grading.pk}/do/record_pass"
    body = {"seen": seen_token(grading), "opinion": "专家同意", "data": {}}
    assert lin.post(address, body, content_type="application/json").status_code == 422
    assert take(city.lin, grading, "record_pass", **proof(file="")).status_code == 422
    grading.refresh_from_db()
    assert grading.state == "expert" and grading.protected_object.security_level is None


def test_who_may_not_take_a_step_hears_so_before_his_form_is_read(city, thing):
    """The page and the API alike: who may not 403, not now 409, and only then what the form lacks."""
    grading = draft(city, thing)
    address = f"/api/v1/gradings/{grading.pk}/do/record_pass"

    def asked(user, **body) -> tuple[int, int]:
        body = {"data": {"decided_on": "x"}, **body}
        by_api = signed_in(user).post(address, body, content_type="application/json")
        return by_api.status_code, take(user, grading, "record_pass").status_code

    assert asked(city.lin, seen=seen_token(grading)) == (409, 409)
    take(city.lin, grading, "submit")
    grading.refresh_from_db()
    assert asked(city.gao, seen=seen_token(grading)) == (403, 403)
    assert asked(city.gao) == (403, 403)
    assert asked(city.su, seen=seen_token(grading)) == (404, 404)
    assert asked(city.lin, seen=seen_token(grading)) == (422, 422)
    assert state_of(grading) == "expert"
