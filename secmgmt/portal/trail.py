"""The audit administrator's browser: read-only, and reading it, list or row, leaves a row of its own (8.1.4.3 a)."""

from __future__ import annotations

import datetime as dt
from operator import itemgetter
from typing import Any

import django_filters
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts.models import User
from secmgmt.core import audit, history, permissions
from secmgmt.core.acts import act_label, model_of
from secmgmt.core.clock import now
from secmgmt.core.filters import SEARCH_LENGTH, DayFilter, RecordFilterSet
from secmgmt.core.models import AuditEvent
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state
from secmgmt.core.views import FeatureViews, Role

from .redaction import as_shown
from .todos import OPENING, READING
from .trail_table import panels

# What else a row may hold, by its key in the row.
DETAILS = {
    "accounts": _("账号"), "added": _("新增"), "changed": _("修改"), "code": _("拒绝代码"), "codes": _("涉及的记录"),
    "command": _("系统命令"), "job": _("任务编号"), "app": _("模块"),
    "attachment": _("附件编号"), "attachments": _("附件"),
    "attempt": _("第几次"), "by": _("单位或人员"), "columns": _("列"), "count": _("数量"), "days": _("天数"),
    "digest": _("摘要"), "expert": _("专家"), "expires_at": _("有效期至"), "fields": _("字段"), "file": _("文件"),
    "format": _("格式"), "items": _("条款数"), "kind": _("种类"), "label": _("名称"), "layer": _("层面"),
    "method": _("方法"), "moved": _("转移"), "number": _("编号"), "objects": _("对象数"), "on": _("日期"),
    "opinion": _("意见"), "part": _("部分"), "path": _("地址"), "prefix": _("令牌前缀"), "proof": _("证明"),
    "query": _("查询条件"), "reason": _("原因"), "removed": _("已移除"), "said": _("结果"), "scope": _("范围"),
    "second_factor": _("已用第二因素"), "source": _("来源"), "status": _("状态码"), "units": _("单位数"),
    "until": _("期限"), "user": _("用户"), "users": _("用户数"), "why": _("原因"),
}  # fmt: skip
CHANNELS = {"page": _("页面"), "api": _("接口"), "job": _("后台任务"), "command": _("系统命令")}

TRAIL = Table(
    (
        Column("seq", _("序号"), sort="seq", link=True),
        Column("at", _("时间"), render=lambda e: second(e.at), sort="at", css="nw"),
        Column("actor_name", _("操作人"), sort="actor_name", css="nw"),
        Column("actor_role", _("岗位"), default=False),
        Column("verb", _("行为"), render=lambda e: act_label(e.verb, e.object_type), sort="verb", css="nw"),
        Column("object_name", _("对象")),
        Column("result", _("结果"), render=lambda e: state(e, "result"), sort="result"),
        Column("ip", _("来源地址")),
        Column("channel", _("途径"), render=lambda e: CHANNELS.get(e.channel, e.channel), default=False),
        Column("request_id", _("请求编号"), default=False),
    ),
    default_sort="-seq",
)


KNOWN_SECONDS = 60


def known() -> set[tuple[str, str]]:
    """The acts and kinds of objects that are on the trail: the whole of it is read for them once a minute at most."""
    pairs = AuditEvent.objects.order_by().values_list("verb", "object_type").distinct()
    return cache.get_or_set("portal:trail-known", lambda: set(pairs), KNOWN_SECONDS) or set()


def acts() -> list[tuple[str, str]]:
    """The acts by their words, since several may have the same."""
    return [(words, words) for words in sorted({act_label(verb, kind) for verb, kind in known()})]


def kinds() -> list[tuple[str, str]]:
    """The kinds of objects by their words."""
    return sorted(((kind, kind_of(kind)) for kind in {kind for _verb, kind in known()} if kind), key=itemgetter(1))


