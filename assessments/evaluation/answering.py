"""The page on which the items are answered: one row per item, saved as it is given, with and without script.

A save answers htmx with small out-of-band parts (the item's version and marks, the counts), so that nothing
under the person's hands is replaced; a refused one replaces the item by both versions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from assessments.scanning.queries import by_item
from secmgmt.core import errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.middleware import note_refusal
from secmgmt.core.models import Attachment, Comment
from secmgmt.core.trail_views import attachment_panel, comment_panel

from . import points, results, services, sources
from .groups import answered_at_once, moment_of
from .models import RISKS, Answer, Assessment, ComponentResult
from .queries import by_fit

SHOWS = (
    ("", gettext_lazy("全部"), ""),
    ("open", gettext_lazy("未答"), ""),
    ("pending", gettext_lazy("待确认"), "clock"),
    (points.PARTIAL, points.RESULT_LABELS[points.PARTIAL], "half"),
    (points.UNMET, points.RESULT_LABELS[points.UNMET], "x"),
    ("high", gettext_lazy("高风险项"), "flag"),
    ("inherited", gettext_lazy("继承"), "server"),
    ("mine", gettext_lazy("分派给我"), "user"),
)

KEYS = (
    ("J K", gettext_lazy("下一项、上一项")),
    ("1 2 3 4", gettext_lazy("符合、部分符合、不符合、不适用")),
    ("Enter", gettext_lazy("展开或收起当前项")),
    ("Y", gettext_lazy("确认沿用当前项")),
    ("M", gettext_lazy("写现状说明（Esc 回到该项）")),
    ("E", gettext_lazy("加证据")),
    ("N", gettext_lazy("下一未答项")),
)


# -- what the pages show -----------------------------------------------------------------------------------


def assessment_of(pk: int, user: Any) -> Assessment:
    """The assessment with its object, or a 404."""
    rows = Assessment.objects.select_related("protected_object__unit", "engagement__agency", "updated_by")
    return permissions.get_visible(Assessment, user, "view", queryset=rows, pk=pk)


def answer_of(pk: int, user: Any) -> Answer:
    """One item with what its row shows, or a 404."""
    rows = Answer.objects.select_related(*services.ANSWER_LOADED)
    return dressed(permissions.get_visible(Answer, user, "view", queryset=rows, pk=pk), user)


def address(row: Answer) -> None:
    """The row's number and addresses as text: reversing and localizing them for each of 341 rows takes 50 ms."""
    row.ref = str(row.pk)
    row.url = f"{_root()}{row.ref}/"
    row.save_url = f"{row.url}save/"


@cache
def _root() -> str:
    return reverse("assessments:answer-detail", args=[0]).removesuffix("0/")


def dressed(row: Answer, user: Any) -> Answer:
    """The row with what a page says of it besides its fields."""
    address(row)
    row.editable = row.assessment.is_open and row.may_answer(user)
    row.files, row.remarks = Attachment.of(row).count(), Comment.of(row).count()
    row.told = list(row.sources.all()) if row.duty or row.reuse else []
    return row


def dress(rows: list[Answer], assessment: Assessment, user: Any) -> None:
    """``dressed`` for all items of an assessment: three queries, and one for what was taken from elsewhere."""
    whole = assessment.answered_whole_by(user)
    kind, ids = ContentType.objects.get_for_model(Answer), assessment.answers.values("pk")
    hanging = {
        name: dict(
            model.objects.filter(content_type=kind, object_id__in=ids)
            .order_by().values_list("object_id").annotate(n=Count("pk"))
        )
        for name, model in (("files", Attachment), ("remarks", Comment))
    }  # fmt: skip
    given = ComponentResult.objects.filter(answer__assessment=assessment).order_by()
    hanging["by_component"] = dict(given.values_list("answer_id").annotate(n=Count("pk")))
    told = sources.of_assessment(assessment) if any(row.duty or row.reuse for row in rows) else {}
    for row in rows:
        address(row)
        row.editable = assessment.is_open and (whole or row.assignee_id == user.pk)
        row.told = told.get(row.pk, ())
        for name, counts in hanging.items():
            setattr(row, name, counts.get(row.pk, 0))


def selected(rows: Iterable[Answer], request: HttpRequest) -> list[Answer]:
    """The items the address asks for."""
    show, words = request.GET.get("show", ""), request.GET.get("q", "")[:100].split()
    tests = {
        "open": lambda a: not a.result,
        "pending": lambda a: a.pending,
        "inherited": lambda a: a.duty,
        "high": lambda a: a.high_risk,
        "mine": lambda a: a.assignee_id == request.user.pk,
    }
    test = tests.get(show, lambda a: not show or a.result == show)
    return [
        a
        for a in rows
        if test(a) and all(w in f"{a.code} {a.unit_code} {a.control_point} {a.summary} {a.found}" for w in words)
    ]


