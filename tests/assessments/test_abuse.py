"""What attackers try on gradings and self-assessments, signed in as real people; each test has its guard."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from assessments.evaluation import services
from assessments.models import Answer, Assessment, CatalogItem, Grading, Standard
from assets.inventory.services import invite_units
from assets.models import Interconnection
from secmgmt.core.models import Attachment, AuditEvent, Comment, Participation, ReportRun
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_component, make_hosting, make_link, make_object
from tests.jobs import run_queued
from tests.support import City, make_position

from .evaluation.test_api import call
from .evaluation.test_journey import fill, save, signed_in, take
from .grading.support import draft
from .grading.support import take as step

pytestmark = pytest.mark.django_db
TAG = '<img src="file:///etc/hostname"/><b>系统</b>'


@pytest.fixture
def assessment(city: City, at: Any) -> Assessment:
    """A self-assessment of two control points in two layers."""
    obj = make_object(city.health, "区域卫生信息共享平台", security_level=3, business_level=3, service_level=3)
    row = Assessment.objects.create(
        protected_object=obj, title="2026 年自评估", standard_code="GB/T 22239-2019", level=3, business_level=3,
        service_level=3, report_date=at.date(), total=4, created_at=at, updated_at=at, updated_by=city.lin,
    )  # fmt: skip
    places = [("安全物理环境", "物理访问控制")] * 2 + [("安全计算环境", "身份鉴别")] * 2
    Answer.objects.bulk_create(
        Answer(
            assessment=row, order=number, code=f"8.1.1.{number}", level=3, scope="通用", layer=layer,
            control_point=point, domain="技术", summary=f"要求{number}",
        )
        for number, (layer, point) in enumerate(places, 1)
    )  # fmt: skip
    return row


def evidence(client: Any, answer: Answer, name: str = "门禁记录.txt") -> Any:
    """Upload a file as proof of an answer."""
    kind = ContentType.objects.get_for_model(Answer)
    sent = {"file": SimpleUploadedFile(name, f"出入登记：{name}".encode()), "declared_not_secret": "on"}
    return client.post(reverse("core:file-attach", args=[kind.pk, answer.pk]), sent)


def submitted(assessment: Assessment, city: City) -> Assessment:
    """All answered and handed in."""
    fill(assessment)
    assert take(signed_in(city.lin), assessment, "submit").status_code == 302
    assessment.refresh_from_db()
    return assessment


def test_nothing_of_another_bureaus_assessment_is_reached_by_its_number(assessment, city: City):
    """A01: the assessment, its items, evidence, report, steps, by page and API."""
    row = assessment.answers.first()
    evidence(signed_in(city.lin), row)
    file, other = Attachment.of(row).get(), signed_in(city.su)
    pages = [
        assessment.get_absolute_url(), assessment.answer_url, row.get_absolute_url(), f"/files/{file.pk}/",
        f"/files/{file.pk}/remove/", f"/assessments/{assessment.pk}/report/pdf/",
        f"/reports/self-assessment/preview/?subject={assessment.pk}", f"/assessments/{assessment.pk}/history/",
        f"/api/v1/assessments/{assessment.pk}", f"/api/v1/assessments/{assessment.pk}/answers",
        f"/api/v1/answers/{row.pk}",
    ]  # fmt: skip
    for page in pages:
        response = other.get(page)
        assert response.status_code == 404, page
        assert assessment.title not in response.content.decode() and file.name not in response.content.decode()
    for page in (pages[4], *(f"/assessments/{assessment.pk}/{what}/" for what in ("edit", "delete"))):
        assert other.post(page, {"version": 1}).status_code == 404, page
    assert evidence(other, row).status_code == 404
    assert call(other, "patch", f"/answers/{row.pk}", {"result": "met"}, 1).status_code == 404
    assert call(other, "get", "/assessments").json()["total"] == 0
    assert Attachment.of(row).count() == 1


def test_of_a_group_only_the_items_are_answered_that_are_ones_own(assessment, city: City, at):
    """A04: one act on several rows, some of which somebody else answers."""
    layer = "安全计算环境"
    services.assign_layer(assessment=assessment, layer=layer, user=city.nobody, by=city.lin, at=at)
    first, second = assessment.answers.filter(layer=layer)
    Answer.objects.filter(pk=second.pk).update(assignee=city.he)
    client = signed_in(city.nobody)
    url = reverse("assessments:assessment-group", args=[assessment.pk])
    sent = {"scope": first.scope, "layer": layer, "control_point": "身份鉴别", "seen": first.code}
    assert client.post(url, sent).status_code == 302
    assert client.post(url, {**sent, "layer": "安全物理环境", "control_point": "物理访问控制"}).status_code == 422
    assert list(assessment.answers.exclude(result="").values_list("pk", flat=True)) == [first.pk]
    for answer in (second, assessment.answers.first()):
        assert save(client, answer, result="met").status_code == 403
        assert call(client, "patch", f"/answers/{answer.pk}", {"result": "met"}, 1).status_code == 403


def test_evidence_is_added_by_who_answers_the_item_and_taken_off_by_who_added_it(assessment, city: City, at):
    """A04: the assignee of one layer, and what others attached in his and in theirs."""
    layer = "安全计算环境"
    services.assign_layer(assessment=assessment, layer=layer, user=city.nobody, by=city.lin, at=at)
    mine, others = assessment.answers.filter(layer=layer).first(), assessment.answers.first()
    owner, assignee = signed_in(city.lin), signed_in(city.nobody)
    assert evidence(owner, mine).status_code == evidence(owner, others).status_code == 302
    kept = [Attachment.of(row).get() for row in (mine, others)]
    assert evidence(assignee, others, "换.txt").status_code == 403
    assert "上传附件" not in assignee.get(others.get_absolute_url()).content.decode()
    assert evidence(assignee, mine, "日志.txt").status_code == 302
    own = Attachment.of(mine).get(name="日志.txt")
    for file in kept:
        page = f"/files/{file.pk}/remove/"
        assert page not in assignee.get(file.parent.get_absolute_url()).content.decode()
        assert assignee.get(page).status_code == assignee.post(page).status_code == 403
    assert assignee.post(f"/files/{own.pk}/remove/").status_code == 302
    assert evidence(assignee, mine, "日志.txt").status_code == 302
    assert owner.post(f"/files/{Attachment.of(mine).get(name='日志.txt').pk}/remove/").status_code == 302
    assert list(Attachment.objects.order_by("pk")) == kept


def test_files_and_remarks_hang_only_where_there_is_a_place_for_them(assessment, city: City):
    """A15, A04: an assessment itself, a catalogue, the trail, units and people have neither."""
    standard = Standard.objects.create(code="GB/T 22239-2019", name="基本要求")
    item = CatalogItem.objects.create(
        standard=standard, order=1, code="8.1.1.1", level=3, scope="通用", layer="安全物理环境",
        control_point="物理位置选择", domain="技术", summary="要求", sag="G",
    )  # fmt: skip
    lin = signed_in(city.lin)
    submitted(assessment, city)
    tried = [
        (lin, assessment), (lin, assessment.protected_object.unit), (signed_in(city.pan), item),
        (signed_in(city.auditor), AuditEvent.objects.earliest("seq")),
        (signed_in(city.sysadmin), city.health), (signed_in(city.sysadmin), city.he),
    ]  # fmt: skip
    for client, row in tried:
        place = [ContentType.objects.get_for_model(row).pk, row.pk]
        sent = {"file": SimpleUploadedFile("说明.txt", "补充".encode()), "declared_not_secret": "on"}
        assert client.post(reverse("core:file-attach", args=place), sent).status_code == 404, row
        assert client.post(reverse("core:comment-add", args=place), {"text": "看过"}).status_code == 404, row
    kind, answer = ContentType.objects.get_for_model(Answer), assessment.answers.first()
    remark = reverse("core:comment-add", args=[kind.pk, answer.pk])
    assert lin.post(remark, {"text": "看过"}).status_code == 302
    assert (Attachment.objects.count(), Comment.objects.count()) == (0, 1)


def test_what_a_file_proves_is_not_said_by_who_sends_it(city: City):
    """A31: the mark of a filing certificate, posted by hand on a grading that was submitted."""
    grading = draft(city, make_object(city.health, "区域卫生信息共享平台"))
    lin = signed_in(city.lin)
    assert step(city.lin, grading, "submit").status_code == 302
    place = [ContentType.objects.get_for_model(Grading).pk, grading.pk]
    sent = {"file": SimpleUploadedFile("证明.txt", "备案".encode()), "declared_not_secret": "on"}
    response = lin.post(reverse("core:file-attach", args=place), {**sent, "slot": "filing_certificate"})
    assert response.status_code == 302
    file = Attachment.of(grading).get()
    assert file.slot == ""
    assert lin.post(f"/files/{file.pk}/remove/").status_code == 409  # submitted with the grading


def test_a_report_names_nothing_its_reader_may_not_see(assessment, city: City):
    """A07: the education bureau registered a link to the platform; its reader was not shown it."""
    obj = assessment.protected_object
    make_component(obj, "档案服务器")
    make_link(make_object(city.education, "教育教学信息平台"), obj, purpose="学籍交换")
    lin = signed_in(city.lin)
    content = lin.get(f"/assessments/{assessment.pk}/report/docx/").content
    body = Document(io.BytesIO(content)).element.xml
    assert obj.name in body and "教育教学" not in body
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(
        lin.get(f"/assessments/{assessment.pk}/report/pdf/").content)).pages)
    assert "档案服务器" in text and "教育教学" not in text
    shown = lin.get(f"/reports/self-assessment/preview/?subject={assessment.pk}").content.decode()
    assert "档案服务器" in shown and "教育教学" not in shown


def test_a_report_says_the_same_to_its_reader_whoever_made_it(assessment, city: City):
    """A07, A08: the city's leader sees what the education bureau told nobody; the owner takes the leader's report."""
    obj, school = assessment.protected_object, make_object(city.education, "教育教学信息平台", security_level=4)
    make_component(obj, "档案服务器")
    make_link(obj, make_object(city.data, "政务数据平台"))
    told = make_link(make_object(city.data, "人口库"), obj)
    invite_units(Interconnection, {told.pk: city.health}, capacity="peer")
    make_link(school, obj, purpose="学籍交换")
    make_hosting(school, obj)
    grading = draft(city, obj, exception_reason="承载对象另行迁移。")
    leader, owner = signed_in(city.gao), signed_in(city.lin)
    assert "教育教学" in leader.get(f"/objects/{obj.pk}/topology/").content.decode()
    for kind, subject in (("self-assessment", assessment), ("grading", grading)):
        sent = {"subject": subject.pk, "fmt": "pdf"}
        assert leader.post(f"/reports/{kind}/preview/", sent).status_code == 302
        assert [job.state for job in run_queued()] == ["done"]
        file = owner.get(reverse("portal:report-file", args=[ReportRun.objects.latest("pk").pk]))
        pages = PdfReader(io.BytesIO(b"".join(file.streaming_content))).pages
        text = "".join(page.extract_text() for page in pages).replace("\n", "")
        for name in ("档案服务器", "政务数据平台", "人口库"):
            assert name in text, (kind, name)
        assert "教育教学" not in text, kind
        assert ("其他单位的系统（第四级）" in text) == (kind == "grading")


def test_whoever_was_shown_only_some_fields_gets_no_report_at_any_address(city: City, at):
    """A07, A08: an expert whose invitation names fields."""
    grading = draft(city, make_object(city.health, "区域卫生信息共享平台"))
    kind = ContentType.objects.get_for_model(Grading)
    values = {"content_type": kind, "object_id": grading.pk, "capacity": "expert", "user": city.xu}
    invitation = Participation.objects.create(**values, fields=["level"])
    expert = signed_in(city.xu)
    for page in (f"/gradings/{grading.pk}/report/pdf/", f"/reports/grading/preview/?subject={grading.pk}"):
        assert expert.get(page).status_code == 403, page
    invitation.fields = []
    invitation.save()
    assert expert.get(f"/gradings/{grading.pk}/report/pdf/").status_code == 200


def test_an_invitation_opens_no_later_grading_of_the_same_number(city: City, at):
    """A14: a draft an expert was invited to is deleted, and its number is used again."""
    obj = make_object(city.health, "区域卫生信息共享平台")
    grading = draft(city, obj)
    lin, expert = signed_in(city.lin), signed_in(city.xu)
    page = grading.get_absolute_url()
    assert lin.post(reverse("assessments:grading-experts", args=[grading.pk]), {"user": city.xu.pk}).status_code == 302
    assert expert.get(page).status_code == 200
    assert lin.post(f"{page}delete/", {"version": grading.version}).status_code == 302
    later = draft(city, make_object(city.health, "居民健康档案系统"))
    if later.pk != grading.pk:
        Grading.objects.filter(pk=later.pk).update(id=grading.pk)
    assert lin.get(page).status_code == 200
    assert expert.get(page).status_code == 404


def test_who_submitted_does_not_confirm_whatever_else_he_is(assessment, city: City):
    """A17: one person in charge of the system and of the unit's security."""
    make_position(city.lin, city.health, "act_as_unit_lead")
    submitted(assessment, city)
    lin = signed_in(city.lin)
    for name in ("confirm", "return_"):
        assert take(lin, assessment, name, "同意").status_code == 403
        body = {"seen": seen_token(assessment), "opinion": "同意"}
        assert call(lin, "post", f"/assessments/{assessment.pk}/do/{name}", body).status_code == 403
    assessment.refresh_from_db()
    assert assessment.state == "submitted"


