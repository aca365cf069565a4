"""A scanner's file is read in the background, as the person who brought it, with his rights of then."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import digest, errors, permissions, previews
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.jobs import JobContext, job
from secmgmt.core.models import Job
from secmgmt.core.sheets_views import note_refused

from . import services
from .models import Scan
from .queries import units_for
from .workflow import WORKFLOW


def require_import(work: Job, user: Any) -> None:
    """Whoever may no longer import has neither the work done nor its result."""
    permissions.require(user, Scan, "import")


@job("assessments.scan_import", label=gettext_lazy("导入扫描结果"), allowed=require_import)
def import_scan(ctx: JobContext) -> None:
    """Read and write one file; all of it or nothing, and the file goes with the job's end."""
    key, name = ctx.params["key"], ctx.params["file"]
    try:
        unit = units_for(ctx.user).filter(pk=ctx.params["unit"]).first()
        if unit is None:
            raise errors.NotAllowed(_("您不能为这个单位导入扫描结果。"))
        file = previews.upload_of(key)
        work = services.Import(unit=unit, name=name, by=ctx.user, at=ctx.at)
        work.read(file, ctx.progress)
        with ctx.finishing() as result:
            mark = digest.hash_bytes(file.getvalue())
            scan = services.store_scan(work=work, file_digest=mark, by=ctx.user, at=ctx.at)
            for row in services.returned(scan):
                reason = _("%s 的扫描再次发现。") % timezone.localdate(scan.scanned_at)
                WORKFLOW.elapse(row, "recur", at=ctx.at, reason=reason)
            words = {"hosts": scan.hosts, "added": scan.added, "again": scan.again, "gone": scan.gone}
            text = _("主机 %(hosts)d 台：新发现 %(added)d 个问题，再次发现 %(again)d 个，不再出现 %(gone)d 个。")
            result |= {"url": scan.get_absolute_url(), "go": str(_("查看结果")), "text": text % words}
            transaction.on_commit(lambda: previews.forget(key))
    except errors.DomainError as error:
        previews.forget(key)
        if not isinstance(error, FileRefused):
            raise
        note_refused(error, name, by=ctx.user, job=ctx.job.pk)
        raise errors.DomainError(error.message) from error  # its row stands in the trail
