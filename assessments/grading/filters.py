"""Filters of the list of gradings."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from assets.inventory.choices import ObjectKind
from secmgmt.core.bounds import MOST
from secmgmt.core.filters import RecordFilterSet

from . import rules
from .models import Grading


class GradingFilter(RecordFilterSet):
    """By object, state, level and kind of object."""

    search_fields = ("protected_object__name", "protected_object__unit__name", "certificate_number")
    search_label = _("对象、单位、备案证明")
    chip_field = "state"

    level = django_filters.ChoiceFilter(label=_("等级"), choices=list(rules.LEVEL_LABELS.items()))
    kind = django_filters.ChoiceFilter(
        label=_("对象类型"), field_name="protected_object__kind", choices=ObjectKind.choices
    )
    protected_object = django_filters.NumberFilter(
        label=_("对象编号"), widget=django_filters.widgets.forms.HiddenInput, min_value=0, max_value=MOST
    )

    class Meta:
        model = Grading
        fields = ("state", "level", "kind", "protected_object")
