"""Filters of the lists of projects, examinations, opinions and the checklist."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from secmgmt.core.filters import RecordFilterSet

from .models import GateDepartment, GateItem, GateOpinion, GateReview, Project


class ProjectFilter(RecordFilterSet):
    """By stage, kind, level, unit."""

    search_fields = ("name", "unit__name", "targets__name")
    search_label = _("项目、单位、对象")
    chip_field = "stage"

    class Meta:
        model = Project
        fields = ("stage", "kind", "level")


class GateReviewFilter(RecordFilterSet):
    """By state and gate."""

    search_fields = ("project__name", "project__unit__name", "number")
    search_label = _("项目、单位、文号")
    chip_field = "state"
    chip_distinct = False

    class Meta:
        model = GateReview
        fields = ("state", "gate")


class GateOpinionFilter(RecordFilterSet):
    """By verdict, and whether it was given."""

    search_fields = ("department", "review__project__name")
    search_label = _("部门、项目")
    chip_distinct = False
    open = django_filters.BooleanFilter(label=_("尚未出具"), field_name="given_at", lookup_expr="isnull")

    class Meta:
        model = GateOpinion
        fields = ("verdict", "open")


class GateItemFilter(RecordFilterSet):
    """By gate."""

    search_fields = ("code", "name", "basis")
    search_label = _("编码、名称、依据")
    chip_field = "gate"
    chip_distinct = False

    class Meta:
        model = GateItem
        fields = ("gate", "blocking", "is_confirmed", "in_use")


class GateDepartmentFilter(RecordFilterSet):
    """By gate."""

    search_fields = ("name", "focus")
    search_label = _("部门、审查重点")
    chip_field = "gate"
    chip_distinct = False

    class Meta:
        model = GateDepartment
        fields = ("gate", "mandatory")
