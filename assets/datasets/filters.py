"""Filters of the list of data classes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assets.inventory.filters import Choice, OwnObject, UnitSubtree
from secmgmt.core.filters import RecordFilterSet

from .models import DataCategory, PersonalInformation


class DataFilter(RecordFilterSet):
    """Data classes by object, unit, level and personal information."""

    search_fields = ("name", "category", "protected_object__name")
    chip_field = "level"
    chip_distinct = False

    protected_object = OwnObject()
    unit = UnitSubtree(path="protected_object__unit__path")
    personal = Choice(choices=PersonalInformation.choices, label=_("个人信息"))

    class Meta:
        model = DataCategory
        fields = ("protected_object", "unit", "personal", "level")
