"""Search in the requirement catalogue."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from secmgmt.core.filters import RecordFilterSet

from .models import CatalogItem


def _values(field: str) -> Any:
    """The values the loaded catalogue has, read when the page is asked for."""
    return lambda: [
        (value, value) for value in CatalogItem.objects.order_by(field).values_list(field, flat=True).distinct()
    ]


class ItemFilter(RecordFilterSet):
    """Items by words, level, scope and layer."""

    search_fields = ("code", "control_point", "summary")
    search_label = _("条款、控制点、要求")

    level = django_filters.ChoiceFilter(label=_("级别"), choices=_values("level"))
    scope = django_filters.ChoiceFilter(label=_("范围"), choices=_values("scope"))
    layer = django_filters.ChoiceFilter(label=_("层面"), choices=_values("layer"))

    class Meta:
        model = CatalogItem
        fields = ("level", "scope", "layer")
