"""The API of reports: the kinds one may have, the reports that were made, having one made, its file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from ninja import Path, Query, Router, Schema

from secmgmt.core import errors
from secmgmt.core.api import MOST
from secmgmt.core.clock import now
from secmgmt.core.manifest import ReportKind
from secmgmt.core.models import ReportRun, ReportSchedule

from . import centre, reports, schedules


class KindOut(Schema):
    """A kind of report: of which model's records it is made, in which formats; ``options``: it takes some."""

    code: str
    label: str
    model: str
    formats: list[str]
    options: list[str]
    private: bool
    note: str


class RunOut(Schema):
    """A report that was made; ``params`` are those it was made with, ``available``: its file is still kept."""

    id: int
    kind: str
    title: str
    subject: int
    about: str
    format: str
    size: int
    algorithm: str
    digest: str
    params: dict[str, Any]
    made_by: str
    made_at: dt.datetime
    schedule: int | None
    period: str
    available: bool
    url: str


class RunsOut(Schema):
    """A page of them, the newest first."""

    items: list[RunOut]
    page: int
    size: int
    total: int


class OrderIn(Schema):
    """What is to be made: ``options`` as the kind takes them, none = the usual."""

    kind: str
    subject: int
    format: str
    options: dict[str, Any] = {}


class OrderOut(Schema):
    """The background work that makes it; its state is asked at ``url``."""

    job: int
    url: str


class ScheduleIn(OrderIn):
    """The same every ``month`` or ``year`` from the next on."""

    every: str


class ScheduleOut(Schema):
    """One of my schedules; ``stopped`` says why it makes no more, "" = it goes on."""

    id: int
    kind: str
    subject: int
    format: str
    every: str
    options: dict[str, Any]
    next_on: dt.date
    stopped: str


router = Router(tags=["报告"])


@router.get("/kinds", response=list[KindOut], operation_id="report_kinds", summary="报告种类", url_name="report-kinds")
def kinds(request: HttpRequest) -> HttpResponse:
    """您的岗位可以制作的报告种类。"""
    found = [
        {
            "code": kind.code, "label": str(kind.label), "model": kind.model, "formats": list(kind.formats),
            "options": list(kind.options.base_fields) if kind.options else [], "private": kind.private,
            "note": str(kind.note),
        }
        for kind in reports.kinds_for(request.user)
    ]  # fmt: skip
    return JsonResponse(found, safe=False)


@router.get("", response=RunsOut, operation_id="reports", summary="已制作的报告", url_name="reports")
def listed(
    request: HttpRequest, kind: str = Query("", description=_("种类代码")),
    subject: int = Query(0, description=_("所述记录的编号，与种类同用")),
    page: int = Query(1, ge=1, le=1_000_000, description=_("第几页")),
    size: int = Query(50, ge=1, le=MOST, description=_("每页行数")),
) -> HttpResponse:  # fmt: skip
    """现在仍可查看所述记录的报告，新的在前。"""
    rows = reports.runs_for(request.user).order_by("-at", "-pk")
    if kind:
        rows = rows.filter(kind=reports.kind_named(kind).code)
    if subject:
        rows = rows.filter(object_id=subject)
    items = [_told(run) for run in rows[(page - 1) * size : page * size]]
    return JsonResponse({"items": items, "page": page, "size": size, "total": rows.order_by().count()})


@router.post("", response={202: OrderOut}, operation_id="report_create", summary="制作报告", url_name="reports")
def create(request: HttpRequest, payload: OrderIn) -> HttpResponse:
    """在后台制作一份报告；做完后在“已制作的报告”里。"""
    kind, asked = _order(request, payload)
    job = reports.order(kind=kind, **asked)
    return JsonResponse({"job": job.pk, "url": reverse("core:job-detail", args=[job.pk])}, status=202)


@router.get(
    "/schedules", response=list[ScheduleOut], operation_id="report_schedules", summary="我的定期报告",
    url_name="report-schedules",
)  # fmt: skip
def scheduled(request: HttpRequest) -> HttpResponse:
    """您设定的定期报告，在制作的在前。"""
    rows = ReportSchedule.objects.visible_to(request.user)[:MOST]
    return JsonResponse([_schedule(row) for row in rows], safe=False)


