"""Campaigns with their coverage, their tasks, and what is done to both."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from assessments.inspection.models import Inspection
from secmgmt.accounts.models import OrgUnit
from secmgmt.core import errors, jobs, permissions
from secmgmt.core.clock import now, today
from secmgmt.core.forms import RecordForm
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import Button, FeatureViews, Role

from . import queries, reminders, services
from .filters import CampaignFilter, TaskFilter
from .forms import CampaignForm, ExceptForm
from .models import Campaign, CampaignKind, CampaignState, CampaignTask, TaskState
from .tables import CAMPAIGNS, TASKS
from .workflow import WORKFLOW

UNITS_SHOWN = 30
LATE_SHOWN = 8
FIRST_LEVEL, LAST_LEVEL = 2, 4


class Campaigns(FeatureViews):
    """Rounds of work of the leading group."""

    model, name, namespace, title = Campaign, "campaign", "assessments", _("专项工作")
    table, filterset_class, form_class, workflow = CAMPAIGNS, CampaignFilter, CampaignForm, WORKFLOW
    exporter = xlsx_exporter
    related = ("unit", "responsible", "lead", "updated_by")
    creates = _("发起%(what)s")
    empty_text = _("由领导小组办公室发起年度自评估、整改复查、检查评估或风险评估。")
    facts = (
        "kind",
        (_("牵头检查部门"), lambda row: row.lead or _t("（只用于检查评估）")),
        (_("范围"), lambda row: row.scope_line),
        "responsible",
        "basis",
        "demands",
        "starts_on",
        "submit_by",
        "confirm_by",
        "ends_on",
        (_("提前提醒"), lambda row: row.remind_days or _t("不提醒")),
    )

    def initial(self) -> dict[str, Any]:
        """This year's self-assessment of level 2 to 4."""
        day = today()
        title = _t("%(year)d 年度网络安全等级保护自评估") % {"year": day.year}
        return {"kind": CampaignKind.SELF, "title": title, "starts_on": day}

    def store(self, form: RecordForm) -> Any:
        """A later day for handing in moves the self-assessments under way."""
        return services.store(form, by=self.request.user, at=now())

    def editable(self, obj: Any) -> bool:
        """What is over stays as it was."""
        return obj.state in (CampaignState.DRAFT, CampaignState.RUNNING)

    def fetch(self, pk: int, action: str = "view") -> Any:
        """Only a draft is deleted; what was published is revoked."""
        obj = super().fetch(pk, action)
        if action == "delete" and obj.state != CampaignState.DRAFT:
            raise errors.Conflict(_t("专项工作已发布，作为历史保留，不能删除；要停止，请撤销。"), obj=obj)
        return obj

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[Button]:
        """Also: the tasks, reminding now, making what is missing, the summary."""
        buttons = super().detail_actions(obj, allowed if obj.state == CampaignState.DRAFT else allowed - {"delete"})
        if "export" in allowed and obj.state != CampaignState.DRAFT:
            preview = f"{reverse('portal:report-preview', args=['campaign'])}?subject={obj.pk}"
            buttons.insert(0, (_t("总结报告"), preview, "", "file"))
        return buttons

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """The document it is based on beside the record, and what may be done with its tasks."""
        if page != "detail":
            return {}
        allowed = permissions.actions_for(self.request.user, [obj])[obj.pk]
        return {**attachment_panel(obj, self.request.user), "may_urge": obj.is_running and "publish" in allowed}

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """How far the work is, by unit, and what is late; for a draft, whom it would cover."""
        if obj.state == CampaignState.DRAFT:
            counts = {"count": queries.scope_of(obj).count(), "ungraded": queries.ungraded_in(obj)}
            return [panel(_t("范围预览"), "scope", counts)]
        tasks = queries.tasks_of(obj, self.request.user)
        progress = queries.progress_of(obj, tasks, today())
        units = OrgUnit.objects.in_bulk({task.protected_object.unit_id for task in tasks})
        lines = queries.coverage_by_unit(tasks, progress, units)
        address = f"{reverse('assessments:campaigntask-list')}?campaign={obj.pk}"
        whole = queries.whole(progress)
        late = [task for task in tasks if progress[task.pk].state == TaskState.LATE]
        stuck = sum(bool(task.trouble and not task.reason) for task in tasks)
        common: dict[str, Any] = {"campaign": obj, "tasks_url": address}
        context = {
            **common, "whole": whole, "stuck": stuck, "opening": obj.is_running and obj.opened_at is None,
            "url": address, "link": _t("全部任务"),
        }  # fmt: skip
        found = [panel(_t("总体进度"), "progress", context)]
        shown = {**common, "lines": lines[:UNITS_SHOWN], "rest": max(0, len(lines) - UNITS_SHOWN)}
        found.append(panel(_t("各单位完成情况"), "units", shown))
        if late:
            named = [(task, units.get(task.protected_object.unit_id), progress[task.pk]) for task in late[:LATE_SHOWN]]
            context = {**common, "rows": named, "url": f"{address}&state=late", "link": _t("逾期 %d 项") % len(late)}
            found.append(panel(_t("逾期未完成"), "late", context))
        return found


