"""The API of protected objects, networks and zones. Phone numbers are not handed out."""

from __future__ import annotations

from ninja import ModelSchema

from secmgmt.core.api import crud_router

from .filters import NetworkFilter, ObjectFilter, ZoneFilter
from .forms import NetworkForm, ObjectForm, ZoneForm
from .models import Network, ProtectedObject, Zone


class ObjectOut(ModelSchema):
    """A protected object; of a registry line only unit and registry number are filled."""

    level_label: str
    sag: str
    is_important: bool

    class Meta:
        model = ProtectedObject
        exclude = ("contact_phone", "operator_phone", "updated_by")


class NetworkOut(ModelSchema):
    """A network."""

    class Meta:
        model = Network
        exclude = ("updated_by",)


class ZoneOut(ModelSchema):
    """A zone of a network."""

    class Meta:
        model = Zone
        exclude = ("updated_by",)


objects = crud_router(
    ProtectedObject,
    ObjectOut,
    ObjectForm,
    filterset=ObjectFilter,
    related=("unit", "owner"),
    sort=("name", "code", "security_level", "in_operation_on", "updated_at"),
)
networks = crud_router(
    Network,
    NetworkOut,
    NetworkForm,
    filterset=NetworkFilter,
    related=("protected_object__unit",),
    sort=("name",),
)
zones = crud_router(
    Zone,
    ZoneOut,
    ZoneForm,
    filterset=ZoneFilter,
    related=("network__protected_object__unit",),
    sort=("name",),
)
