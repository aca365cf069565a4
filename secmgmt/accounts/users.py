"""Services on users: create, disable, enable, put dormant ones aside."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, records, search

from . import guards, links, sessions
from .models import FailedLogin, FirstPasswordLink, OrgUnit, Position, User
from .models.user import normalize_username
from .policy import current_policy
from .roles import BUSINESS_ROLES

# Names that every attacker tries first (8.1.4.2 b).
RESERVED = frozenset({"admin", "administrator", "root", "sysadmin", "system", "guest", "test", "user", "sa"})


@audit.audited
def create_user(
    *,
    by: User | None,
    at: dt.datetime,
    username: str,
    name: str,
    unit: OrgUnit | None,
    title: str = "",
    email: str = "",
    phone: str = "",
    expires_on: dt.date | None = None,
) -> User:
    """An account that can do nothing yet: no password, no position, no administrator's role.

    ``by`` None: the operator at the command line. Raises NotAllowed, Invalid, Conflict.
    """
    if by is not None:
        permissions.require(by, User, "add")
    user = User(
        username=normalize_username(username),
        name=name.strip(),
        unit=unit,
        title=title,
        email=email,
        phone=phone,
        expires_on=expires_on,
    )
    refuse_reserved(user.username)
    user.set_password(None)
    records.stamp(user, by=by, at=at)
    try:
        user.full_clean(exclude=["password", "unit"] if unit is None else ["password"])
    except ValidationError as error:
        raise errors.Invalid(error.message_dict) from error
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise errors.Conflict(_("账号“%(name)s”已有人使用。") % {"name": user.username}) from error
    search.refresh(user)
    audit.record("user.create", user, by=by, at=at, after=audit.fields_of(user))
    return user


@audit.audited
def save_user(*, form: Any, by: User, at: dt.datetime) -> User:
    """Store an account from its valid form: a new one through ``create_user``. Raises as that, and Stale."""
    if form.instance.pk:
        return records.save(form, by=by, at=at)
    return create_user(by=by, at=at, **{name: form.cleaned_data[name] for name in form.Meta.fields})


def refuse_reserved(username: str) -> None:
    """No customary account name."""
    if username in RESERVED:
        raise errors.Invalid(
            {"username": [_("“%(name)s”是攻击者最先尝试的账号名，请换一个。") % {"name": username}]}
        )


@audit.audited
def disable_user(*, user: User, by: User, at: dt.datetime, reason: str) -> User:
    """Close an account: sessions, tokens and links end at once (A13). Raises NotAllowed, Invalid."""
    permissions.require(by, User, "disable")
    guards.refuse_own(by, user, _("停用"))
    guards.refuse_touching_administrator(by, user)
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明停用原因。")]})
    return _close(user, by=by, at=at, reason=reason.strip(), verb="user.disable")


@audit.audited
def enable_user(*, user: User, by: User, at: dt.datetime) -> User:
    """Open a closed account again; its password stays, its tokens do not come back."""
    permissions.require(by, User, "disable")
    fresh = User.objects.select_for_update().get(pk=user.pk)
    if fresh.is_active:
        raise errors.Conflict(_("“%(name)s”没有停用。") % {"name": fresh}, obj=fresh)
    fresh.is_active, fresh.enabled_at, fresh.disabled_reason = True, at, ""
    records.stamp(fresh, by=by, at=at)
    fresh.save()
    audit.record("user.enable", fresh, by=by, at=at)
    return fresh


def _close(user: User, *, by: Any, at: dt.datetime, reason: str, verb: str) -> User:
    fresh = User.objects.select_for_update().get(pk=user.pk)
    if not fresh.is_active:
        raise errors.Conflict(_("“%(name)s”已经停用。") % {"name": fresh}, obj=fresh)
    fresh.is_active, fresh.disabled_reason = False, reason
    records.stamp(fresh, by=by or fresh.updated_by, at=at)
    fresh.save()
    links.forget_links(fresh)
    sessions.end_everything(fresh, at)
    audit.record(verb, fresh, by=by, at=at, detail={"reason": reason})
    return fresh


def dormant(at: dt.datetime) -> QuerySet:
    """Active accounts that nobody has used for the policy's days, administrators' last ones included."""
    edge = at - dt.timedelta(days=current_policy().dormant_days)
    used = Q(last_login__gt=edge) | Q(created_at__gt=edge) | Q(enabled_at__gt=edge)
    used |= Q(api_tokens__last_used_at__gt=edge)
    return User.objects.filter(is_active=True).exclude(pk__in=User.objects.filter(used).values("pk"))


def without_position(today: dt.date) -> QuerySet:
    """Active accounts that hold no position on ``today`` nor later, and are no administrator's."""
    held = Position.objects.exclude(valid_until__lt=today)
    return User.objects.filter(is_active=True, admin_role="").exclude(pk__in=held.values("user_id"))


def without_needed_factor(today: dt.date) -> QuerySet:
    """Active administrators and approvers (on ``today``) who have no authenticator."""
    codes = [role.code for role in BUSINESS_ROLES if role.second_factor]
    approving = Position.objects.valid_on(today).filter(permission__codename__in=codes)
    has = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    needing = Q(pk__in=approving.values("user_id")) & Q(admin_role="") | ~Q(admin_role="")
    return User.objects.filter(needing, ~Exists(has), is_active=True)


def disable_dormant(at: dt.datetime) -> int:
    """Housekeeping: close accounts nobody uses (8.1.4.2 c), save a kind's last administrator; how many."""
    closed = 0
    for user in dormant(at):
        with audit.act():
            try:
                guards.refuse_last_administrator(user, "")
            except errors.Conflict:
                continue
            reason = _("超过 %(n)d 天未登录，自动停用") % {"n": current_policy().dormant_days}
            _close(user, by=None, at=at, reason=reason, verb="user.disable_dormant")
            closed += 1
    return closed


def tidy(at: dt.datetime) -> None:
    """Hourly: close accounts nobody uses; drop spent links, old counters and ended sessions (8.1.4.10)."""
    disable_dormant(at)
    FirstPasswordLink.objects.filter(expires_at__lt=at - dt.timedelta(days=1)).delete()
    old = FailedLogin.objects.filter(window_start__lt=at - dt.timedelta(days=1))
    old.filter(Q(locked_until__isnull=True) | Q(locked_until__lt=at)).delete()
    Session.objects.filter(expire_date__lt=at).delete()
