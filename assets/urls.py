"""URLs of the inventory."""

from django.urls import path

from .components.sheets import ComponentSheet
from .components.views import Components
from .connections.sheets import HostingSheet, LinkSheet
from .connections.views import Hostings, Links
from .datasets.sheets import DataSheet
from .datasets.views import DataCategories
from .inventory.sheets import NetworkSheet, ObjectSheet, ZoneSheet
from .inventory.views import Important, Networks, Objects, Registers, Zones
from .topology import views as topology

app_name = "assets"
urlpatterns = [
    *Objects.urls("objects/"),
    *ObjectSheet.urls("objects/"),
    path("objects/<int:pk>/important/", Important.as_view(), name="object-important"),
    path("objects/<int:pk>/topology/", topology.object_page, name="object-topology"),
    *Registers.urls("registry/"),
    *Networks.urls("networks/"),
    *NetworkSheet.urls("networks/"),
    path("networks/<int:pk>/topology/", topology.network_page, name="network-topology"),
    *Zones.urls("zones/"),
    *ZoneSheet.urls("zones/"),
    *Components.urls("components/"),
    *ComponentSheet.urls("components/"),
    *DataCategories.urls("data/"),
    *DataSheet.urls("data/"),
    *Links.urls("links/"),
    *LinkSheet.urls("links/"),
    *Hostings.urls("hostings/"),
    *HostingSheet.urls("hostings/"),
]
