"""What of the gradings waits for a person: on his desk, and as the badge of the menu."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from assets.models import ProtectedObject
from secmgmt.core import permissions
from secmgmt.core.clock import now
from secmgmt.core.manifest import Todo, todos_of

from . import queries, services
from .models import Grading, GradingState


def grading_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Review and approval first, then the owner's drafts, reviews without an expert, and what is ungraded.

    What is to be filed with the police stands with the filings.
    """
    morning = services.end_of(today - dt.timedelta(days=1))
    for rows, action, title, state in (
        (queries.to_review(user), _("评审"), _("评审“%(name)s”的定级"), GradingState.EXPERT),
        (queries.to_approve(user), _("核准"), _("核准“%(name)s”的定级"), GradingState.AUTHORITY),
    ):
        yield from _lines(rows, action, title, "warn", state)
    words = {
        GradingState.DRAFT: (_("继续"), _("填完“%(name)s”的定级并提交")),
        GradingState.EXPERT: (_("办理"), _("为“%(name)s”的定级邀请专家或补录评审意见")),
        GradingState.AUTHORITY: (_("补录"), _("补录“%(name)s”主管部门的核准意见")),
    }
    waiting_rows = queries.of_owner(user, morning)
    for state, (action, title) in words.items():
        yield from _lines(waiting_rows.filter(state=state), action, title, "info", state)
    if permissions.may(user, Grading, "add"):
        yield from todos_of(queries.ungraded(user), _to_begin, _more_to_begin)


def _lines(rows: QuerySet, action: str, title: str, tone: str, state: GradingState) -> Iterable[Todo]:
    listed = f"{reverse('assessments:grading-list')}?state={state}"

    def rest(count: int) -> Todo:
        what = _("还有 %(n)d 项：%(what)s") % {"n": count, "what": title % {"name": "…"}}
        return Todo(_("定级"), what, _("在清单里办理"), listed, _("看清单"), tone=tone, stands_for=count)

    return todos_of(rows, lambda row: _todo(row, action, title, tone), rest)


def _more_to_begin(count: int) -> Todo:
    title = _("还有 %(n)d 个系统没有开始定级") % {"n": count}
    listed = f"{reverse('assets:object-list')}?counts=mine&level=none"
    note = _("清单列出您负责的全部未定级系统")
    return Todo(_("定级"), title, note, listed, _("看清单"), state=_("未定级"), tone="warn", stands_for=count)


def _to_begin(obj: ProtectedObject) -> Todo:
    return Todo(
        kind=_("定级"),
        title=_("为“%(name)s”定级") % {"name": obj},
        note=_("还没有定级，定级之后才能备案和自评估"),
        url=f"{reverse('assessments:grading-create')}?object={obj.pk}",
        action=_("开始定级"),
        state=_("未定级"),
        tone="warn",
    )


def _todo(row: Grading, action: str, title: str, tone: str) -> Todo:
    return Todo(
        kind=_("定级"),
        title=title % {"name": row.protected_object},
        note=_("拟定 %(level)s，报告日期 %(day)s") % {"level": row.level_text, "day": row.report_date},
        url=row.get_absolute_url(),
        action=action,
        state=row.get_state_display(),
        tone=tone,
    )


def waiting(user: Any) -> int:
    """The badge of the menu."""
    return queries.waiting_count(user, now())


def sees_gradings(user: Any) -> bool:
    """Who has a position over gradings, or was asked to review one."""
    return permissions.may(user, Grading, "view") or Grading.objects.visible_to(user).exists()


def object_panel(obj: Any, user: Any) -> dict[str, Any] | None:
    """On a protected object's page: where its grading stands, and all its gradings, the newest first."""
    rows = list(obj.gradings.visible_to(user).select_related("protected_object__unit", "protected_object__owner"))
    may_add = permissions.may(user, Grading, "add", permissions.path_of(obj)) and not obj.is_secret_register
    is_open = any(row.state not in queries.STANDING for row in rows)
    if not rows and not may_add:
        return None
    add = f"{reverse('assessments:grading-create')}?object={obj.pk}" if may_add and not is_open else ""
    latest = rows[0] if rows else None
    return {
        "latest": latest,
        "who": queries.decides_now(latest, now()) if latest else "",
        "rows": rows,
        "add": add,
        "add_label": _("重新定级") if rows else _("开始定级"),
        "url": f"{reverse('assessments:grading-list')}?protected_object={obj.pk}",
        "link": _("定级备案"),
    }
