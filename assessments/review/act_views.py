"""Pages of single acts on projects and their gates: open, ask, examine, conclude aside, let go ahead."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from secmgmt.core import errors, permissions
from secmgmt.core.clock import now, today
from secmgmt.core.pages import with_errors

from . import forms, queries, services
from .models import Gate, GateOpinion, GateReview, GateReviewItem, Project, ReviewState
from .views import GateOpinions, Projects

BOTH = ["GET", "POST"]
ACT_PAGE = "assessments/review/act.html"


def _shown(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    return render(request, ACT_PAGE, context, status=status)


def _review(request: HttpRequest, pk: int, action: str) -> GateReview:
    rows = GateReview.objects.select_related("project__unit", "project__lead")
    return permissions.get_visible(GateReview, request.user, action, queryset=rows, pk=pk)


@login_required
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Projects by the gate they stand before, and the share that passed them all in time."""
    permissions.require(request.user, Project, "view")
    rate = queries.synchronized_rate(Project.objects.visible_to(request.user), today())
    context = {
        "title": _t("项目看板"), "columns": queries.board(request.user), "rate": rate,
        "crumbs": [(Projects.title, reverse("assessments:project-list"))],
    }  # fmt: skip
    return render(request, "assessments/review/board.html", context)


@login_required
@require_POST
def start(request: HttpRequest, pk: int, gate: str) -> HttpResponse:
    """Open the examination of a gate."""
    project = permissions.get_visible(Project, request.user, "submit", pk=pk)
    if gate not in Gate.values:
        raise errors.OutOfScope(model=Project._meta.label, lookup=gate)
    review = services.start_review(project=project, gate=gate, by=request.user, at=now())
    messages.success(request, _t("已开始准备“%(name)s”的材料。") % {"name": review.get_gate_display()})
    return redirect(review)


@login_required
@require_http_methods(BOTH)
def override(request: HttpRequest, pk: int) -> HttpResponse:
    """The leadership lets a project go ahead."""
    project = permissions.get_visible(Project, request.user, "override", pk=pk)
    form, status = forms.OverrideForm(request.POST or None, initial={"version": project.version}), 200
    if request.method == "POST":
        form, status = forms.OverrideForm(request.POST), 422
        if form.is_valid():
            services.override_go_live(project=project, by=request.user, at=now(), **form.cleaned_data)
            messages.success(request, _t("已批准先行上线，理由已记录。"))
            return redirect(project)
    left = queries.open_conditions(project).count()
    context = {
        "title": _t("批准先行上线"), "form": form, "danger": True, "submit": _t("批准先行上线"), "cancel": project,
        "crumbs": [(Projects.title, reverse("assessments:project-list")), (str(project), project.get_absolute_url())],
        "text": _t("“%(name)s”%(stage)s，未完成的通过条件 %(n)d 项。批准后对象可以投入运行，审查仍须继续办完。")
        % {"name": project, "stage": project.get_stage_display(), "n": left},
    }  # fmt: skip
    return _shown(request, context, status)


