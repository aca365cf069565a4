"""Pictures of what is registered: an object from outside to inside, a network zone by zone.

Nothing is invented: a line whose inner end is not registered leads to the edge of the zones and not to a box.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from assets.components.models import HARDWARE, Component, ComponentKind
from assets.connections.models import Interconnection
from assets.connections.queries import known_links, links_of
from assets.inventory.choices import ZoneKind
from assets.inventory.models import Network, ProtectedObject
from secmgmt.core.reporting.document import Diagram

from .layout import Column, Node, Wire, arrange

DRAWN = frozenset(HARDWARE | {ComponentKind.APPLICATION.value})
MOST_IN_A_COLUMN = 10
MOST_ROWS = 400
_KINDS = [kind.value for kind in ComponentKind]
_ZONES = [kind.value for kind in ZoneKind]


def object_topology(obj: ProtectedObject, user: Any) -> Diagram | None:
    """The picture of one object as ``user`` may see it; None when nothing is registered to draw."""
    return _picture(obj, obj.components.visible_to(user), links_of(obj, user))


def reported_topology(obj: ProtectedObject) -> Diagram | None:
    """The picture of one object for a document, whoever makes and whoever reads it: what its own unit knows."""
    return _picture(obj, obj.components.all(), known_links(obj))


def _picture(obj: ProtectedObject, components: QuerySet, connections: QuerySet) -> Diagram | None:
    drawn = components.filter(kind__in=DRAWN).select_related("zone")
    parts = list(drawn.order_by("name", "pk")[:MOST_ROWS])
    links = list(connections.select_related("from_component", "to_component")[:MOST_ROWS])
    outside = [link for link in links if not link.is_inner]
    if not parts and not outside:
        return None
    columns: list[Any] = []
    folded: dict[Any, Any] = {}
    if outside:
        columns.append(Column(_("外部与其他系统"), _outside_nodes(outside, obj, folded)))
    columns += _zone_columns(parts, folded)
    wires = _inner_wires(links, folded) + _outer_wires(outside, obj, folded, has_inside=bool(parts))
    return arrange(_("%(name)s网络拓扑") % {"name": obj}, finding_of(columns, parts), columns, wires)


def network_topology(network: Network, user: Any) -> Diagram | None:
    """The picture of one network: its zones and what stands in them, of whatever object, as ``user`` may see it."""
    parts = list(
        Component.objects.visible_to(user)
        .filter(zone__network=network, kind__in=DRAWN)
        .select_related("zone", "protected_object")
        .order_by("name", "pk")[:MOST_ROWS]
    )
    folded: dict[str, str] = {}
    columns = _zone_columns(parts, folded, zones=list(network.zones.all()))
    if not columns:
        return None
    keys = [part.pk for part in parts]
    both = Q(from_component__in=keys) & Q(to_component__in=keys)
    links = Interconnection.objects.visible_to(user).filter(both).order_by("pk")[:MOST_ROWS]
    wires = _inner_wires(links, folded)
    return arrange(_("%(name)s拓扑") % {"name": network}, finding_of(columns, parts), columns, wires)


def finding_of(columns: list[Column], parts: Iterable[Component]) -> str:
    """What the picture shows, in a sentence for who cannot see it; key parts that may not fail are named."""
    shown = "，".join(_("%(zone)s %(n)d 项") % {"zone": c.label, "n": len(c.nodes)} for c in columns)
    single = [part.name for part in parts if is_single(part)]
    if single:
        return _("%(shown)s；关键部件单点：%(names)s") % {"shown": shown, "names": "、".join(single)}
    return _("%(shown)s；没有登记为单点的关键部件") % {"shown": shown}


def is_single(part: Component) -> bool:
    """A key part without redundancy."""
    return part.is_key and part.redundancy == Component.Redundancy.SINGLE


def _zone_columns(
    parts: list[Component], folded: dict[str, str], zones: list[Any] | None = None
) -> list[Column]:
    """A column a zone from outside to inside, those without a zone last. ``folded``: part → box that stands for it."""
    by_zone: dict[int | None, list[Component]] = {zone.pk: [] for zone in zones or ()}
    found = {zone.pk: zone for zone in zones or ()}
    for part in parts:
        by_zone.setdefault(part.zone_id, []).append(part)
        if part.zone_id:
            found[part.zone_id] = part.zone
    ordered = sorted(found.values(), key=lambda zone: (_ZONES.index(zone.kind), zone.name, zone.pk))
    columns = [Column(zone.name, _part_nodes(by_zone[zone.pk], folded, f"zone{zone.pk}")) for zone in ordered]
    if by_zone.get(None):
        columns.append(Column(_("未分区"), _part_nodes(by_zone[None], folded, "zone0")))
    return columns


def _part_nodes(parts: list[Component], folded: dict[str, str], rest: str) -> list[Node]:
    parts = sorted(parts, key=lambda part: (_KINDS.index(part.kind), part.name, part.pk))
    shown = parts if len(parts) <= MOST_IN_A_COLUMN else parts[: MOST_IN_A_COLUMN - 1]
    nodes = [_part_node(part) for part in shown]
    folded |= {f"part{part.pk}": f"part{part.pk}" for part in shown}
    others = parts[len(shown) :]
    if others:
        nodes.append(Node(rest, _("另有 %(n)d 项") % {"n": len(others)}))
        folded |= {f"part{part.pk}": rest for part in others}
    return nodes


def _part_node(part: Component) -> Node:
    detail = part.get_redundancy_display() if part.redundancy else ""
    if part.quantity > 1:
        detail = (
            f"{detail} {part.quantity} 台".strip()
            if part.kind in HARDWARE
            else f"{detail} ×{part.quantity}".strip()
        )
    return Node(
        f"part{part.pk}", part.name, detail, "warn" if is_single(part) else "", part.get_absolute_url()
    )


def _end_key(link: Interconnection, obj: ProtectedObject) -> str:
    if link.to_object_id is None:
        return f"party:{link.external_party}"
    return f"object{link.from_object_id if link.to_object_id == obj.pk else link.to_object_id}"


def _outside_nodes(links: list[Interconnection], obj: ProtectedObject, folded: dict[str, str]) -> list[Node]:
    nodes: dict[str, Node] = {}
    for link in sorted(links, key=lambda row: row.pk):
        key = _end_key(link, obj)
        other = link.from_object if link.to_object_id == obj.pk else link.to_object
        label = str(other) if other is not None else link.external_party
        tone = "warn" if link.control == Interconnection.Control.NONE else ""
        if key not in nodes or tone:
            nodes[key] = Node(key, label, link.get_control_display(), tone, link.get_absolute_url())
    shown = list(nodes.values())
    if len(shown) > MOST_IN_A_COLUMN:
        others = shown[MOST_IN_A_COLUMN - 1 :]
        shown = [*shown[: MOST_IN_A_COLUMN - 1], Node("party0", _("另有 %(n)d 个对端") % {"n": len(others)})]
        folded |= {node.key: "party0" for node in others}
    folded |= {node.key: node.key for node in shown}
    return shown


def _inner_wires(links: Iterable[Interconnection], folded: dict[str, str]) -> list[Wire]:
    wires = []
    for link in links:
        start, end = f"part{link.from_component_id}", f"part{link.to_component_id}"
        if start in folded and end in folded:
            wires.append(_wire(folded[start], folded[end], link.direction))
    return wires


def _outer_wires(
    links: list[Interconnection], obj: ProtectedObject, folded: dict[str, str], *, has_inside: bool
) -> list[Wire]:
    wires = []
    for link in links:
        theirs = folded[_end_key(link, obj)]
        part = link.to_component_id if link.to_object_id == obj.pk else link.from_component_id
        direction = link.direction
        if link.to_object_id != obj.pk:  # seen from the other end, what flows out of us flows in
            direction = {"out": "in", "in": "out"}.get(direction, direction)
        if f"part{part}" in folded:
            wires.append(_wire(theirs, folded[f"part{part}"], direction))
        elif has_inside:
            wires.append(Wire(theirs, "column:1", directed=direction == "out", dashed=True))
    return wires


def _wire(start: str, end: str, direction: str) -> Wire:
    if direction == Interconnection.Direction.IN:
        start, end = end, start
    return Wire(start, end, directed=direction != Interconnection.Direction.BOTH)
