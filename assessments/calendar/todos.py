"""Duties on other pages: an owner's that are near or late, and those of an object on its page."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core.clock import today as day_of_today
from secmgmt.core.context import origin
from secmgmt.core.manifest import Todo

from . import queries
from .queries import DONE, LATE, SOON, Duty
from .tables import STATE_LABELS, TONES

SHOWN = 8
AHEAD = 30  # days the start page looks forward
NAMED = 2


def duty_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """One line a duty that is near or late, however many of his objects it is about."""
    groups: dict[tuple[int, str], list[Duty]] = defaultdict(list)
    for duty in _mine(user, today):
        if duty.state in (LATE, SOON):
            groups[duty.rule.pk, duty.state].append(duty)
    for (pk, state), listed in groups.items():
        yield _line(pk, state, listed)


def _mine(user: Any, today: dt.date) -> list[Duty]:
    """The duties of his objects, looked up once for all that one page says of them."""
    known = origin().cache
    key = ("calendar.mine", user.pk, today)
    if key not in known:
        objects = list(queries.mine(user))
        known[key] = queries.duties_of(objects, today) if objects else []
    return known[key]


def coming(user: Any, today: dt.date) -> dict[str, Any] | None:
    """What is due in the next days of the objects he has in charge, for the start page; None where nothing is."""
    last = today + dt.timedelta(days=AHEAD)
    open_ones = (duty for duty in _mine(user, today) if duty.state not in (DONE, LATE) and duty.day)
    groups: dict[tuple[dt.date, str], list[Duty]] = defaultdict(list)
    for duty in open_ones:
        if duty.day and duty.day <= last:
            groups[duty.day, duty.rule.name].append(duty)
    if not groups:
        return None
    lines = [
        {"day": day, "name": name, "duties": listed[:NAMED], "more": len(listed) - NAMED}
        for (day, name), listed in groups.items()
    ]
    return {"lines": lines[:SHOWN], "url": f"{reverse('assessments:duty-list')}?mine=1", "link": _("工作日历")}


def _line(pk: int, state: str, listed: list[Duty]) -> Todo:
    names = "、".join(str(duty.obj) for duty in listed[:3])
    return Todo(
        kind=_("定期义务"),
        title=listed[0].rule.name,
        note=names if len(listed) <= 3 else _("%(names)s等 %(n)d 个对象") % {"names": names, "n": len(listed)},
        url=f"{reverse('assessments:duty-list')}?mine=1&rule={pk}&state={state}",
        action=_("查看"),
        due=listed[0].day,
        state=str(STATE_LABELS[state]),
        tone=TONES[state],
    )


def object_duties(obj: Any, user: Any) -> dict[str, Any] | None:
    """The duties of an object, the soonest first; None where it has none."""
    if obj.is_secret_register:
        return None
    duties = queries.duties_of([obj], day_of_today())
    if not duties:
        return None
    shown = [duty for duty in duties if duty.state != DONE] + [duty for duty in duties if duty.state == DONE]
    rows = [{"duty": duty, "label": STATE_LABELS[duty.state], "tone": TONES.get(duty.state, "")} for duty in shown]
    return {"rows": rows[:SHOWN], "url": f"{reverse('assessments:duty-list')}?q={obj.name}", "link": _("工作日历")}


def sees_duties(user: Any) -> bool:
    """The calendar is for who sees objects; the administrators have none."""
    return not user.admin_role

