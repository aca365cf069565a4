"""Reading the requirement catalogue."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.views import FeatureViews, Role

from .filters import ItemFilter
from .models import CatalogItem
from .tables import ITEMS


def guidance_fact(name: str) -> Any:
    """One text of an item's guidance, "" when it has none."""
    return lambda item: getattr(item.guidance, name, "")


class Items(FeatureViews):
    """Requirement items with the guidance on how to answer them."""

    model, name, namespace, title = CatalogItem, "catalogitem", "assessments", _("要求项目录")
    table, filterset_class = ITEMS, ItemFilter
    roles = frozenset({Role.LIST, Role.DETAIL})
    related = ("standard", "guidance")
    facts = (
        "standard",
        "code",
        "level",
        "scope",
        "layer",
        "control_point",
        "summary",
        (_("适用对象"), guidance_fact("objects_text")),
        (_("怎么核查"), guidance_fact("check_text")),
        (_("应附证明"), guidance_fact("evidence")),
        (_("常见差距"), guidance_fact("typical_gap")),
        (_("怎么整改"), guidance_fact("remedy")),
        "official_text",
    )
