"""Keeping a preview until it is confirmed, storing it as one act, and the pages of an import."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import re
import secrets
from dataclasses import asdict
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views import View

from . import audit, errors, permissions, records, search
from .clock import now
from .filesafety.refusal import FileRefused
from .reporting.xlsx_cells import export_rows
from .sheets import Entry, Preview, Refusal, Sheet, choices_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200  # rows of each kind on the preview page


def _folder(sheet: Sheet, user: Any) -> str:
    return f"imports/{user.pk}/{sheet.model._meta.label_lower}"


def keep(preview: Preview, sheet: Sheet, user: Any) -> str:
    """Keep a preview for ``user`` alone under a random token; his earlier one of this sheet goes."""
    folder = _folder(sheet, user)
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{name}")
    preview.token = secrets.token_hex(16)
    data = json.dumps(asdict(preview), cls=DjangoJSONEncoder, ensure_ascii=False)
    default_storage.save(f"{folder}/{preview.token}", ContentFile(data.encode()))
    return preview.token


def kept(token: str, sheet: Sheet, user: Any) -> Preview:
    """The preview ``user`` kept; anybody else's, or one replaced, is not found."""
    name = f"{_folder(sheet, user)}/{token}"
    if not re.fullmatch(r"[0-9a-f]{32}", token) or not default_storage.exists(name):
        raise errors.OutOfScope(_("这次导入的预览已经用过或被新的上传替换，请重新上传。"))
    with default_storage.open(name, "rb") as handle:
        data = json.load(handle)
    rows = {kind: [Entry(**entry) for entry in data[kind]] for kind in ("adds", "changes")}
    refusals = [Refusal(**item) for item in data["refusals"]]
    return Preview(**rows, refusals=refusals, unchanged=data["unchanged"], token=token)


def drop(token: str, sheet: Sheet, user: Any) -> None:
    """Forget a preview."""
    default_storage.delete(f"{_folder(sheet, user)}/{token}")


@audit.audited
def apply(*, sheet: Sheet, token: str, by: Any, at: dt.datetime) -> Preview:
    """Store a kept preview: all of it or nothing. Raises Conflict, NotAllowed, OutOfScope."""
    preview, model = kept(token, sheet, by), sheet.model
    permissions.require(by, model, "import")
    if preview.refusals:
        raise errors.Conflict(_("表中还有不能导入的内容，改正后请重新上传。"))
    if not preview.adds and not preview.changes:
        raise errors.Conflict(_("没有要新增或修改的内容。"))
    adds, changes = [restored(e, model()) for e in preview.adds], changed_rows(sheet, preview, by)
    check_choices(sheet, by, adds, existing=False)
    for obj in [*adds, *changes]:
        records.stamp(obj, by=by, at=at)
    fields = [f.name for f in model._meta.concrete_fields if not f.primary_key]
    try:
        with transaction.atomic():
            model.objects.bulk_create(adds, batch_size=500)
            model.objects.bulk_update(changes, fields, batch_size=100)
    except IntegrityError as error:
        raise errors.Conflict(_("预览之后有人登记了相同的内容，什么都没有写入。请重新上传核对。")) from error
    hidden = set(getattr(model, "audit_exclude", ()))
    rows = [[e.key, "add", shown_values(e.values, hidden)] for e in preview.adds]
    rows += [[e.key, "change", shown_values(e.values, hidden)] for e in preview.changes]
    detail = {"added": len(adds), "changed": len(changes), "codes": [r[0] for r in rows][:200]}
    audit.record(f"{model._meta.label_lower}.import", by=by, at=at, detail=detail, rows=rows)
    search.refresh_many([*adds, *changes])
    transaction.on_commit(lambda: drop(token, sheet, by))
    return preview


def shown_values(values: dict[str, Any], hidden: set[str]) -> dict[str, str]:
    """What of a row the trail's digest covers."""
    return {name: str(value) for name, value in values.items() if name not in hidden}


def restored(entry: Entry, obj: Any) -> Any:
    """A row with the previewed values."""
    for name, value in entry.values.items():
        setattr(obj, name, obj._meta.get_field(name).to_python(value))
    return obj


