"""Home and to-do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from secmgmt.core import manifest
from secmgmt.core.clock import today
from secmgmt.core.manifest import Todo
from secmgmt.core.notices import notices_of

SOON = dt.timedelta(days=7)
CHANGES = 5
LATE, NEAR = TERMS = ("late", "soon")
ADMINISTERS = {
    "system_admin": gettext_lazy("您管账户、单位和系统运行。管理员与业务分开，定级、评估、整改等业务记录不对您开放。"),
    "security_admin": gettext_lazy("您管岗位授权和登录策略。管理员与业务分开，定级、评估、整改等业务记录不对您开放。"),
    "audit_admin": gettext_lazy("您查阅、分析和留存审计记录。管理员与业务分开，定级、评估、整改等业务记录不对您开放。"),
}


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and by when? Then what changed, and the systems I answer for."""
    day = today()
    todos = manifest.todos_for(request.user, day)
    kinds: Counter[str] = Counter()
    for todo in todos:
        kinds[str(todo.kind)] += todo.stands_for
    asked, term = request.GET.get("kind", ""), request.GET.get("when", "")
    shown = [todo for todo in todos if todo.kind == asked] if asked in kinds else todos
    shown = [todo for todo in shown if term_of(todo, day) == term] if term in TERMS else shown
    panels = manifest.home_panels(request.user, day)
    context = {
        "todos": shown,
        "total": kinds.total(),
        "tiles": tiles(todos, day),
        "narrowed": len(shown) < len(todos),
        "begin": manifest.beginnings(request.user),
        "duty": ADMINISTERS.get(request.user.admin_role, ""),
        "kinds": [(_("全部"), kinds.total(), "", asked not in kinds and term not in TERMS)]
        + [(kind, count, kind, kind == asked) for kind, count in kinds.items()],
        "today": day,
        "changes": list(notices_of(request.user)[:CHANGES]),
        "panels": [panel for panel in panels if panel["column"] == "main"],
        "side_panels": [panel for panel in panels if panel["column"] == "side"],
    }
    return render(request, "portal/home.html", context)


def term_of(todo: Todo, day: dt.date) -> str:
    """late, soon, or "" with time left or without a day."""
    if todo.due is None or todo.due > day + SOON:
        return ""
    return LATE if todo.due < day else NEAR


def tiles(todos: list[Todo], day: dt.date) -> list[dict[str, Any]]:
    """Late, soon, all: the figures over the list, none of them when nothing waits."""
    if not todos:
        return []
    late = [todo.due for todo in todos if todo.due and term_of(todo, day) == LATE]
    soon = [todo.due for todo in todos if todo.due and term_of(todo, day) == NEAR]
    undated = sum(todo.stands_for for todo in todos if todo.due is None)
    return [
        {
            "label": _("逾期"),
            "count": len(late),
            "url": f"?when={LATE}#todo",
            "tone": "is-bad" if late else "",
            "note": _("最早一项已过 %(n)d 天") % {"n": (day - min(late)).days} if late else _("没有逾期的事项"),
        },
        {
            "label": _("7 天内到期"),
            "count": len(soon),
            "url": f"?when={NEAR}#todo",
            "tone": "is-warn" if soon else "",
            "note": _("最近一项 %(day)s") % {"day": min(soon).strftime("%m-%d")} if soon else _("最近 7 天没有期限"),
        },
        {
            "label": _("等您办理"),
            "count": sum(todo.stands_for for todo in todos),
            "url": "?#todo",
            "tone": "",
            "note": _("其中 %(n)d 项没有期限") % {"n": undated} if undated else _("都有期限"),
        },
    ]
