"""The pages of an import: upload, template, export to change, preview and confirmation of one sheet."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views import View

from . import audit, errors, permissions, previews
from .bounds import whole_number
from .clock import now
from .filesafety.refusal import FileRefused
from .filesafety.workbook import SheetRows, open_workbook
from .jobs import enqueue
from .models.job import Job, JobState
from .sheets import Sheet
from .sheets_import import PART, ROWS, Kept, apply, keep, show_cells, workbook_response
from .sheets_reading import preview
from .tables import PAGE, Pager, page_links

LARGE = 500  # more rows than this are read, written and exported in the background


def opened(file: Any, sheet: Sheet) -> SheetRows:
    """The workbook past every guard, its rows not read yet. Raises FileRefused."""
    try:
        return open_workbook(file, max_rows=sheet.most, max_bytes=settings.UPLOAD_MAX_BYTES, sheet=sheet.title)
    except FileRefused as error:
        if error.code != "wrong-sheet" or sheet.fixed:
            raise
        hint = _("“导出 Excel”和“导出全部列”的文件只供查阅，不能导入；要改后再导入，请用“导出修改”。")
        raise FileRefused(error.code, f"{error.message}{hint}") from error


def note_refused(error: FileRefused, name: str, *, by: Any, **more: Any) -> None:
    """A file that was turned away, in the trail: the same row whether a page or a job read it."""
    detail = {"file": name[:120], "code": error.code, **more}
    audit.refuse("refused.import", by=by, reason=error.message[:500], detail=detail)


class SheetViews(LoginRequiredMixin, View):
    """Upload, template, export to change, preview and confirmation of one sheet."""

    page = "upload"
    sheet: ClassVar[Sheet]
    name: ClassVar[str]
    namespace: ClassVar[str]
    http_method_names = ["get", "post", "head"]

    @classmethod
    def urls(cls, prefix: str) -> list[URLPattern]:
        """``<name>-import``, ``-import-template``, ``-import-rows``, ``-import-preview``."""
        start = f"{cls.name}-import"
        return [
            path(f"{prefix}import/", cls.as_view(), name=start),
            path(f"{prefix}import/template/", cls.as_view(page="template"), name=f"{start}-template"),
            path(f"{prefix}import/rows/", cls.as_view(page="rows"), name=f"{start}-rows"),
            path(f"{prefix}import/<slug:token>/", cls.as_view(page="preview"), name=f"{start}-preview"),
        ]

    @classmethod
    def url(cls, page: str = "", **kwargs: Any) -> str:
        """The address of one of the pages; ``list`` is the feature's list."""
        name = f"{cls.name}-list" if page == "list" else f"{cls.name}-import{page}"
        return reverse(f"{cls.namespace}:{name}", kwargs=kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        permissions.require(request.user, self.sheet.model, "import")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, token: str = "") -> HttpResponse:
        if self.page == "template":
            return workbook_response(self.sheet.template(request.user), _("%s导入模板") % self.sheet.title)
        if self.page == "rows":
            return self.rows(request)
        if self.page == "preview":
            return self.show_preview(Kept(token, self.sheet, request.user, self.ways()))
        return self.show_upload()

    def post(self, request: HttpRequest, token: str = "") -> HttpResponse:
        if self.page == "preview":
            return self.confirm(request, token)
        if self.page != "upload":
            return self.http_method_not_allowed(request)
        upload = request.FILES.get("file")
        if upload is None:
            return self.show_upload(_("请选择要导入的 .xlsx 文件。"), 422)
        try:
            book = opened(upload, self.sheet)
            if book.count > LARGE:
                return redirect(self.read_later(request, upload, book.count))
            found = preview(self.sheet, book, request.user)
        except FileRefused as error:
            note_refused(error, upload.name, by=request.user)
            return self.show_upload(error.message, error.status)
        found.file = upload.name[:120]
        return redirect(self.url("-preview", token=keep(found, self.sheet, request.user)))

    def read_later(self, request: HttpRequest, upload: Any, count: int) -> str:
        """Keep a large file until the job has read it; the job's page."""
        params = {"page": self.url(), "key": previews.keep_upload(upload), "file": upload.name[:120], "count": count}
        label = _("核对“%(file)s”（%(n)d 行）") % {"file": upload.name[:80], "n": count}
        job = enqueue("core.import_read", params=params, by=request.user, at=now(), label=label)
        return reverse("core:job-detail", args=[job.pk])

    def confirm(self, request: HttpRequest, token: str) -> HttpResponse:
        """Store the preview now, or, when it is large, by a job: one for each preview."""
        waiting = Job.objects.filter(kind="core.import_store", owner=request.user, params__token=token)
        job = waiting.exclude(state=JobState.FAILED).first()
        if job is not None:
            return redirect("core:job-detail", pk=job.pk)
        found = Kept(token, self.sheet, request.user, self.ways())
        if found.size <= LARGE:
            try:
                done = apply(sheet=self.sheet, token=token, by=request.user, at=now())
            except errors.Conflict as error:  # what the person meant stays before him
                detail = {"path": request.path[:300], "method": request.method, "status": error.status}
                audit.refuse(f"refused.{error.code}", by=request.user, reason=error.message[:500], detail=detail)
                return self.show_preview(found, error.message, error.status)
            messages.success(request, done_sentence(done))
            return redirect(self.url("list"))
        params = {"page": self.url(), "token": token}
        label = _("导入“%(file)s”（%(n)d 条）") % {"file": found.empty.file[:80], "n": found.size}
        job = enqueue("core.import_store", params=params, by=request.user, at=now(), label=label)
        return redirect("core:job-detail", pk=job.pk)

    def ways(self) -> previews.Ways:
        """Where one goes on whose preview is no longer there."""
        what = self.sheet.model._meta.verbose_name
        return ((_("%s列表") % what, self.url("list")), (_("重新上传"), self.url()))

    def rows(self, request: HttpRequest) -> HttpResponse:
        """What the person may change, to be changed in the workbook; audited with its number."""
        listed = list(self.sheet.queryset().visible_to(request.user, "change"))
        verb = f"{self.sheet.model._meta.label_lower}.export"
        with audit.act():
            audit.record(verb, by=request.user, at=now(), rows=[[r.pk, r.version] for r in listed])
        return workbook_response(self.sheet.export(listed, request.user), self.sheet.title)

    def context(self, here: str) -> dict[str, Any]:
        """What every page of an import shows."""
        what = self.sheet.model._meta.verbose_name
        crumbs = [(_("%s列表") % what, self.url("list")), (_("导入%s") % what, self.url())]
        return {
            "title": here or _("导入%s") % what,
            "what": what,
            "cancel_url": self.url("list"),
            "crumbs": crumbs if here else crumbs[:1],
            "template_url": self.url("-template"),
            "rows_url": self.url("-rows"),
            "again_url": self.url(),
            "fixed": self.sheet.fixed,
        }

    def show_upload(self, problem: str = "", status: int = 200) -> HttpResponse:
        limits = {"most": self.sheet.most, "large": LARGE, "megabytes": settings.UPLOAD_MAX_BYTES // 1024**2}
        context = {**self.context(""), **limits, "problem": problem}
        return render(self.request, "core/import.html", context, status=status)

    def show_preview(self, found: Kept, problem: str = "", status: int = 200) -> HttpResponse:
        """What the file would do, one section and page at a time, the section that needs a person first."""
        params, labels = self.request.GET, {"refusals": _("不能导入"), "adds": _("新增"), "changes": _("修改")}
        filled = [kind for kind in ROWS if found.counts[kind]]
        asked = params.get("show", "")
        current = asked if asked in filled else next(iter(filled), "")
        context = {
            "preview": found.empty,
            "counts": found.counts,
            "size": found.size,
            "tabs": [(f"{labels[kind]} {found.counts[kind]}", f"?show={kind}", kind == current) for kind in filled],
            "current": current,
            "may_confirm": not found.counts["refusals"] and bool(found.size) and not problem,
            "problem": problem,
            "is_large": found.size > LARGE,
        }
        if current:
            pages = found.pages(current)
            number = min(max(1, whole_number(params.get(PAGE)) or 1), pages)
            rows, before = found.rows(current, number), (number - 1) * PART
            if current == "adds":
                show_cells(self.sheet, found.empty, rows, self.request.user)
            links = page_links(params, number, pages)
            context["rows"] = rows
            context["pager"] = Pager(before + 1, before + len(rows), found.counts[current], links)
        context = {**self.context(_("核对导入内容")), **context}
        return render(self.request, "core/import_preview.html", context, status=status)


def done_sentence(done: dict[str, int]) -> str:
    """What an import did."""
    return _("已导入：新增 %(added)d 条，修改 %(changed)d 条。") % done
