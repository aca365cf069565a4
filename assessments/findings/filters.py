"""Filters of the lists of automatic findings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assets.inventory.filters import OwnObject, UnitSubtree
from secmgmt.core.filters import RecordFilterSet

from .models import AskedFact, Finding, FindingRule


class FindingFilter(RecordFilterSet):
    """By words, state, rule, gravity, unit."""

    search_fields = ("title", "case", "clause", "protected_object__name", "protected_object__unit__name")
    search_label = _("发现、条款、对象、单位")
    chip_field = "state"
    chip_distinct = False

    unit = UnitSubtree(path="protected_object__unit__path")
    object = OwnObject(field_name="protected_object")

    class Meta:
        model = Finding
        fields = ("state", "rule", "severity", "unit", "object")


class AskedFactFilter(RecordFilterSet):
    """By words, state, rule, answer, unit."""

    search_fields = ("question", "protected_object__name", "protected_object__unit__name")
    search_label = _("询问、对象、单位")
    chip_field = "state"
    chip_distinct = False

    unit = UnitSubtree(path="protected_object__unit__path")
    object = OwnObject(field_name="protected_object")

    class Meta:
        model = AskedFact
        fields = ("state", "rule", "answer", "unit", "object")


class FindingRuleFilter(RecordFilterSet):
    """By words, what it stands on, gravity, whether it is in use."""

    search_fields = ("code", "name", "case", "clause", "basis")
    search_label = _("编号、发现、判例、依据")

    class Meta:
        model = FindingRule
        fields = ("kind", "severity", "when_unknown", "confidence", "enabled")
