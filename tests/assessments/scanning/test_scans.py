"""A scanner's file becomes problems on one's own components, the same ones at every import, followed to their end."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.models import Rectification, Scan, ScanFinding, ScannerRule
from assessments.scanning import queries, services, workflow
from assets.models import Component
from secmgmt.core import ports
from secmgmt.core.models import AuditEvent
from secmgmt.core.workflow import seen_token
from tests.assessments.evaluation.test_journey import signed_in
from tests.assets.factories import make_component, make_object
from tests.jobs import run_queued
from tests.support import City

from . import files
from .support import make_finding


@pytest.fixture
def server(city: City) -> Any:
    """The health bureau's server at 10.1.2.5, and another bureau's at 10.9.9.9."""
    services.load_rules()
    make_component(make_object(city.education, "学籍系统"), "教育服务器", address="10.9.9.9")
    return make_component(make_object(city.health, "区域平台", security_level=3), "数据库服务器", address="10.1.2.5")


def bring(client: Any, unit: Any, text: str, name: str = "扫描.nessus") -> Any:
    """Upload a file and let the job run; the job."""
    file = SimpleUploadedFile(name, text.encode())
    response = client.post(reverse("assessments:scan-import"), {"unit": unit.pk, "file": file})
    assert response.status_code == 302, response.content.decode()[:2000]
    return run_queued()[-1]


def test_one_file_after_the_other_counts_seen_again_gone_and_back(server, city: City):
    client = signed_in(city.lin)
    second = files.LOG4J.replace("155999", "1").replace("44228", "1675")
    both = {"10.1.2.5": files.LOG4J + second, "10.1.2.77": files.LOG4J}
    assert bring(client, city.health, files.nessus(both)).state == "done"
    scan = Scan.objects.get()
    assert (scan.hosts, scan.added, scan.again, scan.unmatched) == (2, 3, 0, 1)
    row = ScanFinding.objects.get(component=server, cves="CVE-2021-44228")
    assert (row.problem, row.items, row.severity) == ("Log4j日志组件远程代码执行漏洞", "8.1.4.4e 8.1.4.4d", "critical")

    later = files.nessus({"10.1.2.5": files.LOG4J}, stamp=1764100000)
    bring(client, city.health, later)
    row.refresh_from_db()
    assert (row.times, row.gone_on, row.first_seen < row.last_seen) == (2, None, True)
    assert ScanFinding.objects.filter(component=server, gone_on__isnull=False).count() == 1
    assert ScanFinding.objects.count() == 3

    again = bring(client, city.health, later)
    assert again.state == "failed" and "已经导入过" in again.error and Scan.objects.count() == 2
    workflow.WORKFLOW.fire(row, "fix", by=city.lin, at=row.last_seen, opinion="已升级", seen=seen_token(row))
    bring(client, city.health, files.nessus({"10.1.2.5": files.LOG4J}, stamp=1764200000))
    row.refresh_from_db()
    assert (row.state, row.times) == ("new", 3)
    assert AuditEvent.objects.filter(verb="assessments.scan.import").count() == 3


def test_a_scan_touches_no_component_of_another_bureau(server, city: City):
    bring(signed_in(city.lin), city.health, files.nessus({"10.9.9.9": files.LOG4J}))
    assert ScanFinding.objects.get().component is None
    form = signed_in(city.lin).get(reverse("assessments:scan-import")).context["form"]
    assert city.education not in form.fields["unit"].queryset
    row, theirs = ScanFinding.objects.get(), Component.objects.get(name="教育服务器")
    url = reverse("assessments:scanfinding-update", args=[row.pk])
    assert signed_in(city.lin).post(url, {"component": theirs.pk, "version": row.version}).status_code == 422
    file = SimpleUploadedFile("扫描.nessus", files.nessus({"10.9.9.9": files.LOG4J}).encode())
    sent = {"unit": city.education.pk, "file": file}
    assert signed_in(city.lin).post(reverse("api:scan-import"), sent).status_code == 422
    assert not ScanFinding.objects.filter(component__isnull=False).exists()


def test_a_scan_is_brought_by_api_too(server, city: City):
    file = SimpleUploadedFile("扫描.nessus", files.nessus({"10.1.2.5": files.LOG4J}).encode())
    answer = signed_in(city.lin).post(reverse("api:scan-import"), {"unit": city.health.pk, "file": file})
    assert answer.status_code == 202 and answer.json()["url"].endswith(f"/{answer.json()['job']}/")
    run_queued()
    assert ScanFinding.objects.get().component == server


def test_an_address_nobody_knows_is_given_a_component_once(server, city: City):
    client = signed_in(city.lin)
    bring(client, city.health, files.nessus({"10.1.2.77": files.LOG4J}))
    row = ScanFinding.objects.get()
    queue = client.get(reverse("assessments:scanfinding-list"), {"queue": "unmatched"}).content.decode()
    assert "指定部件" in queue and "10.1.2.77" in queue
    step = reverse("assessments:scanfinding-transition", args=[row.pk, "confirm"])
    assert client.post(step, {"seen": seen_token(row)}).status_code == 422
    url = reverse("assessments:scanfinding-update", args=[row.pk])
    assert client.post(url, {"component": server.pk, "version": row.version}).status_code == 302
    bring(client, city.health, files.nessus({"10.1.2.77": files.LOG4J}, stamp=1764100000))
    row.refresh_from_db()
    assert (row.component, row.times, row.unit) == (server, 2, city.health)


def test_a_confirmed_problem_is_to_be_put_right_at_the_objects_own_level(server, city: City, monkeypatch, at):
    load_shipped()
    server.protected_object.security_level = 2
    server.protected_object.save()
    asked = []
    monkeypatch.setattr(ports.open_corrective_action, "provider", lambda what, by, at: asked.append(what))
    client = signed_in(city.lin)
    bring(client, city.health, files.nessus({"10.1.2.5": files.LOG4J}))
    row = ScanFinding.objects.get()
    step = reverse("assessments:scanfinding-transition", args=[row.pk, "confirm"])
    assert client.post(step, {"seen": seen_token(row)}).status_code == 302
    (what,) = asked
    assert (what.origin, what.obj, what.severity, what.level) == ("scan", server.protected_object, "high", 2)
    assert what.clause.startswith("7.1.") and what.clause in queries.codes_at(2, ["8.1.4.4e"]).values()
    page = client.get(reverse("assets:component-detail", args=[server.pk])).content.decode()
    assert "Log4j日志组件远程代码执行漏洞" in page
    obj = server.protected_object
    assert queries.by_item(obj, [what.clause], 2, city.lin) == [row]
    assert not queries.by_item(obj, ["7.1.1.1a"], 2, city.lin) and not queries.by_item(obj, [what.clause], 2, city.he)
    workflow.echo(row.pk, "closed", by=city.lin, at=at)
    row.refresh_from_db()
    assert row.state == "fixed"


def test_what_no_rule_speaks_of_waits_unmapped_and_open_ports_only_count_by_rule(server, city: City):
    ScannerRule.objects.filter(match_field__in=("cvss", "plugin_name", "cve", "text")).delete()
    client = signed_in(city.lin)
    bring(client, city.health, files.NMAP, "nmap.xml")
    listed = client.get(reverse("assessments:scanfinding-list"), {"queue": "unmapped"}).content.decode()
    assert "smb-vuln-ms17-010" in listed
    assert set(ScanFinding.objects.exclude(items="").values_list("port", flat=True)) >= {"23/tcp"}


@pytest.mark.parametrize("text", [files.LAUGHS, files.OUTSIDE, "<html/>"])
def test_a_hostile_file_leaves_nothing_but_its_refusal(server, city: City, text):
    job = bring(signed_in(city.lin), city.health, text)
    assert job.state == "failed" and job.error
    assert not ScanFinding.objects.exists() and not Scan.objects.exists()
    assert AuditEvent.objects.filter(verb="refused.import").exists()


def test_a_file_over_the_limit_is_refused_before_it_is_kept(server, city: City, settings):
    settings.UPLOAD_MAX_BYTES = 1024
    file = SimpleUploadedFile("大.nessus", b"x" * 4096)
    response = signed_in(city.lin).post(reverse("assessments:scan-import"), {"unit": city.health.pk, "file": file})
    assert response.status_code == 422 and "超过上限" in response.content.decode()
    again = SimpleUploadedFile("大.nessus", b"x" * 4096)
    answer = signed_in(city.lin).post(reverse("api:scan-import"), {"unit": city.health.pk, "file": again})
    assert answer.status_code == 422 and "超过上限" in answer.json()["title"]


@pytest.mark.parametrize(("pattern", "told"), [("(a+)+$", "可能无法结束"), ("(", "不是有效的正则表达式")])
def test_a_pattern_that_cannot_be_run_is_refused(server, city: City, pattern, told):
    form = {
        "code": "T1", "order": 1, "source": "any", "match_field": "text", "pattern": pattern, "problem": "问题",
        "items": "8.1.4.4e", "risk": "高", "basis": "本市", "enabled": "on", "version": 0,
    }  # fmt: skip
    response = signed_in(city.pan).post(reverse("assessments:scannerrule-create"), form)
    assert response.status_code == 422 and told in response.content.decode()


def take(user: Any, row: ScanFinding, name: str) -> Any:
    """A step through its page."""
    row.refresh_from_db()
    url = reverse("assessments:scanfinding-transition", args=[row.pk, name])
    return signed_in(user).post(url, {"seen": seen_token(row), "opinion": "已核对"})


@pytest.mark.parametrize("severity", ["high", "critical"])
def test_a_grave_problem_is_called_false_by_the_security_lead_alone(city: City, severity):
    row = make_finding(city.health, severity=severity)
    page = signed_in(city.lin).get(row.get_absolute_url()).content.decode()
    assert "判为误报" not in page and "确认问题" in page
    assert take(city.lin, row, "dismiss").status_code == 403
    assert take(city.zhou, row, "dismiss").status_code == 302
    assert take(city.lin, make_finding(city.health), "dismiss").status_code == 302


def test_what_is_being_put_right_is_fixed_by_closing_its_item(city: City, at):
    row = make_finding(city.health)
    assert take(city.lin, row, "confirm").status_code == 302
    item = Rectification.objects.get()
    refused = take(city.lin, row, "fix")
    assert refused.status_code == 422 and item.get_absolute_url() in refused.content.decode()
    workflow.echo(row.pk, "closed", by=city.zhou, at=at)
    row.refresh_from_db()
    assert row.state == "fixed"


def test_two_units_with_the_same_private_address_share_no_problem(server, city: City):
    make_component(make_object(city.hospital, "医院系统"), "医院服务器", address="10.1.2.5")
    second = files.LOG4J.replace("155999", "1").replace("44228", "1675")
    bring(signed_in(city.he), city.hospital, files.nessus({"10.1.2.5": files.LOG4J + second}))
    bring(signed_in(city.lin), city.health, files.nessus({"10.1.2.5": files.LOG4J}, stamp=1764100000))
    theirs = ScanFinding.objects.filter(unit=city.hospital)
    assert {(row.times, row.gone_on) for row in theirs} == {(1, None)} and len(theirs) == 2
    ours = ScanFinding.objects.get(unit=city.health)
    assert (ours.times, ours.component) == (1, None)  # of two at one address nobody guesses
    bring(signed_in(city.he), city.hospital, files.nessus({"10.1.2.5": second}, stamp=1764200000))
    assert sorted((row.times, row.gone_on is None) for row in theirs.all()) == [(1, False), (2, True)]
    ours.refresh_from_db()
    assert ours.gone_on is None
