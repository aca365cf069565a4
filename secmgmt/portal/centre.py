"""The report centre: reports that were made, what can be made, the preview before it goes out, the download."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Prefetch, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from secmgmt.accounts.models import OrgUnit
from secmgmt.core import errors, manifest
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.filters import DayFilter, RecordFilterSet
from secmgmt.core.manifest import ReportKind
from secmgmt.core.models import ReportRun, ReportSchedule
from secmgmt.core.reporting.render import CONTENT_TYPES, render_html
from secmgmt.core.tables import Column, Table, url_with
from secmgmt.core.templatetags.ui import moment, size, tag_
from secmgmt.core.views import FeatureViews, Role

from . import reports, schedules

MAKE = "make"  # the kind that was chosen to be made
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


def known_kinds() -> list[tuple[str, Any]]:
    """(code, name) of every kind there is."""
    return [(kind.code, kind.label) for kind in manifest.collect("reports")]


class RunFilter(RecordFilterSet):
    """Reports by words, kind, format, maker and day."""

    search_fields = ("title", "by__name")
    search_label = gettext_lazy("名称、制作人")
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("种类"), choices=known_kinds, empty_label=gettext_lazy("全部")
    )
    fmt = django_filters.ChoiceFilter(
        label=gettext_lazy("格式"), choices=list(reports.FORMAT_LABELS.items()), empty_label=gettext_lazy("全部")
    )
    since = DayFilter("at", "gte", label=gettext_lazy("自"))

    class Meta:
        model = ReportRun
        fields = ("kind", "fmt")


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
            *options_said(run),
            *([(_("定期报告"), f"{run.schedule.get_every_display()}，{run.period}")] if run.schedule else []),
            (_("文件"), file_cell(run)),
            (_("制作人"), f"{run.by.name}（{run.by.username}）"),
            (_("制作时间"), run.at),
            (_("摘要"), f"{run.algorithm.upper()} {run.digest}"),
            (_("文件保留至"), reports.expires_on(run)),
        ]

    def detail_actions(self, run: ReportRun, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Take the file, or make it anew."""
        again = (_("预览并重新制作"), preview_url(run.kind, run.object_id, run.params.get("options")), "", "repeat")
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
        """What can be made; of the kind that was chosen also of what."""
        if page != "list":
            return {}
        user, asked = self.request.user, self.request.GET.get(MAKE, "")
        kinds = reports.kinds_for(user)
        chosen = next((kind for kind in kinds if kind.code == asked), None)
        entries = [(kind, f"{url_with(self.request.GET, **{MAKE: kind.code})}#h-make") for kind in kinds]
        listed, more = offered(chosen, user) if chosen else ([], False)
        return {"kinds": entries, "chosen": chosen, "subjects": listed, "more": more}


def offered(kind: ReportKind, user: Any) -> tuple[list[tuple[Any, str]], bool]:
    """The newest subjects of a kind, units in the order of the tree, each with its line; and whether there are more."""
    order = "path" if reports.model_of(kind) is OrgUnit else "-pk"
    rows = list(reports.subjects(kind, user).order_by(order)[: OFFERED + 1])
    return [(row, kind.line(row)) for row in rows[:OFFERED]], len(rows) > OFFERED


def preview_url(code: str, pk: int, options: dict[str, Any] | None = None) -> str:
    """Where a report is looked at before it is made, with what was said of how."""
    return f"{reverse('portal:report-preview', args=[code])}?{urlencode([('subject', pk), *sent_of(options)])}"


def options_said(run: ReportRun) -> list[tuple[str, str]]:
    """The parameters it was made with, in the words of their form."""
    kind = next((kind for kind in manifest.collect("reports") if kind.code == run.kind), None)
    options = run.params.get("options") or {}
    if kind is None or kind.options is None:
        return []
    said = []
    for name, field in kind.options().fields.items():
        known = {str(value): str(label) for value, label in getattr(field, "choices", ())}
        given = options.get(name, "")
        texts = [known.get(str(one), str(one)) for one in (given if isinstance(given, list) else [given])]
        said.append((str(field.label), "、".join(texts) or "—"))
    return said


