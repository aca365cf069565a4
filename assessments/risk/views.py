"""Pages of risk assessments and their register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from secmgmt.core import errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.pages import with_errors
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews

from . import forms, queries, services
from .filters import RiskAssessmentFilter, RiskFilter
from .models import Risk, RiskAssessment, RiskState, Treatment
from .sheets import RISK_SHEET
from .tables import ASSESSMENTS, RISKS
from .workflow import WORKFLOW

Button = tuple[str, str, str, str]
SHOWN = 50


class RiskAssessments(FeatureViews):
    """Risk assessments of the objects in one's scope."""

    model, name, namespace, title = RiskAssessment, "riskassessment", "assessments", _("风险评估")
    table, filterset_class, workflow = ASSESSMENTS, RiskAssessmentFilter, WORKFLOW
    form_class = forms.RiskAssessmentForm
    exporter = xlsx_exporter
    related = ("protected_object__unit", "protected_object__owner", "updated_by")
    empty_text, creates = _("按年度或重大变更后，对系统开展风险评估。"), _("发起%(what)s")
    facts = ("protected_object", "leading", "assessed_on", "scope", "method", "rule", "signed_at")

    def initial(self) -> dict[str, Any]:
        """Started from an object's page."""
        pk = whole_number(self.request.GET.get("object"))
        obj = forms.ProtectedObject.objects.visible_to(self.request.user).filter(pk=pk).first()
        named = {"protected_object": obj.pk, "title": f"{obj} {today().year} 年风险评估"[:100]} if obj else {}
        return {"assessed_on": today(), **named}

    def store(self, form: Any) -> Any:
        """A change of method calculates every line anew."""
        return services.store(form, by=self.request.user, at=now())

    def fetch(self, pk: int, action: str = "view") -> Any:
        """What was submitted is refused as soon as the page of deletion is opened."""
        obj = super().fetch(pk, action)
        if action == "delete" and not obj.is_deletable:
            raise errors.Conflict(_t("风险评估已提交过，作为历史保留，不能删除。"), obj=obj)
        return obj

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """Add a line while it is a draft; the report."""
        buttons = super().detail_actions(obj, allowed if obj.is_deletable else allowed - {"delete"})
        if "submit" in allowed and obj.state == RiskState.DRAFT:
            add = f"{reverse('assessments:risk-create')}?assessment={obj.pk}"
            buttons.append((_t("登记风险"), add, "btn-pri", "plus"))
        if "export" in allowed:
            preview = f"{reverse('portal:report-preview', args=['risk-assessment'])}?subject={obj.pk}"
            buttons.append((_t("预览报告"), preview, "", "eye"))
        return buttons

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The heat map, the register, and how it was the last time."""
        rows = list(obj.risks.all()[: SHOWN + 1])
        before = queries.earlier(obj)
        levels = [
            {"name": name, "now": count, "before": old[1] if before else None}
            for (name, count), old in zip(
                queries.by_level(obj), queries.by_level(before) if before else [("", 0)] * 5, strict=True
            )
        ]
        whole = f"{reverse('assessments:risk-list')}?assessment={obj.pk}"
        return [
            _panel(_t("风险分布"), "heat", heat=queries.heat(obj), levels=levels, before=before),
            _panel(_t("风险清单"), "register", rows=rows[:SHOWN], url=whole, link=_t("全部风险")),
        ]

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Files of the assessment."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


def _panel(title: str, template: str, **context: Any) -> dict[str, Any]:
    return {"title": title, "template": f"assessments/risk/{template}.html", "column": "main", "context": context}


class Risks(FeatureViews):
    """The lines of the registers."""

    model, name, namespace, title = Risk, "risk", "assessments", _("风险清单")
    table, filterset_class, form_class, sheet = RISKS, RiskFilter, forms.RiskForm, RISK_SHEET
    exporter = xlsx_exporter
    related = ("assessment__protected_object__unit", "accepted_by", "updated_by")
    empty_text = _("从风险评估的页面登记风险，或导入 Excel。")
    facts = (
        "assessment", "layer", "asset", "confidentiality", "integrity", "availability", "asset_value", "threat",
        "frequency", "vulnerability", "severity", "controls", "value", "level", "method", "edition", "treatment",
        "measure", "due_on", "residual_frequency", "residual_severity", "residual_level", "accepted_by",
        "accepted_until", "accepted_reason",
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Started from an assessment's page."""
        return {"assessment": whole_number(self.request.GET.get("assessment"))}

    def store(self, form: Any) -> Any:
        """Only while its assessment is a draft."""
        return services.store_risk(form, by=self.request.user, at=now())

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """The leadership accepts."""
        buttons = super().detail_actions(obj, allowed)
        waits = obj.treatment == Treatment.ACCEPT and obj.assessment.state != RiskState.DRAFT
        if "accept" in allowed and waits:
            buttons.append((_t("批准接受…"), reverse("assessments:risk-accept", args=[obj.pk]), "btn-danger", "alert"))
        return buttons


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The leadership accepts a risk for a time."""
    rows = Risk.objects.select_related("assessment__protected_object__unit")
    risk = permissions.get_visible(Risk, request.user, "accept", queryset=rows, pk=pk)
    form, status = forms.AcceptForm(initial={"version": risk.version}), 200
    if request.method == "POST":
        form, status = forms.AcceptForm(request.POST), 422
        try:
            if form.is_valid():
                services.accept_risk(risk=risk, by=request.user, at=now(), **form.cleaned_data)
                messages.success(request, _t("已批准接受，到期后须重新办理。"))
                return redirect(risk)
        except errors.Invalid as error:
            with_errors(form, error)
    context = {
        "title": _t("批准接受风险"), "form": form, "danger": True, "submit": _t("批准接受"), "cancel": risk,
        "crumbs": [(str(risk.assessment), risk.assessment.get_absolute_url()), (str(risk), risk.get_absolute_url())],
        "text": _t("%(name)s：风险%(level)s。%(why)s")
        % {"name": risk, "level": risk.get_level_display(), "why": risk.measure},
    }  # fmt: skip
    return render(request, "assessments/review/act.html", context, status=status)
