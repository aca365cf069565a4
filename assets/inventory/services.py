"""Acts on protected objects that are more than editing one row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, records
from secmgmt.core.models import Participation
from secmgmt.core.workflow import check_seen

from .models import ProtectedObject


@audit.audited
def name_important(
    *, obj: ProtectedObject, important: bool, basis: str, by: Any, at: dt.datetime, seen: str
) -> ProtectedObject:
    """Put an object on the leading group's list of important ones, or take it off.

    ``seen``: the version token the person decided on. Raises OutOfScope, NotAllowed, Conflict, Invalid.
    """
    rows = ProtectedObject.objects.open_ones().select_for_update(of=("self",))
    fresh = permissions.get_visible(ProtectedObject, by, "designate", queryset=rows, pk=obj.pk)
    check_seen(fresh, seen)
    if not basis.strip():
        raise errors.Invalid({"basis": [_("请写明依据，如文号或会议。")]})
    if fresh.named_important == important:
        state = _("已在重要名录中") if important else _("不在重要名录中")
        raise errors.Conflict(_("“%(name)s”%(state)s。") % {"name": fresh, "state": state}, obj=fresh)
    before = {"named_important": fresh.named_important, "important_basis": fresh.important_basis}
    fresh.named_important, fresh.important_basis = important, basis.strip()
    records.stamp(fresh, by=by, at=at)
    fresh.save()
    after = {"named_important": fresh.named_important, "important_basis": fresh.important_basis}
    audit.record("assets.protectedobject.designate", fresh, by=by, at=at, before=before, after=after)
    return fresh


def invite_unit(*, obj: Any, unit: Any, capacity: str) -> None:
    """Let ``unit`` see ``obj`` in ``capacity``, and no other unit in that capacity any more."""
    kind = ContentType.objects.get_for_model(obj)
    mine = Participation.objects.filter(content_type=kind, object_id=obj.pk, capacity=capacity)
    mine.exclude(unit=unit).delete()
    if unit is not None:
        Participation.objects.get_or_create(
            content_type=kind, object_id=obj.pk, capacity=capacity, user=None, unit=unit
        )
