"""Pages of inspections, their checklists, notices, and of the departments' data."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.findings.models import LIVE
from secmgmt.core import errors, pages, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now
from secmgmt.core.forms import RecordForm
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews, Role

from . import comparison, queries, services
from .filters import DepartmentFilter, InspectionFilter, ItemFilter, NoticeFilter, NoticeKindFilter
from .forms import DepartmentForm, InspectionForm, MemberForm, NoticeKindForm, SampleForm, form_for
from .models import Department, Inspection, InspectionItem, InspectionState, IssuedNotice, NoticeKind
from .sheets import ITEM_SHEET
from .tables import DEPARTMENTS, INSPECTIONS, ITEMS, NOTICE_KINDS, NOTICES, versus
from .workflow import NOTICE, WORKFLOW

LOADED = ("protected_object__unit", "protected_object__owner", "lead__unit", "draft_kind__department", "updated_by")
KEPT = frozenset({Role.LIST, Role.CREATE, Role.DETAIL, Role.UPDATE, Role.HISTORY})


DIFFER = (comparison.WORSE, comparison.BETTER)


def _panel(title: str, template: str, *, column: str = "main", **context: Any) -> dict[str, Any]:
    name = f"assessments/inspection/{template}.html"
    return {"title": title, "template": name, "column": column, "context": context}


class Inspections(FeatureViews):
    """Inspections in one's scope, or into whose team one was invited."""

    model, name, namespace, title = Inspection, "inspection", "assessments", _("检查评估")
    table, filterset_class, form_class, workflow = INSPECTIONS, InspectionFilter, InspectionForm, WORKFLOW
    roles = frozenset(Role) - {Role.DELETE, Role.EXPORT_ALL}
    exporter = xlsx_exporter
    related = LOADED
    creates = _("安排检查")
    empty_text = _("安排检查后，检查项按对象等级从标准条款生成，样本按 GB/T 28449 附录 D 抽取。")
    facts = (
        "protected_object", (_("责任单位"), lambda row: str(row.protected_object.unit)), "lead",
        (_("参加部门"), lambda row: "、".join(d.short for d in row.departments.all()) or _t("无")),
        "basis", "starts_on", "ends_on", (_("检查层面"), lambda row: "、".join(row.layers) or _t("全部")),
        "standard_code", "finding_count", "draft_kind", "draft_deadline", "draft_text", "conclusion", "concluded_on",
    )  # fmt: skip

    def store(self, form: RecordForm) -> Any:
        """With its checklist and samples."""
        return services.save_inspection(form=form, by=self.request.user, at=now())

    def initial(self) -> dict[str, Any]:
        """Started from an object's page."""
        return {"protected_object": whole_number(self.request.GET.get("object"))}

    def editable(self, obj: Any) -> bool:
        """Before it has begun."""
        return obj.state == InspectionState.PLANNED

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Checklist, sample and team for who runs it, the report for who may have it."""
        items = f"{reverse('assessments:inspectionitem-list')}?inspection={obj.pk}"
        buttons = [(_t("检查记录"), items, "", "list")]
        if "run" in allowed and queries.leads(self.request.user, obj):
            if obj.state in services.OPEN:
                buttons.append((_t("抽样"), reverse("assessments:inspection-sampling", args=[obj.pk]), "", "filter"))
                add = f"{reverse('assessments:inspectionitem-create')}?inspection={obj.pk}"
                buttons.append((_t("添加检查内容"), add, "", "plus"))
            if obj.state in queries.RUNNING:
                buttons.append((_t("检查组"), reverse("assessments:inspection-team", args=[obj.pk]), "", "users"))
        if "export" in allowed:
            preview = f"{reverse('portal:report-preview', args=['inspection'])}?subject={obj.pk}"
            buttons.append((_t("检查评估报告"), preview, "", "eye"))
        return [*buttons, *super().detail_actions(obj, allowed)]

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """Progress, comparison, findings, notices; team and sample beside."""
        items = list(obj.items.all())
        listed = f"{reverse('assessments:inspectionitem-list')}?inspection={obj.pk}"
        done = sum(1 for item in items if item.result)
        found = [item for item in items if item.is_finding]
        against = comparison.counted(items)
        own = [(item, comparison.compare(item.self_result, item.result)) for item in items]
        differing = [(item, comparison.LABELS[how], comparison.TONES[how]) for item, how in own if how in DIFFER]
        known = list(obj.protected_object.findings.visible_to(self.request.user).filter(state__in=LIVE))
        return [
            _panel(_t("检查进展"), "progress", done=done, total=len(items), against=against, listed=listed),
            _panel(_t("发现的问题"), "findings", rows=found, listed=listed, rechecks=obj.state == "rechecking"),
            _panel(_t("与自评估不一致的项"), "differing", rows=differing),
            _panel(_t("签发的通知"), "notices", rows=list(obj.notices.all())),
            *([_panel(_t("系统自动发现"), "known", rows=known)] if known else []),
            _panel(_t("检查组"), "members", column="side", rows=list(queries.members(obj)), lead=obj.lead),
            _panel(_t("样本"), "samples", column="side", rows=list(obj.samples.all())),
        ]


class Items(FeatureViews):
    """The checklist: one line, one page to record it."""

    model, name, namespace, title = InspectionItem, "inspectionitem", "assessments", _("检查记录")
    table, filterset_class, sheet = ITEMS, ItemFilter, ITEM_SHEET
    form_class = form_for(None)
    roles = KEPT
    related = (
        "inspection__protected_object__unit", "inspection__protected_object__owner", "inspection__lead__unit",
        "updated_by",
    )  # fmt: skip
    templates = {"detail": "assessments/inspection/detail_files.html"}
    creates = _("添加检查内容")
    empty_text = _("安排检查后，检查项在这里逐项记录。")
    facts = (
        (_("检查"), lambda row: row.inspection.title), "code", "layer", "control_point", "summary", "self_result",
        "result", (_("与自评估比较"), versus), "method", "found", "risk", "high_risk_case", "is_major",
        (_("各样本"), lambda row: "；".join(f"{r.sample}：{r.get_result_display()}" for r in row.sample_results.all())),
        "recheck", "recheck_found", (_("整改进展"), lambda row: row.rectification_label),
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Started from an inspection's page."""
        return {"inspection": whole_number(self.request.GET.get("inspection"))}

    def make_form(self, obj: Any = None, bound: bool = False) -> RecordForm:
        """What is asked depends on where the inspection stands."""
        self.form_class = form_for(obj)  # type: ignore[misc]
        return super().make_form(obj, bound)

    def store(self, form: RecordForm) -> Any:
        """By sample where samples are given."""
        by_sample = form.given() if hasattr(form, "given") and form.is_valid() and form.samples else None
        return services.save_item(form=form, given=by_sample, by=self.request.user, at=now())

    def editable(self, obj: Any) -> bool:
        """While it is recorded or looked at again."""
        if obj.inspection.state == InspectionState.RECHECKING:
            return obj.is_finding
        return obj.inspection.state == InspectionState.ONSITE

    def after_save(self, obj: Any, created: bool) -> str:
        """On to the next one without a result."""
        following = obj.inspection.items.filter(result="", order__gt=obj.order).order_by("order").first()
        if created or obj.inspection.state != InspectionState.ONSITE or following is None:
            return obj.get_absolute_url()
        return self.url("update", following)

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """By way of the inspection."""
        if obj is None:
            return super().crumbs(obj)
        return [(str(obj.inspection), obj.inspection.get_absolute_url()), (str(obj), self.url("detail", obj))]

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Evidence beside the record."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


