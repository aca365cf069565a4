"""Pages of what is reused: confirm a group, renew what is inherited, compare two assessments, evidence and its term."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from secmgmt.core import attachments, audit, errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.middleware import note_refusal

from . import carrying, comparison, groups, inheritance, results, sources
from .models import Answer, Assessment


@login_required
@require_POST
def confirm_carried(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm what was carried over of one control point, once the items shown were confirmed."""
    assessment = permissions.get_visible(Assessment, request.user, "view", pk=pk)
    post = request.POST
    group, seen = results.Group(*(post.get(name, "") for name in results.Group._fields)), post.getlist("seen")
    if not seen:
        return ask_carried(request, assessment, group)
    try:
        rows, singly = groups.confirm_group(assessment=assessment, group=group, seen=seen, by=request.user, at=now())
    except groups.Changed as error:
        note_refusal(request, error)
        return ask_carried(request, assessment, group, error)
    words = {"point": group.control_point, "n": len(rows), "singly": len(singly)}
    messages.success(request, _("“%(point)s”沿用的 %(n)d 项已确认。") % words)
    if singly:
        messages.warning(request, _("“%(point)s”另有 %(singly)d 项须逐项确认。") % words)
    return redirect(f"{assessment.answer_url}#item-{rows[0].pk}")


def ask_carried(
    request: HttpRequest, assessment: Assessment, group: results.Group, refused: groups.Changed | None = None
) -> HttpResponse:
    """Ask whether what was carried over of a control point still holds."""
    plain, singly = groups.carried(assessment=assessment, group=group, by=request.user)
    back, words = f"{assessment.answer_url}#item-{plain[0].pk}", {"point": group.control_point, "n": len(plain)}
    context = {
        "title": _("本组沿用均确认"), "crumbs": [(assessment.title, back)], "cancel_url": back,
        "text": _("确认“%(point)s”沿用上次的 %(n)d 项现在仍然如此？") % words,
        "submit": _("确认 %(n)d 项") % words, "plain": plain, "high": singly, "refused": refused,
        "sent": [*group._asdict().items(), *(("seen", row.code) for row in plain)],
    }  # fmt: skip
    status = refused.status if refused else 200
    return render(request, "assessments/assessment/carried_confirm.html", context, status=status)


@login_required
@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring what is inherited up to date now."""
    rows = Assessment.objects.select_related("protected_object__unit", "standard")
    assessment = permissions.get_visible(Assessment, request.user, "submit", queryset=rows, pk=pk)
    at = now()
    platforms = inheritance.Platforms(timezone.localdate(at))
    count = inheritance.renew(assessment=assessment, by=request.user, at=at, platforms=platforms)
    text = _("已更新 %(n)d 项继承结果。") % {"n": count} if count else _("继承结果没有变化。")
    messages.success(request, text)
    return redirect(f"{assessment.answer_url}?show=inherited")


@login_required
@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """An assessment held against an earlier one of the object (``?with=``, else the last); ``?show=`` one kind."""
    rows = Assessment.objects.select_related("protected_object__unit", "standard")
    assessment = permissions.get_visible(Assessment, request.user, "view", queryset=rows, pk=pk)
    earlier = list(comparison.earlier_of(assessment).visible_to(request.user).select_related("engagement"))
    wanted, usual = whole_number(request.GET.get("with")), comparison.usual(assessment)
    number = wanted or (usual.pk if usual else None)
    chosen = next((row for row in earlier if row.pk == number), earlier[0] if earlier and not wanted else None)
    if wanted and chosen is None:
        raise errors.OutOfScope(model=Assessment._meta.label, lookup=wanted)
    found = comparison.compare(assessment, chosen) if chosen else None
    show = request.GET.get("show", "")
    shown = found.of(show) if found and show in comparison.KINDS else found.lines if found else []
    if found and not show:
        shown = [line for line in shown if line.kind != comparison.UNCHANGED]
    context = {
        "title": _("与上次比较"), "assessment": assessment, "earlier": earlier, "chosen": chosen, "found": found,
        "crumbs": [(assessment.title, assessment.get_absolute_url())], "show": show, "lines": shown,
        "kinds": [(kind, label, found.counts[kind], kind == show) for kind, label in comparison.KINDS.items()]
        if found else [],
        "layers": [(results.layer_title(scope, layer), counts) for scope, layer, counts in found.by_layer]
        if found else [],
    }  # fmt: skip
    return render(request, "assessments/assessment/compare.html", context)


@login_required
@require_GET
def source_file(request: HttpRequest, pk: int, file: int) -> FileResponse:
    """A file of evidence behind an item, as far as it may be shown; every download is on record."""
    row = permissions.get_visible(Answer, request.user, "view", pk=pk)
    found = sources.file_behind(row, file, today())
    handle = attachments.open_checked(found, request.user)
    with audit.act():
        detail = {"attachment": found.pk, "name": found.name}
        audit.record("assessments.answer.source_file", row, by=request.user, at=now(), detail=detail)
    return attachments.sent(found, handle)


@login_required
@require_POST
def set_term(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """Write on a file of an item until when it proves what it proves; empty takes it back."""
    row = permissions.get_visible(Answer, request.user, "view", pk=pk)
    text = request.POST.get("valid_until", "").strip()
    try:
        day = dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise errors.Invalid({"valid_until": [_("请填写日期，如 2027-06-30。")]}) from error
    carrying.set_term(answer=row, file=file, until=day, by=request.user, at=now())
    messages.success(request, _("证据的有效期已保存。"))
    return redirect(row.get_absolute_url())
