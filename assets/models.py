"""The app's models; each lives in its feature."""

from .components.models import Component, ComponentKind
from .connections.models import Hosting, Interconnection
from .datasets.models import DataCategory
from .inventory.models import Network, ProtectedObject, Zone

__all__ = [
    "Component",
    "ComponentKind",
    "DataCategory",
    "Hosting",
    "Interconnection",
    "Network",
    "ProtectedObject",
    "Zone",
]
