"""Compliance reports and statistics: what they tell, whose they are, and those that are made every month or year."""

from __future__ import annotations

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.urls import reverse

from assessments.models import (
    Agency,
    Department,
    Engagement,
    Inspection,
    Project,
    Rectification,
    Risk,
    RiskAssessment,
    RiskAsset,
    Threat,
)
from assets.models import ProtectedObject
from secmgmt.accounts.models import Position
from secmgmt.core import chapters, manifest
from secmgmt.core.clock import today
from secmgmt.core.models import AuditEvent, Job, JobState, Notice, ReportRun, ReportSchedule
from secmgmt.portal import reports, schedules
from secmgmt.portal.compliance import numeral, period_name
from secmgmt.portal.report_options import compared_with
from tests.jobs import run_queued

from .test_figures import figure, full, of  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db
PREVIEW = "/reports/compliance/preview/"
D = dt.date


def ordered(client, city, fmt="xlsx", **more) -> ReportRun:
    client.force_login(city.gao)
    assert client.post(PREVIEW, {"subject": city.root.pk, "fmt": fmt, **more}).status_code == 302
    assert [(job.state, job.error) for job in run_queued()] == [(JobState.DONE, "")]
    return ReportRun.objects.latest("pk")


def content(client, run) -> bytes:
    return client.get(reverse("portal:report-file", args=[run.pk])).getvalue()


