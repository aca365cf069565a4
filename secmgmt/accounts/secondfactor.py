"""The second factor: TOTP codes that are good once, recovery codes, enrolment, recovery (8.1.4.1 d; A40)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions

from . import lockout, sessions
from .models import User

TOTP, RECOVERY = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES


def is_enrolled(user: User) -> bool:
    """Whether the user has an authenticator app."""
    return Authenticator.objects.filter(user_id=user.pk, type=TOTP).exists()


def check_code(user: User, code: str, *, source: str, at: dt.datetime) -> Authenticator | None:
    """The authenticator that takes ``code``, None when none does; counted first. Raises Locked."""
    lockout.register_attempt(lockout.FACTOR, user.username, source=source, at=at)
    for row in Authenticator.objects.filter(user_id=user.pk, type__in=[TOTP, RECOVERY]).order_by("-type"):
        row.user = user
        if _takes(row, code, at):
            lockout.register_success(lockout.FACTOR, user.username, source=source)
            return row
    lockout.note_failure(user.username, source=source, at=at, kind=lockout.FACTOR)
    return None


def _takes(row: Authenticator, code: str, at: dt.datetime) -> bool:
    if row.type == TOTP:
        step = matching_step(decrypt(row.data["secret"]), code, at)
        return step is not None and use_step(row.user, step)
    return RecoveryCodes(row).validate_code(code)


def matching_step(secret: str, code: str, at: dt.datetime) -> int | None:
    """The time step whose code this is, one step of clock drift allowed on either side."""
    now_step = int(at.timestamp()) // app_settings.TOTP_PERIOD
    for step in (now_step - 1, now_step, now_step + 1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return step
    return None


def use_step(user: User, step: int) -> bool:
    """Use up a time step: each code is good once, and none older than the last one used (replay)."""
    return User.objects.filter(pk=user.pk, totp_step__lt=step).update(totp_step=step) == 1


@audit.audited
def note_enrolled(*, user: User, by: Any, at: dt.datetime) -> None:
    """After an authenticator was added: other sessions and all tokens end; audited."""
    sessions.end_everything(user, at)
    audit.record("mfa.enrol", user, by=by, at=at)


@audit.audited
def note_removed(*, user: User, by: Any, at: dt.datetime) -> None:
    """After the user removed his authenticator: other sessions and all tokens end; audited."""
    User.objects.filter(pk=user.pk).update(totp_step=0)
    sessions.end_everything(user, at)
    audit.record("mfa.remove", user, by=by, at=at)


@audit.audited
def reset_second_factor(*, user: User, by: User, at: dt.datetime, reason: str) -> None:
    """Recovery by the security administrator: the lost authenticator goes, the user enrols anew next time.

    Raises NotAllowed for oneself, Invalid without a reason.
    """
    permissions.require(by, User, "recover")
    refuse_own_reset(by, user)
    if not reason.strip():
        raise errors.Invalid({"reason": [_("请写明原因：如何核实了本人身份。")]})
    removed, _kinds = Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(totp_step=0)
    lockout.unlock(user.username)
    sessions.end_everything(user, at)
    audit.record("mfa.reset", user, by=by, at=at, detail={"reason": reason.strip(), "removed": removed})


def refuse_own_reset(by: User, user: User) -> None:
    """Nobody takes away his own second factor this way; it needs another person."""
    if by.pk == user.pk:
        raise errors.NotAllowed(_("不能恢复自己的第二因素，请由另一名安全管理员办理。"), obj=user)
