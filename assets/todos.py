"""What of the inventory waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.manifest import Todo

from .components.queries import EXPIRY_DAYS, expiring_of
from .inventory.models import ProtectedObject
from .inventory.queries import not_checked_since, without_owner

CHECK_DAYS = 365


def owners_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Certificates that run out, and records nobody looked at for a year, of the objects in one's charge."""
    if not permissions.may(user, ProtectedObject, "change"):
        return
    parts = expiring_of(user, today + dt.timedelta(days=EXPIRY_DAYS))
    days = parts.values_list("certificate_until", "licence_until", "support_until")
    soon = sorted(min(day for day in row if day is not None) for row in days)
    if soon:
        yield Todo(
            kind=_("组成部件"),
            title=_("%(n)d 个部件的证书、授权或维保即将到期") % {"n": len(soon)},
            note=_("最早的到期日期见右"),
            url=f"{reverse('assets:component-list')}?attention=expiring",
            action=_("查看"),
            due=soon[0],
            tone="bad" if soon[0] < today else "warn",
        )
    stale = not_checked_since(user, today - dt.timedelta(days=CHECK_DAYS)).count()
    if stale:
        yield Todo(
            kind=_("系统台账"),
            title=_("%(n)d 个系统的台账超过一年没有更新") % {"n": stale},
            note=_("核对责任人、部件和互联，有变化就修改"),
            url=f"{reverse('assets:object-list')}?counts=mine&sort=updated_at",
            action=_("核对"),
        )


def leads_todos(user: Any, today: dt.date) -> Iterable[Todo]:
    """Objects for which no person is named, for who leads a unit's security."""
    if not any(grant.role == "act_as_unit_lead" for grant in user.grants()):
        return
    count = without_owner(user).count()
    if count:
        yield Todo(
            kind=_("系统台账"),
            title=_("%(n)d 个系统没有指定系统负责人") % {"n": count},
            note=_("没有负责人，定级、自评估和整改无人办理"),
            url=f"{reverse('assets:object-list')}?counts=ownerless",
            action=_("指定"),
        )
