"""Services on positions: what the security administrator grants and ends."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, records

from . import guards
from .models import OrgUnit, Position, User
from .roles import BUSINESS_ROLES


def role_permissions() -> dict[str, Permission]:
    """The permission on units that stands for each business role."""
    kind = ContentType.objects.get_for_model(OrgUnit)
    codes = [role.code for role in BUSINESS_ROLES]
    return {p.codename: p for p in Permission.objects.filter(content_type=kind, codename__in=codes)}


@audit.audited
def grant_position(
    *,
    by: User,
    at: dt.datetime,
    user: User,
    unit: OrgUnit,
    role: str,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    title: str = "",
) -> Position:
    """Let ``user`` hold ``role`` over ``unit`` and all beneath it for a time. Raises NotAllowed, Invalid."""
    permissions.require(by, Position, "add")
    guards.refuse_own(by, user, _("授予岗位"))
    permission = role_permissions().get(role)
    if permission is None:
        raise errors.Invalid({"role": [_("没有这种岗位。")]})
    if unit.merged_into_id:
        raise errors.Invalid({"unit": [_("“%(name)s”已并入其他单位。") % {"name": unit}]})
    if valid_until and valid_until < valid_from:
        raise errors.Invalid({"valid_until": [_("止日不能早于起日。")]})
    position = Position(
        user=user,
        content_object=unit,
        permission=permission,
        title=title,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    records.stamp(position, by=by, at=at)
    try:
        position.save()
    except ValidationError as error:
        raise errors.Invalid(_named(error)) from error
    user.forget_grants()
    audit.record("position.grant", position, by=by, at=at, after=facts(position))
    return position


@audit.audited
def end_position(*, position: Position, by: User, at: dt.datetime, on: dt.date, reason: str) -> Position:
    """Let a position end on the day ``on`` (its last valid day; yesterday or earlier ends it now)."""
    permissions.require(by, Position, "end")
    fresh = (
        Position.objects.select_for_update()
        .select_related("user", "content_object", "permission")
        .get(pk=position.pk)
    )
    if fresh.valid_until is not None and fresh.valid_until <= on:
        raise errors.Conflict(_("这个岗位已于 %(day)s 结束。") % {"day": fresh.valid_until}, obj=fresh)
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明结束原因。")]})
    before = facts(fresh)
    fresh.valid_until = max(on, fresh.valid_from)
    if on < fresh.valid_from:  # it never began
        return _withdraw(fresh, by=by, at=at, reason=reason, before=before)
    records.stamp(fresh, by=by, at=at)
    fresh.save()
    fresh.user.forget_grants()
    audit.record(
        "position.end", fresh, by=by, at=at, before=before, after=facts(fresh), detail={"reason": reason}
    )
    return fresh


@audit.audited
def change_term(
    *, position: Position, by: User, at: dt.datetime, valid_until: dt.date | None, reason: str, version: int
) -> Position:
    """Let a position last until another day, earlier or later; None: until further notice.

    Rights change at once; sessions and tokens go on. Raises NotAllowed, Invalid, Conflict (changed meanwhile).
    """
    permissions.require(by, Position, "change")
    guards.refuse_own(by, position.user, _("变更任期"))
    fresh = (
        Position.objects.select_for_update(of=("self",))
        .select_related("user", "content_object", "permission", "updated_by")
        .get(pk=position.pk)
    )
    if fresh.version != version:
        raise records.stale(fresh, {"valid_until": valid_until})
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明变更原因。")]})
    if valid_until == fresh.valid_until:
        raise errors.Invalid({"valid_until": [_("止日没有变化。")]})
    if valid_until and valid_until < fresh.valid_from:
        raise errors.Invalid({"valid_until": [_("止日不能早于起日；还没有开始的岗位请用“结束”撤回。")]})
    before = facts(fresh)
    fresh.valid_until = valid_until
    records.stamp(fresh, by=by, at=at)
    try:
        fresh.save()
    except ValidationError as error:
        raise errors.Invalid(_named(error)) from error
    fresh.user.forget_grants()
    detail = {"reason": reason.strip()}
    audit.record("position.term", fresh, by=by, at=at, before=before, after=facts(fresh), detail=detail)
    return fresh


def _withdraw(position: Position, *, by: User, at: dt.datetime, reason: str, before: dict) -> Position:
    """A position that ends before it began is taken back; the trail keeps it."""
    audit.record("position.withdraw", position, by=by, at=at, before=before, detail={"reason": reason})
    position.delete()
    position.user.forget_grants()
    return position


def facts(position: Position) -> dict[str, str | None]:
    """What the trail keeps of a position."""
    return {
        "user": position.user.audit_name,
        "unit": position.content_object.name,
        "role": position.role_label,
        "valid_from": position.valid_from.isoformat(),
        "valid_until": position.valid_until.isoformat() if position.valid_until else None,
    }


def _named(error: ValidationError) -> dict[str, list[str]]:
    """The model's field names as the form knows them."""
    if not hasattr(error, "error_dict"):
        return {"__all__": error.messages}
    names = {"content_object": "unit", "permission": "role"}
    return {names.get(key, key): found for key, found in error.message_dict.items()}
