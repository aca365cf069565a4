"""A connection as the object that is looked at has it: who registered it decides neither its ends nor its direction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from assets.inventory.models import ProtectedObject

from .models import Interconnection

TURNED: dict[str, str] = {
    Interconnection.Direction.OUT: Interconnection.Direction.IN,
    Interconnection.Direction.IN: Interconnection.Direction.OUT,
}


@dataclass(frozen=True)
class Side:
    """``near``, ``far``: component, object or outside party at this end and the other; the rest in words."""

    link: Interconnection
    near: Any
    far: Any
    far_object: str
    direction: str
    control: str


def seen_from(link: Interconnection, obj: ProtectedObject) -> Side:
    """``link`` from ``obj``: what flows out of the one flows into the other, and a control is the registrar's own."""
    here = link.from_component or link.from_object
    there = link.to_component or link.other_end
    if link.to_object_id != obj.pk or link.is_inner:
        return Side(link, here, there, link.other_end, link.get_direction_display(), link.get_control_display())
    turned = Interconnection.Direction(TURNED.get(link.direction, link.direction)).label
    control = _("%s（对端登记）") % link.get_control_display()
    near = link.to_component or link.to_object
    return Side(link, near, here, str(link.from_object), str(turned), control)
