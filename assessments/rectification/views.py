"""Pages of items and of the rules: list, record, plan, progress, steps."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assets.models import ProtectedObject
from secmgmt.core import errors
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.forms import RecordForm
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.tables import url_with
from secmgmt.core.trail_views import attachment_panel, comment_panel
from secmgmt.core.views import Button, FeatureViews

from . import boards, queries, services
from .choices import State
from .filters import RectificationFilter
from .forms import DueRuleForm, RectificationForm, RouteRuleForm
from .models import DueRule, Rectification, RouteRule
from .sheets import RECTIFICATION_SHEET
from .tables import DUE_RULES, RECTIFICATIONS, ROUTE_RULES
from .workflow import WORKFLOW

PLANNED = (State.PLANNING, State.PLAN_REVIEW, State.DOING, State.EXTENSION_REVIEW)  # its document is the plan


class Rectifications(FeatureViews):
    """Items of the objects in one's scope."""

    model, name, namespace, title = Rectification, "rectification", "assessments", _("问题整改")
    table, filterset_class, form_class, workflow = RECTIFICATIONS, RectificationFilter, RectificationForm, WORKFLOW
    exporter, sheet = xlsx_exporter, RECTIFICATION_SHEET
    related = queries.RELATED
    empty_text = _("自评估、检查、扫描发现的问题会自动到这里；通报和自查的问题可以直接登记。")
    creates = _("登记问题")
    facts = (
        (_("当前由谁办理"), lambda r: queries.next_word(r, today())),
        (_("对象"), lambda r: f"{r.protected_object} · {r.protected_object.level_tag}"),
        (_("责任单位"), lambda r: str(r.protected_object.unit)),
        (_("风险"), lambda r: r.risk_tag),
        (_("依据"), lambda r: r.basis),
        "requirement",
        "finding",
        "component",
        "found_on",
        (_("整改期限"), lambda r: f"{r.due_on}（{r.due_basis}）" if r.due_basis else str(r.due_on)),
        "owner",
    )

    def initial(self) -> dict[str, Any]:
        """Begun from an object's page."""
        pk = whole_number(self.request.GET.get("object"))
        obj = ProtectedObject.objects.visible_to(self.request.user).filter(pk=pk).first()
        first = {"found_on": today(), "origin": "self"}
        return first if obj is None else {**first, "protected_object": obj.pk, "owner": obj.owner_id}

    def store(self, form: RecordForm) -> Any:
        """A new item gets its number."""
        return services.register(form=form, by=self.request.user, at=now())

    def editable(self, obj: Any) -> bool:
        """The plan while it is made, the progress while the work goes on."""
        return obj.state in (State.PLANNING, State.DOING)

    def fetch(self, pk: int, action: str = "view") -> Any:
        """What was found or decided on is refused as soon as the page of deletion is opened."""
        obj = super().fetch(pk, action)
        if action == "delete" and not obj.is_deletable:
            raise errors.Conflict(_t("有来源或办理记录的整改事项作为历史保留，不能删除。"), obj=obj)
        return obj

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """The form is called what it is for now."""
        buttons = super().detail_actions(obj, allowed if obj.is_deletable else allowed - {"delete"})
        if "export" in allowed:
            kind = "item-plan" if obj.state in PLANNED else "item-report"
            words = {"item-plan": _t("整改方案"), "item-report": _t("整改报告")}
            preview = reverse("portal:report-preview", args=[f"rectification-{kind}"])
            buttons.append((words[kind], f"{preview}?subject={obj.pk}", "", "eye"))
        label = _t("填写方案") if obj.state == State.PLANNING else _t("记录进展")
        edit = self.url("update", obj)
        return [(label, *button[1:]) if button[1] == edit else button for button in buttons]

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """The other views of a list; files and remarks beside a record."""
        if page == "list":
            return {"tabs": boards.tabs(self.request.GET, "list")}
        if page != "detail":
            return {}
        return {**attachment_panel(obj, self.request.user), **comment_panel(obj, self.request.user)}

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The plan, what is asked for, what came of it, and where it was found."""
        return [
            _panel(_t("整改方案"), "plan", item=obj),
            _panel(_t("申请"), "asked", item=obj),
            _panel(_t("整改后结果"), "results", item=obj, rows=list(obj.results.all())),
            _panel(_t("问题来源"), "sources", column="side", rows=list(obj.sources.all()), item=obj),
        ]

    def show(self, page: str, context: dict[str, Any], *, obj: Any = None, status: int = 200) -> HttpResponse:
        """Panels that have nothing to say are left out."""
        for name in ("panels_main", "panels_side"):
            if name in context:
                context[name] = [panel for panel in context[name] if _says_something(panel)]
        return super().show(page, context, obj=obj, status=status)


def _panel(title: str, template: str, *, column: str = "main", **context: Any) -> dict[str, Any]:
    name = f"assessments/rectification/{template}.html"
    return {"title": title, "template": name, "column": column, "context": context}


def _says_something(panel: dict[str, Any]) -> bool:
    item = panel["context"].get("item")
    if panel["template"].endswith("rectification/asked.html"):
        return item.state in (State.EXTENSION_REVIEW, State.ACCEPTANCE_REVIEW, State.ACCEPTED, State.VERIFYING)
    return panel["context"].get("rows", True) != []


class Drawn(Rectifications):
    """The rows of the list drawn in another way, under the same filters."""

    kind: str

    def list_page(self, request: HttpRequest) -> HttpResponse:
        """The rows, bounded; the table has the rest."""
        rows, filterset = self.filtered()
        found = self.draw(rows)
        context = {
            "title": self.list_title(),
            "crumbs": [],
            "slim": True,
            "tabs": boards.tabs(request.GET, self.kind),
            "filterset": filterset,
            "chips": filterset.chips(),
            "head_actions": self.list_actions(),
            **found,
            "problems": [*filterset.problems(), *found.get("problems", ())],
        }
        return render(request, f"assessments/rectification/{self.kind}.html", context)

    def draw(self, rows: QuerySet) -> dict[str, Any]:
        """What the template shows of ``rows``."""
        raise NotImplementedError


class Board(Drawn):
    """By state."""

    kind = "board"

    def draw(self, rows: QuerySet) -> dict[str, Any]:
        """Columns."""
        columns = boards.board(rows, self.request.GET, today())
        return {"columns": columns, "total": sum(column.total for column in columns)}


class Month(Drawn):
    """By due date."""

    kind = "calendar"

    def draw(self, rows: QuerySet) -> dict[str, Any]:
        """Weeks of a month, and how much was due before it and is not done."""
        params, day = self.request.GET, today()
        problems: list[str] = []
        first = boards.month_of(params, day, problems)
        weeks = boards.weeks(rows, params, first, day)
        before, after = boards.neighbours(first)
        narrow = params.get("show", "") not in ("", "open", "overdue") or params.get("due_until")  # the link is wider
        return {
            "weeks": weeks, "weekdays": boards.WEEKDAYS, "first": first, "problems": problems, "today": day,
            "total": sum(cell.total for week in weeks for cell in week if cell),
            "backlog": 0 if narrow else queries.overdue(rows, min(first, day)).order_by().count(),
            "backlog_url": boards.table_url(params, show="overdue", due_until=first - dt.timedelta(days=1)),
            "before": url_with(params, month=before), "after": url_with(params, month=after),
            "this_month": url_with(params, month=None) if first != day.replace(day=1) else "",
        }  # fmt: skip


class Rules(FeatureViews):
    """What the pages of both kinds of rules have in common."""

    namespace, exporter = "assessments", xlsx_exporter

    def list_actions(self) -> list[Button]:
        """From one kind of rules to the other."""
        other = "routerule" if self.name == "duerule" else "duerule"
        label = _t("审批权限规则") if other == "routerule" else _t("整改期限规则")
        return [(label, reverse(f"assessments:{other}-list"), "", "list"), *super().list_actions()]


class DueRules(Rules):
    """How many days a problem may take."""

    model, name, title = DueRule, "duerule", _("整改期限规则")
    table, form_class = DUE_RULES, DueRuleForm
    facts = ("risk", "major", "days", "basis")
    empty_text = _("没有规则时按高风险 30 天、中风险 90 天、低风险 180 天计算。")


class RouteRules(Rules):
    """Who approves what."""

    model, name, title = RouteRule, "routerule", _("审批权限规则")
    table, form_class = ROUTE_RULES, RouteRuleForm
    facts = ("order", "matter", "risk", "only_major", "min_level", "min_cost", "role", "basis")
    empty_text = _("没有规则时高风险和重大风险隐患由安全领导审批，其余由单位分管领导审批。")