def changed_rows(sheet: Sheet, preview: Preview, by: Any) -> list[Any]:
    """The rows to change, locked, with the version previewed, in the user's hands before and after."""
    wanted = {entry.pk: entry for entry in preview.changes}
    found: dict[int, Any] = {}
    numbers = list(wanted)
    for start in range(0, len(numbers), 500):
        rows = sheet.queryset().visible_to(by, "change").select_for_update(of=("self",))
        found |= {row.pk: row for row in rows.filter(pk__in=numbers[start : start + 500])}
    for pk, entry in wanted.items():
        row = found.get(pk)
        if row is None:
            raise errors.Conflict(_("“%s”已删除，或您不能再修改它。什么都没有写入。") % entry.name)
        if row.version != entry.version:
            raise records.stale(row, {})
    before = {pk: sheet_values(row) for pk, row in found.items()}
    changed = [restored(entry, found[pk]) for pk, entry in wanted.items()]
    check_choices(sheet, by, changed, existing=True, before=before)
    for row in changed:
        records.check_frozen(row)
    return changed


def sheet_values(row: Any) -> dict[str, Any]:
    return {f.name: f.value_from_object(row) for f in row._meta.concrete_fields}


def check_choices(sheet: Sheet, by: Any, rows: list[Any], *, existing: bool, before: Any = None) -> None:
    """What the rows refer to must be open to the user still: positions may have ended since the preview."""
    for name, choices in choices_of(sheet.make_form(by, existing)).items():
        attname = sheet.model._meta.get_field(name).attname
        for row in rows:
            value = getattr(row, attname)
            if value is None or (before and before[row.pk][name] == value):
                continue
            if value not in choices.by_pk:
                raise errors.Conflict(_("“%s”引用的内容您不能再选择。什么都没有写入。") % row)
            setattr(row, name, choices.by_pk[value])  # spares a query for each
    for row in rows:
        if not existing:
            permissions.require(by, sheet.model, "add", permissions.path_of(row))


def workbook_response(data: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(data, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def xlsx_exporter(request: HttpRequest, title: str, heads: list[str], rows: list[Any]) -> HttpResponse:
    """``FeatureViews.exporter``: the chosen columns of a list as a workbook (audited by the page)."""
    return workbook_response(export_rows(heads, rows, title=title, moment=now()), title)


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

    def url(self, page: str = "", **kwargs: Any) -> str:
        return reverse(f"{self.namespace}:{self.name}-import{page}", kwargs=kwargs)

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
            return self.show_preview(kept(token, self.sheet, request.user))
        return self.show_upload()

    def post(self, request: HttpRequest, token: str = "") -> HttpResponse:
        if self.page == "preview":
            done = apply(sheet=self.sheet, token=token, by=request.user, at=now())
            counts = {"added": len(done.adds), "changed": len(done.changes)}
            messages.success(request, _("已导入：新增 %(added)d 条，修改 %(changed)d 条。") % counts)
            return redirect(f"{self.namespace}:{self.name}-list")
        if self.page != "upload":
            return self.http_method_not_allowed(request)
        upload = request.FILES.get("file")
        if upload is None:
            return self.show_upload(_("请选择要导入的 .xlsx 文件。"), 422)
        try:
            preview = self.sheet.preview(io.BytesIO(upload.read()), request.user, now())
        except FileRefused as error:
            return self.show_upload(error.message, error.status)
        return redirect(self.url("-preview", token=keep(preview, self.sheet, request.user)))

    def rows(self, request: HttpRequest) -> HttpResponse:
        """What the person may change, to be changed in the workbook; audited with its number."""
        listed = list(self.sheet.queryset().visible_to(request.user, "change"))
        verb = f"{self.sheet.model._meta.label_lower}.export"
        with audit.act():
            audit.record(verb, by=request.user, at=now(), rows=[[r.pk, r.version] for r in listed])
        return workbook_response(self.sheet.export(listed, request.user), self.sheet.title)

    def context(self) -> dict[str, Any]:
        back = reverse(f"{self.namespace}:{self.name}-list")
        title = _("导入%s") % self.sheet.model._meta.verbose_name
        return {"title": title, "cancel_url": back, "crumbs": [(_("返回列表"), back)]}

    def show_upload(self, problem: str = "", status: int = 200) -> HttpResponse:
        urls = {"template_url": self.url("-template"), "rows_url": self.url("-rows"), "problem": problem}
        return render(self.request, "core/import.html", {**self.context(), **urls}, status=status)

    def show_preview(self, preview: Preview) -> HttpResponse:
        shown = {
            "preview": preview, "adds": preview.adds[:SHOWN], "changes": preview.changes[:SHOWN],
            "refusals": preview.refusals[:SHOWN], "again_url": self.url(),
            "may_confirm": not preview.refusals and bool(preview.adds or preview.changes),
        }  # fmt: skip
        return render(self.request, "core/import_preview.html", {**self.context(), **shown})
