"""Filters of the lists of scanning."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.inventory.filters import Choice, UnitSubtree
from secmgmt.core.bounds import MOST
from secmgmt.core.filters import RecordFilterSet

from .models import Scan, ScanFinding, ScannerRule


class Number(django_filters.NumberFilter):
    """A row that a link names, drawn as a hidden field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        hidden = django_filters.widgets.forms.HiddenInput
        super().__init__(*args, widget=hidden, min_value=0, max_value=MOST, **kwargs)


class FindingFilter(RecordFilterSet):
    """Problems by state, queue, severity, unit."""

    search_fields = ("title", "problem", "address", "cves", "component__name")
    search_label = _("地址、问题、CVE")
    chip_field = "state"

    queue = Choice(
        choices=(("unmapped", _("未映射")), ("unmatched", _("未识别地址")), ("gone", _("不再出现"))),
        method="by_queue", label=_("队列"),
    )  # fmt: skip
    unit = UnitSubtree(path="unit__path")
    scan = Number(label=_("扫描导入编号"))
    component = Number(label=_("部件编号"))

    class Meta:
        model = ScanFinding
        fields = ("state", "queue", "severity", "source", "unit", "scan", "component")

    def by_queue(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """What waits for somebody to say where or what it is."""
        waits = {"unmapped": Q(items=""), "unmatched": Q(component=None), "gone": Q(gone_on__isnull=False)}
        return queryset.filter(waits[value])


class ScanFilter(RecordFilterSet):
    """Imports by scanner and unit."""

    search_fields = ("file",)
    search_label = _("文件名")

    unit = UnitSubtree(path="unit__path")

    class Meta:
        model = Scan
        fields = ("source", "unit")


class RuleFilter(RecordFilterSet):
    """Rules by what they look at."""

    search_fields = ("code", "problem", "pattern", "items")
    search_label = _("编号、问题、条款")

    class Meta:
        model = ScannerRule
        fields = ("match_field", "source", "risk", "enabled")