class Notices(FeatureViews):
    """Notices issued: to the inspected unit and those who inspect."""

    model, name, namespace, title = IssuedNotice, "issuednotice", "assessments", _("检查通知")
    table, filterset_class, workflow = NOTICES, NoticeFilter, NOTICE
    roles = frozenset({Role.LIST, Role.DETAIL, Role.HISTORY, Role.TRANSITION, Role.EXPORT})
    templates = {"detail": "assessments/inspection/detail_files.html"}
    exporter = xlsx_exporter
    related = ("protected_object__unit", "protected_object__owner", "kind__department", "inspection", "updated_by")
    empty_text = _("检查发现问题并签发后，通知在这里签收、回复。")
    facts = (
        "number", "kind_name", "issuer", "protected_object",
        (_("责任单位"), lambda row: str(row.protected_object.unit)), "issued_on", "deadline", "round", "basis",
        "text", "reply",
    )  # fmt: skip

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """The document itself."""
        if "export" not in allowed:
            return []
        preview = f"{reverse('portal:report-preview', args=['inspection-notice'])}?subject={obj.pk}"
        return [(_t("预览通知"), preview, "", "eye")]

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """What was found, and what was replied round by round."""
        return [
            _panel(_t("检查发现的问题"), "listed", rows=obj.findings),
            _panel(_t("历次回复"), "replies", rows=list(obj.replies.all())),
        ]

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Proofs of the reply beside the record."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


