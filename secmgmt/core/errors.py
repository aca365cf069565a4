"""What can go wrong, as the user is told it.

Every error carries a Chinese sentence that says what, where and how to mend; the middleware turns it into
a page or, under ``/api/``, into RFC 9457 ``application/problem+json`` with the same status.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _


class DomainError(Exception):
    """A refusal with a reason; ``status`` is the HTTP status, ``code`` a stable word for API clients."""

    status = 400
    code = "refused"

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra


class Invalid(DomainError):
    """The form or body has errors. ``errors``: field name → list of sentences."""

    status = 422
    code = "invalid"

    def __init__(self, errors: dict[str, list[str]] | None = None, message: str = "") -> None:
        self.errors = errors or {}
        text = message or "；".join(str(e) for items in self.errors.values() for e in items)
        super().__init__(text or _("填写的内容有误。"))


class NotAllowed(DomainError, PermissionDenied):
    """In scope, but this person may not do this (403). ``who_may`` names who may."""

    status = 403
    code = "not-allowed"

    def __init__(self, message: str = "", *, who_may: str = "", obj: Any = None) -> None:
        super().__init__(message or _("您的岗位不能做这件事。"))
        self.who_may = who_may
        self.obj = obj


class Unproven(NotAllowed):
    """The request does not show that it comes from a page of ours (CSRF)."""

    code = "csrf"


class OutOfScope(DomainError, Http404):
    """Not there, or not for this person: both are the same 404 and say nothing more."""

    status = 404
    code = "not-found"

    def __init__(self, message: str = "", *, model: str = "", lookup: Any = None, **extra: Any) -> None:
        super().__init__(message or _("没有找到您要的内容，可能已删除，或不在您的管理范围内。"), **extra)
        self.model = model
        self.lookup = lookup


class Conflict(DomainError):
    """Somebody else was first (409). ``by_name`` and ``at`` say who and when."""

    status = 409
    code = "conflict"

    def __init__(self, message: str, *, by_name: str = "", at: dt.datetime | None = None, obj: Any = None) -> None:
        super().__init__(message)
        self.by_name = by_name
        self.at = at
        self.obj = obj


class Stale(Conflict):
    """The row changed since it was read; both texts are kept (409).

    ``current`` is the row as it is stored now, ``submitted`` the form's field → text as it was sent.
    """

    code = "stale"

    def __init__(self, current: Any, submitted: dict[str, Any], *, by_name: str = "", at: dt.datetime | None = None):
        super().__init__(
            _("这条记录在您打开之后被%(who)s改过，您的修改尚未保存。") % {"who": by_name or _("他人")},
            by_name=by_name,
            at=at,
            obj=current,
        )
        self.current = current
        self.submitted = submitted


class TooLarge(DomainError):
    """The upload is larger than allowed (413)."""

    status = 413
    code = "too-large"


class NoSpace(DomainError):
    """The disk is full: nothing was kept (507)."""

    status = 507
    code = "no-space"


class Incomplete(DomainError):
    """Cannot be submitted yet. ``missing``: list of (sentence, url) the person can follow one by one."""

    status = 422
    code = "incomplete"

    def __init__(self, message: str, missing: list[tuple[str, str]]) -> None:
        super().__init__(message, missing=[text for text, _url in missing])
        self.missing = missing
