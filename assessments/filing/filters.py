"""Filters of the lists of filings, units' facts and rules."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from assessments.grading import rules
from secmgmt.core.bounds import MOST
from secmgmt.core.filters import RecordFilterSet

from .models import Filing, FilingUnit, TermRule


class FilingFilter(RecordFilterSet):
    """By object, state, kind of matter and level."""

    search_fields = ("protected_object__name", "protected_object__unit__name", "certificate_number")
    search_label = _("对象、单位、备案证明")
    chip_field = "state"

    level = django_filters.ChoiceFilter(
        label=_("等级"), field_name="protected_object__security_level", choices=list(rules.LEVEL_LABELS.items())
    )
    protected_object = django_filters.NumberFilter(
        label=_("对象编号"), widget=django_filters.widgets.forms.HiddenInput, min_value=0, max_value=MOST
    )

    class Meta:
        model = Filing
        fields = ("state", "kind", "level", "protected_object")


class FilingUnitFilter(RecordFilterSet):
    """By name."""

    search_fields = ("unit__name", "security_contact", "data_contact")
    search_label = _("单位、联系人")

    class Meta:
        model = FilingUnit
        fields = ("kind", "affiliation")


class TermRuleFilter(RecordFilterSet):
    """By what it is used for."""

    search_fields = ("label", "basis")
    search_label = _("规则、依据")

    class Meta:
        model = TermRule
        fields = ("area", "confidence")
