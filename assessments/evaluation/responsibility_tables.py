"""Lists, forms and the workbook of tables of responsibility and of the rules of reuse."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.catalog.models import CatalogItem
from assets.models import Hosting
from secmgmt.core import permissions
from secmgmt.core.filters import RecordFilterSet
from secmgmt.core.forms import RecordForm
from secmgmt.core.sheets import Sheet, columns_of
from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import tag_

from .responsibility import in_force, ready_made
from .reuse_models import SHARES, ResponsibilityLine, ReuseRule

LABELS = dict(SHARES)


def own_hostings(user: Any) -> Any:
    """The hostings whose table ``user`` keeps: those of systems of his units."""
    if user is None:
        return Hosting.objects.none()
    rows = Hosting.objects.select_related("tenant", "platform").order_by("tenant__name", "pk")
    return permissions.where_may(rows, user, ResponsibilityLine, "change")


def in_force_cell(row: ResponsibilityLine) -> Any:
    """What the line comes to, and whether it waits for the platform."""
    share = in_force(row, ready_made(row.hosting.model))
    if share != row.share:
        return tag_(_t("%(share)s，待平台方同意") % {"share": LABELS[share]}, "warn", "clock")
    return tag_(LABELS[share], "plain")


def in_force_text(row: ResponsibilityLine) -> str:
    """What the line comes to, in a file."""
    return str(LABELS[in_force(row, ready_made(row.hosting.model))])


def usual(row: ResponsibilityLine) -> str:
    """What the ready-made table says."""
    ready = ready_made(row.hosting.model)
    return str(LABELS[ready[row.code].share if row.code in ready else "own"])


class LineForm(RecordForm):
    """One line of a table of responsibility."""

    querysets = {"hosting": own_hostings}

    class Meta:
        model = ResponsibilityLine
        fields = ("hosting", "code", "share", "note")
        help_texts = {
            "code": _("条款编号，如 8.1.1.1a；其他级别按条款沿革对应。"),
            "share": _("比成品表少担的，须承载平台的系统负责人同意后生效。"),
        }

    def clean_code(self) -> str:
        """An item that is known."""
        code = self.cleaned_data["code"].strip()
        if "code" in self.changed_data and not CatalogItem.objects.filter(code=code).exists():
            raise forms.ValidationError(_t("没有这个条款，请照标准条款填写编号。"))
        return code


class LineFilter(RecordFilterSet):
    """Lines by hosting and share."""

    search_fields = ("code", "note", "hosting__tenant__name", "hosting__platform__name")
    search_label = _("条款、系统、平台")
    chip_field = "share"

    class Meta:
        model = ResponsibilityLine
        fields = ("hosting", "share")


LINES = Table(
    [
        Column("code", _("条款"), sort="code", link=True),
        Column("hosting", _("托管关系"), sort="hosting__tenant__name"),
        Column("share", _("约定"), sort="share"),
        Column("in_force", _("现行"), value=in_force_text, render=in_force_cell),
        Column("usual", _("成品表"), value=usual),
        Column("note", _("约定说明")),
    ],
    default_sort="code",
)
LINE_SHEET = Sheet(LineForm, columns_of(LineForm))


class RuleForm(RecordForm):
    """How many days, and on which basis."""

    class Meta:
        model = ReuseRule
        fields = ("days", "basis")


RULES = Table(
    [
        Column("name", _("规则"), sort="name", link=True),
        Column("days", _("有效天数"), align="num"),
        Column("basis", _("依据")),
    ],
    default_sort="name",
)
