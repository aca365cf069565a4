"""Uploading: what a file would change is shown cell by cell, and stored as one act or not at all."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from secmgmt.core import audit, errors, permissions, previews
from secmgmt.core.clock import now
from secmgmt.core.sheets_import import workbook_response

from . import queries, services, sheets, sources
from .forms import OverlayForm, StandardForm
from .models import CatalogItem, HighRiskCase, Standard

OVERLAY, STANDARD = "assessments.overlay", "assessments.standard"
SHOWN = 200  # lines of each kind on a preview


def crumbs_to(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way from the catalogue to a page about uploads."""
    items, standards = reverse("assessments:catalogitem-list"), reverse("assessments:standard-list")
    return [(_("标准条款"), items), (_("标准"), standards), *more]


def refused(request: HttpRequest, name: str, error: sources.SourceError) -> list[sources.Problem]:
    """What is wrong with a file, kept in the trail."""
    audit.refuse("refused.import", by=request.user, reason=str(error)[:500], detail={"file": name[:120]})
    return list(error.problems)


# -- overlay -------------------------------------------------------------------------------------------------


def overlaid(request: HttpRequest, pk: int) -> Standard:
    """The standard, for whoever may lay an overlay on it."""
    standard = permissions.get_visible(Standard, request.user, pk=pk)
    permissions.require(request.user, CatalogItem, "overlay")
    return standard


