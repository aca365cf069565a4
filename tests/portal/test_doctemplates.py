"""Word templates through the pages: registered, tried, put into use, taken by reports of the unit and beneath."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.models import Assessment, Grading
from secmgmt.core import attachments
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent, ReportRun, ReportTemplate
from secmgmt.core.reporting.templates import starter
from secmgmt.core.workflow import seen_token
from secmgmt.portal import doctemplates
from tests.assessments.grading.support import draft
from tests.assets.factories import make_object
from tests.core.testapp.support import make_thing
from tests.jobs import run_queued
from tests.portal.test_figures import confirmed
from tests.support import make_position, make_user

pytestmark = pytest.mark.django_db
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def word(*lines: str) -> bytes:
    book, output = docx.Document(), io.BytesIO()
    for line in lines:
        book.add_paragraph(line)
    book.save(output)
    return output.getvalue()


def attach_url(row: ReportTemplate) -> str:
    kind = ContentType.objects.get_for_model(row)
    return reverse("core:file-attach", args=[kind.pk, row.pk])


@pytest.fixture
def keeper(client, city):
    user = make_user(unit=city.root)
    make_position(user, city.root, "act_as_rules_keeper")
    client.force_login(user)
    return user


def register(client, unit, content: bytes, name: str = "红头") -> ReportTemplate:
    client.post(reverse("portal:template-create"), {"name": name, "kind": "thing", "unit": unit.pk, "version": 0})
    row = ReportTemplate.objects.latest("pk")
    upload = SimpleUploadedFile("模板.docx", content, content_type=WORD)
    added = client.post(attach_url(row), {"file": upload, "declared_not_secret": "on"})
    assert added.status_code in (200, 302), added.content.decode()
    return row


def step(client, row, name):
    row.refresh_from_db()
    url = reverse("portal:template-transition", args=[row.pk, name])
    return client.post(url, {"seen": seen_token(row), "opinion": ""})


def report_of(client, city, thing) -> list[str]:
    client.force_login(city.lin)
    client.post("/reports/thing/preview/", {"subject": thing.pk, "fmt": "docx"})
    run_queued()
    run = ReportRun.objects.latest("pk")
    content = b"".join(client.get(reverse("portal:report-file", args=[run.pk])).streaming_content)
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_a_report_takes_the_template_in_use_of_the_nearest_unit(client, city, keeper):
    thing = make_thing(city.health, "共享平台")
    wide, near = register(client, city.root, word("全市红头", "{{ body }}")), None
    assert step(client, wide, "enable").status_code == 302
    near = register(client, city.health, word("卫健红头", "{{ body }}"), "卫健")
    assert report_of(client, city, thing)[0] == "全市红头"  # a draft is not used yet
    client.force_login(keeper)
    assert step(client, near, "enable").status_code == 302
    assert report_of(client, city, thing)[0] == "卫健红头"
    assert ReportRun.objects.latest("pk").params["template_name"] == "卫健"
    client.force_login(keeper)
    assert step(client, near, "retire").status_code == 302
    assert report_of(client, city, thing)[0] == "全市红头"


def test_a_second_template_replaces_the_one_in_use(client, city, keeper):
    first, second = (register(client, city.root, word(line, "{{ body }}"), line) for line in ("甲", "乙"))
    step(client, first, "enable")
    step(client, second, "enable")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("retired", "active")


@pytest.mark.parametrize(
    "content, said",
    [(("没有正文",), "单独成段"), (("{{ title.__class__ }}", "{{ body }}"), "不允许的写法"), (None, "还没有上传")],
)
def test_a_template_that_cannot_be_used_is_not_put_into_use(client, city, keeper, content, said):
    if content is None:
        sent = {"name": "空", "kind": "thing", "unit": city.root.pk, "version": 0}
        client.post(reverse("portal:template-create"), sent)
        row = ReportTemplate.objects.get()
    else:
        row = register(client, city.root, word(*content))
    response = step(client, row, "enable")
    assert said in response.content.decode() and response.status_code in (409, 422)
    row.refresh_from_db()
    assert row.state == "draft"


def test_what_people_typed_is_never_read_as_a_template(client, city, keeper):
    row = register(client, city.root, word("{{ title }}", "{{ body }}"))
    assert step(client, row, "enable").status_code == 302
    lines = report_of(client, city, make_thing(city.health, "共享{{ 7*7 }}平台"))
    assert "共享{{ 7*7 }}平台" in "".join(lines) and "49" not in "".join(lines)


def test_a_template_that_would_fetch_from_elsewhere_is_not_taken(client, city, keeper):
    source, output = zipfile.ZipFile(io.BytesIO(word("{{ body }}"))), io.BytesIO()
    link = b'<Relationship Id="rX" Type="x/attachedTemplate" Target="//h/s.dotm" TargetMode="External"/>'
    with zipfile.ZipFile(output, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/_rels/document.xml.rels":
                part = part.replace(b"</Relationships>", link + b"</Relationships>")
            target.writestr(name, part)
    sent = {"name": "空", "kind": "thing", "unit": city.root.pk, "version": 0}
    client.post(reverse("portal:template-create"), sent)
    row = ReportTemplate.objects.get()
    upload = SimpleUploadedFile("模板.docx", output.getvalue(), content_type=WORD)
    response = client.post(attach_url(row), {"file": upload, "declared_not_secret": "on"})
    assert response.status_code == 422 and "外部内容" in response.content.decode()


def test_a_sample_is_tried_before_use_and_the_file_of_one_in_use_stays(client, city, keeper):
    row = register(client, city.root, starter())
    sample = client.get(reverse("portal:template-sample", args=[row.pk]))
    assert sample["Content-Type"] == WORD and AuditEvent.objects.filter(verb="core.reporttemplate.try").exists()
    step(client, row, "enable")
    upload = SimpleUploadedFile("b.docx", word("{{ body }}"), content_type=WORD)
    assert client.post(attach_url(row), {"file": upload, "declared_not_secret": "on"}).status_code == 409
    assert client.get(reverse("portal:template-update", args=[row.pk])).status_code == 409


def test_only_the_keeper_of_the_rules_keeps_templates(client, city, keeper):
    row = register(client, city.root, starter())
    client.force_login(city.lin)
    assert client.get(reverse("portal:template-detail", args=[row.pk])).status_code == 404
    assert client.get(reverse("portal:template-starter")).status_code == 403
    assert client.post(reverse("portal:template-create"), {"name": "x"}).status_code == 403


def made(city, kind: str, content: bytes) -> ReportTemplate:
    """A template of the health bureau that is in use."""
    at = now()
    row = ReportTemplate.objects.create(
        unit=city.health, kind=kind, name=f"红头{kind}", state="draft", created_at=at, updated_at=at
    )
    upload = SimpleUploadedFile("模板.docx", content, content_type=WORD)
    attachments.attach(parent=row, upload=upload, by=city.pan, at=at)
    ReportTemplate.objects.filter(pk=row.pk).update(state="active", frozen_digest="f" * 64)
    return row


def begun(obj) -> Assessment:
    """One that has no answers yet."""
    row = confirmed(obj)
    Assessment.objects.filter(pk=row.pk).update(state="in_progress", result={})
    return row


def test_the_download_buttons_of_pages_take_the_template_too(client, city):
    for model, kind, url, row in (
        (Grading, "grading", "assessments:grading-report", draft(city, make_object(city.health, owner=city.lin))),
        (Assessment, "self-assessment", "assessments:assessment-report", begun(make_object(city.health, "平台"))),
    ):
        template = made(city, kind, word(f"红头{kind}", "{{ body }}"))
        client.force_login(city.lin)
        content = client.get(reverse(url, args=[row.pk, "docx"])).content
        assert docx.Document(io.BytesIO(content)).paragraphs[0].text == f"红头{kind}", model
        event = AuditEvent.objects.filter(verb__endswith=".report").latest("seq")
        assert event.detail["template"] == template.pk


def test_a_template_that_fails_on_a_real_document_ends_the_job_with_its_sentence(client, city, keeper, monkeypatch):
    thing = make_thing(city.health, "共享平台")
    row = register(client, city.health, word("{{ body }}"), "坏模板")
    assert step(client, row, "enable").status_code == 302

    def broken(document, template):
        raise KeyError("no style with name 'Grid'")

    monkeypatch.setattr(doctemplates, "render_docx", broken)
    client.force_login(city.lin)
    client.post("/reports/thing/preview/", {"subject": thing.pk, "fmt": "docx"})
    (job,) = run_queued()
    assert job.state == "failed" and "文书模板“坏模板”不能用于这份文档" in job.error and "KeyError" not in job.error
    assert not ReportRun.objects.exists()
    client.post("/reports/thing/preview/", {"subject": thing.pk, "fmt": "xlsx"})
    assert [job.state for job in run_queued()] == ["done"]  # only Word takes it


def test_trying_a_template_reads_its_file_once_and_shows_a_chart(client, city, keeper, monkeypatch):
    row = register(client, city.root, starter())
    opened = []
    real = doctemplates.attachments.open_checked
    monkeypatch.setattr(doctemplates.attachments, "open_checked", lambda *a: opened.append(a) or real(*a))
    sample = client.get(reverse("portal:template-sample", args=[row.pk]))
    assert len(opened) == 1
    with zipfile.ZipFile(io.BytesIO(sample.content)) as archive:
        assert any(name.startswith("word/media/") for name in archive.namelist())
