"""Pages of automatic findings: what was found, what is asked, the rules, and having the data checked now."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from assets.inventory.models import level_label
from secmgmt.core import jobs, permissions
from secmgmt.core.clock import now
from secmgmt.core.forms import RecordForm
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews, Role

from . import services
from .filters import AskedFactFilter, FindingFilter, FindingRuleFilter
from .forms import FindingRuleForm
from .models import AskedFact, Finding, FindingRule
from .tables import FACTS, FINDINGS, RULES, levels
from .workflow import FACT, WORKFLOW

READ = frozenset({Role.LIST, Role.DETAIL, Role.HISTORY, Role.TRANSITION, Role.EXPORT})


class Findings(FeatureViews):
    """What the system found."""

    model, name, namespace, title = Finding, "finding", "assessments", _("自动发现")
    table, filterset_class, workflow, roles = FINDINGS, FindingFilter, WORKFLOW, READ
    exporter = xlsx_exporter
    related = ("protected_object__unit", "protected_object__owner", "rule", "rectification", "updated_by")
    templates = {"list": "assessments/findings/list.html", "detail": "assessments/inspection/detail_files.html"}
    empty_text = _("系统每天用台账、备案、测评、整改等数据核对规则，发现的问题在这里确认或提出异议。")
    facts = (
        "protected_object", (_("责任单位"), lambda row: str(row.protected_object.unit)),
        (_("对象等级"), lambda row: level_label(row.level)), "severity", "case", "clause", "basis",
        (_("数据来源"), lambda row: row.rule.source), "found_on", "seen_on", "respond_by", "cleared_on",
        "rectification",
    )  # fmt: skip

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The data it rests on."""
        context = {"rows": obj.evidence}
        return [
            {
                "title": _t("依据的数据"), "template": "assessments/findings/evidence.html", "column": "main",
                "context": context,
            }
        ]  # fmt: skip

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Proofs beside it; on the list the way to have the data checked now."""
        if page == "list":
            return {"may_check": permissions.may(self.request.user, FindingRule, "check")}
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


class Facts(FeatureViews):
    """What is asked because no data say it."""

    model, name, namespace, title = AskedFact, "askedfact", "assessments", _("询问事项")
    table, filterset_class, workflow, roles = FACTS, AskedFactFilter, FACT, READ
    exporter = xlsx_exporter
    related = ("protected_object__unit", "protected_object__owner", "rule", "updated_by")
    templates = {"detail": "assessments/inspection/detail_files.html"}
    empty_text = _("规则需要而系统没有的数据，作为是非题在这里询问。")
    facts = (
        "question", "protected_object", (_("责任单位"), lambda row: str(row.protected_object.unit)),
        (_("规则"), lambda row: row.rule.name), (_("依据"), lambda row: row.rule.basis), "asked_on", "answer",
        "explanation", "answered_by", "answered_on", "valid_until",
    )  # fmt: skip

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Proofs beside the question."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


class FindingRules(FeatureViews):
    """The rules with their conditions and grounds."""

    model, name, namespace, title = FindingRule, "findingrule", "assessments", _("自动发现规则")
    table, filterset_class, form_class = RULES, FindingRuleFilter, FindingRuleForm
    exporter = xlsx_exporter
    roles = frozenset({Role.LIST, Role.DETAIL, Role.UPDATE, Role.HISTORY, Role.EXPORT})
    related = ("updated_by",)
    empty_text = _("载入标准条款时一并载入，请联系系统管理员。")
    facts = (
        "code", "kind", "case", "clause", "condition", (_("参数"), lambda row: row.number_text),
        (_("适用等级"), levels), "per_unit", "severity", "when_unknown", "question", "valid_months", "dispute_days",
        "source", "basis", "confidence", "enabled", (_("本市已调整"), lambda row: row.is_edited),
    )  # fmt: skip

    def store(self, form: RecordForm) -> Any:
        """From now on the organization's own values stand."""
        return services.store_rule(form, by=self.request.user, at=now())


@login_required
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Have the data held against the rules now; a job does it."""
    permissions.require(request.user, FindingRule, "check")
    work = jobs.enqueue("findings.check", params={}, by=request.user, at=now())
    return redirect(reverse("core:job-detail", args=[work.pk]))
