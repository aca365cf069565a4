"""First-password links: the administrator hands over a link, never a password (A12, A41, A42)."""

from __future__ import annotations

import datetime as dt
import secrets

from django.utils.translation import gettext as _

from secmgmt.core import audit, digest, errors, permissions

from . import guards, passwords
from .models import FirstPasswordLink, User

VALID = dt.timedelta(hours=24)


@audit.audited
def issue_first_password_link(*, user: User, by: User | None, at: dt.datetime) -> str:
    """A single-use token with which ``user`` sets his password within 24 hours; earlier ones no longer work.

    ``by`` None: the operator at the command line. The token is returned once and stored as a digest only.
    """
    if by is not None:
        permissions.require(by, User, "change")
        guards.refuse_touching_administrator(by, user)
    if not user.is_active:
        raise errors.Conflict(_("“%(name)s”已停用，不能签发设置口令的链接。") % {"name": user}, obj=user)
    token = secrets.token_urlsafe(32)
    forget_links(user)
    FirstPasswordLink.objects.create(
        user=user, digest=_digest(token), issued_by=by, created_at=at, expires_at=at + VALID
    )
    audit.record("password.link_issue", user, by=by, at=at, detail={"expires_at": (at + VALID).isoformat()})
    return token


def find_link(token: str, at: dt.datetime) -> FirstPasswordLink:
    """The link of ``token``. Raises the same OutOfScope for unknown, used, expired and disabled."""
    link = (
        FirstPasswordLink.objects.select_related("user", "user__unit").filter(digest=_digest(token)).first()
    )
    if link is None or is_spent(link, at) or not link.user.is_active or link.user.is_expired:
        raise errors.OutOfScope(_("这个链接已用过、已过期或不存在，请找系统管理员重新签发。"))
    return link


def is_spent(link: FirstPasswordLink, at: dt.datetime) -> bool:
    """Used already or past its hour."""
    return link.used_at is not None or link.expires_at <= at


@audit.audited
def use_first_password_link(*, token: str, password: str, at: dt.datetime) -> User:
    """Set the password of the link's own user and use the link up.

    Raises OutOfScope (also for the second of two at once), ValidationError for a password that breaks a rule.
    """
    link = find_link(token, at)
    if FirstPasswordLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at) != 1:
        raise errors.OutOfScope()
    passwords.change_password(user=link.user, password=password, by=link.user, at=at)
    audit.record("password.link_use", link.user, by=link.user, at=at)
    return link.user


def forget_links(user: User) -> None:
    """The user's unused links no longer work."""
    FirstPasswordLink.objects.filter(user=user, used_at__isnull=True).delete()


def _digest(token: str) -> str:
    return digest.hash_bytes(token.encode(), "sha256")
