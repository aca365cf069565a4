"""Home and to-do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from secmgmt.core import manifest
from secmgmt.core.clock import today
from secmgmt.core.manifest import Todo
from secmgmt.core.notices import notices_of

SOON = dt.timedelta(days=7)
CHANGES = 6


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, and by when? Then what changed, and the systems I answer for."""
    day = today()
    todos = manifest.todos_for(request.user, day)
    kinds: Counter[str] = Counter()
    for todo in todos:
        kinds[str(todo.kind)] += todo.stands_for
    asked = request.GET.get("kind", "")
    shown = [todo for todo in todos if todo.kind == asked] if asked in kinds else todos
    context = {
        "todos": shown,
        "total": kinds.total(),
        "tiles": tiles(todos, day),
        "kinds": [(_("全部"), kinds.total(), "", asked not in kinds)]
        + [(kind, count, kind, kind == asked) for kind, count in kinds.items()],
        "today": day,
        "changes": list(notices_of(request.user)[:CHANGES]),
        "panels": manifest.home_panels(request.user, day),
    }
    return render(request, "portal/home.html", context)


def tiles(todos: list[Todo], day: dt.date) -> list[dict[str, Any]]:
    """Late, soon, all: the figures over the list, none of them when nothing waits."""
    if not todos:
        return []
    late = [todo.due for todo in todos if todo.due and todo.due < day]
    soon = [todo.due for todo in todos if todo.due and day <= todo.due <= day + SOON]
    undated = sum(todo.stands_for for todo in todos if todo.due is None)
    return [
        {
            "label": _("逾期"),
            "count": len(late),
            "tone": "is-bad" if late else "",
            "note": _("最早一项已过 %(n)d 天") % {"n": (day - min(late)).days} if late else _("没有逾期的事项"),
        },
        {
            "label": _("7 天内到期"),
            "count": len(soon),
            "tone": "is-warn" if soon else "",
            "note": _("最近一项 %(day)s") % {"day": min(soon).strftime("%m-%d")} if soon else _("最近 7 天没有期限"),
        },
        {
            "label": _("等您办理"),
            "count": sum(todo.stands_for for todo in todos),
            "tone": "",
            "note": _("其中 %(n)d 项没有期限") % {"n": undated} if undated else _("都有期限"),
        },
    ]
