"""The audit administrator's browser: read-only, and reading it leaves a row of its own (8.1.4.3 a)."""

from __future__ import annotations

from typing import Any

import django_filters
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from secmgmt.core import audit, permissions
from secmgmt.core.clock import now
from secmgmt.core.filters import RecordFilterSet
from secmgmt.core.forms import DateInput
from secmgmt.core.models import AuditEvent
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import moment, state
from secmgmt.core.views import FeatureViews, Role

from .todos import READING

TRAIL = Table(
    (
        Column("seq", _("序号"), sort="seq", align="num", link=True),
        Column("at", _("时间"), render=lambda e: moment(e.at), sort="at"),
        Column("actor_name", _("操作人"), sort="actor_name"),
        Column("actor_role", _("岗位"), default=False),
        Column("verb", _("行为"), sort="verb"),
        Column("object_name", _("对象")),
        Column("result", _("结果"), render=lambda e: state(e, "result"), sort="result"),
        Column("ip", _("来源地址")),
        Column("channel", _("途径"), default=False),
        Column("request_id", _("请求编号"), default=False),
    ),
    default_sort="-seq",
)


class TrailFilter(RecordFilterSet):
    """By person, act, object, result and day."""

    search_fields = ("actor_name", "verb", "object_name", "ip")
    chip_field = "result"
    since = django_filters.DateFilter("at", "date__gte", label=_("自"), widget=DateInput())
    until = django_filters.DateFilter("at", "date__lte", label=_("至"), widget=DateInput())

    class Meta:
        model = AuditEvent
        fields = ("result",)


class Trail(FeatureViews):
    """List and detail of audit events; nothing can be written here."""

    model, name, namespace = AuditEvent, "audit", "portal"
    table, filterset_class = TRAIL, TrailFilter
    roles = frozenset({Role.LIST, Role.DETAIL})
    title = _("审计记录")
    empty_text = _("还没有审计记录。")
    facts = (
        "seq",
        "at",
        "actor_name",
        "actor_role",
        "verb",
        "object_type",
        "object_name",
        "result",
        "channel",
        "ip",
        "session",
        "request_id",
        (_("改前"), lambda e: e.before or ""),
        (_("改后"), lambda e: e.after or ""),
        (_("详情"), lambda e: e.detail or ""),
        "algorithm",
        "prev_digest",
        "digest",
    )

    def list_page(self, request: HttpRequest) -> HttpResponse:
        """Only the audit administrator; reading the trail is itself on the trail."""
        permissions.require(request.user, AuditEvent, "view")
        note_reading(request.user, {"query": request.GET.urlencode()[:300]})
        return super().list_page(request)


def note_reading(user: Any, detail: dict[str, Any]) -> None:
    """One row per page of the trail that was read."""
    with audit.act():
        audit.record(READING, by=user, at=now(), detail=detail)
