"""Pages of work without network: take a workbook along, bring it back, see what it changes, keep what is chosen."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import audit, errors, permissions, previews
from secmgmt.core.clock import now
from secmgmt.core.filesafety.refusal import FileRefused
from secmgmt.core.forms import UnmarkedForm
from secmgmt.core.middleware import note_refusal
from secmgmt.core.sheets_import import workbook_response

from . import offline, offline_book, offline_store, services
from .answering import dress
from .models import Assessment

KIND = "assessments.offline"


class WorkbookForm(UnmarkedForm):
    """The workbook that comes back."""

    file = forms.FileField(
        label=gettext_lazy("填好的工作簿（.xlsx）"),
        widget=forms.FileInput({"accept": ".xlsx"}),
        help_text=gettext_lazy("从本页下载的工作簿，最大 5 MB；可以只填一部分。"),
    )


def answered_by(request: HttpRequest, pk: int) -> Assessment:
    """The open assessment, for whoever answers items of it."""
    rows = Assessment.objects.select_related("protected_object__unit")
    assessment = permissions.get_visible(Assessment, request.user, "answer", queryset=rows, pk=pk)
    services.check_open(assessment)
    return assessment


def frame(assessment: Assessment, title: str, *more: tuple[str, str]) -> dict[str, Any]:
    """Title and way of these pages."""
    crumbs = [
        (str(Assessment._meta.verbose_name_plural), reverse("assessments:assessment-list")),
        (assessment.title, assessment.answer_url),
        *more,
    ]
    return {"title": title, "crumbs": crumbs, "assessment": assessment}


def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """The protected workbook, on record: it holds the answers and the licensed wording."""
    assessment, at = answered_by(request, pk), now()
    rows = list(assessment.answers.select_related("guidance").order_by("order"))
    dress(rows, assessment, request.user)
    content = offline_book.workbook_of(assessment, rows, by=request.user, at=at)
    with audit.act():
        detail = {"items": len(rows)}
        audit.record("assessments.assessment.offline_export", assessment, by=request.user, at=at, detail=detail)
    return workbook_response(content, f"{assessment.title} {_('离线填报')}")


def brought_back(request: HttpRequest, assessment: Assessment, sent: Any) -> str:
    """Read a returned workbook and keep it for its preview; the preview's token. Raises FileRefused, on record."""
    try:
        rows = offline_book.read(sent, assessment)
    except FileRefused as error:
        audit.refuse(
            "refused.import", assessment, by=request.user, reason=error.message[:500],
            detail={"file": sent.name[:120], "code": error.code},
        )  # fmt: skip
        raise
    token, data = previews.new_token(), {"assessment": assessment.pk, "file": sent.name[:120]}
    previews.keep(token, KIND, request.user, data | {"rows": [asdict(row) for row in rows]})
    return token


def kept(request: HttpRequest, assessment: Assessment, token: str) -> dict[str, Any]:
    """A workbook that waits for its preview. OutOfScope: used, too old, another's, of another assessment."""
    back = reverse("assessments:assessment-offline", args=[assessment.pk])
    data = previews.kept(token, KIND, request.user, ((_("重新上传"), back), (assessment.title, assessment.answer_url)))
    if data["assessment"] != assessment.pk:
        raise errors.OutOfScope(model=Assessment._meta.label, lookup=token)
    return data


def compared(request: HttpRequest, assessment: Assessment, data: dict[str, Any]) -> offline.Plan:
    """What it changes, held against the answers as they are now."""
    return offline.plan_of(assessment, [offline.Filled(**row) for row in data["rows"]], request.user)


def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the workbook is fetched and brought back."""
    assessment, refused = answered_by(request, pk), ""
    form = WorkbookForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            token = brought_back(request, assessment, form.cleaned_data["file"])
        except FileRefused as error:
            refused = error.message
        else:
            return redirect("assessments:assessment-offline-preview", pk=pk, token=token)
    context = frame(assessment, _("离线填报")) | {"form": form, "refused": refused.splitlines()}
    return render(request, "assessments/offline/upload.html", context, status=422 if request.method == "POST" else 200)


def preview(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """What the workbook changes and where both sides changed; confirming keeps what was chosen."""
    assessment = answered_by(request, pk)
    back = reverse("assessments:assessment-offline", args=[pk])
    data = kept(request, assessment, token)
    plan = compared(request, assessment, data)
    problem, status = "", 200
    if request.method == "POST":
        picks = {line.row.pk: request.POST.get(f"pick-{line.row.pk}", "") for line in plan.of("conflict")}
        taken, undecided = offline.decided(plan, picks)
        if request.POST.get("seen", "") != plan.seen:
            problem, status = _("核对期间网上的作答又有变动，下面是最新的比较，请重新核对。还没有写入。"), 409
            note_refusal(request, errors.Conflict(problem, obj=assessment))
        elif undecided:
            problem, status = _("还有 %d 项冲突没有选择保留哪一边。还没有写入。") % len(undecided), 422
        elif not taken:
            previews.drop(token, KIND, request.user)
            messages.success(request, _("都保留网上的作答，没有写入。"))
            return redirect(assessment.answer_url)
        else:
            count = offline_store.save_answers(
                assessment=assessment, lines=taken, token=token, file=data["file"], by=request.user, at=now()
            )
            previews.drop(token, KIND, request.user)
            messages.success(request, _("已从工作簿写入 %d 项作答。") % count)
            return redirect(assessment.answer_url)
    context = frame(assessment, _("核对离线填报"), (_("离线填报"), back)) | {
        "plan": plan, "changes": plan.of("change"), "conflicts": plan.of("conflict"), "blocked": plan.of("blocked"),
        "file": data["file"], "problem": problem, "again_url": back,
    }  # fmt: skip
    return render(request, "assessments/offline/preview.html", context, status=status)
