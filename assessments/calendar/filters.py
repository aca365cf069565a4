"""Filters of the rules of duties."""

from __future__ import annotations

from secmgmt.core.filters import RecordFilterSet

from .models import DutyRule


class DutyRuleFilter(RecordFilterSet):
    """By words, way of recurring, basis and whether it is followed."""

    search_fields = ("name", "code", "basis")
    search_label = "义务、依据"

    class Meta:
        model = DutyRule
        fields = ("mode", "confidence", "statutory", "is_active")