def options_of(kind: ReportKind, sent: QueryDict) -> tuple[Any, dict[str, Any] | None]:
    """The form of a kind's options and what it says, the usual where nothing was sent; None where it does not fit."""
    if kind.options is None:
        return None, None
    usual = kind.options.standard(today())
    if not set(kind.options.base_fields) & set(sent):
        return kind.options(initial=usual), usual
    form = kind.options(sent)
    return form, form.params() if form.is_valid() else None


def sent_of(options: dict[str, Any] | None) -> list[tuple[str, Any]]:
    """Options as the hidden fields of a form."""
    listed = ((name, value if isinstance(value, list) else [value]) for name, value in (options or {}).items())
    return [(name, one) for name, values in listed for one in values]


def page_of(subject: Any) -> str:
    """The page of what a report is about; of a unit its overview."""
    if isinstance(subject, OrgUnit):
        return f"{reverse('portal:city')}?unit={subject.pk}"
    return subject.get_absolute_url()


class Schedules(LoginRequiredMixin, View):
    """My reports that are made every month or year, and stopping one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The list, those that go on first."""
        mine = ReportSchedule.objects.visible_to(request.user).select_related("content_type")
        rows = list(mine.prefetch_related(Prefetch("runs", ReportRun.objects.order_by("-period")))[:100])
        labels = {kind.code: kind.label for kind in manifest.collect("reports")}
        context = {
            "title": _("定期报告"),
            "crumbs": [(_("报告中心"), reverse("portal:report-list"))],
            "rows": [(row, labels.get(row.kind, row.kind), reports.FORMAT_LABELS[row.fmt]) for row in rows],
        }
        return render(request, "portal/report/schedules.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Stop one of mine."""
        pk = whole_number(request.POST.get("schedule"))
        row = ReportSchedule.objects.visible_to(request.user).filter(pk=pk or 0).first()
        if row is None:
            raise errors.OutOfScope(model=ReportSchedule._meta.label, lookup=pk)
        schedules.stop(schedule=row, by=request.user, at=now())
        messages.success(request, _("已停止。已制作的报告仍在报告中心。"))
        return redirect("portal:schedules")


class Preview(LoginRequiredMixin, View):
    """The document as it would be made now, and the buttons that have it made."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Read it; what a person typed in the address is a number or nothing."""
        found, subject = self.asked(request.GET.get("subject", ""), kind)
        form, options = options_of(found, request.GET)
        base = {
            "crumbs": [(_("报告中心"), reverse("portal:report-list"))],
            "kind": found,
            "subject": subject,
            "subject_url": page_of(subject),
            "form": form,
        }
        if form is not None and options is None:
            return render(request, "portal/report/preview.html", {**base, "title": found.label}, status=422)
        made = reports.preview(kind=found, subject=subject, by=request.user, at=now(), options=options)
        context = {
            **base,
            "title": made.title,
            "sent": sent_of(options),
            "every": ReportSchedule.Every.choices if form is not None else [],
            "formats": [(fmt, reports.FORMAT_LABELS[fmt]) for fmt in found.formats],
            "sheets": SafeString(render_html(made).decode()),  # the renderer escapes every text
        }
        return render(request, "portal/report/preview.html", context)

    def post(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Have it made in the background."""
        found, subject = self.asked(request.POST.get("subject", ""), kind)
        fmt = request.POST.get("fmt", "")
        form, options = options_of(found, request.POST)
        if form is not None and options is None:
            raise errors.Invalid({name: [str(text) for text in listed] for name, listed in form.errors.items()})
        asked: dict[str, Any] = {"kind": found, "subject": subject, "fmt": fmt, "by": request.user, "at": now()}
        if request.POST.get("every"):
            made = schedules.set_up(**asked, every=request.POST["every"], options=options or {})
            day = made.next_on.isoformat()
            messages.success(request, _("已设定，首次在 %(day)s 制作，完成后发消息通知。") % {"day": day})
            return redirect("portal:schedules")
        return redirect("core:job-detail", reports.order(**asked, options=options).pk)

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
        return file_response(reports.fetch(request.user, pk), by=request.user, at=now())


def file_response(run: ReportRun, *, by: Any, at: dt.datetime) -> FileResponse:
    """The file of a report as a download."""
    handle = reports.take(run=run, by=by, at=at)
    response = FileResponse(handle, as_attachment=True, filename=f"{run.title}.{run.fmt}")
    response["Content-Type"] = CONTENT_TYPES[run.fmt]
    response["X-Content-Type-Options"] = "nosniff"
    return response
