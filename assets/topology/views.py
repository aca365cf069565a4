"""Topology on pages of its own."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from assets.connections.models import Interconnection
from assets.connections.queries import links_of
from assets.connections.sides import seen_from
from assets.inventory.models import Network, ProtectedObject
from assets.inventory.pages import crumbs_of, tabs_of
from secmgmt.core import errors, parents, permissions

from .drawing import drawing
from .services import MOST_ROWS, network_topology, object_topology

PAGE = "assets/object/topology.html"


@login_required
@require_GET
def object_page(request: HttpRequest, pk: int) -> HttpResponse:
    """An object from outside to inside; not for who was shown only some fields of it."""
    rows = ProtectedObject.objects.open_ones().select_related("unit")
    obj = permissions.get_visible(ProtectedObject, request.user, queryset=rows, pk=pk)
    if parents.field_limits(request.user, [obj])[obj.pk] is not None:
        raise errors.NotAllowed(_("您受邀查看的内容不包括网络拓扑。"), obj=obj)
    diagram = object_topology(obj, request.user)
    links = links_of(obj, request.user).select_related("from_component", "to_component")[:MOST_ROWS]
    may_add = "change" in permissions.actions_for(request.user, [obj])[obj.pk]
    add = f"{reverse('assets:component-create')}?protected_object={obj.pk}"
    context = {
        "title": _("%(name)s · 拓扑") % {"name": obj},
        "object": obj,
        "crumbs": crumbs_of(obj),
        "tabs": tabs_of(obj, request.user, "topology"),
        "picture": drawing(diagram) if diagram else None,
        "rows": [seen_from(link, obj) for link in links],
        "add_url": add if may_add else "",
    }
    return render(request, PAGE, context)


@login_required
@require_GET
def network_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A network zone by zone."""
    rows = Network.objects.select_related("protected_object__unit")
    network = permissions.get_visible(Network, request.user, queryset=rows, pk=pk)
    diagram = network_topology(network, request.user)
    inside = Q(from_component__zone__network=network) & Q(to_component__zone__network=network)
    links = Interconnection.objects.visible_to(request.user).filter(inside)
    links = links.select_related("from_object", "to_object", "from_component", "to_component")
    context = {
        "title": _("%(name)s · 拓扑") % {"name": network},
        "object": network,
        "crumbs": [*crumbs_of(network.protected_object), (str(network), network.get_absolute_url())],
        "picture": drawing(diagram) if diagram else None,
        "rows": [seen_from(link, link.from_object) for link in links[:MOST_ROWS]],
        "add_url": "",
    }
    return render(request, PAGE, context)
