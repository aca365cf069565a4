"""The API of interconnections and hostings; both are written through their services."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .filters import HostingFilter, LinkFilter
from .forms import HostingForm, LinkForm
from .models import Hosting, Interconnection
from .services import save_hosting, save_link


class LinkOut(ModelSchema):
    """An interconnection."""

    other_end: str

    class Meta:
        model = Interconnection
        exclude = ("updated_by",)


class HostingOut(ModelSchema):
    """A hosting."""

    class Meta:
        model = Hosting
        exclude = ("updated_by",)


links = crud_router(
    Interconnection,
    LinkOut,
    LinkForm,
    filterset=LinkFilter,
    related=("from_object__unit", "to_object"),
    sort=("id",),
    store=save_link,
)
hostings = crud_router(
    Hosting,
    HostingOut,
    HostingForm,
    filterset=HostingFilter,
    related=("tenant__unit", "platform"),
    sort=("since", "until"),
    store=save_hosting,
)