@router.post(
    "/schedules", response={201: ScheduleOut}, operation_id="report_schedule_create", summary="设定定期报告",
    url_name="report-schedules",
)  # fmt: skip
def schedule(request: HttpRequest, payload: ScheduleIn) -> HttpResponse:
    """每月或每年按上一个整月、整年制作，用您届时的权限。"""
    kind, asked = _order(request, payload)
    row = schedules.set_up(kind=kind, every=payload.every, **{**asked, "options": asked["options"] or {}})
    return JsonResponse(_schedule(row), status=201)


@router.delete(
    "/schedules/{pk}", response={204: None}, operation_id="report_schedule_stop", summary="停止定期报告",
    url_name="report-schedule",
)  # fmt: skip
def stop(request: HttpRequest, pk: int = Path(..., description=_("定期报告编号"))) -> HttpResponse:
    """不再制作；已制作的报告仍在。"""
    row = ReportSchedule.objects.visible_to(request.user).filter(pk=pk).first()
    if row is None:
        raise errors.OutOfScope(model=ReportSchedule._meta.label, lookup=pk)
    schedules.stop(schedule=row, by=request.user, at=now())
    return HttpResponse(status=204)


@router.get("/{int:pk}", response=RunOut, operation_id="report", summary="一份报告", url_name="report")
def one(request: HttpRequest, pk: int = Path(..., description=_("报告编号"))) -> HttpResponse:
    """它的参数和摘要。"""
    return JsonResponse(_told(reports.fetch(request.user, pk)))


@router.get("/{int:pk}/file", operation_id="report_file", summary="下载报告", url_name="report-file")
def file(request: HttpRequest, pk: int = Path(..., description=_("报告编号"))) -> FileResponse:
    """文件；下载时重新核对权限和摘要，并记入审计。"""
    return centre.file_response(reports.fetch(request.user, pk), by=request.user, at=now())


def _order(request: HttpRequest, payload: OrderIn) -> tuple[ReportKind, dict[str, Any]]:
    """The kind and what ``order`` and ``set_up`` take. Raises OutOfScope, NotAllowed, Invalid."""
    kind = reports.kind_named(payload.kind)
    subject = reports.subject_of(kind, request.user, payload.subject)
    asked = {"subject": subject, "fmt": payload.format, "by": request.user, "at": now()}
    return kind, {**asked, "options": _options(kind, payload.options)}


def _options(kind: ReportKind, sent: dict[str, Any]) -> dict[str, Any] | None:
    """What was said of how it is made, by the same form as the page's."""
    known = set(kind.options.base_fields) if kind.options else set()
    unknown = sorted(set(sent) - known)
    if unknown:
        raise errors.Invalid({name: ["这种报告没有这个选项。"] for name in unknown})
    form, options = centre.options_of(kind, _as_form(sent))
    if form is not None and options is None:
        raise errors.Invalid({name: [str(text) for text in told] for name, told in form.errors.items()})
    return options


def _as_form(sent: dict[str, Any]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in sent.items():
        data.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
    return data


def _told(run: ReportRun) -> dict[str, Any]:
    return {
        "id": run.pk, "kind": run.kind, "title": run.title, "subject": run.object_id, "about": centre.about(run),
        "format": run.fmt, "size": run.size, "algorithm": run.algorithm, "digest": run.digest,
        "params": run.params.get("options") or {}, "made_by": run.by.name, "made_at": run.at.isoformat(),
        "schedule": run.schedule_id, "period": run.period, "available": bool(run.storage_key),
        "url": reverse("portal:report-detail", args=[run.pk]),
    }  # fmt: skip


def _schedule(row: ReportSchedule) -> dict[str, Any]:
    return {
        "id": row.pk, "kind": row.kind, "subject": row.object_id, "format": row.fmt, "every": row.every,
        "options": row.params, "next_on": row.next_on.isoformat(), "stopped": row.stopped,
    }  # fmt: skip
