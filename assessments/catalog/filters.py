"""Search in the requirement catalogue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core.filters import RecordFilterSet

from . import queries
from .models import CatalogItem, Standard

OPENING = "level=3"
"""What the list shows to who asks for nothing."""


def _values(field: str, label: Callable[[Any], str] = str, **within: str) -> Any:
    """The values the loaded catalogues have, read when the page is asked for."""
    return lambda: [(value, label(value)) for value in queries.values_of(field, **within)]


class ItemFilter(RecordFilterSet):
    """Items by words, standard, level, scope, layer, control point, lineage and high-risk cases.

    The control points offered are those of the chosen scope and layer.
    """

    search_fields = ("code", "unit_code", "control_point", "summary", "official_text")
    search_label = _("条款、控制点、要求")

    standard = django_filters.ModelChoiceFilter(label=_("标准"), queryset=Standard.objects.all())
    level = django_filters.ChoiceFilter(label=_("级别"), choices=_values("level", level_label))
    scope = django_filters.ChoiceFilter(label=_("范围"), choices=_values("scope"))
    layer = django_filters.ChoiceFilter(label=_("层面"), choices=_values("layer"))
    control_point = django_filters.ChoiceFilter(label=_("控制点"), choices=_values("control_point"))
    high_risk = django_filters.ChoiceFilter(
        label=_("高风险判例"), method="with_cases", choices=[("yes", _("涉及")), ("no", _("不涉及"))]
    )

    class Meta:
        model = CatalogItem
        fields = ("standard", "level", "scope", "layer", "control_point", "same_as_lower")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        within = {name: value for name in ("scope", "layer") if (value := self.data.get(name))}
        self.filters["control_point"].extra["choices"] = _values("control_point", **within)

    def active(self) -> bool:
        """The level the list opens at narrows nothing a person asked for."""
        return super().active() and self.data.urlencode() != OPENING

    def with_cases(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Items to which a high-risk case may apply, or those to which none does."""
        return rows.filter(high_risk=[]) if value == "no" else rows.exclude(high_risk=[])