def overlay(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the table, upload it filled in."""
    standard = overlaid(request, pk)
    form, problems = OverlayForm(request.POST or None, request.FILES or None), []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            found = sources.parse_overlay(upload.read(), name=upload.name[:120], rows=list(standard.items.all()))
        except sources.SourceError as error:
            problems = refused(request, upload.name, error)
        else:
            data = {
                "standard": standard.pk, "file": upload.name[:120], "listed": len(found.rows),
                "changes": sheets.overlay_changes(standard, found),
            }  # fmt: skip
            token = previews.new_token()
            previews.keep(token, OVERLAY, request.user, data)
            return redirect("assessments:standard-overlay-preview", pk=pk, token=token)
    context = {
        "title": _("本单位解读"),
        "crumbs": crumbs_to((str(standard), standard.get_absolute_url())),
        "standard": standard, "form": form, "problems": problems, "notes": sheets.OVERLAY_NOTES,
        "laid": queries.overlay_counts(standard), "cancel_url": standard.get_absolute_url(),
    }  # fmt: skip
    return render(request, "assessments/catalog/overlay.html", context, status=status_of(request))


def status_of(request: HttpRequest) -> int:
    """A page shown again after sending says that nothing was kept."""
    return 422 if request.method == "POST" else 200


def overlay_template(request: HttpRequest, pk: int) -> HttpResponse:
    """All items with the overlay as it is now; on record, since it holds the licensed wording."""
    standard = overlaid(request, pk)
    with audit.act():
        detail = {"part": "overlay"}
        audit.record("assessments.standard.export", standard, by=request.user, at=now(), detail=detail)
    return workbook_response(sheets.overlay_workbook(standard), f"{standard} {_('本单位解读')}")


def overlay_preview(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """What the overlay would change; confirming stores it."""
    standard = overlaid(request, pk)
    again = reverse("assessments:standard-overlay", args=[pk])
    ways = ((str(standard), standard.get_absolute_url()), (_("重新上传"), again))
    data = previews.kept(token, OVERLAY, request.user, ways)
    if data["standard"] != standard.pk:
        raise errors.OutOfScope(model=Standard._meta.label, lookup=token)
    changes = data["changes"]
    if request.method == "POST" and changes:
        count = services.apply_overlay(
            standard=standard, changes=changes, token=token, file=data["file"], by=request.user, at=now()
        )
        previews.drop(token, OVERLAY, request.user)
        messages.success(request, _("已更新 %d 个单元格，以后新建的自评估采用。") % count)
        return redirect(standard)
    rows = [{**change, "was": sheets.told(change["before"]), "new": sheets.told(change["after"])} for change in changes]
    context = {
        "title": _("核对本单位解读"),
        "crumbs": crumbs_to((str(standard), standard.get_absolute_url())),
        "standard": standard, "file": data["file"], "listed": data["listed"], "rows": rows[:SHOWN],
        "count": len(rows), "hidden": max(0, len(rows) - SHOWN),
        "items": len({change["code"] for change in changes}),
        "cleared": sum(1 for row in rows if not row["new"]),
        "again_url": reverse("assessments:standard-overlay", args=[pk]),
    }  # fmt: skip
    return render(request, "assessments/catalog/overlay_preview.html", context)


# -- a standard of one's own ---------------------------------------------------------------------------------


def standard_import(request: HttpRequest) -> HttpResponse:
    """Upload a standard with its items, and guidance if there is any."""
    permissions.require(request.user, Standard, "import")
    form, problems = StandardForm(request.POST or None, request.FILES or None), []
    if request.method == "POST" and form.is_valid():
        try:
            plan = planned(form)
        except sources.SourceError as error:
            problems = refused(request, form.cleaned_data["file"].name, error)
        except errors.Conflict as error:
            form.add_error("number", error.message)
        else:
            token = previews.new_token()
            previews.keep(token, STANDARD, request.user, asdict(plan))
            return redirect("assessments:standard-import-preview", token=token)
    context = {
        "title": _("上传标准"), "crumbs": crumbs_to(), "form": form, "problems": problems,
        "notes": sheets.ITEM_NOTES, "cancel_url": reverse("assessments:standard-list"),
    }  # fmt: skip
    return render(request, "assessments/catalog/upload.html", context, status=status_of(request))


def standard_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away a standard that was uploaded by mistake, after saying what goes."""
    standard = permissions.get_visible(Standard, request.user, pk=pk)
    permissions.require(request.user, Standard, "import")
    services.check_deletable(standard)
    if request.method == "POST":
        seen = request.POST.get("version", "")
        services.delete_standard(standard=standard, seen=seen, by=request.user, at=now())
        messages.success(request, _("已删除“%s”。") % standard)
        return redirect("assessments:standard-list")
    words = {"code": standard, "n": standard.items.count()}
    context = {
        "title": _("删除标准"), "crumbs": crumbs_to((str(standard), standard.get_absolute_url())),
        "text": _("删除“%(code)s”和它的 %(n)d 项要求、指引、本单位解读？还没有自评估采用它；删除后不能恢复。") % words,
        "submit": _("删除这个标准"), "danger": True, "version": standard.digest,
        "cancel_url": standard.get_absolute_url(),
    }  # fmt: skip
    return render(request, "core/confirm.html", context)


def planned(form: forms.Form) -> sheets.StandardPlan:
    """Read the tables of a valid form and compare. Raises SourceError, Conflict."""
    data = form.cleaned_data
    items, notes = data["file"], data.get("guidance")
    cases = set(HighRiskCase.objects.values_list("case_no", flat=True))
    rows = sources.parse_catalogue(items.read(), name=items.name[:120], cases=cases)
    guidance = None
    if notes is not None:
        known = {row.code for row in rows}
        guidance = sources.parse_guidance(notes.read(), name=notes.name[:120], known=known)
    return sheets.plan_of(form.code, data["name"], items.name[:120], rows, guidance)


def standard_template(request: HttpRequest, part: str) -> HttpResponse:
    """A blank table for items or for guidance."""
    permissions.require(request.user, Standard, "import")
    if part == "items":
        return workbook_response(sheets.standard_workbook(None), _("标准条款模板"))
    if part == "guidance":
        return workbook_response(sheets.guidance_workbook(None), _("标准指引模板"))
    raise errors.OutOfScope(model=Standard._meta.label, lookup=part)


def restored(data: dict[str, Any]) -> sheets.StandardPlan:
    """A plan as it was kept: lists become the tuples they were."""
    rows = [
        sources.CatalogueRow(**{**row, "high_risk_2025": tuple(row["high_risk_2025"])}) for row in data["rows"]
    ]
    notes = data["guidance"] and [
        sources.GuidanceRow(**{**row, "codes": tuple(row["codes"]), "objects": tuple(row["objects"])})
        for row in data["guidance"]
    ]
    return replace(sheets.StandardPlan(**data), rows=rows, guidance=notes)


def standard_preview(request: HttpRequest, token: str) -> HttpResponse:
    """What an uploaded standard would add, change and remove; confirming stores it."""
    permissions.require(request.user, Standard, "import")
    ways = (
        (_("标准列表"), reverse("assessments:standard-list")),
        (_("重新上传"), reverse("assessments:standard-import")),
    )
    plan = restored(previews.kept(token, STANDARD, request.user, ways))
    if request.method == "POST" and not plan.is_same:
        standard = services.store_standard(
            code=plan.code, name=plan.name, rows=plan.rows, guidance=plan.guidance, seen=plan.seen, token=token,
            file=plan.file, by=request.user, at=now(),
        )  # fmt: skip
        previews.drop(token, STANDARD, request.user)
        messages.success(request, _("已载入“%(code)s”，共 %(n)d 项。") % {"code": standard, "n": len(plan.rows)})
        return redirect(standard)
    added = set(plan.added)
    context = {
        "title": _("核对标准"), "crumbs": crumbs_to((_("上传标准"), reverse("assessments:standard-import"))),
        "plan": plan, "again_url": reverse("assessments:standard-import"),
        "added": [row for row in plan.rows if row.code in added][:SHOWN],
        "changed": plan.changed[:SHOWN], "removed": plan.removed[:SHOWN], "most": SHOWN,
    }  # fmt: skip
    return render(request, "assessments/catalog/upload_preview.html", context)
