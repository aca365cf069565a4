"""Acts on protected objects that are more than editing one row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, records, search
from secmgmt.core.models import Participation
from secmgmt.core.workflow import check_seen

from .models import ProtectedObject

CHUNK = 500


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
    search.refresh(fresh)
    after = {"named_important": fresh.named_important, "important_basis": fresh.important_basis}
    audit.record("assets.protectedobject.designate", fresh, by=by, at=at, before=before, after=after)
    return fresh


def invite_units(model: type[Model], units: dict[int, Any], *, capacity: str) -> None:
    """Let a unit (or none) see each row of ``model`` in ``capacity``, and no other unit in that capacity any more."""
    kind = ContentType.objects.get_for_model(model)
    numbers, known, gone = list(units), set(), []
    for start in range(0, len(numbers), CHUNK):
        rows = Participation.objects.filter(content_type=kind, capacity=capacity, user=None)
        for row in rows.filter(object_id__in=numbers[start : start + CHUNK]):
            wanted = units[row.object_id]
            known.add(row.object_id) if wanted and wanted.pk == row.unit_id else gone.append(row.pk)
    for start in range(0, len(gone), CHUNK):
        Participation.objects.filter(pk__in=gone[start : start + CHUNK]).delete()
    new = [
        Participation(content_type=kind, object_id=number, capacity=capacity, unit=unit)
        for number, unit in units.items()
        if unit is not None and number not in known
    ]
    Participation.objects.bulk_create(new, batch_size=CHUNK)
