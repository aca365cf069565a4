"""The report centre: reports that were made, what can be made, the preview before it goes out, the download."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from secmgmt.core import errors, manifest
from secmgmt.core.clock import now
from secmgmt.core.filters import DayFilter, RecordFilterSet
from secmgmt.core.manifest import ReportKind
from secmgmt.core.models import ReportRun
from secmgmt.core.reporting.render import CONTENT_TYPES, render_html
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import moment, size, tag_
from secmgmt.core.views import FeatureViews, Role

from . import reports

OFFERED = 200  # more subjects than a drop-down helps with: the list says so


def kind_label(run: ReportRun) -> str:
    """The Chinese name of the kind, its code when a later release no longer has it."""
    return next((str(kind.label) for kind in manifest.collect("reports") if kind.code == run.kind), run.kind)


def about(run: ReportRun) -> str:
    """The record it speaks of, as it stands now."""
    kind = next((kind for kind in manifest.collect("reports") if kind.code == run.kind), None)
    return kind.line(run.parent) if kind else str(run.parent)


def file_cell(run: ReportRun) -> str:
    """Format and size, or that the file is gone."""
    label = reports.FORMAT_LABELS.get(run.fmt, run.fmt)
    return format_html("{} · {}", label, size(run.size)) if run.storage_key else tag_(_("已清理"), "plain")


RUNS = Table(
    (
        Column("title", gettext_lazy("报告"), sort="title", link=True),
        Column("about", gettext_lazy("关于"), render=about),
        Column("kind", gettext_lazy("种类"), value=kind_label, sort="kind"),
        Column("fmt", gettext_lazy("文件"), value="fmt", render=file_cell, sort="fmt"),
        Column("by", gettext_lazy("制作人"), value="by.name", sort="by__name"),
        Column("at", gettext_lazy("制作时间"), render=lambda run: moment(run.at), sort="at"),
        Column(
            "digest", gettext_lazy("摘要"), value=lambda run: f"{run.algorithm.upper()} {run.digest[:12]}…", css="mono"
        ),
    ),
    default_sort="-at",
)


class RunFilter(RecordFilterSet):
    """Reports by words, format, maker and day."""

    search_fields = ("title", "by__name")
    search_label = gettext_lazy("名称、制作人")
    fmt = django_filters.ChoiceFilter(
        label=gettext_lazy("格式"), choices=list(reports.FORMAT_LABELS.items()), empty_label=gettext_lazy("全部")
    )
    since = DayFilter("at", "gte", label=gettext_lazy("自"))

    class Meta:
        model = ReportRun
        fields = ("fmt",)


class Runs(FeatureViews):
    """Reports that were made of what one may have reports of."""

    model, name, namespace, title = ReportRun, "report", "portal", gettext_lazy("报告中心")
    table, filterset_class = RUNS, RunFilter
    roles = frozenset({Role.LIST, Role.DETAIL})
    templates = {"list": "portal/report/list.html", "detail": "portal/report/detail.html"}
    empty_text = gettext_lazy("在上面选择种类和对象，制作好的报告留在这里，随时下载。")

    def label(self) -> str:
        return _("制作好的报告")

    def filtered(self, action: str = "view") -> tuple[QuerySet, RunFilter]:
        """Those whose subject is open now."""
        filterset = RunFilter(self.request.GET, reports.runs_for(self.request.user), user=self.request.user)
        return filterset.qs, filterset

    def fetch(self, pk: int, action: str = "view") -> ReportRun:
        return reports.fetch(self.request.user, pk)

    def facts_of(self, run: ReportRun) -> list[tuple[str, Any]]:
        return [
            (_("种类"), kind_label(run)),
            (_("关于"), str(run.parent)),
            (_("文件"), file_cell(run)),
            (_("制作人"), f"{run.by.name}（{run.by.username}）"),
            (_("制作时间"), run.at),
            (_("摘要"), f"{run.algorithm.upper()} {run.digest}"),
            (_("文件保留至"), reports.expires_on(run)),
        ]

    def detail_actions(self, run: ReportRun, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Take the file, or make it anew."""
        again = (_("预览并重新制作"), preview_url(run.kind, run.object_id), "", "repeat")
        if not run.storage_key:
            return [again]
        return [again, (_("下载"), reverse("portal:report-file", args=[run.pk]), "btn-pri", "download")]

    def row_buttons(self, rows: list[ReportRun]) -> dict[Any, list[tuple[str, str]]]:
        """The file at the end of each row."""
        return {
            run.pk: [(_("下载"), reverse("portal:report-file", args=[run.pk]))] if run.storage_key else []
            for run in rows
        }

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """What can be made, each kind with its subjects."""
        if page != "list":
            return {}
        user = self.request.user
        return {"kinds": [(kind, *offered(kind, user)) for kind in reports.kinds_for(user)]}


def offered(kind: ReportKind, user: Any) -> tuple[list[tuple[Any, str]], bool]:
    """The newest subjects of a kind, each with its line, and whether there are more."""
    rows = list(reports.subjects(kind, user).order_by("-pk")[: OFFERED + 1])
    return [(row, kind.line(row)) for row in rows[:OFFERED]], len(rows) > OFFERED


def preview_url(code: str, pk: int) -> str:
    """Where a report is looked at before it is made."""
    return f"{reverse('portal:report-preview', args=[code])}?subject={pk}"


class Preview(LoginRequiredMixin, View):
    """The document as it would be made now, and the buttons that have it made."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Read it; what a person typed in the address is a number or nothing."""
        found, subject = self.asked(request.GET.get("subject", ""), kind)
        made = reports.preview(kind=found, subject=subject, by=request.user, at=now())
        context = {
            "title": made.title,
            "crumbs": [(_("报告中心"), reverse("portal:report-list"))],
            "kind": found,
            "subject": subject,
            "subject_url": subject.get_absolute_url(),
            "formats": [(fmt, reports.FORMAT_LABELS[fmt]) for fmt in found.formats],
            "sheets": SafeString(render_html(made).decode()),  # the renderer escapes every text
        }
        return render(request, "portal/report/preview.html", context)

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Have it made in the background."""
        found, subject = self.asked(request.POST.get("subject", ""), kind)
        fmt = request.POST.get("fmt", "")
        job = reports.order(kind=found, subject=subject, fmt=fmt, by=request.user, at=now())
        return redirect("core:job-detail", job.pk)

    def asked(self, sent: str, kind: str) -> tuple[ReportKind, Any]:
        """The kind and the record, as far as they are open."""
        number = forms.IntegerField(min_value=1, max_value=2**62)
        try:
            pk = number.clean(sent)
        except forms.ValidationError as error:
            raise errors.OutOfScope(model=ReportRun._meta.label, lookup=sent[:40]) from error
        found = reports.kind_named(kind)
        return found, reports.subject_of(found, self.request.user, pk)


class File(LoginRequiredMixin, View):
    """A report's file, never shown inside a page (A35)."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        """Download."""
        run = reports.fetch(request.user, pk)
        handle = reports.take(run=run, by=request.user, at=now())
        response = FileResponse(handle, as_attachment=True, filename=f"{run.title}.{run.fmt}")
        response["Content-Type"] = CONTENT_TYPES[run.fmt]
        response["X-Content-Type-Options"] = "nosniff"
        return response
