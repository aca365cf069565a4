"""What the pages of all parts of an object share: its tabs, crumbs and the address of its lists."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import parents, permissions
from secmgmt.core.bounds import whole_number
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.views import Button, FeatureViews

from .models import ProtectedObject

Tab = tuple[str, str, bool]

# (feature, label, relations that count its rows)
PARTS = (
    ("component", gettext_lazy("组成"), ("components",)),
    ("data", gettext_lazy("数据"), ("data_categories",)),
    ("link", gettext_lazy("互联"), ("links_out", "links_in")),
    ("hosting", gettext_lazy("托管"), ("hosted_on", "hosts")),
    ("network", gettext_lazy("网络"), ("networks",)),
)


def tabs_of(
    obj: ProtectedObject, user: Any, current: str = "object", more: tuple[Tab, ...] = ()
) -> list[Tab]:
    """The tabs of an object's page: one query a part; only the first for who takes part in it from outside."""
    tabs: list[Tab] = [(_("概况"), reverse("assets:object-detail", args=[obj.pk]), current == "object")]
    if parents.field_limits(user, [obj])[obj.pk] is not None:
        return tabs
    for feature, label, relations in PARTS:
        count = sum(_count(obj, relation, user) for relation in relations)
        address = f"{reverse(f'assets:{feature}-list')}?protected_object={obj.pk}"
        tabs.append((f"{label} {count}", address, current == feature))
    topology = reverse("assets:object-topology", args=[obj.pk])
    tabs.append((_("拓扑"), topology, current == "topology"))
    history = reverse("assets:object-history", args=[obj.pk])
    return [*tabs, *more, (_("变更记录"), history, current == "history")]


def _count(obj: ProtectedObject, relation: str, user: Any) -> int:
    rows = getattr(obj, relation).all().visible_to(user)
    if relation == "links_in":  # inner links are counted where they start
        rows = rows.exclude(from_object=obj)
    return rows.count()


def crumbs_of(obj: ProtectedObject) -> list[tuple[str, str]]:
    """系统台账 › the unit › the object."""
    listed = reverse("assets:object-list")
    return [
        (_("系统台账"), listed),
        (str(obj.unit), f"{listed}?unit={obj.unit_id}"),
        (str(obj), reverse("assets:object-detail", args=[obj.pk])),
    ]


def asked_object(request: HttpRequest) -> ProtectedObject | None:
    """The object a list of parts was opened from, if the user may see it."""
    sent = whole_number(request.GET.get("protected_object"))
    if sent is None:
        return None
    rows = ProtectedObject.objects.open_ones().select_related("unit").visible_to(request.user)
    return rows.filter(pk=sent).first()


class PartViews(FeatureViews):
    """The pages of a part of an object: under the object's tabs when they were opened from there.

    ``anchor``: the field of the form that names the object; ``above``: lookup from a row to the object.
    """

    namespace = "assets"
    exporter = xlsx_exporter
    templates = {"list": "assets/part_list.html"}
    anchor = "protected_object"

    def owner_of(self, row: Any) -> ProtectedObject:
        """The object a row belongs to."""
        return getattr(row, self.anchor)

    @cached_property
    def above(self) -> ProtectedObject | None:
        """The object whose parts are listed."""
        return asked_object(self.request)

    def list_actions(self) -> list[Button]:
        """Of one object's parts only who may add to this object is offered to."""
        above = self.above
        if above is None or permissions.may(self.request.user, self.model, "add", permissions.path_of(above)):
            return super().list_actions()
        own = {self.url("create"), reverse(f"{self.namespace}:{self.name}-import")}
        return [button for button in super().list_actions() if button[1] not in own]

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """On a list opened from an object: the object's tabs, crumbs, and a button that adds to it."""
        above = self.above if page == "list" else None
        if above is None:
            return {}
        return {
            "tabs": tabs_of(above, self.request.user, self.name),
            "crumbs": crumbs_of(above),
            "title": f"{above} · {self.list_title()}",
            "above": above,
        }

    def url(self, page: str, obj: Any = None, **kwargs: Any) -> str:
        """A new part opened from an object's list belongs to that object."""
        address = super().url(page, obj, **kwargs)
        if page == "create" and address and self.above is not None:
            return f"{address}?{self.anchor}={self.above.pk}"
        return address

    def initial(self) -> dict[str, Any]:
        """The object named in the address; the form still offers only one's own."""
        return {self.anchor: self.request.GET.get(self.anchor, "")}

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """Under the object, unless the user sees the row from the other end only."""
        if obj is None:
            return super().crumbs()
        above = self.owner_of(obj)
        seen = ProtectedObject.objects.visible_to(self.request.user).filter(pk=above.pk).exists()
        if not seen:
            return super().crumbs(obj)
        listed = f"{self.url('list')}?protected_object={above.pk}"
        return [*crumbs_of(above), (self.list_title(), listed), (str(obj), self.url("detail", obj))]
