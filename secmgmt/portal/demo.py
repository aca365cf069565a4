"""Demo reports: the leader has the city's figures made every month and every year; those that fell due are kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core.clock import midnight
from secmgmt.core.jobs import run_job
from secmgmt.core.models import Job, ReportSchedule

from . import reports, schedules

LEADER = "leader"
# kind, format, cycle, how long ago it was set up: two months and one year have been over since
REGULAR = (
    ("compliance", "docx", ReportSchedule.Every.MONTH, dt.timedelta(days=75)),
    ("annual-statistics", "xlsx", ReportSchedule.Every.YEAR, dt.timedelta(days=380)),
)


def create_reports(at: dt.datetime) -> None:
    """Set up once; each period that is over by ``at`` has its report."""
    leader = User.objects.filter(username=LEADER, is_demo=True).first()
    city = OrgUnit.objects.filter(is_demo=True, kind="city").order_by("path").first()
    if leader is None or city is None or ReportSchedule.objects.filter(owner=leader).exists():
        return
    if not Position.objects.valid_on(timezone.localdate(at)).filter(user=leader).exists():
        return
    for code, fmt, every, ago in REGULAR:
        kind = reports.kind_named(code)
        schedule = schedules.set_up(
            kind=kind, subject=city, fmt=fmt, every=every, by=leader, at=at - ago,
            options=kind.options.standard(timezone.localdate(at - ago)),
        )  # fmt: skip
        _make_due(schedule, at)


def _make_due(schedule: Any, at: dt.datetime) -> None:
    while schedule.next_on <= timezone.localdate(at):
        schedules.order_due(schedule=schedule, by=schedule.owner, at=midnight(schedule.next_on))
        run_job(Job.objects.latest("pk").pk)
        schedule.refresh_from_db()
