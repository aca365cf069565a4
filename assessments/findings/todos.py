"""What of the automatic findings waits for a person, and those of an object on its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core.manifest import Todo, todos_of

from . import queries
from .models import LIVE, AskedFact, FactState, Finding
from .tables import severity_tag

SHOWN = 8


def finding_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Disputes to decide, findings to respond to, questions to answer."""
    yield from todos_of(queries.to_rule_on(user), _to_rule_on, lambda n: _rest(n, "finding"))
    yield from todos_of(queries.to_respond(user), lambda row: _to_respond(row, today), lambda n: _rest(n, "finding"))
    yield from todos_of(queries.to_answer(user), _to_answer, lambda n: _rest(n, "askedfact"))


def _to_rule_on(row: Finding) -> Todo:
    return Todo(
        _("自动发现"), _("裁定异议：%(name)s") % {"name": row.title}, str(row.protected_object), row.get_absolute_url(),
        _("裁定"), state=row.get_state_display(), tone="warn",
    )  # fmt: skip


def _to_respond(row: Finding, today: dt.date) -> Todo:
    left = (row.respond_by - today).days
    return Todo(
        _("自动发现"), _("确认或提出异议：%(name)s") % {"name": row.title}, str(row.protected_object),
        row.get_absolute_url(), _("确认"), due=row.respond_by, state=row.get_state_display(),
        tone="bad" if left <= 2 else "warn",
    )  # fmt: skip


def _to_answer(row: AskedFact) -> Todo:
    return Todo(
        _("询问事项"), row.question, str(row.protected_object), row.get_absolute_url(), _("答复"),
        state=row.get_state_display(),
    )  # fmt: skip


def _rest(count: int, name: str) -> Todo:
    listed = reverse(f"assessments:{name}-list")
    return Todo(
        _("自动发现"), _("还有 %(n)d 项自动发现或询问") % {"n": count}, _("在清单里办理"), listed, _("看清单"),
        stands_for=count,
    )  # fmt: skip


def object_findings(obj: Any, user: Any) -> dict[str, Any] | None:
    """The findings that count and the open questions of an object; None where there are none."""
    rows = list(obj.findings.visible_to(user).filter(state__in=LIVE).order_by("-found_on", "-pk")[:SHOWN])
    asked = list(obj.asked_facts.visible_to(user).filter(state=FactState.ASKED).order_by("pk")[:SHOWN])
    if not rows and not asked:
        return None
    return {
        "rows": [(row, severity_tag(row)) for row in rows], "asked": asked, "link": _("全部"),
        "url": f"{reverse('assessments:finding-list')}?object={obj.pk}",
    }  # fmt: skip
