"""Every line of the health page can go red, and says then what to do."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.urls import reverse

from secmgmt.core import audit
from secmgmt.core.clock import now
from secmgmt.core.jobs import enqueue
from secmgmt.core.models import AuditEvent, AuditHead, Job
from secmgmt.portal import health
from tests.support import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(city: City):
    """A trail of three acts."""
    with audit.act():
        for _turn in range(3):
            audit.record("unit.move", city.hospital, by=city.sysadmin, at=now())


def test_all_is_well(trail):
    assert {line.label: line.tone for line in health.lines() if line.label != "报告字体"} == {
        "数据库": "ok", "后台任务": "ok", "磁盘": "ok", "审计链": "ok"
    }  # fmt: skip


def test_a_database_that_does_not_answer(monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(health, "connection", SimpleNamespace(cursor=refuse))
    line = health.database()
    assert line.tone == "bad" and "connection refused" in line.text


def test_jobs_that_wait_for_a_worker(city: City):
    enqueue("report.make", params={}, by=city.lin, at=now(), subject=city.health)
    assert health.queue().tone == "ok"
    Job.objects.update(created_at=now() - health.LATE_JOB - dt.timedelta(seconds=1))
    line = health.queue()
    assert line.tone == "bad" and "工作进程" in line.text


def test_a_disk_that_is_nearly_full(monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(free=health.LOW_DISK_BYTES))
    line = health.disk()
    assert line.tone == "bad" and "清理" in line.text


def test_a_font_that_is_not_embedded(monkeypatch):
    monkeypatch.setattr(health, "describe_font", lambda: SimpleNamespace(embedded=False, name="STSong", path=""))
    line = health.fonts()
    assert line.tone == "warn" and "fonts-wqy-microhei" in line.text


@pytest.mark.parametrize("harm", ["cut", "edited", "emptied", "headless"])
def test_a_chain_whose_end_is_not_its_head(trail, client, city: City, harm: str):
    last = AuditEvent.objects.order_by("-seq")[:1].values("pk")
    if harm == "cut":
        AuditEvent.objects.filter(pk__in=list(last.values_list("pk", flat=True))).delete()
    elif harm == "edited":
        AuditEvent.objects.filter(pk__in=list(last.values_list("pk", flat=True))).update(digest="0" * 64)
    elif harm == "emptied":
        AuditEvent.objects.all().delete()
    else:
        AuditHead.objects.all().delete()
    line = health.chain()
    assert line.tone == "bad" and "verify_audit" in line.text


def test_a_red_line_is_seen_on_the_page(client, city: City, monkeypatch):
    monkeypatch.setattr(health.shutil, "disk_usage", lambda path: SimpleNamespace(free=0))
    client.force_login(city.sysadmin)
    assert "有故障" in client.get(reverse("portal:health")).content.decode()
