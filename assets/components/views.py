"""Pages of components."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from assets.inventory.pages import PartViews

from .filters import ComponentFilter
from .forms import ComponentForm
from .models import Component
from .sheets import COMPONENT_SHEET
from .tables import COMPONENTS


class Components(PartViews):
    """What objects are made of."""

    model, name, title = Component, "component", _("组成部件")
    table, filterset_class, form_class = COMPONENTS, ComponentFilter, ComponentForm
    sheet = COMPONENT_SHEET
    related = ("protected_object__unit", "zone__network", "updated_by")
    empty_text = _("登记机房、设备、软件和人员后，拓扑图和测评对象从这里来。")
    facts = (
        "protected_object", "kind", "name", "usage", "quantity", "is_key", "redundancy", "zone", "address",
        "location", "holder", "vendor", "model", "version_text", "certificate_kind", "certificate_number",
        "certificate_until", "licence", "licence_until", "support_until", "note",
    )  # fmt: skip