class TrailFilter(RecordFilterSet):
    """By person, act, kind of object, channel, result and day."""

    search_fields = ("actor_name", "verb", "object_name", "ip")
    chip_field = "result"
    chip_distinct = False
    actor = django_filters.CharFilter(method="by_actor", label=_("操作人"), max_length=SEARCH_LENGTH)
    act = django_filters.ChoiceFilter(method="by_act", label=_("行为"), choices=acts)
    kind = django_filters.ChoiceFilter("object_type", label=_("对象类型"), choices=kinds)
    channel = django_filters.ChoiceFilter(label=_("途径"), choices=list(CHANNELS.items()))
    since = DayFilter("at", "gte", label=_("自"))
    until = DayFilter("at", "lt", label=_("至"))

    class Meta:
        model = AuditEvent
        fields = ("result",)

    def by_actor(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """By name or account, of today and as the trail has it: nothing that person did may be left out."""
        people = User._base_manager.filter(Q(name__icontains=value) | Q(username__icontains=value))
        return rows.filter(Q(actor_id__in=people.order_by().values("pk")) | Q(actor_name__icontains=value))

    def by_act(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Every act of these words."""
        return rows.filter(verb__in={verb for verb, kind in known() if act_label(verb, kind) == value})


class Trail(FeatureViews):
    """List and detail of audit events; nothing can be written here."""

    model, name, namespace = AuditEvent, "audit", "portal"
    table, filterset_class = TRAIL, TrailFilter
    roles = frozenset({Role.LIST, Role.DETAIL})
    title = _("审计记录")
    empty_text = _("还没有审计记录。")
    facts = (
        "seq",
        (_("时间"), lambda e: second(e.at)),
        "actor_name",
        "actor_role",
        (_("行为"), lambda e: f"{act_label(e.verb, e.object_type)}（{e.verb}）"),
        (_("对象类型"), lambda e: kind_of(e.object_type)),
        "object_name",
        "result",
        (_("途径"), lambda e: CHANNELS.get(e.channel, e.channel)),
        "ip",
        "session",
        "request_id",
        (_("变更"), lambda e: changes_text(e)),
        (_("详情"), lambda e: details_text(e)),
        (_("算法"), lambda e: e.algorithm.upper()),
        "prev_digest",
        "digest",
    )

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """An event is named by its number and act."""
        if page != "detail":
            return {}
        act = act_label(obj.verb, obj.object_type)
        return {"title": _("第 %(seq)d 条 %(act)s") % {"seq": obj.seq, "act": act}}

    def panels(self, obj: AuditEvent) -> list[dict[str, Any]]:
        """The table of a bulk act."""
        return panels(obj, self.request.GET)

    def list_page(self, request: HttpRequest) -> HttpResponse:
        """Only the audit administrator; reading the trail is itself on the trail."""
        permissions.require(request.user, AuditEvent, "view")
        note_reading(request.user, READING, detail={"query": request.GET.urlencode()[:300]})
        return super().list_page(request)

    def detail_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One row, with what people wrote by its digest; which row was opened is on the trail too."""
        note_reading(request.user, OPENING, self.fetch(pk))
        return super().detail_page(request, pk)


def second(at: dt.datetime) -> str:
    """An instant to the second, as the trail needs it."""
    return localtime(at).strftime("%Y-%m-%d %H:%M:%S")


def kind_of(label: str) -> str:
    """The word of a kind of record."""
    model = model_of(label)
    return str(model._meta.verbose_name) if model else label


def changes_text(event: AuditEvent) -> str:
    """Each field in its own words, before and after; of people and rows only their numbers."""
    model = model_of(event.object_type) or AuditEvent
    found = history.changes_of(model, as_shown(event), None)
    return "；".join(f"{label}：{after if before is None else f'{before} → {after}'}" for label, before, after in found)


def details_text(event: AuditEvent) -> str:
    """What else the row holds, each in its word."""
    found = (as_shown(event).detail or {}).items()
    return "；".join(f"{DETAILS.get(key, key)}：{value}" for key, value in found if value not in (None, "", [], {}))


def note_reading(user: Any, verb: str, event: Any = None, *, detail: dict[str, Any] | None = None) -> None:
    """One row per page of the trail that was read, and per row that was opened."""
    with audit.act():
        audit.record(verb, event, by=user, at=now(), detail=detail)
