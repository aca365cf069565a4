"""The form of a duty's rule."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.forms import RecordForm

from .models import DutyRule


class DutyRuleForm(RecordForm):
    """What an organization may change of a duty; of one by law only to make it stricter."""

    fieldsets = (
        (_("义务"), ("name", "text", "is_active")),
        (_("适用与周期"), ("min_level", "max_level", "period", "deadline", "remind_days")),
        (_("依据"), ("basis", "confidence")),
    )

    class Meta:
        model = DutyRule
        fields = (
            *("name", "text", "is_active", "min_level", "max_level", "period", "deadline", "remind_days"),
            *("basis", "confidence"),
        )