def group_of(answer: Answer) -> results.Group:
    """The control point an item belongs to."""
    return results.Group(answer.scope, answer.layer, answer.control_point)


def groups_of(
    answers: Iterable[Answer], progress: results.Progress, user: Any, moment: dt.datetime | None
) -> list[dict[str, Any]]:
    """The items by scope, layer and control point, in their order, with how far each control point is.

    ``moment``: when ``user`` answered one of them at once, which he may take back.
    """
    groups: list[dict[str, Any]] = []
    for answer in answers:
        name = group_of(answer)
        if not groups or groups[-1]["name"] != name:
            layer = progress.layers[name[:2]]
            first = not groups or groups[-1]["layer"] != layer
            part = progress.groups[name]
            groups.append({"name": name, "layer": layer, "first": first, "part": part, "rows": []})
        groups[-1]["rows"].append(answer)
    for group in groups:
        group["editable"] = any(row.editable for row in group["rows"])
        group["sent"] = list(group["name"]._asdict().items())
        group["undo"] = sum(row.editable and answered_at_once(row, user, moment) for row in group["rows"])
    return groups


def index_of(groups: Iterable[dict[str, Any]]) -> list[tuple[results.Part, list[results.Part]]]:
    """Each layer that is shown with its control points that are: what is filtered away has nothing to lead to."""
    index: list[tuple[results.Part, list[results.Part]]] = []
    for group in groups:
        if group["first"]:
            index.append((group["layer"], []))
        index[-1][1].append(group["part"])
    return index


def item_context(row: Answer, user: Any) -> dict[str, Any]:
    """What an opened item shows: note, risk, cases, guidance, evidence, remarks."""
    applies = set(row.high_risk_applies)
    return {
        "row": row,
        "assessment": row.assessment,
        "choices": list(points.RESULT_LABELS.items()),
        "risks": RISKS,
        "cases": [(case, case in applies) for case in row.high_risk],
        "components": row.component_results.all() if row.by_component else (),
        "scanned": by_item(row.assessment.protected_object, [row.code], row.level, user),
        "evidence": attachment_panel(row, user),
        "discussion": comment_panel(row, user),
        **(sources.told_of(row, today()) if row.duty or row.reuse else {}),
    }


# -- pages -------------------------------------------------------------------------------------------------


@login_required
@require_GET
def answer_page(request: HttpRequest, pk: int) -> HttpResponse:
    """All items of an assessment; ``?show=open|pending|partial|unmet|high|inherited|mine`` and ``?q=`` narrow them."""
    assessment = assessment_of(pk, request.user)
    rows = assessment.answers.select_related("assignee", "answered_by").defer("official_text", "guidance")
    answers = list(rows.order_by("order"))
    dress(answers, assessment, request.user)
    progress = results.progress(([getattr(a, f) for f in results.PROGRESS_FIELDS] for a in answers), request.user)
    show, query = request.GET.get("show", ""), request.GET.get("q", "")[:100]
    undo = request.GET.get("undo", "")
    groups = groups_of(selected(answers, request), progress, request.user, moment_of(undo))
    allowed = permissions.actions_for(request.user, [assessment])[pk] if assessment.is_open else frozenset()
    context = {
        "assessment": assessment,
        "title": _("填报") if assessment.is_open else _("各项结果"),
        "crumbs": [
            (str(Assessment._meta.verbose_name_plural), reverse("assessments:assessment-list")),
            (assessment.title, assessment.get_absolute_url()),
        ],
        "groups": groups,
        "index": index_of(groups),
        "undo": undo,
        "progress": progress,
        "shows": [(value, label, icon, progress.counts[value], value == show) for value, label, icon in SHOWS],
        "q": query,
        "show": show,
        "narrowed": bool(show or query),
        "slim": True,
        "page_keys": KEYS,
        "submit_url": reverse("assessments:assessment-transition", args=[pk, "submit"]) if "submit" in allowed else "",
        "offline_url": reverse("assessments:assessment-offline", args=[pk]) if "answer" in allowed else "",
        "renewable": "submit" in allowed and bool(progress.counts["inherited"]),
    }
    return render(request, "assessments/assessment/answer.html", context)