def test_no_step_is_skipped_and_none_is_taken_on_what_was_not_seen(assessment, city: City):
    lead = signed_in(city.zhou)
    assert take(lead, assessment, "confirm").status_code == 409
    submitted(assessment, city)
    page = reverse("assessments:assessment-transition", args=[assessment.pk, "confirm"])
    for seen in ("", "v1", "0" * 64):
        assert lead.post(page, {"seen": seen, "opinion": "同意"}).status_code == 409
    assert call(lead, "post", f"/assessments/{assessment.pk}/do/confirm", {"seen": "v2"}).status_code == 409
    assessment.refresh_from_db()
    assert assessment.state == "submitted"


def test_a_confirmed_result_is_changed_by_no_door(assessment, city: City):
    part = make_component(assessment.protected_object, "档案服务器")
    submitted(assessment, city)
    assert take(signed_in(city.zhou), assessment, "confirm").status_code == 302
    lin, row = signed_in(city.lin), assessment.answers.first()
    assessment.refresh_from_db()
    kept, frame = Answer.objects.values().get(pk=row.pk), Assessment.objects.values().get(pk=assessment.pk)
    place = {"layer": row.layer, "control_point": row.control_point, "username": "nobody"}
    assert save(lin, row, result="unmet", found="无").status_code == 409
    for name in ("group", "assign"):
        assert lin.post(reverse(f"assessments:assessment-{name}", args=[assessment.pk]), place).status_code == 409
    by_part = {"version": row.version, f"c-{part.pk}": "unmet"}
    assert lin.post(reverse("assessments:answer-components", args=[row.pk]), by_part).status_code == 409
    assert call(lin, "patch", f"/answers/{row.pk}", {"result": "unmet"}, row.version).status_code == 409
    assert call(lin, "patch", f"/assessments/{assessment.pk}", {"title": "改名"}, assessment.version).status_code == 409
    assert evidence(lin, row).status_code == 409
    assert Answer.objects.values().get(pk=row.pk) == kept
    assert Assessment.objects.values().get(pk=assessment.pk) == frame


def test_markup_in_a_name_is_printed_and_fetches_nothing(assessment, city: City):
    """A26, A18: the report as PDF of an object whose name is markup."""
    type(assessment.protected_object).objects.update(name=TAG)
    response = signed_in(city.lin).get(f"/assessments/{assessment.pk}/report/pdf/")
    pages = PdfReader(io.BytesIO(response.content)).pages
    text = "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")
    assert TAG.replace(" ", "") in text
    shown = signed_in(city.lin).get(f"/reports/self-assessment/preview/?subject={assessment.pk}").content.decode()
    assert "<img" not in shown and "&lt;img" in shown
