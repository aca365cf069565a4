"""What pages and other apps ask about protected objects; every function takes rows a caller may see."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from secmgmt.accounts.models import User
from secmgmt.core import permissions
from secmgmt.core.context import asked_once
from secmgmt.core.manifest import Rows

from .choices import ObjectKind, Status
from .models import ProtectedObject

CODE_PREFIX = {ObjectKind.SYSTEM: "XT", ObjectKind.NETWORK: "WL", ObjectKind.DATA: "SJ"}
CODE_DIGITS = 5
PHONES = ("contact_phone", "operator_phone")  # decrypted for each row that is read: left out of long lists


def platforms() -> QuerySet:
    """The directory of hosting platforms: their names are open to everybody who registers a hosting."""
    return (
        ProtectedObject.objects.in_use().filter(offers_hosting=True).select_related("unit").order_by("name")
    )


class Basics(NamedTuple):
    """What the terms of an object's duties are counted from."""

    level: int | None
    status: str
    operating: dt.date | None
    number: str
    filed_on: dt.date | None
    until: dt.date | None
    graded_on: dt.date | None

    @property
    def is_in_use(self) -> bool:
        """Being built or run."""
        return self.status != Status.RETIRED


BASICS = ("security_level", "status", "in_operation_on", "filing_number", "filed_on", "filing_valid_until", "graded_on")


def basics(ids: Rows | Iterable[int]) -> dict[int, Basics]:
    """Object pk → its basics: one query, shared by all duties of a request; registry lines are left out."""

    def ask() -> dict[int, Basics]:
        rows = ProtectedObject.objects.open_ones().filter(pk__in=ids).order_by()
        return {pk: Basics(*values) for pk, *values in rows.values_list("pk", *BASICS)}

    return asked_once("basics", ids, ask)


def changeable(user: Any) -> QuerySet:
    """The objects to which ``user`` may add parts: those he may change."""
    rows: QuerySet = ProtectedObject.objects.in_use()
    rows = rows.visible_to(user, "change") if user is not None else rows.none()
    return rows.defer(*PHONES).select_related("unit").order_by("name")


def people_for(user: Any) -> QuerySet:
    """Who can be put in charge of an object by ``user``: the people of the units where he may change objects."""
    paths = permissions.paths_for(user, ProtectedObject, "change") if user is not None else []
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(unit__path__startswith=path)
    return User.objects.filter(condition, is_active=True, admin_role="").order_by("name", "username")


def next_code(kind: str) -> str:
    """The next free code of a kind: XT-00042. Two at once: the unique constraint lets one in."""
    prefix = CODE_PREFIX[ObjectKind(kind)]
    pattern = rf"^{prefix}-\d{{{CODE_DIGITS}}}$"
    last = ProtectedObject.objects.filter(code__startswith=f"{prefix}-", code__regex=pattern).order_by(
        "-code"
    )
    code = last.values_list("code", flat=True).first()
    number = int(re.sub(r"\D", "", code)) + 1 if code else 1
    return f"{prefix}-{number:0{CODE_DIGITS}d}"


def is_beneath(obj: ProtectedObject, other: ProtectedObject) -> bool:
    """Whether ``other`` is ``obj`` or one of its sub-systems, so that it cannot be its parent system."""
    seen: set[int] = set()
    current: ProtectedObject | None = other
    while current is not None and current.pk not in seen:
        if current.pk == obj.pk:
            return True
        seen.add(current.pk)
        current = current.parent_system
    return False


def mine(user: Any) -> QuerySet:
    """The objects ``user`` is personally in charge of."""
    return ProtectedObject.objects.in_use().visible_to(user).filter(owner=user)


def without_owner(user: Any) -> QuerySet:
    """Objects the user may change for which no person is named."""
    rows = ProtectedObject.objects.in_use().visible_to(user, "change")
    return rows.filter(owner__isnull=True)


def not_checked_since(user: Any, day: dt.date) -> QuerySet:
    """Running objects in the user's charge whose record nobody touched since ``day``."""
    return mine(user).filter(status=Status.RUNNING, updated_at__date__lt=day)
