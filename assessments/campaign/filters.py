"""Filters of campaigns and of their tasks."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.grading.rules import LEVEL_LABELS
from secmgmt.core.bounds import MOST
from secmgmt.core.clock import today
from secmgmt.core.filters import RecordFilterSet

from . import queries
from .models import Campaign, CampaignTask, TaskState


class CampaignFilter(RecordFilterSet):
    """By words, kind and state."""

    search_fields = ("title", "unit__name")
    search_label = _("名称、单位")
    chip_field = "state"

    class Meta:
        model = Campaign
        fields = ("kind", "state")


class TaskFilter(RecordFilterSet):
    """By campaign, unit, level, state and words; the state is told from the work, of all tasks in sight."""

    search_fields = ("protected_object__name", "protected_object__unit__name")
    search_label = _("对象、单位")

    campaign = django_filters.ModelChoiceFilter(label=_("专项工作"), queryset=Campaign.objects.all())
    unit = django_filters.NumberFilter(
        label=_("单位编号"), field_name="protected_object__unit", widget=django_filters.widgets.forms.HiddenInput,
        min_value=0, max_value=MOST,
    )  # fmt: skip
    level = django_filters.ChoiceFilter(
        label=_("等级"), field_name="protected_object__security_level", choices=list(LEVEL_LABELS.items())
    )
    state = django_filters.ChoiceFilter(label=_("状态"), choices=TaskState.choices, method="of_state")

    class Meta:
        model = CampaignTask
        fields = ("campaign", "unit", "level", "state")

    def of_state(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """The tasks whose work stands at ``value`` today."""
        progress = queries.progress_of_all(rows, today())
        return rows.filter(pk__in=[pk for pk, one in progress.items() if one.state == value])
