"""Services on the tree of units; 机构改革 moves rights and rows at once and keeps the old names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, records, search
from secmgmt.core.models import Participation, Record

from .models import OrgUnit, Position, UnitName, User


@audit.audited
def add_unit(*, form: Any, by: User, at: dt.datetime) -> OrgUnit:
    """Store a new unit from its form and give it its path. Raises Invalid, NotAllowed, Conflict."""
    lock_tree()
    if form.is_valid():  # until it has a number of its own, its scope is its parent's
        form.instance.path = form.instance.parent.path if form.instance.parent else "/"
    unit = records.save(form, by=by, at=at)
    unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


@audit.audited
def change_unit(*, form: Any, by: User, at: dt.datetime) -> OrgUnit:
    """Store a changed unit; the old name goes into the history. Raises Invalid, Stale, NotAllowed."""
    old = OrgUnit.objects.get(pk=form.instance.pk).name
    unit = records.save(form, by=by, at=at)
    if unit.name != old:
        UnitName.objects.create(
            unit=unit, name=old, until=at, reason=form.cleaned_data.get("rename_reason", "")
        )
        search.refresh(unit)  # it is found by its former names too
    return unit


@audit.audited
def move_unit(*, unit: OrgUnit, parent: OrgUnit, by: User, at: dt.datetime, reason: str) -> OrgUnit:
    """Hang a unit with all beneath it under another parent; every path changes in one statement."""
    permissions.require(by, OrgUnit, "change", unit.path)
    lock_tree()
    unit, parent = _fresh(unit), _fresh(parent)
    refuse_circle(unit, parent)
    refuse_merged(unit, parent)
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明依据，如机构改革文件号。")]})
    before = {"parent": str(unit.parent or ""), "path": unit.path}
    count = _rehang(unit, parent, by=by, at=at)
    after = {"parent": str(parent), "path": unit.path}
    detail = {"reason": reason.strip(), "units": count}
    audit.record("unit.move", unit, by=by, at=at, before=before, after=after, detail=detail)
    return unit


@audit.audited
def merge_unit(*, unit: OrgUnit, into: OrgUnit, by: User, at: dt.datetime, reason: str) -> OrgUnit:
    """Merge ``unit`` into ``into``: sub-units, people, positions, every app's rows; the old name stays.

    Raises NotAllowed, Invalid, Conflict (circle, merged before, or rows that cannot both belong to one unit).
    """
    permissions.require(by, OrgUnit, "merge", unit.path)
    permissions.require(by, OrgUnit, "merge", into.path)
    lock_tree()
    unit, into = _fresh(unit), _fresh(into)
    refuse_circle(unit, into)
    refuse_merged(unit, into)
    if unit.parent_id is None:
        raise errors.Conflict(_("根单位不能并入其他单位。"), obj=unit)
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明依据，如机构改革文件号。")]})
    for child in unit.children.all():
        _rehang(child, into, by=by, at=at)
    _drop_twin_invitations(unit, into)
    moved = {"accounts.position": _move_positions(unit, into, by=by, at=at)}
    for model, field in references():
        count = _move_rows(model, field, unit, into, by=by, at=at)
        if count:
            moved[model._meta.label_lower] = moved.get(model._meta.label_lower, 0) + count
    UnitName.objects.create(unit=into, name=unit.name, until=at, reason=reason.strip())
    _rehang(unit, into, by=by, at=at, merged_into=into)
    search.refresh(into)
    search.refresh_followers([into])
    audit.record(
        "unit.merge",
        unit,
        by=by,
        at=at,
        after={"merged_into": str(into)},
        detail={"reason": reason.strip(), "moved": {k: v for k, v in moved.items() if v}},
    )
    return into


def lock_tree() -> None:
    """Changes of the tree happen one after the other: the roots are the lock."""
    list(OrgUnit.objects.select_for_update().filter(parent__isnull=True).values_list("pk", flat=True))


def refuse_circle(unit: OrgUnit, target: OrgUnit) -> None:
    """A unit does not come under itself or what is beneath it."""
    if target.path.startswith(unit.path):
        raise errors.Invalid({"unit": [_("不能移到自己或自己的下级单位之下。")]})


def refuse_merged(*units: OrgUnit) -> None:
    """A unit that was merged is history."""
    for unit in units:
        if unit.merged_into_id:
            raise errors.Conflict(_("“%(name)s”已并入其他单位。") % {"name": unit}, obj=unit)


def references() -> Iterator[tuple[type[models.Model], str]]:
    """Every (model, field) of every app pointing to a unit, except the tree itself, names and positions."""
    for model in apps.get_models():
        if model in (OrgUnit, UnitName, Position) or model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.get_fields():
            one = isinstance(field, models.ForeignKey) and not field.auto_created
            if one and field.related_model is OrgUnit and field.model is model:
                yield model, field.name


def _move_rows(
    model: type[models.Model], field: str, unit: OrgUnit, into: OrgUnit, *, by: User, at: dt.datetime
) -> int:
    """Point the rows to the other unit; records get a new version, so that no open form moves them back."""
    values: dict[str, Any] = {field: into}
    if issubclass(model, Record):
        values |= {"version": F("version") + 1, "updated_at": at, "updated_by": by}
    try:
        with transaction.atomic():
            return model._base_manager.filter(**{field: unit}).update(**values)
    except IntegrityError as error:
        raise errors.Conflict(
            _("两个单位都有不能并存的“%(kind)s”，请先处理其中一条。") % {"kind": model._meta.verbose_name},
            obj=unit,
        ) from error


def _move_positions(unit: OrgUnit, into: OrgUnit, *, by: User, at: dt.datetime) -> int:
    """Positions move; where the person holds the same role there already, the two terms become one."""
    count = 0
    for position in Position.objects.filter(content_object=unit).select_related("user", "permission"):
        same = Position.objects.filter(
            content_object=into, user=position.user, permission=position.permission
        )
        before = terms(position)
        twin = next((other for other in same if _overlap(position, other)), None)
        if twin is not None:
            ends = [position.valid_until, twin.valid_until]
            position.valid_from = min(position.valid_from, twin.valid_from)
            position.valid_until = None if None in ends else max(ends)
            twin.delete()
        position.content_object = into
        records.stamp(position, by=by, at=at)
        models.Model.save(position)  # the terms were joined above; administrators hold none
        old, new = audit.changes({**before, "unit": unit.name}, {**terms(position), "unit": into.name})
        audit.record("position.move", position, by=by, at=at, before=old, after=new)
        count += 1
    return count


def terms(position: Position) -> dict[str, str]:
    """The days of a position for its trail."""
    return {"valid_from": str(position.valid_from), "valid_until": str(position.valid_until or "")}


def _drop_twin_invitations(unit: OrgUnit, into: OrgUnit) -> None:
    """Where both units take part in the same thing in the same capacity, one participation is enough."""
    twin = Participation.objects.filter(
        unit=into,
        content_type=OuterRef("content_type"),
        object_id=OuterRef("object_id"),
        capacity=OuterRef("capacity"),
    )
    Participation.objects.filter(Exists(twin), unit=unit).delete()


def _overlap(one: Position, other: Position) -> bool:
    far = dt.date.max
    return one.valid_from <= (other.valid_until or far) and other.valid_from <= (one.valid_until or far)


def _rehang(
    unit: OrgUnit, parent: OrgUnit, *, by: User, at: dt.datetime, merged_into: OrgUnit | None = None
) -> int:
    """Set the parent, and the paths of the unit and everything beneath it in one UPDATE; how many units."""
    old, new = unit.path, f"{parent.path}{unit.pk}/"
    unit.parent, unit.merged_into = parent, merged_into or unit.merged_into
    records.stamp(unit, by=by, at=at)
    unit.save()
    count = OrgUnit.objects.filter(path__startswith=old).update(
        path=Concat(Value(new), Substr("path", len(old) + 1))
    )
    unit.path = new
    return count


def _fresh(unit: OrgUnit) -> OrgUnit:
    return OrgUnit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)