@login_required
@require_POST
def save_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one answer; without script back to where the person was."""
    post = request.POST
    sent: dict[str, Any] = {"result": post.get("result", "")}
    if "opened" in post:  # the row alone sends only the result
        sent |= {name: post.get(name, "") for name in ("found", "risk") if name in post}
        sent["high_risk_applies"] = post.getlist("high_risk_applies")
    version = whole_number(post.get("version")) or 0
    try:
        row = services.save_answer(answer=pk, version=version, by=request.user, at=now(), **sent)
    except (errors.Conflict, errors.Invalid) as error:
        note_refusal(request, error)
        return refused(request, answer_of(pk, request.user), error, sent)
    if not request.htmx:
        messages.success(request, _("已保存 %(code)s。") % {"code": row.code})
        stays = "opened" in post or row.lacks_reason
        return redirect(row.get_absolute_url() if stays else f"{row.assessment.answer_url}#item-{pk}")
    address(row)
    row.editable = True  # he has just changed it
    asks = row.is_gap or row.lacks_reason
    opened = item_context(row, request.user) if asks and "opened" not in post else {}
    context = {"row": row, **counted(row, request.user), "oob": True, **opened}
    # Without the request: what the frame of a page needs is not made for a part, and htmx brings the CSRF token.
    return HttpResponse(render_to_string("assessments/assessment/saved.html", context))


def counted(row: Answer, user: Any) -> dict[str, Any]:
    """The counts that an answer to ``row`` changes."""
    rows = row.assessment.answers.order_by("order").values_list(*results.PROGRESS_FIELDS)
    progress = results.progress(rows, user, group_of(row))
    return {
        "progress": progress,
        "layer": progress.layers[row.scope, row.layer],
        "group": progress.groups[group_of(row)],
        "counts": [(value, progress.counts[value]) for value, _label, _icon in SHOWS if value],
    }


def refused(request: HttpRequest, row: Answer, error: errors.DomainError, sent: dict[str, Any]) -> HttpResponse:
    """Both versions of the item, with the ways out; nothing was overwritten."""
    stale = isinstance(error, errors.Conflict) and row.assessment.is_open
    mine = {"found": row.found, "risk": row.risk, **sent}
    problem = {
        "message": error.message,
        "lines": [text for found in getattr(error, "errors", {}).values() for text in found],
        "stale": stale,
        "mine": mine,
        "label": points.RESULT_LABELS.get(mine["result"], _("未答")),
    }
    context = {**item_context(row, request.user), "problem": problem}
    if request.htmx:
        response = render(request, "assessments/assessment/item.html", context, status=error.status)
        response["HX-Retarget"], response["HX-Reswap"] = f"#item-{row.pk}", "outerHTML"
        return response
    return item_page_of(request, row, context, status=error.status)


def item_page_of(request: HttpRequest, row: Answer, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The page of one item."""
    back = f"{row.assessment.answer_url}#item-{row.pk}"
    frame = {
        "title": f"{row.code} {row.control_point}",
        "crumbs": [
            (str(Assessment._meta.verbose_name_plural), reverse("assessments:assessment-list")),
            (row.assessment.title, back),
        ],
        "back": back,
    }
    return render(request, "assessments/assessment/item_page.html", {**context, **frame}, status=status)


@login_required
@require_GET
def item_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One item with everything that belongs to it; to htmx its opened part, or with ``?row=1`` its row."""
    row = answer_of(pk, request.user)
    context = item_context(row, request.user)
    if request.htmx:
        name = "item" if "row" in request.GET else "more"
        return render(request, f"assessments/assessment/{name}.html", context)
    if row.editable:
        given = {entry.component_id: entry.result for entry in context["components"]}
        listed = row.assessment.protected_object.components.order_by("kind", "name")
        context["components_form"] = [
            (label, [(component, given.get(component.pk, "")) for component in part])
            for label, part in zip(("", _("本层面一般不涉及的部件")), by_fit(listed, row.layer), strict=True)
            if part
        ]
    return item_page_of(request, row, context)


@login_required
@require_POST
def save_components(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the results by component; all of them empty goes back to one answer for the whole."""
    post = request.POST
    given = {
        number: str(value)
        for name, value in post.items()
        if name.startswith("c-") and value and (number := whole_number(name.removeprefix("c-"))) is not None
    }
    version = whole_number(post.get("version")) or 0
    row = services.save_component_results(answer=pk, version=version, given=given, by=request.user, at=now())
    if given:
        counts = {"code": row.code, "n": len(given), "result": row.get_result_display()}
        messages.success(request, _("%(code)s 已按 %(n)d 个部件汇总为“%(result)s”。") % counts)
    else:
        messages.success(request, _("已清除 %(code)s 的部件结果，请直接作答。") % {"code": row.code})
    return redirect(row.get_absolute_url())
