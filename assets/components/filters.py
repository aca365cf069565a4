"""Filters of the list of components."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.inventory.filters import Choice, OwnObject, UnitSubtree
from secmgmt.core.clock import today
from secmgmt.core.filters import RecordFilterSet

from .models import Component
from .queries import EXPIRY_DAYS, expiring


class ComponentFilter(RecordFilterSet):
    """Components by object, unit, kind and what is about to expire."""

    search_fields = ("name", "vendor", "model", "address", "protected_object__name")
    search_label = _("名称、厂商、地址")
    chip_field = "kind"
    chip_distinct = False

    protected_object = OwnObject()
    unit = UnitSubtree(path="protected_object__unit__path")
    attention = Choice(
        choices=(
            ("expiring", _("证书或授权 %(n)d 天内到期") % {"n": EXPIRY_DAYS}),
            ("single", _("关键部件单点")),
        ),
        method="by_attention",
        label=_("关注"),
    )

    class Meta:
        model = Component
        fields = ("protected_object", "unit", "attention", "kind")

    def by_attention(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """What somebody should look at."""
        if value == "single":
            return queryset.filter(is_key=True, redundancy=Component.Redundancy.SINGLE)
        return queryset.filter(expiring(today() + dt.timedelta(days=EXPIRY_DAYS)) & Q(quantity__gte=1))
