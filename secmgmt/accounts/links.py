"""First-password links: the administrator hands over a link, never a password (A12, A41, A42)."""

from __future__ import annotations

import datetime as dt
import secrets

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from secmgmt.core import audit, digest, errors, permissions

from . import guards, passwords
from .models import FirstPasswordLink, User

VALID = dt.timedelta(hours=24)
MOST = 300  # links in one go: as many as one file of accounts holds


@audit.audited
def issue_first_password_link(*, user: User, by: User | None, at: dt.datetime) -> str:
    """A single-use token with which ``user`` sets his password within 24 hours; earlier ones no longer work.

    ``by`` None: the operator at the command line. The token is returned once and stored as a digest only.
    """
    if by is not None:
        permissions.require(by, User, "change")
    (token,) = _issue([user], by=by, at=at)
    audit.record("password.link_issue", user, by=by, at=at, detail={"expires_at": (at + VALID).isoformat()})
    return token


def without_password(by: User, at: dt.datetime) -> QuerySet:
    """Who has not set a password yet and may be given a link by ``by``, first those without one that works.

    ``link_until``: when the link he has ends.
    """
    working = FirstPasswordLink.objects.filter(user=OuterRef("pk"), used_at__isnull=True, expires_at__gt=at)
    mine = Q(admin_role="") | Q(pk=by.pk)
    rows = User.objects.visible_to(by, "change").filter(mine, is_active=True, password_changed_at__isnull=True)
    rows = rows.annotate(link_until=Subquery(working.values("expires_at")[:1])).select_related("unit")
    return rows.order_by(F("link_until").asc(nulls_first=True), "username")


@audit.audited
def issue_first_password_links(*, users: list[User], by: User, at: dt.datetime) -> list[str]:
    """Tokens as of ``issue_first_password_link`` for several users, in their order, as one act of the trail."""
    permissions.require(by, User, "change")
    if len(users) > MOST:
        words = {"most": MOST, "n": len(users)}
        raise errors.Invalid({"users": [_("一次最多签发 %(most)d 个，选了 %(n)d 个。") % words]})
    tokens = _issue(users, by=by, at=at)
    names = [user.username for user in users]
    detail = {"expires_at": (at + VALID).isoformat(), "users": names}
    audit.record("password.link_issue_many", by=by, at=at, detail=detail, rows=[[name] for name in names])
    return tokens


def _issue(users: list[User], *, by: User | None, at: dt.datetime) -> list[str]:
    """New links; only their digests are stored. Raises NotAllowed, Conflict.

    The users' rows are read anew and locked: whoever is disabled or linked by another at the same time comes after.
    """
    for user in User.objects.select_for_update().filter(pk__in=[user.pk for user in users]).order_by("pk"):
        if by is not None:
            guards.refuse_touching_administrator(by, user)
        if not user.is_active:
            raise errors.Conflict(_("“%(name)s”已停用，不能签发设置口令的链接。") % {"name": user}, obj=user)
    tokens = [secrets.token_urlsafe(32) for _user in users]
    FirstPasswordLink.objects.filter(user__in=users, used_at__isnull=True).delete()
    FirstPasswordLink.objects.bulk_create(
        FirstPasswordLink(user=user, digest=_digest(token), issued_by=by, created_at=at, expires_at=at + VALID)
        for user, token in zip(users, tokens, strict=True)
    )
    return tokens


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
