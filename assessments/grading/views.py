"""List, form, detail and steps of gradings, their experts and the grading report."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from assessments.catalog.selection import COVERED_LEVELS
from assets.models import ProtectedObject
from secmgmt.core import audit, errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.forms import RecordForm
from secmgmt.core.reporting.render import CONTENT_TYPES
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews
from secmgmt.portal.doctemplates import rendered
from secmgmt.portal.reports import require_whole

from . import queries, reports, services
from .filters import GradingFilter
from .forms import GradingForm, InviteForm
from .models import Grading, GradingState
from .tables import GRADINGS
from .workflow import WORKFLOW

FORMATS = (("pdf", "PDF"), ("docx", "Word"))
EXPERTS_SHOWN = 30


class Gradings(FeatureViews):
    """Gradings of the objects in one's scope."""

    model, name, namespace, title = Grading, "grading", "assessments", _("定级备案")
    table, filterset_class, form_class, workflow = GRADINGS, GradingFilter, GradingForm, WORKFLOW
    exporter = xlsx_exporter
    related = ("protected_object__unit", "protected_object__owner", "updated_by")
    empty_text, creates = _("先在系统台账登记对象，再在这里定级。"), _("发起定级")
    facts = (
        (_("当前由谁办理"), lambda g: queries.decides_now(g, now())),
        (_("责任单位"), lambda g: str(g.protected_object.unit)),
        (_("等级"), lambda g: g.level_text),
        "report_date",
        "rule_set",
        (_("业务信息受侵害"), lambda g: queries.harms_text(g, "business")),
        "business_reason",
        (_("系统服务受侵害"), lambda g: queries.harms_text(g, "service")),
        "service_reason",
        "exception_reason",
        (_("主管部门"), lambda g: g.authority_name if g.has_authority else _t("无")),
        "certificate_number",
        "certified_on",
    )

    def initial(self) -> dict[str, Any]:
        """Started from an object's page; a regrading starts from what stands."""
        pk = whole_number(self.request.GET.get("object"))
        obj = ProtectedObject.objects.visible_to(self.request.user).filter(pk=pk).first()
        if obj is None:
            return {"report_date": today()}
        if permissions.may(self.request.user, Grading, "add", permissions.path_of(obj)):
            services.refuse_second(obj)
        standing = queries.standing_grading(obj)
        names = [n for n in GradingForm.Meta.fields if n not in ("protected_object", "report_date", "rule_set")]
        before = {name: getattr(standing, name) for name in names} if standing else {}
        return {**before, "protected_object": obj.pk, "report_date": today()}

    def store(self, form: RecordForm) -> Any:
        """Without script a trial of the levels comes back with the form, and nothing is stored."""
        if "preview" in self.request.POST:
            raise errors.Invalid(message=_t("这是试算结果，尚未保存。"))
        try:
            return super().store(form)
        except errors.Conflict:
            if form.instance.pk is None:  # somebody began another one meanwhile: lead to it
                services.refuse_second(form.instance.protected_object)
            raise

    def show(self, page: str, context: dict[str, Any], *, obj: Any = None, status: int = 200) -> HttpResponse:
        """The form with the levels that follow from it."""
        if page == "form":
            context["proposal"] = context["form"].proposal()
        return super().show(page, context, obj=obj, status=status)

    def fetch(self, pk: int, action: str = "view") -> Any:
        """What was submitted once is refused as soon as the page of deletion is opened."""
        obj = super().fetch(pk, action)
        if action == "delete" and not obj.is_deletable:
            raise errors.Conflict(_t("定级已提交或已确定，作为历史保留，不能删除。"), obj=obj)
        return obj

    def editable(self, obj: Any) -> bool:
        """Only a draft."""
        return obj.state == obj._meta.get_field("state").default

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """A grading under way or determined is history: only a draft is edited, only a fresh one deleted."""
        buttons = super().detail_actions(obj, allowed if obj.is_deletable else allowed - {"delete"})
        if "export" in allowed:
            preview = f"{reverse('portal:report-preview', args=['grading'])}?subject={obj.pk}"
            buttons.append((_t("预览报告"), preview, "", "eye"))
            address = "assessments:grading-report"
            buttons += [(name, reverse(address, args=[obj.pk, form]), "", "download") for form, name in FORMATS]
        if "submit" in allowed and obj.state in services.REVIEWABLE and obj.level >= 2:
            buttons.append((_t("邀请专家"), reverse("assessments:grading-experts", args=[obj.pk]), "", "users"))
        return [*self.next_steps(obj), *buttons]

    def next_steps(self, obj: Any) -> list[tuple[str, str, str, str]]:
        """What follows once the level is determined: the self-assessment, the object."""
        if obj.state not in (GradingState.DETERMINED, GradingState.FINAL):
            return []
        thing = obj.protected_object
        steps = [(_t("查看保护对象"), thing.get_absolute_url(), "", "eye")]
        model = apps.get_model("assessments.Assessment")
        if thing.security_level in COVERED_LEVELS and permissions.may(
            self.request.user, model, "add", permissions.path_of(thing)
        ):
            begin = f"{reverse('assessments:assessment-create')}?object={thing.pk}"
            steps.insert(0, (_t("开始自评估"), begin, "", "list"))
        return steps

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """The proofs of outside decisions beside the record."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """What the special rules say, what was decided outside, who was asked, the object's other gradings."""
        others = obj.protected_object.gradings.visible_to(self.request.user).exclude(pk=obj.pk)
        found = [
            _panel(_t("核对"), "check", warnings=queries.warnings_for(obj), grading=obj, asked=is_asked(obj)),
            _panel(_t("外部结论"), "outside", rows=list(obj.outside_decisions.select_related("proof"))),
            _panel(_t("评审专家"), "invited", column="side", rows=list(queries.invited(obj, now()))),
            _panel(_t("该对象的其他定级"), "others", column="side", rows=list(others)),
        ]
        return [panel for panel in found if "grading" in panel["context"] or panel["context"]["rows"]]


