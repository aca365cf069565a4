"""Filters of the inventory's lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from secmgmt.accounts.models import OrgUnit
from secmgmt.core.filters import RecordFilterSet

from .choices import TECHNICAL_KINDS, NetworkKind, ObjectKind, ZoneKind
from .models import IMPORTANT_FROM, NUMERALS, Network, ProtectedObject, Zone

LEVELS = [*((str(n), _("第%(n)s级") % {"n": NUMERALS[n]}) for n in range(5, 0, -1)), ("none", _("未定级"))]


class Choice(django_filters.ChoiceFilter):
    """A choice whose empty one says what it gives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("全部"))
        super().__init__(*args, **kwargs)


class UnitSubtree(django_filters.ModelChoiceFilter):
    """A unit and everything beneath it; ``path``: lookup from the row to its unit's path."""

    def __init__(self, *args: Any, path: str = "unit__path", **kwargs: Any) -> None:
        units = OrgUnit.objects.filter(merged_into__isnull=True).order_by("path").only("path", "name")
        kwargs.setdefault("queryset", units)
        kwargs.setdefault("label", _("单位（含下级）"))
        super().__init__(*args, **kwargs)
        self.path = path

    def filter(self, qs: QuerySet, value: OrgUnit | None) -> QuerySet:
        """Rows at or beneath the unit."""
        return qs.filter(**{f"{self.path}__startswith": value.path}) if value else qs


class OwnObject(django_filters.ModelChoiceFilter):
    """The object a part belongs to: given by the tabs of its page, drawn as a hidden field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", ProtectedObject.objects.open_ones())
        kwargs.setdefault("label", _("定级对象"))
        kwargs.setdefault("widget", forms.HiddenInput)
        super().__init__(*args, **kwargs)


class ObjectFilter(RecordFilterSet):
    """Protected objects by unit, kind, level, state, technology and what they count for."""

    search_fields = ("name", "code", "filing_number", "unit__name")
    search_label = _("名称、编号、备案号、单位")
    chip_field = "status"
    chip_distinct = False

    unit = UnitSubtree()
    kind = Choice(choices=ObjectKind.choices, label=_("类型"))
    level = Choice(choices=LEVELS, method="by_level", label=_("等级"))
    technology = Choice(choices=TECHNICAL_KINDS, method="by_technology", label=_("新技术"))
    counts = Choice(
        choices=(
            ("important", _("重要")),
            ("cii", _("关基")),
            ("platform", _("承载平台")),
            ("mine", _("我负责的")),
            ("ownerless", _("没有负责人")),
        ),
        method="by_count",
        label=_("范围"),
    )

    class Meta:
        model = ProtectedObject
        fields = ("unit", "kind", "level", "technology", "counts", "status")

    def by_level(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """One level, or not graded yet."""
        return queryset.filter(security_level=None if value == "none" else int(value))

    def by_technology(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Objects that use a technology of 表四."""
        return queryset.filter(**{value: True})

    def by_count(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """What an object counts for."""
        conditions = {
            "important": Q(security_level__gte=IMPORTANT_FROM) | Q(named_important=True),
            "cii": Q(is_cii=True),
            "platform": Q(offers_hosting=True),
            "mine": Q(owner=self.user),
            "ownerless": Q(owner__isnull=True),
        }
        return queryset.filter(conditions[value])


class RegisterFilter(RecordFilterSet):
    """Registry lines by unit and number."""

    search_fields = ("secret_number", "unit__name")
    unit = UnitSubtree()

    class Meta:
        model = ProtectedObject
        fields = ("unit",)


class NetworkFilter(RecordFilterSet):
    """Networks by unit and kind."""

    search_fields = ("name", "protected_object__name")
    protected_object = OwnObject()
    unit = UnitSubtree(path="protected_object__unit__path")
    kind = Choice(choices=NetworkKind.choices, label=_("类型"))

    class Meta:
        model = Network
        fields = ("protected_object", "unit", "kind")


class ZoneFilter(RecordFilterSet):
    """Zones by unit and kind."""

    search_fields = ("name", "network__name", "address_ranges")
    unit = UnitSubtree(path="network__protected_object__unit__path")
    kind = Choice(choices=ZoneKind.choices, label=_("类型"))

    class Meta:
        model = Zone
        fields = ("unit", "kind")
