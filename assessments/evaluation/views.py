"""List, creation and detail of self-assessments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as html
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts.models import User
from secmgmt.core import audit, errors, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.clock import now, today
from secmgmt.core.middleware import note_refusal
from secmgmt.core.reporting.render import CONTENT_TYPES
from secmgmt.core.views import FeatureViews, Role
from secmgmt.portal.doctemplates import rendered
from secmgmt.portal.reports import require_whole

from . import groups, queries, reports, results, services
from .forms import AssessmentForm, assessable
from .models import Assessment
from .tables import ANSWERED, ASSESSMENTS, AssessmentFilter
from .workflow import WORKFLOW


class Assessments(FeatureViews):
    """Self-assessments of the objects in one's scope."""

    model, name, namespace, title = Assessment, "assessment", "assessments", _("自评估")
    table, filterset_class, form_class, workflow = ASSESSMENTS, AssessmentFilter, AssessmentForm, WORKFLOW
    roles = frozenset(Role) - {Role.EXPORT}
    related = ("protected_object__unit", "standard", "engagement__agency", "updated_by")
    empty_text, creates = _("对象定级之后，在这里按其等级逐项自评。"), _("开始自评估")
    facts = (
        "protected_object", (_("类别"), lambda row: row.noun), (_("评估方"), lambda row: row.assessor),
        (_("等级"), lambda row: f"S{row.business_level}A{row.service_level}G{row.level}"),
        (_("标准"), lambda row: row.standard or row.standard_code), "report_date", "due_on", "total",
        (_("计算方法"), lambda row: row.method.sentence),
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Dated today; started from an object's page it is of that object and named after it and the year."""
        day, pk = today(), whole_number(self.request.GET.get("object"))
        first: dict[str, Any] = {"report_date": day}
        obj = assessable(self.request.user).filter(pk=pk).first()
        if obj is not None:
            words = {"name": str(obj)[:80], "year": day.year}
            first |= {"protected_object": obj.pk, "title": _t("%(name)s %(year)d 年自评估") % words}
        return first

    def queryset(self) -> QuerySet:
        """With the number of answered items."""
        return super().queryset().annotate(answered=ANSWERED)

    def store(self, form: forms.ModelForm) -> Assessment:
        """Creation is a service: it freezes the items."""
        return services.store(form, by=self.request.user, at=now())

    def editable(self, obj: Any) -> bool:
        """The frame changes while answers may be given."""
        return obj.is_open

    def after_save(self, obj: Any, created: bool) -> str:
        """A new one leads straight to its items."""
        return obj.answer_url if created else obj.get_absolute_url()

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """The way to the items first."""
        label = _t("填报") if obj.is_open and "answer" in allowed else _t("查看各项")
        buttons = [(label, obj.answer_url, "", "list")]
        if "export" in allowed:
            preview = f"{reverse('portal:report-preview', args=['self-assessment'])}?subject={obj.pk}"
            buttons.append((_t("预览报告"), preview, "", "eye"))
            buttons += [
                (name, reverse("assessments:assessment-report", args=[obj.pk, form]), "", "download")
                for form, name in (("pdf", "PDF"), ("docx", "Word"), ("xlsx", "Excel"))
            ]
        buttons.append((_t("与上次比较"), reverse("assessments:assessment-compare", args=[obj.pk]), "", "swap"))
        if not obj.is_open:
            buttons.append((_t("查看保护对象"), obj.protected_object.get_absolute_url(), "", "eye"))
        if not obj.is_deletable:
            allowed -= {"delete"}
        return [*super().detail_actions(obj, allowed), *buttons]

    def panels(self, obj: Any) -> list[dict[str, Any]]:
        """The result by layer."""
        context = {"summary": results.standing(obj), "assessment": obj}
        template = "assessments/assessment/result.html"
        found = [{"title": _t("各层面结果"), "template": template, "column": "main", "context": context}]
        assignable = obj.is_open and not obj.by_agency
        if assignable and permissions.may(self.request.user, Assessment, "assign", permissions.path_of(obj)):
            template = "assessments/assessment/assign.html"
            parts = [
                (" ".join(part), results.layer_title(*part), names) for part, names in queries.layers_of(obj).items()
            ]
            context |= {"parts": parts, "assigned": [part for part in parts if part[2]]}
            context |= {"colleagues": queries.colleagues(self.request.user, obj)}
            found.append({"title": _t("分派层面"), "template": template, "column": "side", "context": context})
        return found


def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand one scope of a layer to a person by sign-in name, or with ``take_back`` to nobody."""
    assessment = permissions.get_visible(Assessment, request.user, "assign", pk=pk)
    scope, _blank, layer = request.POST.get("part", "").partition(" ")
    back = "take_back" in request.POST
    user = None if back else User.objects.filter(username=request.POST.get("username", "").strip()).first()
    if user is None and not back:
        raise services.no_colleague()
    count = services.assign_layer(
        assessment=assessment, scope=scope, layer=layer, user=user, by=request.user, at=now()
    )
    done = {"layer": results.layer_title(scope, layer), "n": count, "who": user}
    text = _t("%(layer)s %(n)d 项已收回。") if back else _t("%(layer)s %(n)d 项已分派给%(who)s，已发消息通知。")
    messages.success(request, text % done)
    return redirect(assessment.get_absolute_url())


def answer_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer what is open of one control point as 符合, once the items shown were confirmed; or take it back."""
    assessment = permissions.get_visible(Assessment, request.user, "view", pk=pk)
    post = request.POST
    if "undo" in post:
        return undo_group(request, assessment)
    group, seen = results.Group(*(post.get(name, "") for name in results.Group._fields)), post.getlist("seen")
    if not seen:
        return ask_group(request, assessment, group)
    at = now()
    try:
        rows, high = groups.answer_group(assessment=assessment, group=group, seen=seen, by=request.user, at=at)
    except groups.Changed as error:
        note_refusal(request, error)
        return ask_group(request, assessment, group, error)
    words = {"point": group.control_point, "n": len(rows), "high": len(high)}
    messages.success(request, _t("“%(point)s”的 %(n)d 项已答为“符合”。") % words)
    if high:
        messages.warning(request, _t("“%(point)s”另有 %(high)d 个高风险项须逐项作答。") % words)
    return redirect(f"{assessment.answer_url}?{urlencode({'undo': at.isoformat()})}#item-{rows[0].pk}")


def ask_group(
    request: HttpRequest, assessment: Assessment, group: results.Group, refused: groups.Changed | None = None
) -> HttpResponse:
    """Ask whether the items that wait of a control point are all met; ``refused``: others than were confirmed."""
    plain, high = groups.waiting(assessment=assessment, group=group, by=request.user)
    back, words = f"{assessment.answer_url}#item-{plain[0].pk}", {"point": group.control_point, "n": len(plain)}
    context = {
        "title": _t("本组未答项均符合"), "crumbs": [(assessment.title, back)], "cancel_url": back,
        "text": _t("把“%(point)s”的 %(n)d 项未答项都答为“符合”？") % words,
        "submit": _t("%(n)d 项均符合") % words, "plain": plain, "high": high, "refused": refused,
        "sent": [*group._asdict().items(), *(("seen", row.code) for row in plain)],
    }  # fmt: skip
    status = refused.status if refused else 200
    return html(request, "assessments/assessment/group_confirm.html", context, status=status)


def undo_group(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Take back what was answered at once and is as it was left."""
    moment = groups.moment_of(request.POST["undo"])
    if moment is None:
        raise errors.Invalid({"undo": [_t("没有可撤销的。")]})
    first = assessment.answers.filter(answered_at=moment).values_list("pk", flat=True).first()
    count = groups.undo_group(assessment=assessment, moment=moment, by=request.user, at=now())
    messages.success(request, _t("已撤销 %(n)d 项，恢复为未答。") % {"n": count})
    return redirect(f"{assessment.answer_url}#item-{first}")


def report(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The report as pdf, docx or xlsx; every download is on record."""
    if form not in ("pdf", "docx", "xlsx"):
        raise errors.OutOfScope(model=Assessment._meta.label, lookup=form)
    rows = Assessment.objects.select_related("protected_object__unit")
    assessment = permissions.get_visible(Assessment, request.user, "export", queryset=rows, pk=pk)
    require_whole(request.user, assessment)
    at = now()
    document = reports.build(assessment, by=request.user, at=at)
    content, used = rendered(document, form, kind="self-assessment", subject=assessment, by=request.user)
    with audit.act():
        detail = {"format": form, **used}
        audit.record("assessments.assessment.report", assessment, by=request.user, at=at, detail=detail)
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    response["Content-Disposition"] = content_disposition_header(True, f"{assessment.title}.{form}")
    return response
