"""The workbooks of protected objects, networks and zones; registry lines are never imported."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from secmgmt.core.sheets import Once, Sheet, columns_of
from secmgmt.core.sheets_views import SheetViews

from .forms import NetworkForm, ObjectForm, ZoneForm
from .models import Network, ProtectedObject

OBJECT_SHEET = Sheet(
    ObjectForm, columns_of(ObjectForm, "code", "unit", "name"), "code", rows=ProtectedObject.objects.open_ones
)
ITSELF = Once(
    ("protected_object",),
    _("一个定级对象只有一个网络是它本身。"),
    when=lambda row: row.relation == Network.Relation.IS,
    rows=Q(relation=Network.Relation.IS),
)
NETWORK_SHEET = Sheet(NetworkForm, columns_of(NetworkForm), once=(ITSELF,))
ZONE_SHEET = Sheet(ZoneForm, columns_of(ZoneForm))


class ObjectSheet(SheetViews):
    """Import of protected objects."""

    sheet, name, namespace = OBJECT_SHEET, "object", "assets"


class NetworkSheet(SheetViews):
    """Import of networks."""

    sheet, name, namespace = NETWORK_SHEET, "network", "assets"


class ZoneSheet(SheetViews):
    """Import of zones."""

    sheet, name, namespace = ZONE_SHEET, "zone", "assets"
