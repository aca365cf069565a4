"""The API of engagements and agencies."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from . import services
from .filters import AgencyFilter, EngagementFilter
from .forms import AgencyForm, EngagementForm
from .models import Agency, Engagement


class EngagementOut(ModelSchema):
    """An engagement with its result."""

    class Meta:
        model = Engagement
        exclude = ("updated_by", "is_demo")


class AgencyOut(ModelSchema):
    """An agency."""

    class Meta:
        model = Agency
        exclude = ("updated_by",)


engagements = crud_router(
    Engagement, EngagementOut, EngagementForm, filterset=EngagementFilter,
    related=("protected_object__unit", "agency"), sort=("starts_on", "ends_on", "report_date"), store=services.store,
)  # fmt: skip
agencies = crud_router(Agency, AgencyOut, AgencyForm, filterset=AgencyFilter, sort=("name", "code"))
