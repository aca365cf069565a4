"""How allauth behaves here: no sign-up, no reset by mail, our counters, our trail."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from secmgmt.core import audit, crypto
from secmgmt.core.clock import now
from secmgmt.core.middleware import client_address

from . import lockout, passwords, secondfactor, sessions
from .models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by the system administrator only."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("账号或口令不正确。"),
        "incorrect_password": _("口令不正确。"),
        "enter_current_password": _("当前口令不正确。"),
        "too_many_login_attempts": _("失败次数过多，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that our counters use too."""
        return client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count before anything is checked."""
        try:
            lockout.register_attempt(
                lockout.PASSWORD, credentials.get("username", ""), source=client_address(request), at=now()
            )
        except lockout.Locked as error:
            raise forms.ValidationError(error.message) from error

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth calls this after a success; our counters are set back in ``authenticate``."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The user, or None; the account's counter starts anew after a success."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            lockout.register_success(lockout.PASSWORD, user.username, source=client_address(request))
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Leave the failure in the trail."""
        lockout.note_failure(credentials.get("username", ""), source=client_address(request), at=now())

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin the session and leave it in the trail."""
        marked = request.session.get(sessions.FACTOR)
        super().login(request, user)
        at = now()
        sessions.begin(request, user, at)
        if marked == user.pk:
            sessions.grant_second_factor(request, user)
        with audit.act():
            audit.record("login.ok", user, by=user, at=at, detail={"second_factor": marked == user.pk})

    def logout(self, request: HttpRequest) -> None:
        """End the session and leave it in the trail."""
        user = request.user
        super().logout(request)
        with audit.act():
            audit.record("logout", user, by=user, at=now())

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Before acts on one's own sign-in; the first enrolment, which we ask for, follows the password at once."""
        request, user = context.request, context.request.user
        forced = user.needs_second_factor and not secondfactor.is_enrolled(user)
        if forced and sessions.gave_password_lately(request, user):
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def set_password(self, user: User, password: str) -> None:
        """Through the one service."""
        passwords.change_password(user=user, password=password, by=user, at=now())

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail leaves from here; the trail has it."""

    def add_message(
        self, request: HttpRequest, level: int, message_template: Any = None, *args: Any, **kwargs: Any
    ):
        """allauth's own messages are English templates; our pages say what happened."""


class MFAAdapter(DefaultMFAAdapter):
    """TOTP and recovery codes, their seeds encrypted in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不正确。"),
        "cannot_delete_authenticator": _(
            "您的岗位必须使用第二因素，不能停用。丢失验证器请找安全管理员恢复。"
        ),
    }

    def get_totp_label(self, user: User) -> str:
        """The account, never a mail address."""
        return user.username

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Those who must have a second factor cannot drop it."""
        return not authenticator.user.needs_second_factor

    def encrypt(self, text: str) -> str:
        """Seeds are unreadable in dumps."""
        return crypto.encrypt(text, purpose="mfa.seed")

    def decrypt(self, encrypted_text: str) -> str:
        """See ``encrypt``."""
        return crypto.decrypt(encrypted_text, purpose="mfa.seed")

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """No mail leaves from here; the trail has it."""
