"""Administrators' roles are asked for by one and confirmed by another (8.1.4.2 d; A10)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import audit, errors, permissions, records
from secmgmt.core.models import Participation
from secmgmt.core.workflow import Transition, Workflow

from . import guards, sessions
from .models import AdminGrant, User

State = AdminGrant.State


def _apply(item: AdminGrant, by: User, at: dt.datetime, opinion: str) -> None:
    """Give or take the role; his sessions and tokens end, so that nothing goes on under old rights."""
    user = User.objects.select_for_update().get(pk=item.user_id)
    guards.refuse_second_hat(user, item.role, at)
    guards.refuse_last_administrator(user, item.role)
    if item.role and not user.is_active:
        raise errors.Conflict(_("“%(name)s”已停用。") % {"name": user}, obj=user)
    if item.role:
        end_participations(user, by, at)
    before = user.admin_role
    user.admin_role = item.role
    records.stamp(user, by=by, at=at)
    user.save()
    sessions.end_everything(user, at)
    audit.record(
        "admin.grant", user, by=by, at=at, before={"admin_role": before}, after={"admin_role": item.role}
    )
    _decided(item, by, at, opinion)


def end_participations(user: User, by: User, at: dt.datetime) -> None:
    """What somebody took part in ends for good when he becomes an administrator; each record's history says so."""
    for row in Participation.objects.filter(user=user).order_by("pk"):
        detail = {"user": user.audit_name, "capacity": row.capacity, "reason": _("改任管理员，不再参与业务")}
        audit.record("participation.end", row.parent, by=by, at=at, detail=detail)
        row.delete()


def _decided(item: AdminGrant, by: User, at: dt.datetime, opinion: str) -> None:
    item.decided_by, item.decided_at = by, at


WORKFLOW = Workflow(
    "accounts.AdminGrant",
    State,
    (
        Transition(
            "confirm",
            (State.ASKED,),
            State.CONFIRMED,
            "confirm",
            gettext_lazy("复核通过"),
            guard=guards.refuse_same_person,
            effect=_apply,
            primary=True,
        ),
        Transition(
            "refuse",
            (State.ASKED,),
            State.REFUSED,
            "confirm",
            gettext_lazy("否决"),
            guard=guards.refuse_same_person,
            effect=_decided,
            needs_opinion=True,
            negative=True,
        ),
    ),
)


@audit.audited
def ask_admin_grant(*, user: User, role: str, reason: str, by: User, at: dt.datetime) -> AdminGrant:
    """Ask that ``user`` become an administrator of ``role`` (code), or with "" cease to be one.

    Raises NotAllowed, Invalid, Conflict.
    """
    permissions.require(by, AdminGrant, "add")
    guards.refuse_own(by, user, _("申请管理员授权"))
    if role not in User.AdminRole.values:
        raise errors.Invalid({"role": [_("没有这种管理员。")]})
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明理由。")]})
    User.objects.select_for_update().get(pk=user.pk)
    if AdminGrant.objects.filter(user=user, state=State.ASKED).exists():
        raise errors.Conflict(_("“%(name)s”已有一项待复核的申请。") % {"name": user}, obj=user)
    if role == user.admin_role:
        raise errors.Conflict(_("“%(name)s”现在就是如此，没有要变更的。") % {"name": user}, obj=user)
    guards.refuse_second_hat(user, role, at)
    guards.refuse_last_administrator(user, role)
    item = AdminGrant(user=user, role=role, reason=reason.strip(), asked_by=by)
    records.stamp(item, by=by, at=at)
    item.save()
    audit.record(
        "admin.ask", item, by=by, at=at, after={"user": user.audit_name, "role": role, "reason": reason}
    )
    return item


def confirm_admin_grant(*, item: AdminGrant, by: User, at: dt.datetime, seen: str, opinion: str = "") -> Any:
    """A second administrator lets the request take effect."""
    return WORKFLOW.fire(item, "confirm", by=by, at=at, seen=seen, opinion=opinion)


def refuse_admin_grant(*, item: AdminGrant, by: User, at: dt.datetime, seen: str, opinion: str) -> Any:
    """A second administrator turns the request down, saying why."""
    return WORKFLOW.fire(item, "refuse", by=by, at=at, seen=seen, opinion=opinion)
