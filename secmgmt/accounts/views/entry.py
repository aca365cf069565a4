"""Signing in: allauth's pages with what our policy adds, and the first-password link."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login, record_authentication
from allauth.account.models import Login
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from secmgmt.core import audit
from secmgmt.core.clock import now
from secmgmt.core.middleware import client_address

from .. import lockout, secondfactor, services, sessions
from ..forms import FirstPasswordForm
from ..links import find_link


class ActivateTOTP(totp_views.ActivateTOTPView):
    """Enrol: this session has shown the second factor, the others end."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Store, end the other sessions, leave it in the trail: one act."""
        request, user = self.request, self.request.user
        with audit.act():
            response = super().form_valid(form)
            secondfactor.note_enrolled(user=user, by=user, at=now())
        sessions.keep_this_one(request, user)
        sessions.grant_second_factor(request, user)
        record_authentication(request, user, "mfa", type="totp", reauthenticated=True)
        messages.success(request, _("验证器已绑定。请抄下恢复码，丢失手机时可用。"))
        return response


class DeactivateTOTP(totp_views.DeactivateTOTPView):
    """Remove: only after re-authentication and only by those who need none."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove, end the other sessions, leave it in the trail: one act."""
        request, user = self.request, self.request.user
        with audit.act():
            response = super().form_valid(form)
            secondfactor.note_removed(user=user, by=user, at=now())
        sessions.keep_this_one(request, user)
        request.session.pop(sessions.FACTOR, None)
        messages.success(request, _("验证器已解除。"))
        return response


class GenerateRecoveryCodes(recovery_views.GenerateRecoveryCodesView):
    """New recovery codes make the old ones void; audited."""

    def form_valid(self, form: Any) -> HttpResponse:
        """One act."""
        with audit.act():
            response = super().form_valid(form)
            audit.record("mfa.recovery_codes", self.request.user, by=self.request.user, at=now())
        return response


@method_decorator(sensitive_post_parameters(), name="dispatch")
class FirstPassword(View):
    """Set one's password with the link from the system administrator; opening it uses nothing up."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        """The form, or a 404 that says the link is spent."""
        return self._page(request, FirstPasswordForm(user=self._user(request, token)))

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        """Set the password and sign in with it, past nothing a sign-in asks."""
        user = self._user(request, token)
        form = FirstPasswordForm(request.POST, user=user)
        if not form.is_valid():
            return self._page(request, form)
        try:
            user = services.use_first_password_link(token=token, password=form.cleaned_data["password1"], at=now())
        except ValidationError as error:
            form.add_error("password1", error)
            return self._page(request, form)
        messages.success(request, _("口令已设置。"))
        return perform_password_login(request, {"username": user.username}, Login(user=user))

    def _user(self, request: HttpRequest, token: str) -> Any:
        """The link's own user; guesses are counted like passwords."""
        source, at = client_address(request), now()
        lockout.register_attempt(lockout.TOKEN, f"link-{token[:8]}", source=source, at=at)
        user = find_link(token, at).user
        lockout.register_success(lockout.TOKEN, f"link-{token[:8]}", source=source)
        return user

    def _page(self, request: HttpRequest, form: FirstPasswordForm) -> HttpResponse:
        return render(request, "accounts/first_password.html", {"form": form, "person": form.user})