def text_of(book: bytes) -> str:
    sheets = openpyxl.load_workbook(io.BytesIO(book), read_only=True)
    return "\n".join(str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def test_the_preview_tells_the_chosen_chapters_and_the_same_figures_as_the_overview(client, full):  # noqa: F811
    client.force_login(full.gao)
    html = client.get(f"{PREVIEW}?subject={full.root.pk}").content.decode()
    assert "一、总体指标" in html and "33.33%" in html and "上年同期" in html and "学籍系统" in html
    query = f"{PREVIEW}?subject={full.root.pk}&since=2026-01-01&until=2026-12-31&chapters=basis"
    html = client.get(query).content.decode()
    assert "一、指标口径" in html and "总体指标</p>" not in html and "二、" not in html.partition("h-options")[2][9000:]


@pytest.mark.parametrize("fmt", ["pdf", "docx", "xlsx"])
def test_a_report_is_made_as_a_job_and_kept_with_its_parameters_and_digest(client, full, fmt):  # noqa: F811
    asked = {"since": "2026-01-01", "until": "2026-06-30", "compare": "previous", "chapters": ["figures", "units"]}
    run = ordered(client, full, fmt, **asked)
    assert run.params["options"] == {**asked, "level": ""} and len(run.digest) == 64
    page = client.get(reverse("portal:report-detail", args=[run.pk])).content.decode()
    assert "总体指标、各单位和各等级" in page and "上一期" in page and "2026-06-30" in page and run.digest in page
    again = next(link for link in re.findall(r'href="(/reports/compliance/preview/[^"]+)"', page))
    form = client.get(again.replace("&amp;", "&")).context["form"]
    assert form.cleaned_data["chapters"] == asked["chapters"] and form.cleaned_data["compare"] == "previous"
    assert content(client, run)[:2] in (b"%P", b"PK")
    if fmt == "xlsx":
        told = text_of(content(client, run))
        assert "2025-07-01 至 2025-12-31" in told and "定级备案率" in told and "历年走势" not in told


def test_what_is_missing_or_contradicts_itself_is_said_and_nothing_is_made(client, full):  # noqa: F811
    client.force_login(full.gao)
    sent = {"subject": full.root.pk, "fmt": "pdf", "since": "2026-06-30", "until": "2026-01-01", "chapters": "figures"}
    response = client.post(PREVIEW, sent)
    assert response.status_code == 422 and "截止日期早于起始日期" in response.content.decode()
    response = client.get(PREVIEW, {**sent, "until": "x", "chapters": "none"})
    assert response.status_code == 422 and not Job.objects.exists()
    assert client.post(PREVIEW, {**sent, "until": "2035-01-01"}).status_code == 422


def test_a_report_is_its_makers_alone_and_of_units_he_oversees(client, full):  # noqa: F811
    run = ordered(client, full, "docx")
    for person in (full.shen, full.pan, full.zhou, full.lin, full.sysadmin):
        client.force_login(person)
        assert client.get(reverse("portal:report-file", args=[run.pk])).status_code == 404, person
        assert client.get(reverse("portal:report-detail", args=[run.pk])).status_code == 404
    client.force_login(full.zhou)
    assert client.get(f"{PREVIEW}?subject={full.root.pk}").status_code == 404
    assert client.get(f"{PREVIEW}?subject={full.education.pk}").status_code == 404
    html = client.get(f"{PREVIEW}?subject={full.health.pk}").content.decode()
    assert "健康平台" in html or "门诊系统" in html
    assert "学籍系统" not in html
    client.force_login(full.lin)
    assert client.get(f"{PREVIEW}?subject={full.health.pk}").status_code == 403
    Position.objects.filter(user=full.gao).update(valid_until=D(2020, 6, 1))
    client.force_login(full.gao)
    assert client.get(reverse("portal:report-file", args=[run.pk])).status_code == 404


def test_the_report_of_one_object_tells_of_it_alone(client, full):  # noqa: F811
    obj = ProtectedObject.objects.get(name="健康平台")
    client.force_login(full.lin)
    html = client.get(f"/reports/compliance-object/preview/?subject={obj.pk}").content.decode()
    assert "健康平台网络安全合规报告" in html and "门诊系统" not in html


def recorded(obj, at, word: str) -> None:
    """Of every kind the chapters list, one row of ``obj`` that carries ``word``."""
    day, stamp = today(), {"created_at": at, "updated_at": at}
    Rectification.objects.create(
        number=f"ZG-{word}", protected_object=obj, title=f"{word}口令弱", finding="弱口令", risk="高", found_on=day,
        due_on=day + dt.timedelta(days=9), measure=f"{word}改用双因素", verifier_role="act_as_unit_lead", **stamp,
    )  # fmt: skip
    agency, _new = Agency.objects.get_or_create(name="甲测评", code="0001", defaults=stamp)
    for number, kind in enumerate(("level", "crypto")):
        Engagement.objects.create(
            protected_object=obj, kind=kind, agency=agency, contract_number="1", signed_on=day, starts_on=day,
            ends_on=day, state="done", report_date=day, conclusion="mostly", report_number=f"{word}报告{number}",
            next_due_on=day + dt.timedelta(days=365), **stamp,
        )  # fmt: skip
    assessment = RiskAssessment.objects.create(
        protected_object=obj, title="风险评估", assessed_on=day, scope="全部", state="signed", **stamp
    )
    grades = {"confidentiality": 5, "integrity": 5, "availability": 5}
    asset = RiskAsset.objects.create(assessment=assessment, layer="business", name=f"{word}业务", **grades, **stamp)
    threat = Threat.objects.first() or Threat.objects.create(
        code="T1", name="恶意代码", source="human", description="病毒", frequency=5, **stamp
    )
    Risk.objects.create(assessment=assessment, asset=asset, threat=threat, frequency=5, severity=5, **stamp)
    project = Project.objects.create(
        unit=obj.unit, name=f"{word}改造", kind="rebuild", level=3, lead=obj.unit, contact="林", content="改造",
        planned_on=day, **stamp,
    )  # fmt: skip
    project.targets.add(obj)
    facts = {"name": "市公安局", "short": "公安", "kind": "公安", **stamp}
    lead, _new = Department.objects.get_or_create(code="P", defaults=facts)
    Inspection.objects.create(
        protected_object=obj, title="检查", lead=lead, basis="计划", starts_on=day, ends_on=day, level=3,
        standard_code="GB/T 22239-2019", conclusion=f"{word}检查结论", **stamp,
    )  # fmt: skip


LISTED = ("certificates", "evaluations", "rectifications", "risks", "projects", "inspections")


def records_of(word: str) -> set[str]:
    """What stands in the chapters of an object's records."""
    made = ("口令弱", "改用双因素", "报告0", "报告1", "业务", "改造", "检查结论")
    return {word + part for part in made}


@pytest.mark.parametrize("fmt", ["xlsx", "docx", "pdf"])
def test_the_records_themselves_stand_in_the_report_of_city_unit_and_object(client, full, at, fmt):  # noqa: F811
    ours, theirs = (ProtectedObject.objects.get(name=name) for name in ("健康平台", "学籍系统"))
    recorded(ours, at, "甲")
    recorded(theirs, at, "乙")
    run = ordered(client, full, fmt, chapters=LISTED, since=f"{today().year}-01-01", until=today().isoformat())
    if fmt == "xlsx":
        told = text_of(content(client, run))
        assert {text for word in "甲乙" for text in records_of(word) if text not in told} == set()
        assert "41100043001-20001" in told and "2099-01-01" in told and "未备案" in told and "已过期" in told
        assert "基本符合" in told and "待立项初审" in told
    else:
        assert len(content(client, run)) > 5000


def test_the_records_are_those_of_the_scope_and_of_what_the_reader_may_see(client, full, at):  # noqa: F811
    ours, theirs = (ProtectedObject.objects.get(name=name) for name in ("健康平台", "学籍系统"))
    recorded(ours, at, "甲")
    recorded(theirs, at, "乙")
    asked = "".join(f"&chapters={code}" for code in LISTED) + f"&since={today().year}-01-01&until={today()}"

    def page(user, path) -> str:
        client.force_login(user)
        response = client.get(f"/reports/{path}{asked}")
        assert response.status_code == 200
        return response.content.decode()

    for user, path in (
        (full.gao, f"compliance/preview/?subject={full.health.pk}"),
        (full.zhou, f"compliance/preview/?subject={full.health.pk}"),
        (full.lin, f"compliance-object/preview/?subject={ours.pk}"),
    ):
        html = page(user, path)
        seen = records_of("甲") - ({"甲检查结论"} if user != full.gao else set())
        assert {text for text in seen if text not in html} == set(), user
        assert "乙" not in html.partition("h-options")[2] and "学籍系统" not in html
    assert "甲检查结论" not in html  # of an inspection its unit sees the notice alone
    html = page(full.gao, f"compliance/preview/?subject={full.root.pk}&level=2")
    assert "门诊系统" in html and "甲口令弱" not in html
    Inspection.objects.all().delete()
    Rectification.objects.filter(protected_object=ours).update(state="closed", closed_on=today())
    assert "甲口令弱" not in page(full.gao, f"compliance/preview/?subject={full.root.pk}")


def test_of_many_records_the_most_pressing_are_listed_and_the_rest_counted(client, full, at, monkeypatch):  # noqa: F811
    monkeypatch.setattr(chapters, "LISTED", 1)
    obj = ProtectedObject.objects.get(name="健康平台")
    recorded(obj, at, "甲")
    Rectification.objects.create(
        number="ZG-major", protected_object=obj, title="数据裸奔", finding="无", risk="中", major=True,
        found_on=today(), due_on=today(), verifier_role="act_as_unit_lead", created_at=at, updated_at=at,
    )  # fmt: skip
    client.force_login(full.gao)
    period = f"since={today().year}-01-01&until={today()}"
    html = client.get(f"{PREVIEW}?subject={full.root.pk}&chapters=rectifications&{period}").content.decode()
    assert "数据裸奔" in html and "甲口令弱" not in html and "前 1 条，另有 1 条" in html


def test_the_years_statistics_are_the_figures_by_level_and_say_what_is_not_in_use(client, full):  # noqa: F811
    client.force_login(full.gao)
    client.post("/reports/annual-statistics/preview/", {"subject": full.root.pk, "fmt": "xlsx", "year": today().year})
    assert [job.state for job in run_queued()] == [JobState.DONE]
    told = text_of(content(client, ReportRun.objects.get()))
    assert "定级备案率" in told and "33.33%" in told and "50.00%" in told and "未启用" in told
    response = client.get(f"/reports/annual-statistics/preview/?subject={full.root.pk}&year=1800")
    assert response.status_code == 422


def test_two_periods_are_whole_months_and_years():
    assert compared_with(D(2026, 3, 1), D(2026, 3, 31), "previous") == (D(2026, 2, 1), D(2026, 2, 28))
    assert compared_with(D(2026, 1, 1), D(2026, 6, 30), "previous") == (D(2025, 7, 1), D(2025, 12, 31))
    assert compared_with(D(2026, 1, 5), D(2026, 1, 9), "previous") == (D(2025, 12, 31), D(2026, 1, 4))
    assert compared_with(D(2024, 2, 29), D(2024, 2, 29), "year") == (D(2023, 2, 28), D(2023, 2, 28))
    assert period_name(D(2026, 2, 1), D(2026, 2, 28)) == "2026 年 2 月" and numeral(21) == "二十一"
    assert schedules.next_day("month", D(2026, 12, 31)) == D(2027, 1, 1) == schedules.next_day("year", D(2026, 5, 1))
    assert schedules.period_before("month", D(2027, 1, 1)) == ("2026-12", D(2026, 12, 1), D(2026, 12, 31))


@pytest.fixture
def monthly(client, full) -> ReportSchedule:  # noqa: F811
    """A report of the city every month, set up by the leader on the page."""
    client.force_login(full.gao)
    sent = {"subject": full.root.pk, "fmt": "docx", "every": "month", "since": "2026-01-01", "until": "2026-01-31"}
    response = client.post(PREVIEW, {**sent, "chapters": "figures"})
    assert response["Location"] == "/reports/scheduled/"
    assert "按期制作" in client.get("/reports/scheduled/").content.decode()
    return ReportSchedule.objects.get()


def due(row: ReportSchedule) -> dt.datetime:
    return dt.datetime.combine(row.next_on, dt.time(9), dt.UTC)


def test_a_schedule_makes_one_report_a_period_however_many_beats_and_workers(client, monthly):
    first = due(monthly)
    assert schedules.make_due(first - dt.timedelta(days=2)) == 0
    assert schedules.make_due(first) == 1 and schedules.make_due(first) == 0
    assert not schedules.order_due(schedule=monthly, by=monthly.owner, at=first)  # a beat that read it before
    job = Job.objects.get()
    again = Job.objects.create(
        kind=job.kind, label="再来", params=job.params, owner=job.owner, content_type=job.content_type,
        object_id=job.object_id, subject_action=job.subject_action, created_at=job.created_at,
    )  # fmt: skip
    assert [done.state for done in run_queued()] == [JobState.DONE, JobState.FAILED]
    again.refresh_from_db()
    run = ReportRun.objects.get()
    assert "已经制作" in again.error and run.schedule == monthly and len(run.period) == 7
    monthly.refresh_from_db()
    since = run.params["options"]["since"]
    assert since[:7] == run.period and monthly.next_on > first.date()
    notice = Notice.objects.get(user=monthly.owner, url=reverse("portal:report-detail", args=[run.pk]))
    assert "33.33" not in notice.text
    client.force_login(monthly.owner)
    assert reverse("portal:report-detail", args=[run.pk]) in client.get("/reports/scheduled/").content.decode()


def test_a_schedule_whose_owner_lost_the_position_stops_and_says_so(client, monthly):
    first = due(monthly)
    Position.objects.filter(user=monthly.owner).update(valid_until=D(2020, 6, 1))
    assert schedules.make_due(first) == 0 and not Job.objects.filter(kind=reports.MAKE).exists()
    monthly.refresh_from_db()
    assert "岗位已不能" in monthly.stopped
    client.force_login(monthly.owner)
    assert "一项定期报告已停止" in client.get(reverse("core:notices")).content.decode()
    assert AuditEvent.objects.filter(verb="report.schedule-stop").count() == 1


def test_rights_lost_between_order_and_making_make_nothing(monthly):
    schedules.make_due(due(monthly))
    Position.objects.filter(user=monthly.owner).update(valid_until=D(2020, 6, 1))
    assert [job.state for job in run_queued()] == [JobState.FAILED] and not ReportRun.objects.exists()


def test_one_stops_ones_own_schedules_and_nobody_elses(client, full, monthly):  # noqa: F811
    client.force_login(full.shen)
    assert client.post("/reports/scheduled/", {"schedule": monthly.pk}).status_code == 404
    assert "按期制作" not in client.get("/reports/scheduled/").content.decode().partition("<main")[2]
    client.force_login(full.gao)
    assert client.post("/reports/scheduled/", {"schedule": monthly.pk}).status_code == 302
    assert client.post("/reports/scheduled/", {"schedule": monthly.pk}).status_code == 409
    assert schedules.make_due(due(monthly)) == 0


def test_kept_for_three_years_then_its_file_goes(client, full, at):  # noqa: F811
    run = ordered(client, full, "xlsx", since="2026-01-01", until="2026-01-31", chapters="basis")
    assert reports.clear_old(at + dt.timedelta(days=900)) == 0 and reports.clear_old(at + dt.timedelta(days=1200)) == 1
    run.refresh_from_db()
    assert not run.storage_key and run.digest
    ours = ("compliance", "compliance-object", "annual-statistics")
    assert {kind.keep_days for kind in manifest.collect("reports") if kind.code in ours} == {1100}
