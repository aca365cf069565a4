"""Reports: what kinds there are, making one as background work, keeping it, handing it out, clearing it away.

A report is about one record. Who asks for it, makes it or takes it must be able to do the kind's action on
that record at that very moment and have been shown all of it (A08, A15): the document says everything. What it
says hangs on the record alone and never on who has it made, since others take it too (A07).
"""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.files.storage import default_storage
from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import audit, crypto, digest, errors, manifest, parents, permissions, sealed
from secmgmt.core.jobs import JobContext, enqueue, job
from secmgmt.core.manifest import ReportKind
from secmgmt.core.models import Job, ReportRun
from secmgmt.core.reporting.document import Document
from secmgmt.core.reporting.render import CONTENT_TYPES

from . import doctemplates, scheduled

KEEP_DAYS = 180
MAKE = "report.make"
FORMAT_LABELS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}


def kinds_for(user: Any) -> list[ReportKind]:
    """The kinds ``user`` may have by a position or may be invited to have; no rows are read."""
    return [kind for kind in manifest.collect("reports") if may_have(kind, user)]


def may_have(kind: ReportKind, user: Any) -> bool:
    """Whether there can be a report of this kind for ``user`` at all."""
    model, action = model_of(kind), kind.action
    invited = permissions.capacities_held(user, permissions.capacities_for(model, action))
    return permissions.may(user, model, action) or bool(invited)


def kind_named(code: str) -> ReportKind:
    """The kind, or a 404."""
    found = next((kind for kind in manifest.collect("reports") if kind.code == code), None)
    if found is None:
        raise errors.OutOfScope(model=ReportRun._meta.label, lookup=code)
    return found


def model_of(kind: ReportKind) -> type[Model]:
    """What a report of this kind is about."""
    return manifest.model_named(kind.model)


def subjects(kind: ReportKind, user: Any) -> QuerySet:
    """The records of which ``user`` may have a report of this kind."""
    rows = model_of(kind)._default_manager.select_related(*kind.related)
    return among(kind, parents.without_limited(rows.visible_to(user, kind.action), user))


def among(kind: ReportKind, rows: QuerySet) -> QuerySet:
    """Those of ``rows`` of which there is such a report."""
    return kind.among(rows) if kind.among else rows


def subject_of(kind: ReportKind, user: Any, pk: Any) -> Any:
    """The record a report is about: 404 out of scope, 403 without the action or when shown only in part."""
    rows = among(kind, model_of(kind)._default_manager.select_related(*kind.related))
    found = permissions.get_visible(model_of(kind), user, kind.action, queryset=rows, pk=pk)
    require_whole(user, found)
    return found


def require_whole(user: Any, obj: Any) -> None:
    """A document tells everything, so whoever was shown only some fields gets none."""
    if parents.field_limits(user, [obj])[obj.pk] is not None:
        raise errors.NotAllowed(_("您受邀查看的内容不包括这份报告。"), obj=obj)


def document(kind: ReportKind, subject: Any, *, by: Any, at: dt.datetime, options: Any = None) -> Document:
    """The document as it would be made now; ``subject`` comes from ``subject_of``; ``options``: None = the usual."""
    if kind.options is None:
        return kind.build(subject, by=by, at=at)
    params = options or kind.options.standard(timezone.localdate(at))
    return kind.build(subject, by=by, at=at, params=params)


def order(
    *, kind: ReportKind, subject: Any, fmt: str, by: Any, at: dt.datetime, options: Any = None, **more: Any
) -> Job:
    """Have a report made in the background; ``options``: what was said of how, ``more``: what is kept with it."""
    if fmt not in kind.formats:
        raise errors.Invalid({"fmt": [_("这种报告没有这个格式，可选：%s。") % "、".join(kind.formats)]})
    require_whole(by, subject)
    label = f"{kind.label}：{subject}（{FORMAT_LABELS[fmt]}）"
    params = {"kind": kind.code, "fmt": fmt, **({"options": options} if options else {}), **more}
    return enqueue(MAKE, params=params, by=by, at=at, label=label, subject=subject, subject_action=kind.action)


@job(MAKE, label=gettext_lazy("制作报告"))
def make(ctx: JobContext) -> None:
    """Build, render and keep the report a job asks for."""
    kind, fmt = kind_named(ctx.params["kind"]), ctx.params["fmt"]
    schedule = scheduled.still_wanted(ctx)
    subject = subject_of(kind, ctx.user, ctx.job.object_id)
    ctx.progress(1, 3, _("整理内容"))
    made = document(kind, subject, by=ctx.user, at=ctx.at, options=ctx.params.get("options"))
    ctx.progress(2, 3, _("排版"))
    content, used = doctemplates.rendered(made, fmt, kind=kind.code, subject=subject, by=ctx.user)
    ctx.params |= used
    ctx.save_file(f"{made.title}.{fmt}", CONTENT_TYPES[fmt], content)
    with ctx.finishing() as result:
        subject_of(kind, ctx.user, subject.pk)
        run = keep(ctx, kind, subject, title=made.title, size=len(content))
        result["url"] = reverse("portal:report-detail", args=[run.pk])
        if schedule:
            scheduled.tell(schedule, run, at=ctx.at)


