"""Reports made anew every month or year: setting one up, stopping it, ordering what is due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, mail, notices
from secmgmt.core.manifest import ReportKind
from secmgmt.core.models import ReportSchedule

from . import reports
from .report_options import with_period

MOST = 20  # schedules of one person
MONTH, YEAR = ReportSchedule.Every.MONTH, ReportSchedule.Every.YEAR


def next_day(every: str, after: dt.date) -> dt.date:
    """The first day of the month or year that follows ``after``: then its period is over."""
    if every == YEAR:
        return dt.date(after.year + 1, 1, 1)
    return dt.date(after.year + after.month // 12, after.month % 12 + 1, 1)


def period_before(every: str, day: dt.date) -> tuple[str, dt.date, dt.date]:
    """The name, first and last day of the month or year that was over on ``day``, the first of another."""
    last = day - dt.timedelta(days=1)
    first = dt.date(last.year, 1 if every == YEAR else last.month, 1)
    return (str(first.year) if every == YEAR else f"{first:%Y-%m}"), first, last


@audit.audited
def set_up(
    *, kind: ReportKind, subject: Any, fmt: str, every: str, options: dict[str, Any], by: Any, at: dt.datetime
) -> ReportSchedule:
    """Have a report made every month or year from the next on. Raises Invalid."""
    reports.subject_of(kind, by, subject.pk)
    problems: dict[str, list[str]] = {}
    if kind.options is None:
        problems["kind"] = [_("这种报告不能定期制作。")]
    if fmt not in kind.formats:
        problems["fmt"] = [_("这种报告没有这个格式，可选：%s。") % "、".join(kind.formats)]
    if every not in ReportSchedule.Every.values or ("year" in options and every != YEAR):
        problems["every"] = [_("没有这个周期；年度统计只能每年制作。")]
    if ReportSchedule.objects.filter(owner=by, stopped="").count() >= MOST:
        problems["every"] = [_("每人最多 %(n)d 项定期报告，请先停止不用的。") % {"n": MOST}]
    if problems:
        raise errors.Invalid(problems)
    schedule = ReportSchedule.objects.create(
        content_type=ContentType.objects.get_for_model(subject), object_id=subject.pk, kind=kind.code, fmt=fmt,
        every=every, params=options, owner=by, created_at=at, next_on=next_day(every, timezone.localdate(at)),
    )  # fmt: skip
    detail = {"kind": kind.code, "format": fmt, "on": schedule.next_on.isoformat()}
    audit.record("report.schedule", subject, by=by, at=at, detail=detail)
    return schedule


@audit.audited
def stop(*, schedule: ReportSchedule, by: Any, at: dt.datetime, why: str = "") -> None:
    """Make no more; what was made stays. ``by`` None: a rule stopped it, and its owner is told why."""
    reason = why or _("本人停止")
    if not ReportSchedule.objects.filter(pk=schedule.pk, stopped="").update(stopped=reason[:200]):
        raise errors.Conflict(_("这项定期报告已经停止。"), obj=schedule)
    audit.record("report.schedule-stop", schedule.parent, by=by, at=at, detail={"reason": reason[:200]})
    if by is None:
        url, text = reverse("portal:schedules"), _("一项定期报告已停止：%(why)s") % {"why": reason}
        notices.notify(user=schedule.owner, text=text, url=url, parent=schedule, at=at)
        mail.tell(users=[schedule.owner], subject=_("定期报告已停止"), text=text, url=url, at=at)


def make_due(at: dt.datetime) -> int:
    """Order what is due, stop what its owner may no longer have; the number ordered. Two beats order once."""
    day, ordered = timezone.localdate(at), 0
    for schedule in ReportSchedule.objects.filter(stopped="").select_related("owner").order_by("pk"):
        why = lost(schedule)
        if why:
            stop(schedule=schedule, by=None, at=at, why=why)
        elif schedule.next_on <= day:
            ordered += order_due(schedule=schedule, by=schedule.owner, at=at)
    return ordered


def lost(schedule: ReportSchedule) -> str:
    """Why its owner may not have the report any more, "" while he may."""
    owner = schedule.owner
    if not owner.is_active or owner.is_expired:
        return _("设定人的账户已停用或到期。")
    try:
        reports.subject_of(reports.kind_named(schedule.kind), owner, schedule.object_id)
    except (errors.OutOfScope, errors.NotAllowed):
        return _("设定人的岗位已不能制作这份报告。")
    return ""


@audit.audited
def order_due(*, schedule: ReportSchedule, by: Any, at: dt.datetime) -> bool:
    """Order the report of the period that is over; False where another beat has done so."""
    following = next_day(schedule.every, schedule.next_on)
    mine = ReportSchedule.objects.filter(pk=schedule.pk, next_on=schedule.next_on, stopped="")
    if not mine.update(next_on=following):
        return False
    kind = reports.kind_named(schedule.kind)
    subject = reports.subject_of(kind, by, schedule.object_id)
    period, since, until = period_before(schedule.every, schedule.next_on)
    reports.order(
        kind=kind, subject=subject, fmt=schedule.fmt, by=by, at=at,
        options=with_period(schedule.params, since, until), schedule=schedule.pk, period=period,
    )  # fmt: skip
    audit.record("report.schedule-due", subject, by=by, at=at, detail={"kind": kind.code, "on": period})
    return True
