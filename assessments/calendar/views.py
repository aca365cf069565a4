"""The standing calendar: what is due, when and why, by month and by unit; its rules; the calendar to subscribe to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from secmgmt.accounts.models import OrgUnit, User
from secmgmt.core import audit
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.forms import RecordForm
from secmgmt.core.middleware import client_address
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.tables import page_links, url_with
from secmgmt.core.views import FeatureViews, Role
from secmgmt.core.workdays import is_known

from . import feed, queries, services
from .filters import DutyRuleFilter
from .forms import DutyRuleForm
from .models import CalendarFeed, DutyRule
from .queries import LATE, LATER, SOON, UNKNOWN, Duty
from .tables import HEADS, RULES, STATE_LABELS, TONES, in_use, levels, line_of

PER_PAGE = 60
OPEN = (LATE, SOON, LATER, UNKNOWN)


class Asked:
    """What of the calendar a request asks for: state, unit, rule, mine; what makes no sense asks for nothing."""

    def __init__(self, request: HttpRequest) -> None:
        params = request.GET
        self.mine = params.get("mine") == "1"
        self.unit = whole_number(params.get("unit"))
        self.rule = whole_number(params.get("rule"))
        state = params.get("state", "")
        self.state = state if state in STATE_LABELS else ""
        self.words = params.get("q", "").strip()[:60]
        self.objects = queries.mine(request.user) if self.mine else queries.subjects(request.user)

    @property
    def is_narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.mine or self.unit or self.rule or self.state or self.words)

    def fits(self, duty: Duty) -> bool:
        """Whether a duty is asked for, its state apart."""
        if self.unit is not None and duty.obj.unit_id != self.unit:
            return False
        if self.rule is not None and duty.rule.pk != self.rule:
            return False
        return not self.words or self.words in duty.obj.name or self.words in duty.rule.name

    def shown(self, duties: list[Duty]) -> list[Duty]:
        """Those of the state asked for; without one, all that is still to be done."""
        return [duty for duty in duties if duty.state == self.state or (not self.state and duty.state in OPEN)]


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """What is due, by month or by unit."""
    asked, day = Asked(request), today()
    rules = queries.active_rules()
    everything = queries.duties_of(asked.objects, day, rules)
    duties = [duty for duty in everything if asked.fits(duty)]
    shown = asked.shown(duties)
    units = OrgUnit.objects.in_bulk({duty.obj.unit_id for duty in everything})
    number = max(1, whole_number(request.GET.get("page", "1")) or 1)
    pages = max(1, -(-len(shown) // PER_PAGE))
    number = min(number, pages)
    part = shown[(number - 1) * PER_PAGE : number * PER_PAGE]
    people = User.objects.in_bulk({duty.obj.owner_id for duty in part if duty.obj.owner_id})
    by_units = request.GET.get("by") == "unit"
    context = {
        "title": _t("工作日历"),
        "asked": asked,
        "chips": chips(request, duties, asked),
        "rules": rules,
        "units": sorted(units.values(), key=str),
        "months": [
            (month, [drawn(duty, units, people) for duty in listed]) for month, listed in queries.by_month(part)
        ],
        "by_units": by_units,
        "unit_lines": unit_lines(duties, units) if by_units else [],
        "pager": pager_of(request, len(shown), number, pages),
        "total": len(shown),
        "tabs": [
            (_t("按月"), url_with(request.GET, by=None, page=None), not by_units),
            (_t("按单位"), url_with(request.GET, by="unit", page=None), by_units),
        ],
        "unknown_year": None if is_known(day.year + 1) else day.year + 1,
        "export_url": f"{reverse('assessments:duty-export')}?{request.GET.urlencode()}",
    }
    return render(request, "assessments/calendar/board.html", context)


def drawn(duty: Duty, units: dict[int, Any], people: dict[int, Any]) -> dict[str, Any]:
    """A duty as the page draws it."""
    return {
        "duty": duty, "unit": units.get(duty.obj.unit_id), "owner": people.get(duty.obj.owner_id),
        "label": STATE_LABELS[duty.state], "tone": TONES.get(duty.state, ""),
    }  # fmt: skip


def chips(request: HttpRequest, duties: list[Duty], asked: Asked) -> list[dict[str, Any]]:
    """The states with their counts."""
    counts = dict.fromkeys(STATE_LABELS, 0)
    for duty in duties:
        counts[duty.state] += 1
    todo = {
        "label": _t("待办理"), "count": sum(counts[state] for state in OPEN), "current": not asked.state,
        "url": url_with(request.GET, state=None, page=None),
    }  # fmt: skip
    return [todo] + [
        {
            "label": label, "count": counts[state], "current": asked.state == state,
            "url": url_with(request.GET, state=state, page=None),
        }
        for state, label in STATE_LABELS.items()
        if counts[state] or asked.state == state
    ]  # fmt: skip


def unit_lines(duties: list[Duty], units: dict[int, Any]) -> list[tuple[Any, dict[str, int]]]:
    """(unit, counts by state), the most late first."""
    counts = queries.by_unit(duties)
    lines = [(units.get(pk), found) for pk, found in counts.items()]
    return sorted(lines, key=lambda line: (-line[1][LATE], -line[1][SOON], str(line[0])))


def pager_of(request: HttpRequest, total: int, number: int, pages: int) -> dict[str, Any]:
    """The pager's context."""
    first = (number - 1) * PER_PAGE + bool(total)
    last = min(total, number * PER_PAGE)
    return {"first": first, "last": last, "total": total, "links": page_links(request.GET, number, pages)}