def _panel(title: str, template: str, *, column: str = "main", **context: Any) -> dict[str, Any]:
    name = f"assessments/grading/{template}.html"
    return {"title": title, "template": name, "column": column, "context": context}


def is_asked(grading: Grading) -> bool:
    """Whether its owner still has to say why it stays below a special rule."""
    return grading.state == GradingState.DRAFT and not grading.exception_reason.strip()


@login_required
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The levels that follow from a form as it is filled in; nothing is stored."""
    pk = whole_number(request.GET.get("of"))
    grading = None
    if pk is not None:
        grading = permissions.get_visible(Grading, request.user, "change", pk=pk)
    else:
        permissions.require(request.user, Grading, "add")
    form = GradingForm(request.POST, instance=grading, user=request.user)
    context = {"proposal": form.proposal(), "renamed": form.harmed()}
    return render(request, "assessments/grading/proposal.html", context)


def _grading(request: HttpRequest, pk: int, action: str) -> Grading:
    rows = Grading.objects.select_related("protected_object__unit", "protected_object__owner")
    return permissions.get_visible(Grading, request.user, action, queryset=rows, pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def experts(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask experts to review, found by name or unit; or take an invitation back."""
    grading = _grading(request, pk, "submit")
    form, status = InviteForm(request.POST or None, today=today()), 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                asked = services.invite_expert(grading=grading, by=request.user, at=now(), **form.cleaned_data)
                messages.success(request, _t("已邀请%(name)s评审。") % {"name": asked.user.name})
                return redirect("assessments:grading-experts", pk=pk)
        except errors.Invalid as error:
            for name, found in error.errors.items():
                form.add_error(name if name in form.fields else None, found)
    words = request.GET.get("q", "").strip()[:60]
    listed = list(queries.experts(today(), words)[: EXPERTS_SHOWN + 1])
    context = {
        "title": _t("评审专家"),
        "crumbs": [(Gradings.title, reverse("assessments:grading-list")), (str(grading), grading.get_absolute_url())],
        "grading": grading,
        "is_open": grading.state in services.REVIEWABLE,
        "form": form,
        "words": words,
        "listed": listed[:EXPERTS_SHOWN],
        "has_more": len(listed) > EXPERTS_SHOWN,
        "rows": list(queries.invited(grading, now())),
    }
    return render(request, "assessments/grading/experts.html", context, status=status)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """Take one invitation back."""
    grading = _grading(request, pk, "submit")
    services.withdraw_expert(grading=grading, invitation=invitation, by=request.user, at=now())
    messages.success(request, _t("已收回邀请。"))
    return redirect("assessments:grading-experts", pk=pk)


@login_required
@require_GET
def report(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The grading report as pdf or docx; every download is on record."""
    if form not in dict(FORMATS):
        raise errors.OutOfScope(model=Grading._meta.label, lookup=form)
    grading, at = _grading(request, pk, "export"), now()
    require_whole(request.user, grading)
    document = reports.build(grading, by=request.user, at=at)
    content, used = rendered(document, form, kind="grading", subject=grading, by=request.user)
    with audit.act():
        detail = {"format": form, **used}
        audit.record("assessments.grading.report", grading, by=request.user, at=at, detail=detail)
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{grading.protected_object}定级报告.{form}")
    return response
