"""What of a row is searched site-wide. A registry line is found by its number only."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from assets.inventory.models import ProtectedObject
from secmgmt.accounts.search import administrators_page
from secmgmt.core import permissions


def unit_page(unit: Any, user: Any) -> str:
    """The objects of a unit and beneath it for who sees any, the unit itself for who keeps the tree."""
    if permissions.may(user, ProtectedObject, "view", unit.path):
        return f"{reverse('assets:object-list')}?unit={unit.pk}"
    return administrators_page(unit, user)


def object_text(obj: Any) -> str:
    """Name, code, unit, business and domains of an object."""
    if obj.is_secret_register:
        return obj.secret_number
    return " ".join(
        [obj.name, obj.code, str(obj.unit), obj.business, obj.internet_domains, obj.filing_number]
    )


def network_text(row: Any) -> str:
    """Name, object and carrier of a network."""
    return " ".join([row.name, str(row.protected_object), row.carrier, row.note])


def zone_text(row: Any) -> str:
    """Network, name, addresses and boundary of a zone."""
    return " ".join([str(row), row.address_ranges, row.boundary, row.note])


def component_text(row: Any) -> str:
    """Name, product, address and object of a component."""
    return " ".join(
        [row.name, row.vendor, row.model, row.version_text, row.address, str(row.protected_object)]
    )


def data_text(row: Any) -> str:
    """Name, category, department and object of a class of data."""
    return " ".join([row.name, row.category, row.department, row.holder, row.source_units, str(row.protected_object)])


def link_text(row: Any) -> str:
    """Both ends, purpose and way of an interconnection."""
    return " ".join([str(row), row.purpose, row.protocol, row.ports, row.control_text, row.line, row.note])
