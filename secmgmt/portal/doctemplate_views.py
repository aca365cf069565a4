"""Pages of the Word templates."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from secmgmt.core import permissions
from secmgmt.core.clock import now
from secmgmt.core.filters import RecordFilterSet
from secmgmt.core.forms import RecordForm
from secmgmt.core.models import ReportTemplate
from secmgmt.core.models.report import TemplateState
from secmgmt.core.reporting.render import CONTENT_TYPES
from secmgmt.core.reporting.templates import starter
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import moment, state
from secmgmt.core.trail_views import attachment_panel
from secmgmt.core.views import FeatureViews, Role

from . import doctemplates

TABLE = Table(
    (
        Column("name", gettext_lazy("名称"), sort="name", link=True),
        Column("kind", gettext_lazy("报告种类"), value=doctemplates.kind_label, sort="kind"),
        Column("unit", gettext_lazy("适用单位"), value="unit.name", sort="unit__name"),
        Column("state", gettext_lazy("状态"), value="get_state_display", render=state, sort="state"),
        Column("updated_at", gettext_lazy("最近修改"), render=lambda row: moment(row.updated_at), sort="updated_at"),
    ),
    default_sort="kind",
)


class TemplateFilter(RecordFilterSet):
    """Templates by name, kind and state."""

    search_fields = ("name", "note")
    search_label = gettext_lazy("名称、说明")
    chip_field = "state"
    kind = django_filters.ChoiceFilter(
        label=gettext_lazy("报告种类"), choices=doctemplates.kinds, empty_label=gettext_lazy("全部")
    )

    class Meta:
        model = ReportTemplate
        fields = ("kind", "state")


class TemplateForm(RecordForm):
    """Name, kind of report and the unit it is for; the file is uploaded on its page."""

    kind = forms.ChoiceField(label=gettext_lazy("报告种类"), choices=doctemplates.kinds)

    class Meta:
        model = ReportTemplate
        fields = ("name", "kind", "unit", "note")
        help_texts = {"unit": gettext_lazy("该单位及其下属单位的这种报告都用它；下属单位另有模板的用自己的。")}


class Templates(FeatureViews):
    """Letterheads and layouts of the organization's own."""

    model, name, namespace, title = ReportTemplate, "template", "portal", gettext_lazy("文书模板")
    table, filterset_class, form_class = TABLE, TemplateFilter, TemplateForm
    related = ("unit", "updated_by")
    workflow = doctemplates.WORKFLOW
    roles = frozenset(set(Role) - {Role.EXPORT, Role.EXPORT_ALL})
    facts = ("name", (gettext_lazy("报告种类"), doctemplates.kind_label), "unit", "note")
    templates = {"detail": "portal/template/detail.html"}
    empty_text = gettext_lazy(
        "Word 报告用系统自带的公文版式。要用本单位的红头和页面，下载起始模板改好，再在这里登记启用。"
    )

    def list_actions(self) -> list[tuple[str, str, str, str]]:
        """The template to begin with stands beside the rest."""
        return [(_("下载起始模板"), reverse("portal:template-starter"), "", "download"), *super().list_actions()]

    def editable(self, obj: Any) -> bool:
        """Only a draft."""
        return obj.state == TemplateState.DRAFT

    def detail_actions(self, obj: Any, allowed: frozenset[str]) -> list[tuple[str, str, str, str]]:
        """Trying it, where it has a file."""
        found = super().detail_actions(obj, allowed)
        if obj.state != TemplateState.DRAFT:
            found = [button for button in found if button[3] != "trash"]
        if not obj.takes_files:
            found.append((_("下载样例"), reverse("portal:template-sample", args=[obj.pk]), "", "download"))
        return found

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """The file."""
        return attachment_panel(obj, self.request.user) if page == "detail" else {}


def _word(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPES["docx"])
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.docx")
    return response


@login_required
@require_GET
def starter_file(request: HttpRequest) -> HttpResponse:
    """The template to begin with."""
    permissions.require(request.user, ReportTemplate, "view")
    return _word(starter(), _("起始模板"))


@login_required
@require_GET
def sample_file(request: HttpRequest, pk: int) -> HttpResponse:
    """A sample document in a template."""
    row = permissions.get_visible(ReportTemplate, request.user, pk=pk)
    return _word(doctemplates.tried(row=row, by=request.user, at=now()), _("样例（%(name)s）") % {"name": row})
