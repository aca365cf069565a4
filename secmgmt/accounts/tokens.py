"""API tokens: shown once, stored as a digest, scoped, expiring, counted (8.1.4.1 b, d; A13, A40)."""

from __future__ import annotations

import datetime as dt
import hmac
import secrets

from django.http import HttpRequest
from django.utils.translation import gettext as _

from secmgmt.core import audit, digest, errors
from secmgmt.core.clock import now
from secmgmt.core.middleware import client_address

from . import lockout, passwords, secondfactor
from .models import ApiToken, User
from .policy import current_policy

READING = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_DAYS = 365
MOST_PER_USER = 10
NOTE_EVERY = dt.timedelta(minutes=1)  # between two stores of the last use


class Unauthenticated(errors.DomainError):
    """No token, or one that is unknown, expired, revoked or whose user may not sign in: all the same 401."""

    status = 401
    code = "unauthenticated"


@audit.audited
def issue_token(
    *, user: User, label: str, days: int, scope: str, by: User, at: dt.datetime
) -> tuple[ApiToken, str]:
    """A token of one's own: (row, the text shown once). Raises NotAllowed, Invalid, Conflict.

    The page asks for re-authentication first; administrators work through their pages only (8.1.5).
    """
    refuse_token_for(user, by)
    if not label.strip() or scope not in ApiToken.Scope.values or not 1 <= days <= LONGEST_DAYS:
        raise errors.Invalid({"days": [_("请写明用途、范围，有效期 1–%(n)d 天。") % {"n": LONGEST_DAYS}]})
    if (
        ApiToken.objects.filter(user=user, revoked_at__isnull=True, expires_at__gt=at).count()
        >= MOST_PER_USER
    ):
        raise errors.Conflict(_("有效令牌已达 %(n)d 个，请先吊销不用的。") % {"n": MOST_PER_USER}, obj=user)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        label=label.strip(),
        prefix=prefix,
        digest=_digest(secret),
        scope=scope,
        created_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    detail = {"prefix": prefix, "scope": scope, "days": days, "label": token.label}
    audit.record("token.issue", user, by=by, at=at, detail=detail)
    return token, f"{prefix}.{secret}"


def refuse_token_for(user: User, by: User) -> None:
    """Only for oneself, never for administrators, and for approvers only behind a second factor."""
    if user.pk != by.pk:
        raise errors.NotAllowed(_("令牌只能由本人签发。"), obj=user)
    if user.admin_role:
        raise errors.NotAllowed(_("管理员只通过页面办理，不签发接口令牌。"), obj=user)
    if user.needs_second_factor and not secondfactor.is_enrolled(user):
        raise errors.NotAllowed(_("您的岗位须先启用第二因素。"), obj=user)


@audit.audited
def revoke_token(*, token: ApiToken, by: User, at: dt.datetime) -> None:
    """End one's own token now."""
    if token.user_id != by.pk:
        raise errors.OutOfScope()
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at) != 1:
        raise errors.Conflict(_("这个令牌已经吊销。"), obj=token)
    audit.record(
        "token.revoke", token.user, by=by, at=at, detail={"prefix": token.prefix, "label": token.label}
    )


def authenticate(request: HttpRequest) -> User:
    """The user of ``Authorization: Bearer <token>``; the scope is enforced by the method of the request.

    Raises Unauthenticated, Locked, NotAllowed (a reading token that would write).
    """
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise Unauthenticated(_("请带上接口令牌：Authorization: Bearer …"))
    named, _dot, secret = text.strip().partition(".")
    prefix = lockout.readable(named)[:12]  # PostgreSQL takes no NUL in a text
    at, source = now(), client_address(request)
    lockout.register_attempt(lockout.TOKEN, prefix, source=source, at=at)
    token = ApiToken.objects.select_related("user", "user__unit").filter(prefix=prefix).first()
    if not fits(token, secret) or not is_usable(token, at):
        lockout.note_failure(prefix, source=source, at=at, kind=lockout.TOKEN)
        raise Unauthenticated(_("令牌无效、已到期或已吊销。"))
    lockout.register_success(lockout.TOKEN, prefix, source=source)
    require_scope(token, request.method or "GET")
    if token.last_used_at is None or at - token.last_used_at >= NOTE_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token.user


def fits(token: ApiToken | None, secret: str) -> bool:
    """Whether the secret is the token's, compared in constant time; the same work for an unknown prefix."""
    stored = token.digest if token is not None else "0" * 64
    return hmac.compare_digest(_digest(secret), stored) and token is not None


def is_usable(token: ApiToken, at: dt.datetime) -> bool:
    """In its term, not revoked, and of a user who could sign in on the page now."""
    user = token.user
    if token.revoked_at is not None or token.expires_at <= at or not user.is_active or user.is_expired:
        return False
    if user.admin_role or passwords.must_change(user, at, current_policy()):
        return False
    return not user.needs_second_factor or secondfactor.is_enrolled(user)


def require_scope(token: ApiToken, method: str) -> None:
    """A reading token reads."""
    if method.upper() not in READING and token.scope != ApiToken.Scope.WRITE:
        raise errors.NotAllowed(_("这个令牌只读，不能写入。"), obj=None)


def _digest(secret: str) -> str:
    return digest.hash_bytes(secret.encode(), "sha256")
