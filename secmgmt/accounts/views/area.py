"""The administrators' areas: each is reached by its administrators only (8.1.5.1–3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from secmgmt.core import errors, pages, permissions
from secmgmt.core.views import FeatureViews

SYSTEM, SECURITY = "system_admin", "security_admin"


def require_area(user: Any, area: tuple[str, ...]) -> None:
    """Only the area's own administrators; for everybody else it is a 403 that says whose it is."""
    if user.admin_role not in area:
        names = "、".join(str(permissions.ROLES[code].label) for code in area)
        raise errors.NotAllowed(_("这里由%(who)s办理。") % {"who": names}, who_may=names)


class OfArea(View):
    """A page that belongs to an administrators' area, whatever it shows."""

    namespace = "administration"
    area: ClassVar[tuple[str, ...]] = ()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            require_area(request.user, self.area)
        return super().dispatch(request, *args, **kwargs)


class AreaViews(OfArea, FeatureViews):
    """Feature pages of an administrators' area."""


class ActView(LoginRequiredMixin, View):
    """A page that asks for one act on one row and does it through its service.

    ``text``, ``submit``, ``done``: sentences with ``%(name)s``; ``form_class`` None = nothing to fill in.
    """

    area: ClassVar[tuple[str, ...]] = ()
    model: ClassVar[Any]
    action: ClassVar[str] = "view"
    form_class: ClassVar[type[forms.Form] | None] = None
    text: ClassVar[Any] = ""
    submit: ClassVar[Any] = ""
    done: ClassVar[Any] = ""
    danger: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        require_area(request.user, self.area)
        self.obj = permissions.get_visible(self.model, request.user, self.action, pk=kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def form(self, data: Any = None) -> forms.Form | None:
        """The form, bound to ``data`` when there is some."""
        return self.form_class(data) if self.form_class else None

    def perform(self, values: dict[str, Any]) -> Any:
        """Call the service; may return a response of its own."""
        raise NotImplementedError

    def back(self) -> str:
        """Where the page leads afterwards and on cancel."""
        raise NotImplementedError

    def check(self) -> None:
        """Refuse before anything is asked or read."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask."""
        self.check()
        return self._page(self.form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Do."""
        self.check()
        form = self.form(request.POST)
        if form is not None and not form.is_valid():
            return self._page(form, status=422)
        try:
            response = self.perform(form.cleaned_data if form else {})
        except errors.Invalid as error:
            if form is None:
                raise
            return self._page(pages.with_errors(form, error), status=422)
        if isinstance(response, HttpResponse):
            return response
        messages.success(request, str(self.done) % {"name": self.obj})
        return redirect(self.back())

    def _page(self, form: forms.Form | None, status: int = 200) -> HttpResponse:
        context = {
            "title": str(self.submit),
            "object": self.obj,
            "crumbs": [(str(self.obj), self.back())],
            "text": str(self.text) % {"name": self.obj},
            "submit": str(self.submit),
            "danger": self.danger,
            "form": form,
            "cancel_url": self.back(),
        }
        return render(self.request, "core/confirm.html", context, status=status)


def stored_by(service: Callable[[], Any], form: forms.Form) -> Any:
    """Call ``service`` after the form's own check; raises Invalid with all that is wrong."""
    if not form.is_valid():
        raise errors.Invalid({name: [str(e) for e in found] for name, found in form.errors.items()})
    return service()
