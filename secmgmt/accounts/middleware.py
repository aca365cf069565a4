"""Sessions under the sign-in policy: timeouts, second factor, forced change, where administrators sit."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import escape_leading_slashes, url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import audit, errors
from secmgmt.core.clock import now
from secmgmt.core.middleware import client_address, problem, refuse

from . import passwords, secondfactor, sessions
from .models import User
from .policy import current_policy

OVER = gettext_lazy("登录已超时，请重新登录。")
UNSAVED = gettext_lazy("登录已超时，没有保存，请重新登录。")
AREA = "administration"  # namespace of the administrators' pages
ALWAYS = frozenset({"account_login", "account_logout", "account_inactive", "mfa_authenticate"})
TO_CHANGE_PASSWORD = ALWAYS | {"account_change_password"}
TO_ENROL = ALWAYS | {"mfa_activate_totp", "account_reauthenticate", "account_change_password"}


class LoginPolicy:
    """Decides before the view whether this session may go on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name, namespaces = url_of(request)
        if AREA in namespaces and not inside_admin_networks(request):
            return refuse(request, errors.OutOfScope())
        if request.user.is_authenticated:
            stopped = self.decide(request, name)
            if stopped is not None:
                return stopped
        lost = has_lost_session(request)
        response = self.get_response(request)
        asked = getattr(response, "url", "").startswith(reverse("account_login"))
        if is_part(request) and not request.user.is_authenticated and (asked or response.status_code == 403):
            return ask_again(request, over(request))
        return ask_again(request, str(OVER)) if lost and asked else response

    def decide(self, request: HttpRequest, name: str) -> HttpResponse | None:
        """The answer that stops this request, or None."""
        user, at, policy = request.user, now(), current_policy()
        if user.admin_role and not inside_admin_networks(request):
            return refuse(request, errors.OutOfScope())
        why = sessions.over(request.session, policy, at)
        if why:
            return end(request, user, why, at)
        request.session.setdefault(sessions.STARTED, at.timestamp())
        sessions.touch(request, at)
        if name not in TO_CHANGE_PASSWORD and passwords.must_change(user, at, policy):
            return send(request, "account_change_password", _("请先修改口令。"))
        return self.second_factor(request, name, user, at)

    def second_factor(
        self, request: HttpRequest, name: str, user: User, at: dt.datetime
    ) -> HttpResponse | None:
        """Without the second factor, those who need it reach nothing but its enrolment."""
        if name in ALWAYS or not lacks_second_factor(request, user):
            return None
        request.second_factor_pending = True
        if secondfactor.is_enrolled(user):
            return end(request, user, "factor", at)
        if name in TO_ENROL:
            return None
        return send(request, "mfa_activate_totp", _("您的岗位须先启用第二因素。"))


def lacks_second_factor(request: HttpRequest, user: User) -> bool:
    """Whether this session must not go on without the second factor."""
    return user.needs_second_factor and not sessions.has_second_factor(request)


def url_of(request: HttpRequest) -> tuple[str, list[str]]:
    """The name and namespaces of the requested URL; empty for one that does not exist."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return "", []
    return match.view_name, match.namespaces


def inside_admin_networks(request: HttpRequest) -> bool:
    """Whether the caller sits where administrators may sit (8.1.4.4 c); no setting: anywhere."""
    if not settings.ADMIN_NETWORKS:
        return True
    try:
        address = ipaddress.ip_address(client_address(request))
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(network, strict=False) for network in settings.ADMIN_NETWORKS)


def has_lost_session(request: HttpRequest) -> bool:
    """Whether a caller brings the mark of a session that is no more: run out, or ended from elsewhere."""
    brought = settings.SESSION_COOKIE_NAME in request.COOKIES
    return brought and not request.user.is_authenticated and request.session.is_empty()


def is_part(request: HttpRequest) -> bool:
    """Whether a part of a page asks: a redirect it would follow unseen, and swap the sign-in page in or drop it."""
    return bool(request.headers.get("HX-Request"))


def back_to(request: HttpRequest) -> str:
    """The page the person was on: this one, or the one whose form or part asked; only an address of this site."""
    if request.method == "GET" and not request.headers.get("HX-Request"):
        return request.get_full_path()
    said = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(said, {request.get_host()}):
        return ""
    parts = urlsplit(said)
    # "//host/" at the start of a path would be another site when it stands alone
    back = escape_leading_slashes(parts.path) + (f"?{parts.query}" if parts.query else "")
    asked = request.headers.get("HX-Trigger", "")  # the id of what was pressed: where the person was on the page
    return f"{back}#{asked}" if re.fullmatch(r"[\w-]+", asked, re.ASCII) else back


def ask_again(request: HttpRequest, sentence: str, **query: str) -> HttpResponse:
    """To the sign-in page, which says why, and from there back."""
    messages.warning(request, sentence)
    if back := back_to(request):
        query["next"] = back
    return send(request, "account_login", _("登录已失效，请重新登录。"), query, status=401)


def end(request: HttpRequest, user: Any, why: str, at: dt.datetime) -> HttpResponse:
    """End the session and say why on the sign-in page."""
    logout(request)
    with audit.act():
        audit.record("logout.forced", user, by=user, at=at, detail={"why": why})
    return ask_again(request, reason_of(request, why), why=why)


def over(request: HttpRequest) -> str:
    """That the session is over, and that what a part of a page sent was not kept."""
    return str(UNSAVED if is_part(request) and request.method != "GET" else OVER)


def reason_of(request: HttpRequest, why: str) -> str:
    """What the sign-in page says about a session that ended."""
    policy = current_policy()
    if why == "idle":
        return over(request) + _("已 %(n)d 分钟没有操作。") % {"n": policy.idle_minutes}
    if why == "absolute":
        return over(request) + _("登录已满 %(n)d 小时。") % {"n": policy.absolute_hours}
    return _("您的岗位须用第二因素登录，请重新登录。")


def send(
    request: HttpRequest, name: str, sentence: str, query: dict[str, str] | None = None, *, status: int = 403
) -> HttpResponse:
    """To another page; a fragment's request takes the whole page there, an API call gets a problem."""
    if request.path.startswith("/api/"):
        error = errors.NotAllowed(sentence)
        error.status = status
        return problem(error) if status == 401 else refuse(request, error)  # the end of a session has its own row
    url = reverse(name) + (f"?{urlencode(query)}" if query else "")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)
