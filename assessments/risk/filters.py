"""Filters of the lists of risk assessments, assets and risks, and of what they choose from."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from secmgmt.core.bounds import MOST
from secmgmt.core.filters import RecordFilterSet

from .list_models import RiskMatrix, Threat, Vulnerability
from .models import Layer, Risk, RiskAssessment, RiskAsset


def number(label: Any, **more: Any) -> django_filters.NumberFilter:
    """A number that stands in the address only."""
    return django_filters.NumberFilter(
        label=label, widget=django_filters.widgets.forms.HiddenInput, min_value=0, max_value=MOST, **more
    )


class RiskAssessmentFilter(RecordFilterSet):
    """By state, who leads, method."""

    search_fields = ("title", "protected_object__name", "protected_object__unit__name")
    search_label = _("名称、对象、单位")
    chip_field = "state"
    chip_distinct = False

    class Meta:
        model = RiskAssessment
        fields = ("state", "leading", "method")


class RiskAssetFilter(RecordFilterSet):
    """By layer and assessment."""

    search_fields = ("name", "note", "assessment__title")
    search_label = _("资产、评估")
    chip_field = "layer"
    chip_distinct = False
    assessment = number(_("评估编号"))

    class Meta:
        model = RiskAsset
        fields = ("layer", "assessment")


class RiskFilter(RecordFilterSet):
    """By level, treatment, layer, assessment, and by a cell of the heat map."""

    search_fields = ("asset__name", "threat_text", "weakness", "measure", "assessment__title")
    search_label = _("资产、威胁、脆弱性、措施、评估")
    chip_field = "level"
    chip_distinct = False
    layer = django_filters.ChoiceFilter(label=_("资产层次"), field_name="asset__layer", choices=Layer.choices)
    assessment = number(_("评估编号"))
    loss_grade = number(_("损失等级"))
    likelihood_grade = number(_("可能性等级"))

    class Meta:
        model = Risk
        fields = ("level", "treatment", "layer", "method", "assessment", "loss_grade", "likelihood_grade")


class ThreatFilter(RecordFilterSet):
    """By source."""

    search_fields = ("code", "name", "description")
    search_label = _("编码、名称、说明")
    chip_field = "source"
    chip_distinct = False

    class Meta:
        model = Threat
        fields = ("source", "frequency", "is_confirmed", "in_use")


class VulnerabilityFilter(RecordFilterSet):
    """By severity."""

    search_fields = ("code", "name", "layer", "items", "description")
    search_label = _("编码、名称、层面、条款、说明")
    chip_distinct = False

    class Meta:
        model = Vulnerability
        fields = ("severity", "is_confirmed", "in_use")


class RiskMatrixFilter(RecordFilterSet):
    """By use."""

    search_fields = ("edition", "basis")
    search_label = _("版本、依据")
    chip_distinct = False

    class Meta:
        model = RiskMatrix
        fields = ("is_confirmed", "in_use")
