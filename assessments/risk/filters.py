"""Filters of the lists of risk assessments and risks."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from secmgmt.core.bounds import MOST
from secmgmt.core.filters import RecordFilterSet

from .models import Risk, RiskAssessment


class RiskAssessmentFilter(RecordFilterSet):
    """By state, who leads, method."""

    search_fields = ("title", "protected_object__name", "protected_object__unit__name")
    search_label = _("名称、对象、单位")
    chip_field = "state"
    chip_distinct = False

    class Meta:
        model = RiskAssessment
        fields = ("state", "leading", "method")


class RiskFilter(RecordFilterSet):
    """By level, treatment, layer, assessment."""

    search_fields = ("asset", "controls", "measure", "assessment__title")
    search_label = _("资产、措施、评估")
    chip_field = "level"
    chip_distinct = False
    assessment = django_filters.NumberFilter(
        label=_("评估编号"), widget=django_filters.widgets.forms.HiddenInput, min_value=0, max_value=MOST
    )

    class Meta:
        model = Risk
        fields = ("level", "treatment", "layer", "assessment")
