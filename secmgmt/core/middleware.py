"""Request origin, and refusals turned into pages or problem+json with their audit row."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from . import audit, errors
from .bounds import whole_number
from .clock import now
from .context import Origin, Refusal, acting_from, origin
from .jobs.periodic import once_per_period
from .logs import masked

FORM_OVERHEAD = 1024 * 1024
STRANGERS_EVERY = 60  # seconds between two rows about one address nobody signed in from
PAGES = {403: "403.html", 404: "404.html", 409: "409.html", 413: "413.html", 422: "422.html", 429: "429.html",
         507: "507.html"}  # fmt: skip
Handler = Callable[[HttpRequest], HttpResponse]


def client_address(request: HttpRequest) -> str:
    """The caller's address: REMOTE_ADDR, or the last untrusted hop behind configured proxies (A39)."""
    remote = request.META.get("REMOTE_ADDR", "")
    if remote not in settings.TRUSTED_PROXIES:
        return remote
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    for hop in reversed(hops):
        if hop not in settings.TRUSTED_PROXIES:
            return hop[:45]
    return remote


class RequestContext:
    """Sets the origin for audit and keeps every answer to a signed-in person out of shared caches (A16)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        api = request.path.startswith("/api/")
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        value = Origin(
            ip=client_address(request),
            request_id=secrets.token_hex(8),
            session=hashlib.sha256(cookie.encode()).hexdigest()[:16] if cookie else "",
            channel="api" if api else "page",
        )
        with acting_from(value):
            response = self.get_response(request)
            if value.refusal and response.status_code >= 400:  # e.g. told beside the fields of a form
                note_refusal(request, errors.Invalid(message=value.refusal.reason))
        response["X-Request-ID"] = value.request_id
        if not request.path.startswith(settings.STATIC_URL):
            forbid_caching(response)
        return response


class BodyLimit:
    """Refuses a body larger than any upload may be before a byte of it is read (A36)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if body_is_too_large(request):
            limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
            return refuse(request, errors.TooLarge(_("上传的内容超过上限 %(n)d MB。") % {"n": limit}))
        return self.get_response(request)


def body_is_too_large(request: HttpRequest) -> bool:
    """Whether the announced body exceeds the largest upload and what a form adds to it."""
    length = whole_number(request.META.get("CONTENT_LENGTH") or "0")
    return length is None or length > settings.UPLOAD_MAX_BYTES + FORM_OVERHEAD


def forbid_caching(response: HttpResponse) -> None:
    """No cache, shared or private, keeps a page."""
    patch_cache_control(response, no_store=True, private=True)


class Refusals:
    """Domain errors become their page (or problem+json) and leave an audit row."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, PermissionDenied) and not isinstance(error, errors.DomainError):
            error = errors.NotAllowed(str(error))
        if not isinstance(error, errors.DomainError):
            return None
        return refuse(request, error)


def note_refusal(request: HttpRequest, error: errors.DomainError, obj: Any = None) -> None:
    """One audit row per refused act of a signed-in person; of a stranger so few that he cannot fill the trail.

    Called after the act has rolled back. What ``turned_away`` remembered of it says more than "invalid".
    """
    kept, origin().refusal = origin().refusal, None
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        if not once_per_period(f"refused:{origin().ip}", STRANGERS_EVERY, now()):
            return
        user = _("未登录")
    found = Refusal(error.code, error.message, obj or error.extra.get("obj") or getattr(error, "obj", None))
    if kept and isinstance(error, errors.Invalid):
        found = kept if kept.obj else kept._replace(obj=found.obj)
    detail = {"path": masked(request.path)[:300], "method": request.method, "status": error.status}
    audit.refuse(f"refused.{found.code}", found.obj, by=user, reason=found.reason[:500], detail=detail)


def refuse(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """A refusal with its row in the trail."""
    note_refusal(request, error)
    return answer(request, error)


def answer(request: HttpRequest, error: errors.DomainError) -> HttpResponse:
    """The response of a refusal."""
    if request.path.startswith("/api/"):
        return problem(error)
    name = "403_csrf.html" if isinstance(error, errors.Unproven) else PAGES.get(error.status, "400.html")
    return render(request, name, {"error": error}, status=error.status)


def problem(error: errors.DomainError) -> HttpResponse:
    """RFC 9457 problem details."""
    body: dict[str, Any] = {"type": f"about:blank#{error.code}", "title": error.message, "status": error.status}
    if isinstance(error, errors.Invalid) and error.errors:
        body["errors"] = error.errors
    if isinstance(error, errors.Incomplete):
        body["missing"] = [text for text, _url in error.missing]
    if isinstance(error, errors.Conflict):
        body["changed_by"] = error.by_name
        body["changed_at"] = error.at.isoformat() if error.at else None
    return JsonResponse(body, status=error.status, content_type="application/problem+json")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page of a failed CSRF check, with its row in the trail."""
    error = errors.Unproven(_("页面已过期或来源不明，为防止误操作没有执行。"))
    response = refuse(request, error)
    response["X-Unproven"] = "1"  # tells the script of a page this refusal from one of rights
    return response
