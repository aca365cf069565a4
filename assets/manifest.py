"""What the inventory contributes: rights, menu, panels of an object, search, to-dos, API, demo data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.accounts import roles
from secmgmt.accounts.search import unit_text
from secmgmt.core.acts import ACT_LABELS
from secmgmt.core.manifest import HomePanel, Manifest, MenuEntry, Panel, SearchSource
from secmgmt.core.permissions import ACTION_LABELS, CAPACITY_LABELS, Capacity

from .connections.services import HOST, PEER
from .demo import create_assets
from .home import my_objects
from .inventory.figures import FIGURES
from .inventory.search import (
    component_text,
    data_text,
    link_text,
    network_text,
    object_text,
    unit_page,
    zone_text,
)
from .panels import components_panel, data_panel, hosting_panel, links_panel, topology_panel
from .todos import leads_todos, owners_todos

ACT_LABELS.update({"assets.protectedobject.levels": _("等级随定级变更"), "demo.assets": _("载入演示台账")})
ACTION_LABELS.update({"attach": _("上传附件"), "designate": _("列入或移出重要名录")})
CAPACITY_LABELS.update({PEER: _("互联对端单位"), HOST: _("承载平台所属单位")})

OBJECT = "assets.ProtectedObject"
MODELS = (
    OBJECT,
    "assets.Network",
    "assets.Zone",
    "assets.Component",
    "assets.DataCategory",
    "assets.Interconnection",
    "assets.Hosting",
)
WORK = ("view", "add", "change", "delete", "export", "import", "attach")
LEAD = ("view", "add", "change", "export")
READ = ("view", "export")
SEE = ("view",)


def _on_all(actions: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(MODELS, actions)


READERS = (roles.UNIT_HEAD, roles.LEADER, roles.INSPECTOR, roles.AUTHORITY, roles.POLICE)
# plans, drills, duty and recovery speak of objects, so these see them, but hand nothing out
ONLOOKERS = (
    roles.PLAN_EDITOR,
    roles.PLAN_PUBLISHER,
    roles.DRILL_COORDINATOR,
    roles.COMMANDER,
    roles.DUTY_OFFICER,
    roles.DR_OPERATOR,
)
GRANTS = {
    roles.OWNER.code: _on_all(WORK),
    roles.UNIT_LEAD.code: _on_all(LEAD),
    **{role.code: _on_all(READ) for role in READERS},
    **{role.code: _on_all(SEE) for role in ONLOOKERS},
    roles.RULES.code: {**_on_all(READ), OBJECT: (*READ, "designate")},
}

GROUP = _("底数")
PANELS = (
    Panel(OBJECT, _("托管与保护"), "assets/panels/hosting.html", hosting_panel, order=10),
    Panel(OBJECT, _("网络拓扑"), "assets/panels/topology.html", topology_panel, order=20),
    Panel(OBJECT, _("组成部件"), "assets/panels/rows.html", components_panel, order=80),
    Panel(OBJECT, _("数据类别"), "assets/panels/rows.html", data_panel, order=81),
    Panel(OBJECT, _("互联关系"), "assets/panels/rows.html", links_panel, order=82),
)

MANIFEST = Manifest(
    app="assets",
    grants=GRANTS,
    capacities={PEER: Capacity({"assets.Interconnection": SEE}), HOST: Capacity({"assets.Hosting": SEE})},
    menu=(
        MenuEntry(GROUP, _("系统台账"), "assets:object-list", "server", model=OBJECT, order=100),
        MenuEntry(GROUP, _("网络与互联"), "assets:network-list", "net", model="assets.Network", order=110),
        MenuEntry(GROUP, _("组成部件"), "assets:component-list", "list", model="assets.Component", order=120),
        MenuEntry(GROUP, _("数据类别"), "assets:data-list", "db", model="assets.DataCategory", order=130),
    ),
    begin=(MenuEntry("", _("登记系统"), "assets:object-create", "plus", model=OBJECT, action="add", order=10),),
    todos=(owners_todos, leads_todos),
    panels=PANELS,
    home=(HomePanel(_("我的系统"), "assets/panels/mine.html", my_objects, order=10),),
    figures=FIGURES,
    search=(
        SearchSource("accounts.OrgUnit", _("单位"), unit_text, icon="tree", url=unit_page, order=50),
        SearchSource(OBJECT, _("定级对象"), object_text, icon="server", related=("unit",)),
        SearchSource("assets.Network", _("网络"), network_text, icon="net", related=("protected_object",)),
        SearchSource("assets.Zone", _("网络区域"), zone_text, icon="net", related=("network",)),
        SearchSource("assets.Component", _("组成部件"), component_text, icon="list", related=("protected_object",)),
        SearchSource("assets.DataCategory", _("数据类别"), data_text, icon="db", related=("protected_object",)),
        SearchSource(
            "assets.Interconnection", _("互联关系"), link_text, icon="swap", related=("from_object", "to_object")
        ),
        SearchSource("assets.Hosting", _("托管"), str, icon="server", related=("tenant", "platform")),
    ),
    api=(
        ("objects", "assets.inventory.api:objects"),
        ("networks", "assets.inventory.api:networks"),
        ("zones", "assets.inventory.api:zones"),
        ("components", "assets.components.api:router"),
        ("data", "assets.datasets.api:router"),
        ("links", "assets.connections.api:links"),
        ("hostings", "assets.connections.api:hostings"),
    ),
    demo=((20, create_assets),),
)
