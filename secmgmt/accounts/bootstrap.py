"""The first administrators and the operator's emergency acts at the command line; no account is shipped."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, records

from . import links, lockout, sessions
from .models import User
from .users import create_user


@audit.audited
def create_administrator(*, role: str, username: str, name: str, at: dt.datetime) -> tuple[User, str]:
    """The first administrator of a kind, with his first-password link's token.

    Only while there is no active one: every later administrator is asked for and confirmed by two persons.
    Raises Conflict, Invalid.
    """
    if User.objects.filter(admin_role=role, is_active=True).exists():
        label = User.AdminRole(role).label
        raise errors.Conflict(_("已有%(role)s；再增加须经页面上两人办理。") % {"role": label})
    user = create_user(by=None, at=at, username=username, name=name, unit=None)
    user.admin_role = role
    records.stamp(user, by=None, at=at)
    user.save()
    audit.record("admin.create", user, by=None, at=at, after={"admin_role": role})
    return user, links.issue_first_password_link(user=user, by=None, at=at)


@audit.audited
def recover_account(*, username: str, at: dt.datetime, second_factor: bool) -> tuple[User, str]:
    """The operator's way back in when no administrator can: a new link, if asked with the factor reset."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise errors.OutOfScope(_("没有启用中的账号“%(name)s”。") % {"name": username})
    if second_factor:
        Authenticator.objects.filter(user=user).delete()
        User.objects.filter(pk=user.pk).update(totp_step=0)
        sessions.end_everything(user, at)
        audit.record("mfa.reset", user, by=None, at=at, detail={"reason": "operator"})
    lockout.unlock(user.username)
    return user, links.issue_first_password_link(user=user, by=None, at=at)
