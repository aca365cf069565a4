"""What of the filings waits for a person: matters under way, what is late, certificates about to end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assets.inventory.queries import mine
from assets.models import ProtectedObject
from secmgmt.core import permissions
from secmgmt.core.manifest import Todo, todos_of

from . import queries
from .models import Filing, FilingKind, FilingState

SHOWN = 20


def filing_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """For the police what waits for them; for the owner what he goes on with, then what is to be filed or extended."""
    if permissions.may(user, Filing, "handle"):
        yield from todos_of(queries.of_officer(user), lambda row: _to_handle(row, today), _rest)
    if permissions.may(user, Filing, "submit"):
        yield from todos_of(queries.of_owner(user), lambda row: _to_go_on(row, today), _rest)
    if permissions.may(user, Filing, "add"):
        yield from _to_begin(user, today)


def _to_handle(row: Filing, today: dt.date) -> Todo:
    late = bool(row.answer_due_on and row.answer_due_on < today)
    word = _("受理") if row.state == FilingState.SUBMITTED else _("审核")
    return Todo(
        kind=_("备案"),
        title=_("%(word)s“%(name)s”") % {"word": word, "name": row},
        note=str(row.protected_object.unit),
        url=row.get_absolute_url(),
        action=word,
        due=row.answer_due_on,
        state=row.get_state_display(),
        tone="bad" if late else "warn",
    )


def _to_go_on(row: Filing, today: dt.date) -> Todo:
    late = bool(row.due_on and row.due_on < today)
    words = {
        FilingState.PREPARING: (_("备齐“%(name)s”的材料并提交"), _("继续")),
        FilingState.RETURNED: (_("补正“%(name)s”的材料"), _("补正")),
        FilingState.SUBMITTED: (_("补录“%(name)s”的公安机关答复"), _("补录")),
        FilingState.REVIEWING: (_("补录“%(name)s”的公安机关答复"), _("补录")),
    }
    title, action = words[FilingState(row.state)]
    waits = row.state in (FilingState.SUBMITTED, FilingState.REVIEWING)
    due = row.answer_due_on if waits else row.due_on
    return Todo(
        kind=_("备案"),
        title=title % {"name": row},
        note=str(row.protected_object.unit),
        url=row.get_absolute_url(),
        action=action,
        due=due,
        state=row.get_state_display(),
        tone="bad" if late and not waits else "warn" if row.state == FilingState.RETURNED else "info",
    )


def _to_begin(user: Any, today: dt.date) -> Iterable[Todo]:
    """Objects in one's charge that are to be filed, or whose certificate ends, with no matter under way."""
    rows = list(mine(user).filter(security_level__gte=queries.FILED_FROM).order_by("name", "pk"))
    states = queries.filed_state([row.pk for row in rows], today)
    wanted = [(row, state) for row in rows if (state := states.get(row.pk)) and state.must and not state.open_id]
    found = [todo for row, state in wanted if (todo := _begin(row, state, today))]
    found.sort(key=lambda todo: todo.due or dt.date.max)
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        title = _("还有 %(n)d 个系统要备案或延期") % {"n": len(found) - SHOWN}
        listed = reverse("assets:object-list") + "?counts=mine"
        yield Todo(_("备案"), title, _("在台账里办理"), listed, _("看清单"), stands_for=len(found) - SHOWN)


def _begin(obj: ProtectedObject, state: queries.FiledState, today: dt.date) -> Todo | None:
    begin = f"{reverse('assessments:filing-create')}?object={obj.pk}"
    if not state.number:
        return Todo(
            kind=_("备案"),
            title=_("办理“%(name)s”的备案") % {"name": obj},
            note=_("等级已确定，还没有备案"),
            url=begin,
            action=_("办理备案"),
            due=state.due,
            state=state.word,
            tone="bad" if state.is_late else "warn",
        )
    if not (state.is_expired or state.is_expiring) or state.window is None:
        return None
    is_open = state.window <= today
    return Todo(
        kind=_("备案"),
        title=_("“%(name)s”的备案证明%(word)s") % {"name": obj, "word": state.word.removeprefix(_("证明"))},
        note=_("可以申请延期") if is_open else _("%(day)s 起可以申请延期") % {"day": state.window},
        url=f"{begin}&kind={FilingKind.EXTENSION}" if is_open else obj.get_absolute_url(),
        action=_("申请延期") if is_open else _("查看"),
        due=state.valid_until,
        state=state.word,
        tone="bad" if state.is_expired else "warn",
    )


def _rest(count: int) -> Todo:
    listed = reverse("assessments:filing-list")
    return Todo(
        _("备案"), _("还有 %(n)d 件备案事项") % {"n": count}, _("在清单里办理"), listed, _("看清单"), stands_for=count
    )


def waiting(user: Any) -> int:
    """The badge of the menu."""
    return queries.of_owner(user).order_by().count() + queries.of_officer(user).order_by().count()
