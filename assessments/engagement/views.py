"""Pages of engagements: list, form, detail with documents, problems and the agency's people; agencies."""

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

from assessments.evaluation.results import standing
from assessments.filing.proof import SlotForm
from assessments.rectification.choices import State
from assets.models import ProtectedObject
from secmgmt.core import errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.forms import RecordForm
from secmgmt.core.models import Attachment
from secmgmt.core.pages import fact_of
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews

from . import queries, results, services
from .filters import AgencyFilter, EngagementFilter
from .forms import AdmitForm, AgencyForm, EngagementForm, FindingForm, ResultsForm
from .models import PAPERS, Agency, Engagement, EngagementFinding, EngagementKind, EngagementState, Paper
from .tables import AGENCIES, ENGAGEMENTS
from .workflow import WORKFLOW


class Engagements(FeatureViews):
    """Engagements of the objects in one's scope, and those one was let in to."""

    model, name, namespace, title = Engagement, "engagement", "assessments", _("等级测评与密评")
    table, filterset_class, form_class, workflow = ENGAGEMENTS, EngagementFilter, EngagementForm, WORKFLOW
    exporter = xlsx_exporter
    related = ("protected_object__unit", "agency", "updated_by")
    empty_text, creates = _("委托测评机构后在这里登记，开展和结果都从这里来。"), _("登记%(what)s")
    facts = (
        "kind", "agency", (_("责任单位"), lambda e: str(e.protected_object.unit)),
        (_("等级"), lambda e: e.protected_object.level_tag), "contract_number", "signed_on", "starts_on", "ends_on",
        "scope_note",
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Started from an object's page."""
        pk = whole_number(self.request.GET.get("object"))
        obj = ProtectedObject.objects.visible_to(self.request.user).filter(pk=pk).first()
        return {"protected_object": obj.pk} if obj else {}

    def store(self, form: RecordForm) -> Any:
        """The agency's access follows the term."""
        return services.store(form, by=self.request.user, at=now())

    def editable(self, obj: Any) -> bool:
        """While it goes on."""
        return obj.is_open

    def fetch(self, pk: int, action: str = "view") -> Any:
        """What went on is refused as soon as the page of deletion is opened."""
        obj = super().fetch(pk, action)
        if action == "delete" and not obj.is_deletable:
            raise errors.Conflict(_t("测评项目已开展，作为历史保留；不再继续的请终止。"), obj=obj)
        return obj

    def facts_of(self, obj: Any) -> list[tuple[str, Any]]:
        """Of the report only once there is one; who is told of a 密评 only where it is one."""
        told = [*self.facts]
        if obj.state == EngagementState.DONE:
            told += ["report_number", "report_date", "conclusion", "rate", "next_due_on"]
            told += ["reported_on"] if obj.kind == EngagementKind.CRYPTO else []
        return [fact_of(obj, fact) for fact in told]

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Only what was not begun is deleted; people are let in while it goes on."""
        buttons = super().detail_actions(obj, allowed if obj.is_deletable else allowed - {"delete"})
        if obj.is_open and "work" in allowed:
            buttons.append((_t("登记问题"), reverse("assessments:engagement-finding", args=[obj.pk]), "", "plus"))
            if obj.state in results.STATES and not results.of(obj):
                address = reverse("assessments:engagement-results", args=[obj.pk])
                buttons.append((_t("录入逐项结果"), address, "", "list"))
        if obj.is_open and "admit" in allowed:
            buttons.append((_t("测评人员"), reverse("assessments:engagement-people", args=[obj.pk]), "", "users"))
        return buttons

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """All files beside the record."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """Documents by activity, problems, the agency's people."""
        allowed = permissions.actions_for(self.request.user, [obj])[obj.pk]
        may = obj.is_open and "work" in allowed
        people = list(queries.accounts_of(obj)) if "admit" in allowed else []
        return [
            _panel(_t("四项活动的文档"), "papers", rows=papers_of(obj, may)),
            _panel(_t("逐项结果"), "results", engagement=obj, **results_of(obj)),
            _panel(_t("测评发现的其他问题"), "findings", rows=findings_of(obj, self.request.user, may), engagement=obj),
            *([_panel(_t("测评人员"), "people", column="side", rows=people)] if people else []),
        ]


def papers_of(obj: Engagement, may: bool) -> list[dict[str, Any]]:
    """Each document of each activity with its files: ``[{activity, label, files, url}]``."""
    by_slot: dict[str, list[Attachment]] = {}
    for file in Attachment.of(obj):
        by_slot.setdefault(file.slot, []).append(file)
    return [
        {
            "activity": EngagementState(activity).label,
            "label": paper.label,
            "files": by_slot.get(paper, []),
            "url": reverse("assessments:engagement-paper", args=[obj.pk, paper]) if may else "",
        }
        for activity, papers in PAPERS.items()
        for paper in papers
    ]


def findings_of(obj: Engagement, user: Any, may: bool) -> list[EngagementFinding]:
    """The problems reported beside the items, each with the state of its corrective action, and whether he drops it."""
    rows = list(obj.findings.all())
    states = queries.states_of(EngagementFinding, [row.pk for row in rows]) if rows else {}
    droppable = queries.may_drop(rows, obj, user, now()) if rows and may else set()
    for row in rows:
        row.is_droppable = row.pk in droppable
        row.told = State(states[row.pk]).label if row.pk in states else ""
    return rows


def results_of(obj: Engagement) -> dict[str, Any]:
    """The results by item as they stand: ``{found, summary}``; None where there are none."""
    found = results.of(obj)
    return {"found": found, "summary": standing(found) if found else None}


def _panel(title: str, template: str, *, column: str = "main", **context: Any) -> dict[str, Any]:
    name = f"assessments/engagement/{template}.html"
    return {"title": title, "template": name, "column": column, "context": context}


class Agencies(FeatureViews):
    """Evaluation agencies."""

    model, name, namespace, title = Agency, "agency", "assessments", _("测评机构")
    table, filterset_class, form_class = AGENCIES, AgencyFilter, AgencyForm
    exporter = xlsx_exporter
    empty_text = _("先登记测评机构，委托时才能选。")
    facts = ("name", "code", "certificate", "valid_until", "note")


def _engagement(request: HttpRequest, pk: int, action: str) -> Engagement:
    rows = Engagement.objects.select_related("protected_object__unit", "agency")
    return permissions.get_visible(Engagement, request.user, action, queryset=rows, pk=pk)


def _page(
    request: HttpRequest, engagement: Engagement, form: Any, title: str, submit: str, status: int
) -> HttpResponse:
    above = (Engagements.title, reverse("assessments:engagement-list"))
    context = {
        "title": title, "crumbs": [above, (str(engagement), engagement.get_absolute_url())], "object": engagement,
        "form": form, "submit": submit, "cancel_url": engagement.get_absolute_url(),
    }  # fmt: skip
    return render(request, "core/form.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, pk: int, document: str) -> HttpResponse:
    """Put a document of an activity into its slot."""
    engagement = _engagement(request, pk, "work")
    if document not in Paper.values:
        raise errors.OutOfScope(model=Engagement._meta.label, lookup=document)
    form = SlotForm(request.POST or None, request.FILES or None, instance=engagement, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            note = form.cleaned_data["note"]
            services.put_paper(engagement=engagement, slot=document, note=note, by=request.user, at=now(), **form.sent)
            messages.success(request, _t("已上传“%(slot)s”。") % {"slot": Paper(document).label})
            return redirect(engagement)
        except FileRefused as error:
            form.add_error("file", error.message)
    status = 422 if request.method == "POST" else 200
    return _page(request, engagement, form, str(Paper(document).label), _t("上传"), status)


@login_required
@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """A problem the agency reports."""
    engagement = _engagement(request, pk, "work")
    form = FindingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.add_finding(engagement=engagement, values=form.cleaned_data, by=request.user, at=now())
        messages.success(request, _t("已登记问题。"))
        return redirect(engagement)
    status = 422 if request.method == "POST" else 200
    return _page(request, engagement, form, _t("登记测评发现的问题"), _t("登记"), status)


@login_required
@require_http_methods(["GET", "POST"])
def begin_results(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the items for what the agency found."""
    engagement = _engagement(request, pk, "work")
    form = ResultsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = results.begin(engagement=engagement, **form.cleaned_data, by=request.user, at=now())
            return redirect(found.answer_url)
        except errors.Invalid as error:
            for name, told in error.errors.items():
                form.add_error(name if name in form.fields else None, told)
    status = 422 if request.method == "POST" else 200
    return _page(request, engagement, form, _t("录入逐项结果"), _t("开始录入"), status)


@login_required
@require_POST
def drop(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """Take a problem back."""
    engagement = _engagement(request, pk, "work")
    services.drop_finding(engagement=engagement, finding=row, by=request.user, at=now())
    messages.success(request, _t("已删除这个问题。"))
    return redirect(engagement)


@login_required
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person of the agency in, or see who is."""
    engagement = _engagement(request, pk, "admit")
    form, status = AdmitForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                user = form.cleaned_data["user"]
                services.admit(engagement=engagement, user=user, by=request.user, at=now())
                messages.success(request, _t("已允许%(name)s参加。") % {"name": user.name})
                return redirect("assessments:engagement-people", pk=pk)
        except errors.Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name if name in form.fields else None, found)
    above = (Engagements.title, reverse("assessments:engagement-list"))
    context = {
        "title": _t("测评人员"), "crumbs": [above, (str(engagement), engagement.get_absolute_url())],
        "object": engagement, "form": form, "rows": list(queries.accounts_of(engagement)), "today": today(),
    }  # fmt: skip
    return render(request, "assessments/engagement/people_page.html", context, status=status)


@login_required
@require_POST
def dismiss(request: HttpRequest, pk: int, account: int) -> HttpResponse:
    """Take a person's access back."""
    engagement = _engagement(request, pk, "admit")
    services.dismiss(engagement=engagement, account=account, by=request.user, at=now())
    messages.success(request, _t("已收回权限。"))
    return redirect("assessments:engagement-people", pk=pk)
