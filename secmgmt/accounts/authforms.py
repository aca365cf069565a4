"""allauth's forms under our policy: every secret is counted before it is looked at."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm as BaseChangePassword
from allauth.account.forms import LoginForm as BaseLogin
from allauth.account.forms import ReauthenticateForm as BaseConfirm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm as BaseAuthenticate
from allauth.mfa.base.forms import ReauthenticateForm as BaseReauthenticate
from allauth.mfa.totp.forms import ActivateTOTPForm as BaseActivate
from allauth.mfa.totp.forms import DeactivateTOTPForm as BaseDeactivate
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt, encrypt
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core.clock import now
from secmgmt.core.forms import Worded
from secmgmt.core.middleware import client_address

from . import lockout, passwords, secondfactor, sessions
from .policy import current_policy


class LoginForm(Worded, BaseLogin):
    """Account and password, nothing to remember."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("remember", None)
        self.fields["login"].label = gettext_lazy("账号")
        self.fields["password"].label = gettext_lazy("口令")
        self.fields["password"].validators.append(passwords.check_length)
        for name in ("login", "password"):
            self.fields[name].widget.attrs.pop("placeholder", None)
            self.fields[name].help_text = ""


class ChangePasswordForm(Worded, BaseChangePassword):
    """The current password is a guess like any other and is counted.

    Whoever must change it and has just signed in with it is not asked for it again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": gettext_lazy("当前口令"),
            "password1": gettext_lazy("新口令"),
            "password2": gettext_lazy("再输一次新口令"),
        }
        for name, label in labels.items():
            self.fields[name].label = label
            self.fields[name].validators.append(passwords.check_length)
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)
        forced = passwords.must_change(self.user, now(), current_policy())
        if forced and sessions.gave_password_lately(context.request, self.user):
            del self.fields["oldpassword"]
        self.fields["password1"].help_text = passwords.PolicyValidator().get_help_text()

    def clean_oldpassword(self) -> str:
        """The current password, counted."""
        value = self.cleaned_data.get("oldpassword", "")
        if not get_adapter().reauthenticate(self.user, value):
            raise forms.ValidationError(_("当前口令不正确。"))
        return value


class ConfirmForm(Worded, BaseConfirm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("口令")
        self.fields["password"].validators.append(passwords.check_length)


class _CountedCode(Worded):
    """A code is counted, then checked, then used up."""

    def clean_code(self) -> str:
        code = (self.cleaned_data["code"] or "").replace(" ", "")
        request = context.request
        try:
            found = secondfactor.check_code(self.user, code, source=client_address(request), at=now())
        except lockout.Locked as error:
            raise forms.ValidationError(error.message) from error
        if found is None:
            raise forms.ValidationError(_("验证码不正确或已用过，请等下一个再输入。"))
        self.authenticator = found
        return code


class AuthenticateForm(_CountedCode, BaseAuthenticate):
    """The second factor at sign-in."""

    def save(self) -> None:
        """The session will carry the mark of the second factor."""
        super().save()
        secondfactor.sessions.grant_second_factor(context.request, self.user)


class ReauthenticateForm(_CountedCode, BaseReauthenticate):
    """The second factor to confirm who one is."""


class ActivateTOTPForm(Worded, BaseActivate):
    """Enrolment: the seed waits encrypted in the session, the first code is counted and used up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(self, *args, **kwargs)
        self.secret = waiting_secret(regenerate=not self.is_bound)
        self.step = 0

    def clean_code(self) -> str:
        """The code must come from this seed."""
        source, at = client_address(context.request), now()
        try:
            lockout.register_attempt(lockout.FACTOR, self.user.username, source=source, at=at)
        except lockout.Locked as error:
            raise forms.ValidationError(error.message) from error
        step = secondfactor.matching_step(self.secret, self.cleaned_data["code"].replace(" ", ""), at)
        if step is None or not secondfactor.use_step(self.user, step):
            raise forms.ValidationError(_("验证码不正确，请核对手机时间后再试。"))
        lockout.register_success(lockout.FACTOR, self.user.username, source=source)
        return self.cleaned_data["code"]


class DeactivateTOTPForm(BaseDeactivate):
    """Removal; whether it is allowed is the adapter's answer."""


def waiting_secret(*, regenerate: bool) -> str:
    """The seed being enrolled, kept encrypted in the session until its first code is shown."""
    session = context.request.session
    stored = None if regenerate else session.get(auth.SECRET_SESSION_KEY)
    if stored:
        return decrypt(stored)
    secret = auth.generate_totp_secret()
    session[auth.SECRET_SESSION_KEY] = encrypt(secret)
    return secret