def keep(ctx: JobContext, kind: ReportKind, subject: Any, *, title: str, size: int) -> ReportRun:
    """The row of a report as it was made; its file is the job's."""
    run = ReportRun.objects.create(
        content_type=ContentType.objects.get_for_model(subject),
        object_id=subject.pk,
        kind=kind.code,
        title=title[:200],
        fmt=ctx.params["fmt"],
        params=ctx.params,
        storage_key=ctx.job.result_key,
        size=size,
        algorithm=ctx.result["file"]["algorithm"],
        digest=ctx.job.result_digest,
        by=ctx.user,
        at=ctx.at,
        schedule_id=ctx.params.get("schedule"),
        period=ctx.params.get("period", ""),
    )
    detail = {"report": run.pk, "kind": run.kind, "format": run.fmt, "digest": run.digest}
    audit.record("report.make", subject, by=ctx.user, at=ctx.at, detail=detail)
    return run


def whose(kind: ReportKind, user: Any) -> Q:
    """Of a private kind only what ``user`` had made himself: it tells what its maker was shown."""
    return Q(by=user) if kind.private else Q()


def runs_for(user: Any) -> QuerySet:
    """The reports that were made, of whatever ``user`` may have a report of now."""
    condition = Q(pk__in=[])
    kinds = kinds_for(user)
    open_to: dict[tuple[Any, ...], QuerySet] = {}  # what is asked of the same rows is asked once
    for kind in kinds:
        about, key = ContentType.objects.get_for_model(model_of(kind)), (kind.model, kind.action, kind.among)
        if key not in open_to:
            open_to[key] = subjects(kind, user).order_by().values("pk")
        condition |= whose(kind, user) & Q(kind=kind.code, content_type=about, object_id__in=open_to[key])
    loaded = {kind.model: model_of(kind)._default_manager.select_related(*kind.related) for kind in kinds}
    found = ReportRun.objects.filter(condition).select_related("by", "content_type")
    return found.prefetch_related(GenericPrefetch("parent", list(loaded.values())))


def fetch(user: Any, pk: int) -> ReportRun:
    """One report; of a record that is not open to ``user`` it is as good as none (404)."""
    run = runs_for(user).filter(pk=pk).first()
    if run is None:
        raise errors.OutOfScope(model=ReportRun._meta.label, lookup=pk)
    return run


def take(*, run: ReportRun, by: Any, at: dt.datetime) -> BytesIO:
    """The file of a report for download: its subject asked again, its digest checked, the act on record.

    Raises OutOfScope (no longer open to ``by``, or cleared away), Conflict (not what was made).
    """
    subject = subject_of(kind_named(run.kind), by, run.object_id)
    cleared = errors.OutOfScope(_("这份报告的文件已到期清理，请在报告中心重新制作。"), lookup=run.pk)
    if not run.storage_key:
        raise cleared
    content: bytes | None = None
    try:
        content = sealed.get(run.storage_key)
    except FileNotFoundError:
        raise cleared from None
    except crypto.Unreadable:
        pass  # told as what it is: not what was made
    detail = {"report": run.pk, "kind": run.kind, "format": run.fmt, "digest": run.digest}
    if content is None or digest.hash_bytes(content, run.algorithm) != run.digest:
        audit.refuse("report.digest-broken", subject, by=by, reason=_("文件与制作时的摘要不一致"), detail=detail)
        raise errors.Conflict(_("这份报告与制作时的摘要不一致，可能已损坏，没有提供下载。请重新制作。"), obj=run)
    with audit.act():
        audit.record("report.download", subject, by=by, at=at, detail=detail)
    return BytesIO(content)


def clear_old(at: dt.datetime) -> int:
    """Delete the files of reports older than their kind is kept; who made which stays known. The number cleared."""
    longer = {kind.code: kind.keep_days for kind in manifest.collect("reports") if kind.keep_days != KEEP_DAYS}
    due = Q(at__lt=at - dt.timedelta(days=KEEP_DAYS)) & ~Q(kind__in=longer)
    for code, days in longer.items():
        due |= Q(kind=code, at__lt=at - dt.timedelta(days=days))
    old = ReportRun.objects.filter(due).exclude(storage_key="")
    rows = list(old[:1000])
    if not rows:
        return 0
    with audit.act():
        old.filter(pk__in=[run.pk for run in rows]).update(storage_key="")
        audit.record("report.clear", by=None, at=at, detail={"count": len(rows)})
    for run in rows:
        default_storage.delete(run.storage_key)
    return len(rows)


def expires_on(run: ReportRun) -> dt.date:
    """The day after which the file is cleared away."""
    kinds = (kind.keep_days for kind in manifest.collect("reports") if kind.code == run.kind)
    return timezone.localdate(run.at + dt.timedelta(days=next(kinds, KEEP_DAYS)))


def preview(*, kind: ReportKind, subject: Any, by: Any, at: dt.datetime, options: Any = None) -> Document:
    """The document for reading on the page; that it was read is on record."""
    made = document(kind, subject, by=by, at=at, options=options)
    with audit.act():
        audit.record("report.preview", subject, by=by, at=at, detail={"kind": kind.code})
    return made
