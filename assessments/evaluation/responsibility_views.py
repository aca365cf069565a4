"""Pages of a hosting's table of responsibility, what its two sides agree on, and the rules of reuse."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from secmgmt.core import errors
from secmgmt.core.clock import now
from secmgmt.core.sheets_views import SheetViews
from secmgmt.core.views import FeatureViews, Role

from . import sharing
from .responsibility_tables import (
    LINE_SHEET,
    LINES,
    RULES,
    LineFilter,
    LineForm,
    RuleForm,
    in_force_cell,
    usual,
)
from .reuse_models import ResponsibilityLine, ReuseRule


class Responsibilities(FeatureViews):
    """The lines of the hostings in one's scope."""

    model, name, namespace, title = ResponsibilityLine, "responsibility", "assessments", _("责任分担表")
    table, filterset_class, form_class, sheet = LINES, LineFilter, LineForm, LINE_SHEET
    related = ("hosting__tenant__unit", "hosting__platform__unit", "updated_by")
    empty_text = _("没有逐条约定的托管关系按成品表执行；在托管关系页按成品表建立后逐条调整。")
    facts = (
        "hosting", "code", "share", (_("现行"), in_force_cell), (_("成品表"), usual), "note", "agreed",
    )  # fmt: skip

    def initial(self) -> dict[str, Any]:
        """Of the hosting whose list it is."""
        return {"hosting": self.request.GET.get("hosting", "")}


class ResponsibilitySheet(SheetViews):
    """Import of a table of responsibility."""

    sheet, name, namespace = LINE_SHEET, "responsibility", "assessments"


class ReuseRules(FeatureViews):
    """How old what is reused may be."""

    model, name, namespace, title = ReuseRule, "reuserule", "assessments", _("沿用与继承规则")
    table, form_class = RULES, RuleForm
    roles = frozenset({Role.LIST, Role.DETAIL, Role.UPDATE, Role.HISTORY})
    related = ("updated_by",)
    facts = ("name", "days", "basis")
    empty_text = _("还没有载入规则，请联系系统管理员载入随产品提供的数据。")


def _back(hosting: int) -> HttpResponse:
    return redirect(reverse("assets:hosting-detail", args=[hosting]))


@login_required
@require_POST
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the ready-made table down for a hosting."""
    count = sharing.fill_table(hosting=pk, by=request.user, at=now())
    messages.success(request, _t("已按成品表建立 %(n)d 行，可以逐条调整。") % {"n": count})
    return redirect(f"{reverse('assessments:responsibility-list')}?hosting={pk}")


@login_required
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree for the platform to what the tenant proposed."""
    count = sharing.agree(hosting=pk, codes=request.POST.getlist("code"), by=request.user, at=now())
    messages.success(request, _t("已同意 %(n)d 条责任调整。") % {"n": count})
    return _back(pk)


@login_required
@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Show findings and evidence to the tenant, or with ``end`` no longer."""
    if "end" in request.POST:
        sharing.end_share(hosting=pk, by=request.user, at=now())
        messages.success(request, _t("已停止共享说明与证据。"))
        return _back(pk)
    text = request.POST.get("until", "").strip()
    try:
        until = dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise errors.Invalid({"until": [_t("请填写日期，如 2027-06-30；不限期的留空。")]}) from error
    sharing.share_evidence(hosting=pk, until=until, by=request.user, at=now())
    messages.success(request, _t("已向承载系统共享继承项的说明与证据。"))
    return _back(pk)
