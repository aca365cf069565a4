"""A person's duties as an iCalendar (RFC 5545): the duty and how many objects, no names of objects, no findings.

A calendar leaves the closed network on somebody's device; what it tells is what may be overheard.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from .queries import DONE, Duty

AHEAD = dt.timedelta(days=400)


def ics(duties: list[Duty], *, user: int, at: dt.datetime, today: dt.date) -> bytes:
    """The open duties up to ``AHEAD``, however late: one entry a day and duty, on its last working day."""
    days: dict[tuple[dt.date, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.act_by and duty.state != DONE and duty.act_by <= today + AHEAD:
            days[duty.act_by, duty.rule.code].append(duty)
    calendar = Calendar()
    calendar.add("prodid", "-//secmgmt//duties//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("网络安全定期义务"))
    for (day, code), listed in sorted(days.items()):
        calendar.add_component(entry(day, code, listed, user=user, at=at))
    return calendar.to_ical()


def entry(day: dt.date, code: str, listed: list[Duty], *, user: int, at: dt.datetime) -> Event:
    """One line of the calendar, all day, the same whenever it is read again."""
    event = Event()
    event.add("uid", f"{hashlib.sha256(f'{user}:{code}:{day}'.encode()).hexdigest()[:32]}@secmgmt")
    event.add("dtstamp", at)
    event.add("dtstart", day)
    event.add("dtend", day + dt.timedelta(days=1))
    event.add("summary", _("%(name)s（%(n)d 项）") % {"name": listed[0].rule.name, "n": len(listed)})
    event.add("description", _("详情请登录系统，在“工作日历”中查看。"))
    event.add("transp", "TRANSPARENT")
    return event
