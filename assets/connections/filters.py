"""Filters of the lists of interconnections and hostings."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.inventory.filters import Choice, OwnObject, UnitSubtree
from secmgmt.core.filters import RecordFilterSet

from .models import Hosting, Interconnection


class LinkFilter(RecordFilterSet):
    """Interconnections by object (either end), unit and control."""

    search_fields = ("from_object__name", "to_object__name", "external_party", "purpose")

    protected_object = OwnObject(method="either_end")
    unit = UnitSubtree(path="from_object__unit__path")
    control = Choice(choices=Interconnection.Control.choices, label=_("边界控制"))

    class Meta:
        model = Interconnection
        fields = ("protected_object", "unit", "control")

    def either_end(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        """Links from or to the object."""
        return queryset.filter(Q(from_object=value) | Q(to_object=value))


class HostingFilter(RecordFilterSet):
    """Hostings by object (either side), unit and model."""

    search_fields = ("tenant__name", "platform__name")
    chip_field = "model"
    chip_distinct = False

    protected_object = OwnObject(method="either_side")
    unit = UnitSubtree(path="tenant__unit__path")

    class Meta:
        model = Hosting
        fields = ("protected_object", "unit", "model")

    def either_side(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        """Hostings of or on the object."""
        return queryset.filter(Q(tenant=value) | Q(platform=value))