@login_required
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The duties asked for as a workbook; on record with their number."""
    asked, day = Asked(request), today()
    duties = asked.shown([duty for duty in queries.duties_of(asked.objects, day) if asked.fits(duty)])
    units = OrgUnit.objects.in_bulk({duty.obj.unit_id for duty in duties})
    people = User.objects.in_bulk({duty.obj.owner_id for duty in duties if duty.obj.owner_id})
    rows = [line_of(duty, units, people) for duty in duties]
    with audit.act():
        plain = [[str(value) for value in row] for row in rows]
        audit.record("assessments.dutyrule.export_duties", by=request.user, at=now(), rows=plain)
    return xlsx_exporter(request, _t("工作日历"), [str(head) for head in HEADS], rows)


class DutyRules(FeatureViews):
    """The rules of the recurring duties, with their basis."""

    model, name, namespace, title = DutyRule, "dutyrule", "assessments", _("定期义务规则")
    table, filterset_class, form_class = RULES, DutyRuleFilter, DutyRuleForm
    exporter = xlsx_exporter
    roles = frozenset({Role.LIST, Role.DETAIL, Role.UPDATE, Role.HISTORY, Role.EXPORT})
    related = ("updated_by",)
    empty_text = _("载入标准条款时一并载入，请联系系统管理员。")
    facts = (
        "code",
        (_("执行情况"), in_use),
        (_("适用对象"), lambda rule: f"{rule.subject}，{levels(rule)}"),
        "mode",
        (_("周期"), lambda rule: rule.every),
        "deadline",
        "anchor",
        "first",
        "text",
        "basis",
        "confidence",
        "statutory",
        "remind_days",
        (_("本市已调整"), lambda rule: rule.is_edited),
    )

    def store(self, form: RecordForm) -> Any:
        """From now on the organization's own values stand."""
        return services.store(form, by=self.request.user, at=now())


@login_required
@require_http_methods(["GET", "POST"])
def feed_page(request: HttpRequest) -> HttpResponse:
    """One's own calendar address: opened anew it is shown once."""
    address = ""
    if request.method == "POST":
        token = services.open_feed(by=request.user, at=now())
        address = request.build_absolute_uri(reverse("assessments:duty-ics", args=[token]))
    user: Any = request.user
    current = CalendarFeed.objects.filter(user=user).first()
    context = {
        "title": _t("日历订阅"), "crumbs": [(_t("工作日历"), reverse("assessments:duty-list"))], "feed": current,
        "address": address,
    }  # fmt: skip
    response = render(request, "assessments/calendar/feed.html", context)
    response["Cache-Control"] = "no-store"
    return response


@login_required
@require_POST
def feed_close(request: HttpRequest) -> HttpResponse:
    """End one's own calendar address."""
    services.close_feed(by=request.user, at=now())
    messages.success(request, _t("已关闭日历订阅，原地址不再有效。"))
    return redirect("assessments:duty-feed")


@never_cache
@require_GET
def feed_ics(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address: one's own duties, without a session."""
    at, day = now(), today()
    user = services.reader_of(token, source=client_address(request), at=at)
    duties = queries.duties_of(queries.mine(user), day)
    content = feed.ics(duties, user=user.pk, at=at, today=day)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["X-Robots-Tag"] = "noindex"
    return response

