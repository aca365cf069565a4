"""Large imports and exports of whole lists in the background, as the person who asked, with his rights of then."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.urls import resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import errors, permissions, previews
from .filesafety.refusal import FileRefused
from .jobs import JobContext, job
from .models.job import Job
from .sheets_import import keep, prepare, store
from .sheets_reading import preview
from .sheets_views import SheetViews, done_sentence, note_refused, opened


def views_of(work: Job) -> type[SheetViews]:
    """The import pages a job was started from."""
    return resolve(work.params["page"]).func.view_class


def require_import(work: Job, user: Any) -> None:
    """Whoever may no longer import has neither the work done nor its result."""
    permissions.require(user, views_of(work).sheet.model, "import")


@job("core.import_read", label=gettext_lazy("核对导入文件"), allowed=require_import)
def read_workbook(ctx: JobContext) -> None:
    """Check an uploaded workbook and lead to its preview; the file goes with the job's end."""
    pages, key = views_of(ctx.job), ctx.params["key"]
    try:
        found = preview(pages.sheet, opened(previews.upload_of(key), pages.sheet), ctx.user, ctx.progress)
    except errors.DomainError as error:
        previews.forget(key)
        if not isinstance(error, FileRefused):
            raise
        note_refused(error, ctx.params["file"], by=ctx.user, job=ctx.job.pk)
        raise errors.DomainError(error.message) from error  # its row stands in the trail
    found.file = ctx.params["file"]
    token = keep(found, pages.sheet, ctx.user)
    with ctx.finishing() as result:
        result["url"] = pages.url("-preview", token=token)
        result["go"] = str(_("查看核对结果"))
        transaction.on_commit(lambda: previews.forget(key))


@job("core.import_store", label=gettext_lazy("导入"), allowed=require_import)
def store_import(ctx: JobContext) -> None:
    """Write a confirmed preview: its rows, the trail and the job's end commit together or not at all."""
    pages = views_of(ctx.job)
    prepared = prepare(
        sheet=pages.sheet, token=ctx.params["token"], by=ctx.user, at=ctx.at, progress=ctx.progress
    )
    with ctx.finishing() as result:
        done = store(prepared=prepared, by=ctx.user, at=ctx.at, progress=ctx.progress)
        result |= {"url": pages.url("list"), "go": str(_("查看列表")), "text": done_sentence(done)}