def panel(title: str, template: str, context: dict[str, Any], column: str = "main") -> dict[str, Any]:
    """A panel of the campaign's page."""
    return {
        "title": title, "template": f"assessments/campaign/{template}.html", "column": column, "context": context
    }  # fmt: skip


class CampaignTasks(FeatureViews):
    """What the campaigns ask of single objects."""

    model, name, namespace, title = CampaignTask, "campaigntask", "assessments", _("专项任务")
    table, filterset_class = TASKS, TaskFilter
    exporter = xlsx_exporter
    roles = frozenset({Role.LIST, Role.EXPORT})
    related = ("campaign__unit", "protected_object__unit", "assignee", "assessment")
    empty_text = _("专项工作发布后，范围内每个定级对象一项任务。")

    def limits(self, rows: list[Any]) -> dict[Any, frozenset[str] | None]:
        """Asked once for the rows of a page and of an export: here they are told how far they are."""
        progress = queries.progress_of_rows(rows, today())
        for row in rows:
            row.progress = progress[row.pk]
        return super().limits(rows)

    def url(self, page: str, obj: Any = None, **kwargs: Any) -> str:
        """A task's own page is where its work is done."""
        if page != "detail" or obj is None:
            return super().url(page, obj, **kwargs)
        hidden = obj.campaign.kind == CampaignKind.INSPECTION and not self.inspects
        return obj.get_absolute_url() if hidden or not obj.progress.url else obj.progress.url

    @cached_property
    def inspects(self) -> bool:
        """Whether the person sees inspections: to the inspected unit a task leads to its object."""
        return permissions.may(self.request.user, Inspection, "view")

    def row_buttons(self, rows: list[Any]) -> dict[Any, list[tuple[str, str]]]:
        """Leaving an object out, for who draws up the campaign."""
        campaigns = {row.campaign_id: row.campaign for row in rows}
        allowed = permissions.actions_for(self.request.user, campaigns.values())
        found: dict[int, list[tuple[str, str]]] = {}
        for row in rows:
            label = _t("恢复") if row.reason else _t("不适用…")
            may = row.campaign.is_running and "change" in allowed[row.campaign_id]
            found[row.pk] = [(label, reverse("assessments:campaigntask-except", args=[row.pk]))] if may else []
        return found


@login_required
@require_http_methods(["GET", "POST"])
def except_task(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave an object out of a campaign with a reason, or take it in again."""
    rows = CampaignTask.objects.select_related(*CampaignTasks.related)
    task = permissions.get_visible(CampaignTask, request.user, queryset=rows, pk=pk)
    permissions.require(request.user, Campaign, "change", permissions.path_of(task.campaign))
    if not task.campaign.is_running:
        told = {"state": task.campaign.get_state_display()}
        raise errors.Conflict(_t("专项工作现在是“%(state)s”，不能再改。") % told, obj=task.campaign)
    back = f"{reverse('assessments:campaigntask-list')}?campaign={task.campaign_id}"
    sent = request.POST if request.method == "POST" else None
    form = ExceptForm(sent, initial={"reason": task.reason, "version": task.version})
    if task.reason:
        form.fields["reason"].required = False
        form.fields["reason"].help_text = _t("清空理由并保存，即恢复为需要完成的任务。")
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        services.except_task(
            task=task.pk, version=values["version"], reason=values["reason"], by=request.user, at=now()
        )
        messages.success(request, _t("已标为不适用。") if values["reason"].strip() else _t("已恢复为需要完成。"))
        return redirect(back)
    crumbs = [(_t("专项工作"), reverse("assessments:campaign-list")), (str(task.campaign), back)]
    context = {
        "title": _t("“%(name)s”不适用") % {"name": task.protected_object}, "form": form, "crumbs": crumbs,
        "submit": _t("保存"), "cancel_url": back,
    }  # fmt: skip
    return render(request, "core/form.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def urge(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind everybody with an unfinished task now."""
    row = permissions.get_visible(Campaign, request.user, "publish", pk=pk)
    count = reminders.urge(campaign=row, by=request.user, at=now())
    messages.success(request, _t("已催办 %(n)d 人。") % {"n": count})
    return redirect(row.get_absolute_url())


@login_required
@require_POST
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the tasks that are missing: of objects that came into scope, and work that could not be begun."""
    row = permissions.get_visible(Campaign, request.user, "publish", pk=pk)
    if not row.is_running:
        told = {"state": row.get_state_display()}
        raise errors.Conflict(_t("专项工作现在是“%(state)s”，不再建立任务。") % told, obj=row)
    label = (_t("建立“%(name)s”的任务") % {"name": row})[:160]
    work_order = jobs.enqueue(
        "campaign.open", params={"campaign": row.pk}, by=request.user, at=now(), label=label, subject=row
    )
    return redirect("core:job-detail", pk=work_order.pk)
