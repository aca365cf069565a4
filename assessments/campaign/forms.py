"""Forms of campaigns and of what is left out of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.inspection.models import Department
from secmgmt.accounts.models import User
from secmgmt.core import permissions
from secmgmt.core.forms import RecordForm, UnmarkedForm

from .models import Campaign, CampaignKind, CampaignState
from .services import REASON_LENGTH

FIXED = ("kind", "lead", "unit", "min_level", "max_level", "object_kind", "starts_on")


def people_for(user: Any) -> QuerySet:
    """Who may be in charge: the people of the units where ``user`` draws up campaigns."""
    within = Q(pk__in=[])
    for path in permissions.paths_for(user, Campaign, "add") if user is not None else []:
        within |= Q(unit__path__startswith=path)
    return User.objects.filter(within, is_active=True, admin_role="").order_by("name", "username")


class CampaignForm(RecordForm):
    """A campaign; once it is published its kind and scope stay."""

    fieldsets = (
        (_("工作"), ("title", "kind", "lead", "responsible", "basis", "demands")),
        (_("范围"), ("unit", "min_level", "max_level", "object_kind")),
        (_("日程与提醒"), ("starts_on", "submit_by", "confirm_by", "ends_on", "remind_days")),
    )
    querysets = {"responsible": people_for, "lead": lambda _user: Department.objects.filter(is_active=True)}
    appears = {"lead": ("kind", (CampaignKind.INSPECTION.value,))}

    class Meta:
        model = Campaign
        fields = (
            *("title", "kind", "lead", "responsible", "basis", "demands", "unit", "min_level", "max_level"),
            *("object_kind", "starts_on", "submit_by", "confirm_by", "ends_on", "remind_days"),
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and self.instance.state != CampaignState.DRAFT:
            for name in FIXED:
                self.fields.pop(name, None)


class ExceptForm(UnmarkedForm):
    """Why an object is left out of a campaign."""

    reason = forms.CharField(
        label=_("不适用的理由"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("如：已停用待注销、本年度已由上级统一检查。理由列入总结。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
