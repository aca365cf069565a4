"""URLs of the inventory."""

from django.urls import path

from .components.views import Components
from .connections.views import Hostings, Links
from .datasets.views import DataCategories
from .inventory.sheets import ObjectSheet
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
    path("networks/<int:pk>/topology/", topology.network_page, name="network-topology"),
    *Zones.urls("zones/"),
    *Components.urls("components/"),
    *DataCategories.urls("data/"),
    *Links.urls("links/"),
    *Hostings.urls("hostings/"),
]
