"""The page on which the items are answered, one form per item, with and without script."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from secmgmt.core import errors, permissions
from secmgmt.core.clock import now
from secmgmt.core.middleware import note_refusal
from secmgmt.core.models import Attachment
from secmgmt.core.trail_views import attachment_panel

from . import points, results, services
from .models import RISKS, Answer, Assessment

TONES = {points.MET: "v-ok", points.PARTIAL: "v-part", points.UNMET: "v-bad", points.NOT_APPLICABLE: "v-na"}
SHOWS = (("", _("全部")), ("open", _("未答")), ("unmet", _("部分符合与不符合")), ("mine", _("分派给我")))
LOADED = ("assessment__protected_object__unit", "guidance", "assignee", "answered_by")


def _assessment(pk: int, user: Any) -> Assessment:
    rows = Assessment.objects.select_related("protected_object__unit", "updated_by")
    return permissions.get_visible(Assessment, user, "view", queryset=rows, pk=pk)


def _shown(answers: list[Answer], request: HttpRequest) -> list[Answer]:
    """The items the address asks for."""
    show, words = request.GET.get("show", ""), request.GET.get("q", "")[:100].split()
    tests = {
        "open": lambda a: not a.result,
        "unmet": lambda a: a.result in (points.PARTIAL, points.UNMET),
        "mine": lambda a: a.assignee_id == request.user.pk,
    }
    test = tests.get(show, lambda a: True)
    return [
        a for a in answers if test(a) and all(w in f"{a.code} {a.control_point} {a.summary} {a.found}" for w in words)
    ]


def groups_of(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """The items by layer and control point, in their order."""
    groups: list[dict[str, Any]] = []
    for answer in answers:
        name = (answer.layer, answer.control_point)
        if not groups or groups[-1]["name"] != name:
            groups.append({"name": name, "first": not groups or groups[-1]["name"][0] != answer.layer, "rows": []})
        groups[-1]["rows"].append(answer)
    return groups


def _item_context(assessment: Assessment) -> dict[str, Any]:
    return {
        "assessment": assessment,
        "choices": [(value, label, TONES[value]) for value, label in points.RESULT_LABELS.items()],
        "risks": RISKS,
    }


@login_required
@require_GET
def answer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """All items of an assessment; ``?show=open|unmet|mine`` and ``?q=`` narrow them."""
    assessment = _assessment(pk, request.user)
    answers = list(assessment.answers.select_related("guidance", "assignee", "answered_by").order_by("order"))
    by_position = permissions.may(request.user, Answer, "answer", permissions.path_of(assessment))
    kind = ContentType.objects.get_for_model(Answer)
    files = dict(
        Attachment.objects.filter(content_type=kind, object_id__in=assessment.answers.values("pk"))
        .order_by().values_list("object_id").annotate(n=Count("pk"))
    )  # fmt: skip
    for answer in answers:
        answer.editable = assessment.is_open and (by_position or answer.assignee_id == request.user.pk)
        answer.files = files.get(answer.pk, 0)
    show = request.GET.get("show", "")
    context = {
        **_item_context(assessment),
        "title": assessment.title,
        "crumbs": [
            (str(Assessment._meta.verbose_name_plural), reverse("assessments:assessment-list")),
            (assessment.title, reverse("assessments:assessment-detail", args=[pk])),
        ],
        "groups": groups_of(_shown(answers, request)),
        "summary": results.summary(assessment, answers),
        "shows": [(value, label, value == show) for value, label in SHOWS],
        "q": request.GET.get("q", "")[:100],
        "show": show,
        "submit_url": reverse("assessments:assessment-transition", args=[pk, "submit"])
        if assessment.is_open and "submit" in permissions.actions_for(request.user, [assessment])[pk]
        else "",
    }
    return render(request, "assessments/assessment/answer.html", context)


@login_required
@require_POST
def save_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one answer. To htmx the item and the progress; without script back to the page."""
    post = request.POST
    sent = {
        "result": post.get("result", ""),
        "found": post.get("found", ""),
        "risk": post.get("risk", ""),
        "high_risk_applies": post.getlist("high_risk_applies"),
    }
    version = int(post["version"]) if post.get("version", "").isdecimal() else 0
    problem: errors.DomainError | None = None
    try:
        row = services.save_answer(answer=pk, version=version, by=request.user, at=now(), **sent)
    except (errors.Conflict, errors.Invalid) as error:
        problem = error
        note_refusal(request, error)
        row = permissions.get_visible(Answer, request.user, queryset=Answer.objects.select_related(*LOADED), pk=pk)
    if request.htmx or problem:
        return _fragment(request, row, problem, sent)
    messages.success(request, _("已保存 %(code)s。") % {"code": row.code})
    return redirect(f"{reverse('assessments:assessment-answer', args=[row.assessment_id])}#item-{row.pk}")


def _fragment(request: HttpRequest, row: Answer, problem: errors.DomainError | None, sent: dict) -> HttpResponse:
    row.editable = row.assessment.is_open and services.may_answer(row, request.user)
    row.files = Attachment.of(row).count()
    context = {
        **_item_context(row.assessment),
        "row": row,
        "opened": bool(problem) or row.result not in ("", points.MET),
        "problem": problem,
        "sent": {**sent, "label": points.RESULT_LABELS.get(sent["result"], _("未答"))},
        "summary": results.summary(row.assessment),
        "oob": True,
    }
    name = "saved" if request.htmx else "refused"
    if not request.htmx:
        context |= {"title": row.code, "crumbs": [(row.assessment.title, _back(row))]}
    return render(request, f"assessments/assessment/{name}.html", context, status=problem.status if problem else 200)


def _back(row: Answer) -> str:
    return f"{reverse('assessments:assessment-answer', args=[row.assessment_id])}#item-{row.pk}"


@login_required
@require_GET
def evidence_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One item with its files."""
    rows = Answer.objects.select_related(*LOADED)
    row = permissions.get_visible(Answer, request.user, "view", queryset=rows, pk=pk)
    panel = attachment_panel(row, request.user)
    context = {"title": f"{row.code} {_('证据')}", "row": row, "panel": panel}
    context["crumbs"] = [(row.assessment.title, _back(row))]
    return render(request, "assessments/assessment/evidence.html", context)