class Departments(FeatureViews):
    """Who leads and takes part: data that follows every reform."""

    model, name, namespace, title = Department, "department", "assessments", _("检查部门")
    table, filterset_class, form_class, roles = DEPARTMENTS, DepartmentFilter, DepartmentForm, KEPT
    related = ("unit", "updated_by")
    facts = ("name", "short", "code", "kind", "duty", "unit", "is_active")

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The documents it may issue."""
        return [_panel(_t("可签发的文书"), "kinds", rows=list(obj.notice_kinds.all()))]


class NoticeKinds(FeatureViews):
    """The documents departments may issue."""

    model, name, namespace, title = NoticeKind, "noticekind", "assessments", _("检查文书种类")
    table, filterset_class, form_class, roles = NOTICE_KINDS, NoticeKindFilter, NoticeKindForm, KEPT
    related = ("department", "updated_by")
    facts = (
        "department", "name", "word", "basis", "confidence", "reply_days", "needs_signature", "is_active"
    )  # fmt: skip


def _inspection(request: HttpRequest, pk: int) -> Inspection:
    rows = Inspection.objects.select_related(*LOADED)
    found = permissions.get_visible(Inspection, request.user, "run", queryset=rows, pk=pk)
    services.require_lead(found, request.user)
    return found


def _shown(request: HttpRequest, obj: Inspection, page: str, title: str, status: int, **context: Any) -> HttpResponse:
    crumbs = [(Inspections.title, reverse("assessments:inspection-list")), (str(obj), obj.get_absolute_url())]
    base = {"title": title, "crumbs": crumbs, "inspection": obj}
    return render(request, f"assessments/inspection/{page}.html", {**base, **context}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def sampling(request: HttpRequest, pk: int) -> HttpResponse:
    """The components to look at: the proposal, changed with a reason."""
    obj, status = _inspection(request, pk), 200
    initial = {"chosen": [str(n) for n in obj.samples.values_list("component", flat=True)]}
    form = SampleForm(request.POST or None, inspection=obj, initial=initial)
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                chosen = [int(text) for text in form.cleaned_data["chosen"]]
                services.choose_samples(
                    inspection=obj, chosen=chosen, reason=form.cleaned_data["reason"], by=request.user, at=now()
                )
                messages.success(request, _t("已保存样本。"))
                return redirect(obj.get_absolute_url())
        except errors.Invalid as error:
            pages.with_errors(form, error)
    return _shown(request, obj, "sampling", _t("抽样"), status, form=form, is_open=obj.state in services.OPEN)


@login_required
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Who was invited into the team, and inviting."""
    obj, status = _inspection(request, pk), 200
    form = MemberForm(request.POST or None, inspection=obj)
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                part = services.invite_member(inspection=obj, by=request.user, at=now(), **form.cleaned_data)
                messages.success(request, _t("已邀请%(name)s参加检查。") % {"name": part.user.name})
                return redirect("assessments:inspection-team", pk=pk)
        except errors.Invalid as error:
            pages.with_errors(form, error)
    rows = list(queries.members(obj))
    return _shown(
        request, obj, "team", _t("检查组"), status, form=form, rows=rows, is_open=obj.state in queries.RUNNING
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """Let one member go."""
    obj = _inspection(request, pk)
    services.withdraw_member(inspection=obj, invitation=invitation, by=request.user, at=now())
    messages.success(request, _t("已收回邀请。"))
    return redirect("assessments:inspection-team", pk=pk)
