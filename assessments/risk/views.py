"""Pages of risk assessments, their assets and register, and the lists they choose from."""

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

from assessments.rectification.models import Rectification
from secmgmt.core import errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.pages import with_errors
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews

from . import forms, queries, services
from .filters import RiskAssessmentFilter, RiskAssetFilter, RiskFilter
from .models import LEVELS, Method, Risk, RiskAssessment, RiskAsset, RiskState, Treatment
from .sheets import ASSET_SHEET, RISK_SHEET
from .tables import ASSESSMENTS, ASSETS, RISKS
from .workflow import WORKFLOW

Button = tuple[str, str, str, str]
SHOWN = 50


def _panel(title: str, template: str, **context: Any) -> dict[str, Any]:
    return {"title": title, "template": f"assessments/risk/{template}.html", "column": "main", "context": context}


class RiskAssessments(FeatureViews):
    """Risk assessments of the objects in one's scope."""

    model, name, namespace, title = RiskAssessment, "riskassessment", "assessments", _("风险评估")
    table, filterset_class, workflow = ASSESSMENTS, RiskAssessmentFilter, WORKFLOW
    form_class = forms.RiskAssessmentForm
    exporter = xlsx_exporter
    related = ("protected_object__unit", "protected_object__owner", "matrix", "updated_by")
    empty_text, creates = _("按年度或重大变更后，对系统开展风险评估。"), _("发起%(what)s")
    facts = (
        "protected_object", (_("责任单位"), lambda row: str(row.protected_object.unit)), "leading", "assessed_on",
        "scope", "method", (_("计算矩阵"), lambda row: row.edition), "rule", "signed_at",
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Started from an object's page; an inspector leads an inspection's, whoever is both chooses."""
        pk = whole_number(self.request.GET.get("object"))
        obj = forms.ProtectedObject.objects.visible_to(self.request.user).filter(pk=pk).first()
        named = {"protected_object": obj.pk, "title": f"{obj} {today().year} 年风险评估"[:100]} if obj else {}
        held = {grant.role for grant in self.request.user.grants()}
        leading = "self" if forms.roles.OWNER.code in held else "inspection"
        return {"assessed_on": today(), "leading": leading, **named}

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
            for label, name in ((_t("登记资产"), "riskasset"), (_t("登记风险"), "risk")):
                add = f"{reverse(f'assessments:{name}-create')}?assessment={obj.pk}"
                buttons.append((label, add, "btn-pri" if name == "risk" else "", "plus"))
        if "export" in allowed:
            preview = f"{reverse('portal:report-preview', args=['risk-assessment'])}?subject={obj.pk}"
            buttons.append((_t("预览报告"), preview, "", "eye"))
        return buttons

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The heat map, the assets, problems not taken in yet, the register, and how it was the last time."""
        user = self.request.user
        works = obj.state == RiskState.DRAFT and "submit" in permissions.actions_for(user, [obj])[obj.pk]
        whole = f"{reverse('assessments:risk-list')}?assessment={obj.pk}"
        assets = f"{reverse('assessments:riskasset-list')}?assessment={obj.pk}"
        rows = list(obj.risks.select_related("asset", "problem")[: SHOWN + 1])
        listed = {"rows": queries.tree(obj), "works": works, "row": obj, "url": assets, "link": _t("全部资产")}
        register = {"rows": rows[:SHOWN], "more": len(rows) > SHOWN, "url": whole, "link": _t("全部风险")}
        found = [
            _panel(_t("风险分布"), "heat", heat=queries.heat(obj.risks.all(), whole), **_spread(obj), any=bool(rows)),
            _panel(_t("资产识别"), "assets", **listed),
            _panel(_t("风险清单"), "register", **register),
        ]
        if works and (left := queries.open_problems(obj, user)):
            found.insert(2, _panel(_t("尚未纳入的未整改问题"), "problems", rows=left))
        return found

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Files of the assessment."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


def _spread(obj: RiskAssessment) -> dict[str, Any]:
    """How many risks of each level there are, are left after treatment, and were the last time."""
    before = queries.earlier(obj)
    old = queries.by_level(before) if before else [("", 0)] * len(LEVELS)
    counted = zip(queries.by_level(obj), queries.left_over(obj), old, strict=True)
    levels = [
        {"name": name, "now": count, "left": left[1], "before": last[1] if before else None}
        for (name, count), left, last in counted
    ]
    return {"levels": levels, "before": before}


class RiskAssets(FeatureViews):
    """The assets of assessments."""

    model, name, namespace, title = RiskAsset, "riskasset", "assessments", _("资产识别")
    table, filterset_class, form_class, sheet = ASSETS, RiskAssetFilter, forms.RiskAssetForm, ASSET_SHEET
    exporter = xlsx_exporter
    related = ("assessment__protected_object__unit", "parent", "component", "updated_by")
    empty_text = _("从风险评估的页面登记资产，或从台账带入。")
    facts = (
        "assessment", "layer", "parent", "component", "confidentiality", "integrity", "availability", "value",
        (_("赋值规则"), lambda row: row.assessment.get_rule_display()), "note",
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Started from an assessment's page."""
        return {"assessment": whole_number(self.request.GET.get("assessment"))}

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """By way of the assessment."""
        if obj is None:
            return super().crumbs()
        return [(str(obj.assessment), obj.assessment.get_absolute_url()), (str(obj), self.url("detail", obj))]

    def store(self, form: Any) -> Any:
        """Only while its assessment is a draft; its risks follow."""
        return services.store_part(form, by=self.request.user, at=now())

    def editable(self, obj: Any) -> bool:
        """While its assessment is a draft."""
        return obj.assessment.state == RiskState.DRAFT

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The risks of the asset."""
        rows = list(obj.risks.select_related("asset", "problem")[:SHOWN])
        return [_panel(_t("这项资产的风险"), "register", rows=rows)]


class Risks(FeatureViews):
    """The lines of the registers."""

    model, name, namespace, title = Risk, "risk", "assessments", _("风险清单")
    table, filterset_class, form_class, sheet = RISKS, RiskFilter, forms.RiskForm, RISK_SHEET
    exporter = xlsx_exporter
    related = (
        "assessment__protected_object__unit", "assessment__matrix", "asset", "threat", "vulnerability", "problem",
        "accepted_by", "updated_by",
    )  # fmt: skip
    empty_text = _("从风险评估的页面登记风险，或导入 Excel。")
    facts = (
        "assessment", "asset", "asset_value", "threat_text", "frequency", "weakness", "problem",
        (_("对应条款"), lambda row: row.vulnerability.items if row.vulnerability else ""), "severity", "controls",
        "likelihood", "likelihood_grade", "loss", "loss_grade", "value", "level", "method", "edition",
        (_("另一方法的结果"), lambda row: other_result(row)), "treatment", (_("处置进展"), lambda row: row.standing),
        "measure", "due_on", "residual_frequency", "residual_severity", "residual_value", "residual_level",
        "accepted_by", "accepted_until", "accepted_reason", "lapsed_on",
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Started from an assessment's page, or from a problem that is still open."""
        given: dict[str, Any] = {"assessment": whole_number(self.request.GET.get("assessment"))}
        pk = whole_number(self.request.GET.get("problem"))
        problem = Rectification.objects.visible_to(self.request.user).filter(pk=pk).first() if pk else None
        return given | (queries.taken_from(problem) if problem else {})

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """By way of the assessment."""
        if obj is None:
            return super().crumbs()
        return [(str(obj.assessment), obj.assessment.get_absolute_url()), (str(obj), self.url("detail", obj))]

    def store(self, form: Any) -> Any:
        """Only while its assessment is a draft."""
        return services.store_part(form, by=self.request.user, at=now())

    def editable(self, obj: Any) -> bool:
        """While its assessment is a draft."""
        return obj.assessment.state == RiskState.DRAFT

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """The leadership accepts; the item that follows it."""
        buttons = super().detail_actions(obj, allowed)
        waits = obj.treatment == Treatment.ACCEPT and obj.assessment.state != RiskState.DRAFT
        if "accept" in allowed and waits:
            buttons.append((_t("批准接受…"), reverse("assessments:risk-accept", args=[obj.pk]), "btn-danger", "alert"))
        if obj.action_url:
            buttons.append((_t("整改项"), obj.action_url, "", "check"))
        return buttons


def other_result(risk: Risk) -> str:
    """What the method not chosen makes of the same grades, in words."""
    other = Method.PRODUCT if risk.method == Method.MATRIX else Method.MATRIX
    found = risk.result(other, risk.frequency, risk.severity)
    told = _t("%(method)s：风险值 %(value)d，%(level)s")
    return told % {"method": other.label, "value": found.value, "level": LEVELS[found.level]}


@login_required
@require_POST
def take_inventory(request: HttpRequest, pk: int) -> HttpResponse:
    """Put what the inventory knows into the tree of assets."""
    row = permissions.get_visible(RiskAssessment, request.user, "submit", pk=pk)
    count = services.take_inventory(assessment=row, by=request.user, at=now())
    told = _t("已从台账带入 %(n)d 项资产，赋值为起始值，请逐项核对。") % {"n": count}
    messages.success(request, told if count else _t("台账中的业务、系统和部件都已在资产清单里。"))
    return redirect(row)


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The leadership accepts a risk for a time."""
    rows = Risk.objects.select_related("assessment__protected_object__unit", "asset", "problem")
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
        "text": _t("%(name)s：%(weak)s，风险%(level)s。%(why)s") % {
            "name": risk, "weak": risk.weakness, "level": risk.get_level_display(), "why": risk.measure
        },
    }  # fmt: skip
    return render(request, "assessments/review/act.html", context, status=status)
