"""Taking part ends with what it stands on: a role that is over, another unit, an administrator's separation."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from assessments.evaluation import services
from assessments.models import Assessment, Grading
from secmgmt.accounts.models import AdminGrant, User
from secmgmt.core import attachments
from secmgmt.core.clock import today
from secmgmt.core.manifest import todos_for
from secmgmt.core.models import AuditEvent, Participation, ReportRun
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_component, make_object
from tests.jobs import run_queued
from tests.support import City, enrol, make_position, make_user

from .evaluation.test_api import call
from .evaluation.test_journey import save, signed_in
from .grading.support import draft, state_of, take
from .test_abuse import assessment

__all__ = ["assessment"]
pytestmark = pytest.mark.django_db
LAYER = "安全物理环境"


@pytest.fixture
def grading(city: City) -> Grading:
    """Submitted to the expert who was invited."""
    row = draft(city, make_object(city.health, "区域卫生信息共享平台"))
    lin = signed_in(city.lin)
    assert lin.post(reverse("assessments:grading-experts", args=[row.pk]), {"user": city.xu.pk}).status_code == 302
    assert take(city.lin, row, "submit").status_code == 302
    return row


def pages_of(grading: Grading) -> list[str]:
    """All that an invitation opens."""
    page = grading.get_absolute_url()
    return [page, f"{page}history/", f"{page}report/pdf/", f"/reports/grading/preview/?subject={grading.pk}"]


def test_an_expert_whose_position_has_ended_neither_opens_nor_decides_what_he_was_invited_to(grading, city: City):
    expert = signed_in(city.xu)
    assert not [todo for todo in todos_for(city.lin, today()) if todo.kind == "定级"]
    assert [expert.get(page).status_code for page in pages_of(grading)] == [200] * 4
    city.xu.position_set.update(valid_until=today() - dt.timedelta(days=1))
    assert [expert.get(page).status_code for page in pages_of(grading)] == [404] * 4
    assert call(expert, "get", f"/gradings/{grading.pk}").status_code == 404
    assert grading.protected_object.name not in expert.get(reverse("assessments:grading-list")).content.decode()
    assert take(city.xu, grading, "pass_on").status_code == 404 and state_of(grading) == "expert"
    owners = signed_in(city.lin)  # nobody reviews it any more, and so it waits for him
    assert "尚未邀请专家" in owners.get(grading.get_absolute_url()).content.decode()
    assert [todo.url for todo in todos_for(city.lin, today()) if todo.kind == "定级"] == [grading.get_absolute_url()]
    make_position(city.xu, city.county, "act_as_unit_lead")  # at work again, but no expert
    assert expert.get(pages_of(grading)[0]).status_code == 404
    make_position(city.xu, city.county, "act_as_expert")
    assert expert.get(pages_of(grading)[0]).status_code == 200


def handed(assessment: Assessment, city: City, at: Any) -> list[str]:
    """Hand a layer to somebody; the pages he has from then on."""
    services.assign_layer(assessment=assessment, layer=LAYER, user=city.nobody, by=city.lin, at=at)
    return [assessment.get_absolute_url(), assessment.answer_url, assessment.answers.first().get_absolute_url()]


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_opens_and_answers_nothing_he_was_once_asked_for(assessment, city: City, at, role):
    pages = handed(assessment, city, at)
    assert [signed_in(city.nobody).get(page).status_code for page in pages] == [200] * 3
    User.objects.filter(pk=city.nobody.pk).update(admin_role=role)
    enrol(city.nobody)
    administrator = signed_in(city.nobody)
    assert [administrator.get(page).status_code for page in pages] == [404] * 3
    answer = assessment.answers.first()
    assert save(administrator, answer, result="met").status_code == 404
    assert call(administrator, "patch", f"/answers/{answer.pk}", {"result": "met"}, 1).status_code == 404
    assert not assessment.answers.exclude(result="").exists()


def decide(city: City, role: str, second: User) -> None:
    """The security administrator asks, another one confirms, both on their pages."""
    asked = {"user": city.nobody.pk, "role": role, "reason": "调整"}
    assert signed_in(city.secadmin).post(reverse("administration:admingrant-create"), asked).status_code == 302
    item = AdminGrant.objects.latest("pk")
    url = reverse("administration:admingrant-transition", args=[item.pk, "confirm"])
    assert signed_in(second).post(url, {"seen": seen_token(item)}).status_code == 302


def test_who_becomes_an_administrator_leaves_what_he_took_part_in_for_good(assessment, city: City, at):
    second = make_user("secadmin2", unit=city.root, admin_role="security_admin")
    enrol(second)
    pages = handed(assessment, city, at)
    decide(city, "audit_admin", second)
    assert not Participation.objects.filter(user=city.nobody).exists()
    event = AuditEvent.objects.get(verb="participation.end")
    assert (event.object_type, event.object_id) == ("assessments.assessment", str(assessment.pk))
    assert event.actor_name == second.audit_name and event.detail["user"] == city.nobody.audit_name
    decide(city, "", second)
    assert [signed_in(city.nobody).get(page).status_code for page in pages] == [404] * 3


def test_a_layer_is_handed_to_nobody_outside_ones_units_and_the_refusal_tells_no_names(assessment, city: City):
    owner, url = signed_in(city.lin), reverse("assessments:assessment-assign", args=[assessment.pk])
    make_position(city.lin, city.education, "act_as_owner")  # what he assigns elsewhere reaches no one here
    User.objects.filter(pk=city.zhou.pk).update(is_active=False)
    User.objects.filter(pk=city.nobody.pk).update(admin_role="audit_admin")
    refused = set()
    for username in ("su", "duan", "gao", "zhou", "nobody", "sysadmin", "no-such-name", ""):
        response = owner.post(url, {"part": f"通用 {LAYER}", "username": username})
        assert response.status_code == 422, username
        refused.add(response.content.decode().replace(username, "") if username else response.content.decode())
    sentence = "只能分派给本单位及下属单位的在用业务账户"
    assert all(sentence in text for text in refused)
    assert not assessment.answers.filter(assignee__isnull=False).exists()
    kind = ContentType.objects.get_for_model(Assessment)
    assert not Participation.objects.filter(content_type=kind, object_id=assessment.pk).exists()
    assert signed_in(city.su).get(assessment.answer_url).status_code == 404
    assert "外单位" not in owner.get(assessment.get_absolute_url()).content.decode()
    assert owner.post(url, {"part": f"通用 {LAYER}", "username": "he"}).status_code == 302  # a unit beneath


SECRETS = ("13812345678", "138****5678", "13987654321", "核心机房乙柜", "机柜照片")


def told(response: Any) -> str:
    """All the text of an answer: of a document that of its parts."""
    content = response.getvalue()
    if content.startswith(b"%PDF"):
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        return "".join(re.sub("<[^>]+>", "", archive.read(n).decode(errors="replace")) for n in archive.namelist())
    return content.decode()


def test_an_invited_expert_reads_of_the_object_its_grading_and_no_number_place_or_evidence(city: City, at):
    """A15: the invitation opens the grading, by whatever door, and nothing that hangs on the object."""
    obj = make_object(city.health, "区域卫生信息共享平台", contact_phone=SECRETS[0], operator_phone=SECRETS[2])
    server = make_component(obj, "边界防火墙", location=SECRETS[3])
    upload = SimpleUploadedFile(f"{SECRETS[4]}.txt", "甲".encode())
    file = attachments.attach(parent=obj, upload=upload, by=city.lin, at=at)
    row = draft(city, obj)
    lin, expert = signed_in(city.lin), signed_in(city.xu)
    assert lin.post(reverse("assessments:grading-experts", args=[row.pk]), {"user": city.xu.pk}).status_code == 302
    assert expert.post("/reports/grading/preview/", {"subject": row.pk, "fmt": "docx"}).status_code == 302
    run_queued()
    (run,) = ReportRun.objects.all()
    lists = [reverse(f"{name}-list") for name in ("assessments:grading", "assets:object", "assets:component")]
    for page in (
        *pages_of(row), f"/gradings/{row.pk}/report/docx/", f"/reports/{run.pk}/file/", f"{lists[0]}export/", *lists,
        f"/api/v1/gradings/{row.pk}", "/api/v1/gradings", "/search/?q=卫生", "/jobs/", "/",
    ):  # fmt: skip
        response = expert.get(page)
        assert response.status_code == 200 or (response.status_code == 403 and page not in pages_of(row)), page
        assert [word for word in SECRETS if word in told(response)] == [], page
    shut = [
        *(f"{obj.get_absolute_url()}{part}" for part in ("", "history/", "topology/")), server.get_absolute_url(),
        f"/api/v1/objects/{obj.pk}", f"/api/v1/components/{server.pk}", reverse("core:file", args=[file.pk]),
    ]  # fmt: skip
    assert {page: expert.get(page).status_code for page in shut} == dict.fromkeys(shut, 404)
    assert all(obj.get_absolute_url() not in told(expert.get(f"/search/?q={word}")) for word in SECRETS)
