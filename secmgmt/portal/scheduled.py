"""What making a report asks and tells of the schedule that ordered it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import errors, mail, notices
from secmgmt.core.jobs import JobContext
from secmgmt.core.models import ReportRun, ReportSchedule


def still_wanted(ctx: JobContext) -> ReportSchedule | None:
    """The schedule a report is made for; None where a person ordered it. Conflict: stopped, or made already."""
    number = ctx.params.get("schedule")
    if number is None:
        return None
    schedule = ReportSchedule.objects.visible_to(ctx.user).filter(pk=number).first()
    if schedule is None or schedule.stopped:
        raise errors.Conflict(_("这项定期报告已停止，没有制作。"), obj=schedule)
    if ReportRun.objects.filter(schedule=schedule, period=ctx.params["period"]).exists():
        raise errors.Conflict(_("这一期的报告已经制作。"), obj=schedule)
    return schedule


def tell(schedule: ReportSchedule, run: ReportRun, *, at: dt.datetime) -> None:
    """Its owner learns where the report is; nothing of what it says leaves the system."""
    url = reverse("portal:report-detail", args=[run.pk])
    text = _("%(period)s 的定期报告已制作，请登录查看。") % {"period": run.period}
    notices.notify(user=schedule.owner, text=text, url=url, parent=schedule, at=at)
    mail.tell(users=[schedule.owner], subject=_("定期报告已制作"), text=text, url=url, at=at)
