"""The page behind a demo sign-in link: a button, so that a preview of the link signs nobody in."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from secmgmt.core import errors
from secmgmt.core.clock import now

from .. import demosignin, sessions


@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Show whose link it is; posting signs in and completes the second factor."""
    demosignin.require_demo(request)
    try:
        user = demosignin.user_of(token)
    except errors.OutOfScope:
        return render(request, "accounts/demo_sign_in.html", status=404)
    if request.method == "GET":
        return render(request, "accounts/demo_sign_in.html", {"person": user})
    at = now()
    login(request, user, backend="secmgmt.accounts.backends.PolicyBackend")
    sessions.begin(request, user, at)
    sessions.grant_second_factor(request, user)
    demosignin.note_sign_in(user, by=user, at=at)
    return redirect("portal:home")
