"""The report centre: preview, making in the background, download by who may see the subject now, clearing."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from assessments.evaluation.reports import line
from assessments.models import Assessment
from secmgmt.accounts.models import Position
from secmgmt.core import manifest, sealed
from secmgmt.core.models import AuditEvent, Job, JobState, ReportRun
from secmgmt.portal import reports
from tests.assets.factories import make_object
from tests.core.testapp.support import invite, make_thing
from tests.jobs import run_queued

pytestmark = pytest.mark.django_db
LIST = "/reports/"
PREVIEW = "/reports/thing/preview/"


@pytest.fixture
def thing(city):
    return make_thing(city.health, "共享平台", note="第一行<script>")


@pytest.fixture
def made(client, city, thing) -> ReportRun:
    """A Word report that 林予安 had made."""
    client.force_login(city.lin)
    client.post(PREVIEW, {"subject": thing.pk, "fmt": "docx"})
    assert [job.state for job in run_queued()] == [JobState.DONE]
    return ReportRun.objects.get()


def file_of(run) -> str:
    return reverse("portal:report-file", args=[run.pk])


def test_the_centre_offers_what_one_may_make_and_nothing_of_others(client, city, thing):
    make_thing(city.education, "学籍平台")
    client.force_login(city.lin)
    html = client.get(LIST).content.decode()
    assert "事项报告" in html and "共享平台" not in html.partition("<main")[2]
    html = client.get(f"{LIST}?make=thing").content.decode()
    assert "共享平台" in html and "学籍平台" not in html and "还没有制作好的报告" in html
    assert client.get(f"{LIST}?make=nothing").status_code == 200


def test_the_centre_is_narrowed_by_every_kind(client, made):
    assert made.kind == "thing" and made.title in client.get(f"{LIST}?kind=thing").content.decode()
    html = client.get(f"{LIST}?kind=self-assessment").content.decode()
    assert made.title not in html.partition("已制作的报告")[2]
    offered = {code for code, _label in client.get(LIST).context["filterset"].form.fields["kind"].choices if code}
    assert offered == {kind.code for kind in manifest.collect("reports")}


def test_a_preview_shows_the_document_escaped_and_keeps_nothing(client, city, thing):
    client.force_login(city.lin)
    html = client.get(f"{PREVIEW}?subject={thing.pk}").content.decode()
    assert "第一行&lt;script&gt;" in html and "第一行<script>" not in html
    assert ReportRun.objects.count() == 0
    assert AuditEvent.objects.filter(verb="report.preview", actor_id=city.lin.pk).count() == 1


def test_a_report_is_made_in_the_background_and_taken_with_its_digest(client, city, thing, made):
    assert (made.kind, made.fmt, made.by, made.parent) == ("thing", "docx", city.lin, thing)
    response = client.get(file_of(made))
    content = b"".join(response.streaming_content)
    assert len(content) == made.size and zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    about = AuditEvent.objects.filter(object_type="testapp.thing").order_by("seq")
    assert [event.verb for event in about] == ["report.make", "report.download"]
    html = client.get(LIST).content.decode()
    assert "林予安" in html and made.digest[:12] in html


def test_a_report_is_taken_by_whoever_may_see_its_subject_at_that_moment(client, city, made):
    client.force_login(city.zhou)  # leads the unit: did not make it, may see the thing
    assert client.get(file_of(made)).status_code == 200
    for person in (city.su, city.nobody, city.sysadmin):
        client.force_login(person)
        assert client.get(file_of(made)).status_code == 404
        assert client.get(reverse("portal:report-detail", args=[made.pk])).status_code == 404
        assert "共享平台" not in client.get(LIST).content.decode()
    Position.objects.filter(user=city.lin).update(valid_until=dt.date(2020, 6, 1))
    client.force_login(city.lin)  # made it, and holds his position no more
    assert client.get(file_of(made)).status_code == 404


def test_whoever_was_shown_only_some_fields_gets_no_report(client, city, thing, made):
    invite(thing, "reviewer", user=city.xu, fields=["name"])
    client.force_login(city.xu)
    assert client.get(file_of(made)).status_code == 404
    assert client.get(f"{PREVIEW}?subject={thing.pk}").status_code == 403
    assert client.post(PREVIEW, {"subject": thing.pk, "fmt": "docx"}).status_code == 403
    assert "共享平台" not in client.get(LIST).content.decode()


def test_a_right_that_ended_while_the_report_waited_makes_none(client, city, thing):
    client.force_login(city.lin)
    client.post(PREVIEW, {"subject": thing.pk, "fmt": "docx"})
    Position.objects.filter(user=city.lin).update(valid_until=dt.date(2020, 6, 1))
    assert [job.state for job in run_queued()] == [JobState.FAILED]
    assert ReportRun.objects.count() == 0


@pytest.mark.parametrize(
    ("query", "status"), [("subject=", 404), ("subject=x", 404), ("subject=-1", 404), ("subject=9e9", 404)]
)
def test_an_address_that_makes_no_sense_finds_nothing(client, city, thing, query, status):
    client.force_login(city.lin)
    assert client.get(f"{PREVIEW}?{query}").status_code == status


def test_a_format_the_kind_does_not_have_is_refused_by_name(client, city, thing):
    client.force_login(city.lin)
    response = client.post(PREVIEW, {"subject": thing.pk, "fmt": "pdf"})
    assert response.status_code == 422 and "可选" in response.content.decode()
    assert client.get(f"/reports/no-such/preview/?subject={thing.pk}").status_code == 404


def test_a_file_that_is_not_what_was_made_is_refused_and_on_record(client, city, made):
    plain = lambda key, data: default_storage.save(key, ContentFile(data))  # noqa: E731
    for put in (plain, sealed.put):
        default_storage.delete(made.storage_key)
        put(made.storage_key, b"something else")
        assert client.get(file_of(made)).status_code == 409
    assert AuditEvent.objects.filter(verb="report.digest-broken", result="refused").count() == 2


def test_a_report_is_unreadable_where_it_is_kept(client, city, made):
    with default_storage.open(made.storage_key, "rb") as handle:
        assert handle.read().startswith((b"aes.", b"sm4."))
    assert client.get(file_of(made)).getvalue().startswith((b"PK", b"%PDF"))


def test_an_old_report_loses_its_file_and_keeps_who_made_it(client, city, thing, made, at):
    assert reports.clear_old(at + dt.timedelta(days=reports.KEEP_DAYS - 1)) == 0
    assert reports.clear_old(at + dt.timedelta(days=reports.KEEP_DAYS + 1)) == 1
    assert not default_storage.exists(made.storage_key)
    assert client.get(file_of(made)).status_code == 404
    html = client.get(LIST).content.decode()
    assert "已清理" in html and "林予安" in html


def test_each_line_of_the_centre_says_about_what_it_is(client, made):
    html = client.get(LIST).content.decode()
    listed = html[html.index("<tbody") : html.index("</tbody>")]
    assert "关于" in html and listed.count("共享平台") >= 2 and "Word" in listed


def test_what_a_report_can_be_made_of_is_told_apart_by_object_date_and_state(city):
    obj = make_object(city.health, "区域卫生平台")
    days = (dt.date(2025, 3, 1), dt.date(2026, 3, 1))
    lines = {line(Assessment(protected_object=obj, title="自评估", report_date=day)) for day in days}
    assert lines == {f"区域卫生平台 · 自评估（{day.isoformat()}，进行中）" for day in days}


def test_the_page_of_a_job_says_its_name_once(client, made):
    job = Job.objects.get()
    html = client.get(reverse("core:job-detail", args=[job.pk])).content.decode()
    page = html.partition("<main")[2]
    assert page.count(f">{job.label}</li>") == 1 and page.count(f"<h1>{job.label}</h1>") == 1
    assert page.count(job.label) == 3  # and the name of its region
