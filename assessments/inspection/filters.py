"""Filters of the lists of inspections."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.evaluation import points
from secmgmt.core.bounds import MOST
from secmgmt.core.filters import RecordFilterSet

from .models import Department, Inspection, InspectionItem, IssuedNotice, NoticeKind


def number(label: Any, field: str) -> django_filters.NumberFilter:
    """A filter set by links only."""
    hidden = django_filters.widgets.forms.HiddenInput
    return django_filters.NumberFilter(label=label, field_name=field, widget=hidden, min_value=0, max_value=MOST)


class InspectionFilter(RecordFilterSet):
    """By state, leading department, object."""

    search_fields = ("title", "protected_object__name", "protected_object__unit__name")
    search_label = _("名称、对象、单位")
    chip_field = "state"
    protected_object = number(_("对象编号"), "protected_object")

    class Meta:
        model = Inspection
        fields = ("state", "lead", "protected_object")


class ItemFilter(RecordFilterSet):
    """By inspection and result."""

    search_fields = ("code", "control_point", "summary", "found")
    search_label = _("条款、控制点、内容")
    inspection = number(_("检查编号"), "inspection")
    result = django_filters.ChoiceFilter(
        label=_("检查结果"), method="by_result",
        choices=[("none", _("未检查")), ("findings", _("有问题")), *points.RESULT_LABELS.items()],
    )  # fmt: skip

    class Meta:
        model = InspectionItem
        fields = ("inspection", "result", "method", "recheck")

    def by_result(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Open ones, findings, or one result."""
        if value == "findings":
            return queryset.filter(result__in=(points.PARTIAL, points.UNMET))
        return queryset.filter(result="" if value == "none" else value)


class NoticeFilter(RecordFilterSet):
    """By state and number."""

    search_fields = ("number", "protected_object__name", "protected_object__unit__name", "issuer")
    search_label = _("文号、对象、单位")
    chip_field = "state"
    protected_object = number(_("对象编号"), "protected_object")

    class Meta:
        model = IssuedNotice
        fields = ("state", "protected_object")


class DepartmentFilter(RecordFilterSet):
    """By name."""

    search_fields = ("name", "short", "code")

    class Meta:
        model = Department
        fields = ("is_active",)


class NoticeKindFilter(RecordFilterSet):
    """By department."""

    search_fields = ("name", "word", "basis")

    class Meta:
        model = NoticeKind
        fields = ("department", "confidence", "is_active")
