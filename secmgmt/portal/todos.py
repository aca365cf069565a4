"""What waits for the audit administrator: what the trail holds since he last read it (8.1.4.3, 8.1.10.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core import permissions
from secmgmt.core.manifest import Todo
from secmgmt.core.models import AuditEvent
from secmgmt.core.models.audit import AuditResult

DAYS = 7
MOST = 1000  # counted up to here: a year of rows must not slow the start page
READING = "core.auditevent.read"
OPENING = "core.auditevent.open"  # of one row: the rest is unread as before


def audit_todos(user: Any, today: dt.date) -> Iterator[Todo]:
    """Refusals and failures of the last days, and rows not read yet."""
    if not permissions.may(user, AuditEvent, "view"):
        return
    listed = reverse("portal:audit-list")
    since = today - dt.timedelta(days=DAYS)
    began = timezone.make_aware(dt.datetime.combine(since, dt.time.min))
    refused = _count(AuditEvent.objects.filter(at__gte=began, result=AuditResult.REFUSED))
    if refused:
        title = _("近 %(days)d 日有 %(n)s 次操作被拒绝") % {"days": DAYS, "n": refused}
        url = f"{listed}?result={AuditResult.REFUSED}&since={since:%Y-%m-%d}"
        yield Todo(_("审计"), title, _("看是否有人越权或试探"), url, _("查阅"), tone="warn")
    rows = AuditEvent.objects.exclude(actor_id=user.pk)
    read = AuditEvent.objects.filter(actor_id=user.pk, verb=READING).order_by("-seq").values_list("seq", flat=True)[:1]
    unread = _count(rows.filter(seq__gt=next(iter(read), 0)))
    if unread:
        title = _("自上次查阅以来新增 %(n)s 条审计记录") % {"n": unread}
        yield Todo(_("审计"), title, _("定期查阅、分析并留存"), listed, _("查阅"))


def _count(rows: Any) -> str:
    """How many, or that there are more than one counts."""
    found = rows.order_by()[: MOST + 1].count()
    return f"{MOST}+" if found > MOST else str(found) if found else ""
