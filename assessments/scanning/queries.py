"""Which components a person may match addresses to, and which items a problem speaks of at a level."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

from assessments.catalog.services import shipped_standard
from assessments.rectification import choices
from assessments.rectification.choices import Origin
from assessments.rectification.queries import items_of as actions_of
from assets.inventory.validators import address_range, pieces
from assets.models import Component
from secmgmt.accounts.models import OrgUnit
from secmgmt.core import permissions

from .models import FindingState, Scan, ScanFinding

BASE_LEVEL = 3
GRAVE = ("critical", "high")
OPEN = (FindingState.NEW, FindingState.CONFIRMED)


def units_for(user: Any) -> QuerySet:
    """The units for which ``user`` may import scans."""
    return permissions.where_may(OrgUnit.objects.order_by("path"), user, Scan, "import")


def changeable(user: Any) -> QuerySet:
    """The components ``user`` sees and may change: a scan touches no others."""
    rows = Component.objects.visible_to(user).select_related("protected_object__unit")
    return permissions.where_may(rows, user, Component, "change").order_by("name", "pk")


class Addresses:
    """Which component of a unit's subtree stands at an address; nobody guesses between two."""

    def __init__(self, user: Any, unit: OrgUnit) -> None:
        rows = changeable(user).filter(protected_object__unit__path__startswith=unit.path).exclude(address="")
        self._ranges = [
            (first, last, component)
            for component in rows
            for first, last in map(address_range, pieces(component.address))
        ]
        self._known: dict[str, Component | None] = {}
        self._unit = unit

    def component_at(self, address: str) -> Component | None:
        """The one component with this very address, else the one whose range holds it; None when none or several."""
        if address not in self._known:
            self._known[address] = self._look(ipaddress.ip_address(address))
        return self._known[address]

    def unit_at(self, address: str) -> int:
        """The unit a problem at this address is of: that of its component, else the one that scans."""
        component = self.component_at(address)
        return component.protected_object.unit_id if component else self._unit.pk

    def spoken_of(self, rows: Iterable[ScanFinding]) -> list[ScanFinding]:
        """Those of ``rows`` a scan here speaks of: of the unit at their address, or shown by this unit's scan before,
        wherever a person has put them. The same private address in another unit is another machine.
        """
        told = [row for row in rows if self._is_here(row) or row.scan.unit_id == self._unit.pk]
        return sorted(told, key=self._is_here)

    def _is_here(self, row: ScanFinding) -> bool:
        return row.unit_id == self.unit_at(row.address)

    def _look(self, place: Any) -> Component | None:
        hits = [entry for entry in self._ranges if entry[0].version == place.version and entry[0] <= place <= entry[1]]
        exact = {entry[2].pk: entry[2] for entry in hits if entry[0] == entry[1]}
        found = exact or {entry[2].pk: entry[2] for entry in hits}
        return next(iter(found.values())) if len(found) == 1 else None


def codes_at(level: int, codes: Iterable[str]) -> dict[str, str]:
    """Level-3 code → the code of its lineage at ``level``; left out where the requirement does not exist there."""
    standard = shipped_standard()
    if standard is None or not 1 <= level <= 4:
        return {}
    rows = standard.items.filter(level__in=range(1, 5)).values_list("level", "code", "lower_clause")
    below = {(step, code): lower for step, code, lower in rows}
    above = {(step - 1, lower): code for (step, code), lower in below.items() if lower}
    found: dict[str, str] = {}
    for code in codes:
        here, step = code if (BASE_LEVEL, code) in below else "", BASE_LEVEL
        while here and step != level:
            here = below.get((step, here), "") if step > level else above.get((step, here), "")
            step += -1 if step > level else 1
        if here:
            found[code] = here
    return found


def may_rule_out(finding: ScanFinding, user: Any) -> bool:
    """Whether he may call it a false positive: a grave one the unit's security lead, not who runs the system."""
    return finding.severity not in GRAVE or "rule_out" in permissions.actions_for(user, [finding])[finding.pk]


def open_actions(finding: ScanFinding) -> QuerySet:
    """The corrective actions that follow it up and are not closed."""
    kind = ContentType.objects.get_for_model(ScanFinding).pk
    return actions_of(Origin.SCAN, kind, [finding.pk]).filter(state__in=choices.OPEN)


def items_of(finding: ScanFinding) -> list[str]:
    """The items a problem speaks of, at the level of its object; at level 3 where the object has none yet."""
    codes = finding.items.split()
    level = finding.component.protected_object.security_level if finding.component else None
    if not level or level == BASE_LEVEL:
        return codes
    at_level = codes_at(level, codes)
    return [at_level[code] for code in codes if code in at_level]


def by_item(obj: Any, codes: Iterable[str], level: int, user: Any) -> list[ScanFinding]:
    """The open problems on an object's components that speak of one of ``codes`` at ``level``, seen by ``user``."""
    wanted = set(codes)
    found = ScanFinding.objects.visible_to(user).filter(component__protected_object=obj, state__in=OPEN)
    rows = list(found.exclude(items="").select_related("component"))
    if not rows:
        return []
    spoken = codes_at(level, {code for row in rows for code in row.items.split()})
    return [row for row in rows if wanted & {spoken.get(code, "") for code in row.items.split()}]


def searched(row: ScanFinding) -> str:
    """What a search finds a problem by."""
    return f"{row.title} {row.problem} {row.address} {row.cves}"
