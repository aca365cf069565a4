"""My account: profile, password, second factor, API tokens."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from secmgmt.core import audit, errors, pages, records
from secmgmt.core.clock import now

from .. import secondfactor, services
from ..forms import OwnAccountForm, TokenForm
from ..models import ApiToken, User


class Profile(LoginRequiredMixin, View):
    """Who I am here, what I may do, how I sign in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The page."""
        user = request.user
        context = {
            "title": _("我的账户"),
            "facts": [
                (_("账号"), user.username),
                (_("姓名"), user.name),
                (_("单位"), user.unit),
                (_("职务"), user.title),
                (_("邮箱"), user.email),
                (_("手机"), user.phone),
                (_("启用快捷键"), user.shortcuts_on),
                (_("口令修改时间"), user.password_changed_at),
            ],
            "positions": user.current_positions(),
            "enrolled": secondfactor.is_enrolled(user),
            "tokens": user.api_tokens.filter(revoked_at__isnull=True, expires_at__gt=now()),
            "may_have_tokens": not user.admin_role,
        }
        return render(request, "accounts/profile.html", context)


class EditProfile(LoginRequiredMixin, View):
    """Change what a person keeps himself: title, mail, phone, shortcuts."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self._page(OwnAccountForm(instance=self._me(), user=request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save."""
        form = OwnAccountForm(request.POST, instance=self._me(), user=request.user)
        try:
            save_own_account(form=form, by=request.user, at=now())
        except errors.Invalid as error:
            return self._page(pages.with_errors(form, error), status=error.status)
        messages.success(request, _("已保存。"))
        return redirect("me:profile")

    def _me(self) -> User:
        return User.objects.get(pk=self.request.user.pk)

    def _page(self, form: OwnAccountForm, status: int = 200) -> HttpResponse:
        context = {
            "title": _("修改我的资料"),
            "crumbs": [(_("我的账户"), reverse("me:profile"))],
            "form": form,
            "submit": _("保存"),
            "cancel_url": reverse("me:profile"),
        }
        return render(self.request, "core/form.html", context, status=status)


class Shortcuts(LoginRequiredMixin, View):
    """The tick in the account menu: saved as it is set, on this and every other machine."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save; there is nothing to show."""
        save_shortcuts(on="on" in request.POST, by=request.user, at=now())
        return HttpResponse(status=204)


@audit.audited
def save_shortcuts(*, on: bool, by: User, at: Any) -> None:
    """Keep whether keys work for ``by``. No new version: a form open meanwhile loses nothing by it."""
    changed = User.objects.filter(pk=by.pk, shortcuts_on=not on).update(shortcuts_on=on)
    if changed:
        old, new = {"shortcuts_on": not on}, {"shortcuts_on": on}
        audit.record("accounts.user.change", by, by=by, at=at, before=old, after=new)


@audit.audited
def save_own_account(*, form: OwnAccountForm, by: User, at: Any) -> User:
    """Nobody needs a permission for his own title, mail and phone; version and audit as everywhere."""
    stored = User.objects.select_for_update().get(pk=by.pk)
    if form.instance.pk != by.pk:
        raise errors.OutOfScope()
    records.check_version(stored, form)
    before = audit.fields_of(stored)
    if not form.is_valid():
        raise errors.Invalid({name: [str(e) for e in found] for name, found in form.errors.items()})
    user = form.instance
    records.stamp(user, by=by, at=at)
    user.save(update_fields=[*form.Meta.fields, "version", "updated_at", "updated_by"])
    old, new = audit.changes(before, audit.fields_of(user))
    changed = [name for name in form.changed_data if name in ("email", "phone")]
    audit.record(
        "accounts.user.change", user, by=by, at=at, before=old, after=new, detail={"fields": changed}
    )
    return user


@method_decorator(reauthentication_required, name="dispatch")
class IssueToken(LoginRequiredMixin, View):
    """A new token, after one has confirmed who one is; its text is shown once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        return self._page(TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Issue and show."""
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self._page(form, status=422)
        token, text = services.issue_token(user=request.user, by=request.user, at=now(), **form.cleaned_data)
        context = {
            "title": _("接口令牌"),
            "crumbs": [(_("我的账户"), reverse("me:profile"))],
            "token": token,
            "text": text,
        }
        return render(request, "accounts/token_issued.html", context)

    def _page(self, form: TokenForm, status: int = 200) -> HttpResponse:
        context = {
            "title": _("签发接口令牌"),
            "crumbs": [(_("我的账户"), reverse("me:profile"))],
            "form": form,
            "submit": _("签发令牌"),
            "cancel_url": reverse("me:profile"),
        }
        return render(self.request, "core/form.html", context, status=status)


class RevokeToken(LoginRequiredMixin, View):
    """End one of one's own tokens."""

    http_method_names = ("post",)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Revoke."""
        token = ApiToken.objects.filter(pk=pk, user=request.user).first()
        if token is None:
            raise errors.OutOfScope()
        services.revoke_token(token=token, by=request.user, at=now())
        messages.success(request, _("已吊销令牌“%(name)s”。") % {"name": token.label})
        return redirect("me:profile")
