"""Filters of the lists of engagements and agencies."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _

from secmgmt.core.bounds import MOST
from secmgmt.core.filters import RecordFilterSet

from .models import Agency, Engagement


class EngagementFilter(RecordFilterSet):
    """By object, state, kind, conclusion and agency."""

    search_fields = ("protected_object__name", "agency__name", "report_number", "contract_number")
    search_label = _("对象、机构、报告或合同编号")
    chip_field = "state"

    protected_object = django_filters.NumberFilter(
        label=_("对象编号"), widget=django_filters.widgets.forms.HiddenInput, min_value=0, max_value=MOST
    )

    class Meta:
        model = Engagement
        fields = ("state", "kind", "conclusion", "protected_object")


class AgencyFilter(RecordFilterSet):
    """By name and code."""

    search_fields = ("name", "code")
    search_label = _("名称、代码")

    class Meta:
        model = Agency
        fields = ()
