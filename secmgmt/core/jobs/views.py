"""The pages of background jobs: mine, one with its progress, its file."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from .. import audit
from ..clock import now
from ..models.job import Job
from . import access

PER_PAGE = 30


@login_required
@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    """My background work, the newest first."""
    page = Paginator(Job.objects.visible_to(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "core/job_list.html", {"title": _("后台任务"), "jobs": page})


@login_required
@require_GET
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One job; to htmx only the fragment that polls itself until the job is over."""
    job = access.own_job(request.user, pk)
    context: dict[str, Any] = {
        "job": job,
        "title": job.label,
        "crumbs": [(_("后台任务"), reverse("core:job-list"))],
        "job_url": reverse("core:job-detail", args=[pk]),
        "file_url": reverse("core:job-result", args=[pk]) if job.result_key else "",
        "next_url": local_path(job.result.get("url")),
    }
    return render(request, "components/job.html" if request.htmx else "core/job.html", context)


@login_required
@require_GET
def job_result(request: HttpRequest, pk: int) -> FileResponse:
    """The job's file: to its owner, while he may see what it is about, never inside a page (A08, A35)."""
    job = access.own_job(request.user, pk)
    handle = access.open_result(job, request.user)
    with audit.act():
        detail = {"digest": job.result_digest}
        audit.record("job.download", job, by=request.user, at=now(), detail=detail)
    response = FileResponse(handle, as_attachment=True, filename=job.result_name)
    response["Content-Type"] = job.result_type
    response["X-Content-Type-Options"] = "nosniff"
    return response


def local_path(url: Any) -> str:
    """``url`` if it leads into this site, else nothing."""
    text = str(url or "")
    return text if text.startswith("/") and url_has_allowed_host_and_scheme(text, allowed_hosts=None) else ""
