"""Filings on other pages: a step of an object's cycle, its certificate there."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.clock import today
from secmgmt.core.templatetags.ui import when

from . import queries
from .models import OPEN, Filing, FilingKind

SHOWN = 5


def cycle_step(obj: Any, user: Any) -> dict[str, Any] | None:
    """证明延期, from the day the end is announced: late once it is over. The filing itself is the inventory's step."""
    state = queries.filed_state([obj.pk], today()).get(obj.pk)
    if state is None or not state.must or not (state.is_expired or state.is_expiring or state.is_late):
        return None
    if state.is_late:
        lines = [_("应于 %(day)s 备案") % {"day": when(state.due)}]
        return {"steps": [{"label": _("逾期未备案"), "lines": lines, "status": "late"}]}
    word = _("已过期") if state.is_expired else _("将到期")
    lines = [_("%(day)s %(word)s") % {"day": when(state.valid_until), "word": word}]
    return {"steps": [{"label": _("证明延期"), "lines": lines, "status": "late" if state.is_expired else "now"}]}


def object_filings(obj: Any, user: Any) -> dict[str, Any] | None:
    """The object's certificate, its term, the matter under way and those before."""
    state = queries.filed_state([obj.pk], today()).get(obj.pk)
    if state is None or not permissions.may(user, Filing, "view", permissions.path_of(obj)):
        return None
    rows = list(obj.filings.visible_to(user).order_by("-created_at", "-pk")[: SHOWN + 1])
    if not state.must and not rows:
        return None
    under_way = next((row for row in rows if row.state in OPEN), None)
    address = f"{reverse('assessments:filing-list')}?protected_object={obj.pk}"
    return {
        "state": state,
        "open": under_way,
        "rows": [row for row in rows if row != under_way][:SHOWN],
        "prolonged": list(obj.prolongations.filter(certificate_number=state.number)) if state.number else [],
        "buttons": [] if under_way else _buttons(obj, user, state),
        "url": address,
        "link": _("公安备案"),
    }


def _buttons(obj: Any, user: Any, state: queries.FiledState) -> list[tuple[str, str]]:
    if not permissions.may(user, Filing, "add", permissions.path_of(obj)):
        return []
    begin = f"{reverse('assessments:filing-create')}?object={obj.pk}"
    if not state.number:
        return [(_("办理备案"), begin)] if state.must else []
    kinds = [(_("办理变更"), FilingKind.CHANGE), (_("办理撤销"), FilingKind.CANCEL)]
    if state.window and state.window <= today():
        kinds.insert(0, (_("申请延期"), FilingKind.EXTENSION))
    return [(label, f"{begin}&kind={kind}") for label, kind in kinds]
