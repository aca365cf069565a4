"""Pages of scanning: imports, problems with their queues, mapping rules."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import permissions, previews
from secmgmt.core.clock import now
from secmgmt.core.jobs import enqueue
from secmgmt.core.models import Job
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.views import FeatureViews, Role

from .filters import FindingFilter, RuleFilter, ScanFilter
from .forms import FindingForm, RuleForm, ScanForm
from .models import Scan, ScanFinding, ScannerRule
from .queries import items_of
from .sheets import RULE_SHEET
from .tables import FINDINGS, RULES, SCANS
from .workflow import WORKFLOW


class Findings(FeatureViews):
    """Problems that scanners found."""

    model, name, namespace, title = ScanFinding, "scanfinding", "assessments", _("扫描问题")
    table, filterset_class, form_class, workflow = FINDINGS, FindingFilter, FindingForm, WORKFLOW
    roles = frozenset(Role) - {Role.CREATE, Role.DELETE}
    exporter = xlsx_exporter
    related = ("unit", "scan", "rule", "component__protected_object__unit", "updated_by")
    empty_text = _("导入 Nmap、Nessus 或 OpenVAS 的结果后，发现的问题在这里确认和跟踪。")
    facts = (
        "address", "port", (_("部件"), lambda row: row.component or _("未识别地址")),
        (_("定级对象"), lambda row: row.component.protected_object if row.component else None),
        "severity", "title", "problem",
        (_("对应条款"), lambda row: "、".join(items_of(row)) or (row.items and _("该等级没有这些要求")) or _("未映射")),
        (_("映射规则"), lambda row: row.rule), "cves", "source", "scan", "first_seen", "last_seen", "times", "gone_on",
        "detail",
    )  # fmt: skip

    def list_actions(self) -> list[tuple[str, str, str, str]]:
        """The way to bring a file in."""
        buttons = super().list_actions()
        if permissions.may(self.request.user, Scan, "import"):
            buttons.append((_t("导入扫描结果"), reverse("assessments:scan-import"), "btn-pri", "upload"))
        return buttons

    def row_buttons(self, rows: list[Any]) -> dict[Any, list[tuple[str, str]]]:
        """What an address without a component needs."""
        allowed = permissions.actions_for(self.request.user, rows)
        return {
            row.pk: [(_t("指定部件"), self.url("update", row))]
            if row.component_id is None and "change" in allowed[row.pk]
            else []
            for row in rows
        }

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Assigning is what there is to edit."""
        if "change" not in allowed:
            return []
        label = _t("改指部件") if obj.component_id else _t("指定部件")
        return [(label, self.url("update", obj), "", "pen")]


class Scans(FeatureViews):
    """The files that were imported."""

    model, name, namespace, title = Scan, "scan", "assessments", _("扫描导入")
    table, filterset_class = SCANS, ScanFilter
    roles = frozenset((Role.LIST, Role.DETAIL, Role.HISTORY, Role.EXPORT))
    exporter = xlsx_exporter
    related = ("unit", "updated_by")
    empty_text = _("还没有导入过扫描结果。")
    facts = (
        "file", "source", "unit", "scanned_at", "hosts", "added", "again", "gone", "unmapped", "unmatched", "digest",
    )  # fmt: skip

    def list_actions(self) -> list[tuple[str, str, str, str]]:
        """The way to bring a file in."""
        buttons = super().list_actions()
        if permissions.may(self.request.user, Scan, "import"):
            buttons.append((_t("导入扫描结果"), reverse("assessments:scan-import"), "btn-pri", "upload"))
        return buttons

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """What it found, and what of that waits for somebody."""
        base = f"{reverse('assessments:scanfinding-list')}?scan={obj.pk}"
        return [
            (_t("本次发现的问题"), base, "btn-pri", "list"),
            (_t("未识别地址"), f"{base}&queue=unmatched", "", "list"),
            (_t("未映射"), f"{base}&queue=unmapped", "", "list"),
        ]


class Rules(FeatureViews):
    """Mapping rules."""

    model, name, namespace, title = ScannerRule, "scannerrule", "assessments", _("扫描映射规则")
    table, filterset_class, form_class = RULES, RuleFilter, RuleForm
    exporter, sheet = xlsx_exporter, RULE_SHEET
    related = ("updated_by",)
    empty_text = _("还没有映射规则，请联系系统管理员载入。")
    facts = (
        "code", "order", "source", "match_field", "pattern", "problem", "items", "risk", "basis", "enabled",
    )  # fmt: skip


def ordered(form: ScanForm, by: Any) -> Job:
    """The job that reads the file of a valid form."""
    upload = form.cleaned_data["file"]
    params = {
        "key": previews.keep_upload(upload), "file": upload.name[:120], "unit": form.cleaned_data["unit"].pk
    }  # fmt: skip
    return enqueue("assessments.scan_import", params=params, by=by, at=now())


def import_scan(request: HttpRequest) -> HttpResponse:
    """Bring a scanner's file; a job reads it."""
    permissions.require(request.user, Scan, "import")
    form = ScanForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        return redirect("core:job-detail", pk=ordered(form, request.user).pk)
    listed = reverse("assessments:scan-list")
    context = {
        "title": _t("导入扫描结果"), "crumbs": [(_t("扫描导入"), listed)], "form": form, "cancel_url": listed,
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/scan/upload.html", context, status=status)