@login_required
@require_http_methods(BOTH)
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask departments for their opinions, or take an invitation back."""
    review = _review(request, pk, "invite")
    services.check_lead(review.project, request.user)
    form, status = forms.InviteForm(request.POST or None, review=review, initial={"until": review.due_on}), 200
    if request.method == "POST":
        form, status = forms.InviteForm(request.POST, review=review), 422
        try:
            if form.is_valid():
                asked = services.invite_department(review=review, by=request.user, at=now(), **form.cleaned_data)
                messages.success(request, _t("已向%(name)s征求意见。") % {"name": asked.department})
                return redirect("assessments:gatereview-invite", pk=pk)
        except errors.Invalid as error:
            with_errors(form, error)
    context = {
        "title": _t("征求部门意见"), "review": review, "form": form, "submit": _t("征求意见"), "cancel": review,
        "crumbs": [(str(review.project), review.project.get_absolute_url()), (str(review), review.get_absolute_url())],
        "opinions": list(review.opinions.select_related("user__unit")), "left": queries.not_asked(review),
        "is_open": review.state == ReviewState.REVIEWING,
    }  # fmt: skip
    return render(request, "assessments/review/invite.html", context, status=status)


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int, opinion: int) -> HttpResponse:
    """Take an invitation back."""
    review = _review(request, pk, "invite")
    row = review.opinions.filter(pk=opinion).select_related("user", "review__project").first()
    if row is None:
        raise errors.OutOfScope(model=GateOpinion._meta.label, lookup=opinion)
    services.withdraw_department(opinion=row, by=request.user, at=now())
    messages.success(request, _t("已收回邀请。"))
    return redirect("assessments:gatereview-invite", pk=pk)


@login_required
@require_http_methods(BOTH)
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """The expert meeting and the number of the document."""
    review = _review(request, pk, "conclude")
    services.check_lead(review.project, request.user)
    form, status = forms.MeetingForm(request.POST or None, instance=review, user=request.user), 200
    if request.method == "POST":
        form = forms.MeetingForm(request.POST, instance=_review(request, pk, "conclude"), user=request.user)
        status = 422
        try:
            services.save_meeting(form=form, by=request.user, at=now())
            messages.success(request, _t("已保存会议情况。"))
            return redirect(review)
        except errors.Invalid as error:
            with_errors(form, error)
    context = {
        "title": _t("会议与文号"), "form": form, "submit": _t("保存"), "cancel": review,
        "crumbs": [(str(review.project), review.project.get_absolute_url()), (str(review), review.get_absolute_url())],
    }  # fmt: skip
    return _shown(request, context, status)


@login_required
@require_POST
def examine_rest(request: HttpRequest, pk: int) -> HttpResponse:
    """Record what was not examined yet as in order."""
    review = _review(request, pk, "conclude")
    count = services.examine_rest(review=review, by=request.user, at=now())
    messages.success(request, _t("已将其余 %(n)d 项记为合格或不适用。") % {"n": count})
    return redirect(review)


@login_required
@require_http_methods(BOTH)
def examine(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what was found of one line."""
    rows = GateReviewItem.objects.select_related("review__project__unit", "review__project__lead")
    item = permissions.get_visible(GateReviewItem, request.user, "examine", queryset=rows, pk=pk)
    services.check_lead(item.review.project, request.user)
    first = {"result": item.result, "remark": item.remark, "version": item.version}
    form, status = forms.ExamineForm(initial=first), 200
    if request.method == "POST":
        form, status = forms.ExamineForm(request.POST), 422
        try:
            if form.is_valid():
                services.examine_item(item=item, by=request.user, at=now(), **form.cleaned_data)
                messages.success(request, _t("已记录“%(name)s”的审查结果。") % {"name": item.name})
                return redirect(item.review)
        except errors.Invalid as error:
            with_errors(form, error)
    context = {
        "title": _t("审查：%(name)s") % {"name": item}, "form": form, "submit": _t("记录结果"), "cancel": item.review,
        "crumbs": [(str(item.review), item.review.get_absolute_url()), (str(item), item.get_absolute_url())],
        "text": item.acceptance,
    }  # fmt: skip
    return _shown(request, context, status)


@login_required
@require_http_methods(BOTH)
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """The opinion of a department, by the person it was asked of."""
    rows = GateOpinion.objects.select_related("review__project__unit")
    opinion = permissions.get_visible(GateOpinion, request.user, "give", queryset=rows, pk=pk)
    services.check_was_asked(opinion, request.user)
    form, status = forms.OpinionForm(initial={"version": opinion.version}), 200
    if request.method == "POST":
        form, status = forms.OpinionForm(request.POST), 422
        try:
            if form.is_valid():
                services.give_opinion(opinion=opinion, by=request.user, at=now(), **form.cleaned_data)
                messages.success(request, _t("意见已出具。"))
                return redirect(opinion)
        except errors.Invalid as error:
            with_errors(form, error)
    context = {
        "title": _t("出具意见"), "form": form, "submit": _t("出具意见"), "cancel": opinion,
        "crumbs": [
            (GateOpinions.title, reverse("assessments:gateopinion-list")), (str(opinion), opinion.get_absolute_url())
        ],
        "text": _t("%(name)s。审查重点：%(focus)s") % {"name": opinion.review, "focus": opinion.focus},
    }  # fmt: skip
    return _shown(request, context, status)
