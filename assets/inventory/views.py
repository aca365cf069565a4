"""Pages of protected objects, registry lines, networks and zones."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from secmgmt.accounts.tables import masked
from secmgmt.core import errors, permissions, ports, trail_views
from secmgmt.core.clock import now
from secmgmt.core.sheets_import import xlsx_exporter
from secmgmt.core.views import FeatureViews
from secmgmt.core.workflow import seen_token

from . import services
from .choices import Status
from .cycle import CYCLE, steps_of
from .filters import NetworkFilter, ObjectFilter, RegisterFilter, ZoneFilter
from .forms import NamingForm, NetworkForm, ObjectForm, RegisterForm, ZoneForm
from .models import Network, ProtectedObject, Zone, level_label
from .pages import PartViews, crumbs_of, tabs_of
from .sheets import NETWORK_SHEET, OBJECT_SHEET, ZONE_SHEET
from .tables import NETWORKS, OBJECTS, REGISTER, UNLISTED, ZONES


def _lines(text: str) -> str:
    return "、".join(text.split())


class Objects(FeatureViews):
    """Protected objects; registry lines have pages of their own."""

    model, name, namespace, title = ProtectedObject, "object", "assets", gettext_lazy("系统台账")
    table, filterset_class, form_class = OBJECTS, ObjectFilter, ObjectForm
    exporter, sheet = xlsx_exporter, OBJECT_SHEET
    related = ("unit", "owner", "operator", "parent_system", "updated_by")
    empty_text = gettext_lazy("先登记本单位的信息系统、网络和数据资源，再定级。")
    facts = (
        "unit", "kind", "code", "construction", "in_operation_on",
        (gettext_lazy("负责人"), lambda o: o.owner_line),
        (gettext_lazy("联系人"), lambda o: o.contact if o.owner_id else ""),
        (gettext_lazy("联系电话"), lambda o: masked(o.contact_phone)),
        (gettext_lazy("运维单位"), lambda o: str(o.operator or o.operator_text)),
        (gettext_lazy("运维电话"), lambda o: masked(o.operator_phone)),
        "business_type", "business", "service_scope", "service_users", "user_count", "deployment", "network_nature",
        (gettext_lazy("源站 IP 范围"), lambda o: _lines(o.internet_addresses)),
        (gettext_lazy("域名"), lambda o: _lines(o.internet_domains)),
        (gettext_lazy("主要协议端口"), lambda o: o.internet_ports),
        "interconnection",
        (gettext_lazy("上级系统"), lambda o: str(o.parent_system or o.parent_text)),
        (gettext_lazy("新技术"), lambda o: o.technical_kinds),
        "cloud_side", "cloud_service", "cloud_deployment", "platform_name",
        (gettext_lazy("云平台等级"), lambda o: level_label(o.platform_level) if o.platform_level else ""),
        "platform_filing", "cloud_ops_place", "mobile_facts", "iot_facts", "industrial_facts", "big_data_facts",
        "other_technology", (gettext_lazy("数据出境"), lambda o: o.export_facts if o.data_exported else ""),
        (gettext_lazy("保护工作部门"), lambda o: " ".join(t for t in (o.cii_authority, o.cii_number) if t)),
        (gettext_lazy("重要名录依据"), lambda o: o.important_basis if o.named_important else ""),
    )  # fmt: skip

    def queryset(self) -> QuerySet:
        """Without registry lines."""
        return super().queryset().open_ones()

    def filtered(self, action: str = "view") -> Any:
        """A list reads what its columns show, not the whole form of each object."""
        rows, filterset = super().filtered(action)
        return rows.select_related(None).select_related("unit", "owner").defer(*UNLISTED), filterset

    def facts_of(self, obj: ProtectedObject) -> list[tuple[str, Any]]:
        """What is filled in."""
        return [(label, value) for label, value in super().facts_of(obj) if value not in (None, "", [])]

    def crumbs(self, obj: Any = None) -> list[tuple[str, str]]:
        """系统台账 › unit › object."""
        return super().crumbs() if obj is None else crumbs_of(obj)

    def list_actions(self) -> list[tuple[str, str, str, str]]:
        """The way to the registry lines besides the common buttons."""
        register = (_("涉密登记"), reverse("assets:register-list"), "", "lock")
        return [register, *super().list_actions()]

    def detail_actions(
        self, obj: ProtectedObject, allowed: frozenset[str]
    ) -> list[tuple[str, str, str, str]]:
        """Deleting is for drafts; the list of important objects for who keeps it."""
        buttons = super().detail_actions(obj, allowed if obj.is_draft else allowed - {"delete"})
        if "designate" in allowed:
            label = _("移出重要名录…") if obj.named_important else _("列入重要名录…")
            buttons.append((label, reverse("assets:object-important", args=[obj.pk]), "", "flag"))
        return buttons

    def fetch(self, pk: int, action: str = "view") -> Any:
        """What is no draft is refused as soon as the page of deletion is opened."""
        obj = super().fetch(pk, action)
        if action == "delete" and not obj.is_draft:
            raise errors.Conflict(_("只有在建设、未定级的对象可以删除；不再使用的请改为“已停用”。"), obj=obj)
        return obj

    def show(self, page: str, context: dict[str, Any], *, obj: Any = None, status: int = 200) -> HttpResponse:
        """The panels of the cycle become its stepper."""
        if page == "detail":
            cycle = [panel for panel in context["panels_main"] if panel["column"] == CYCLE]
            context["panels_main"] = [panel for panel in context["panels_main"] if panel["column"] != CYCLE]
            steps = [] if context["limited"] else steps_of(obj, cycle)
            context |= {"crumbs": crumbs_of(obj)[:2], "cycle": steps}
        return super().show(page, context, obj=obj, status=status)

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """Tabs, what stands before going live, files and remarks."""
        user = self.request.user
        if page == "history":
            return {"tabs": tabs_of(obj, user, "history")}
        if page != "detail":
            return {}
        building = obj.status == Status.BUILDING
        return {
            "tabs": tabs_of(obj, user),
            "blockers": ports.go_live_blockers(obj) if building else (),
            **trail_views.attachment_panel(obj, user),
            **trail_views.comment_panel(obj, user),
        }


class Registers(FeatureViews):
    """Registry lines of secret-bearing systems."""

    model, name, namespace, title = ProtectedObject, "register", "assets", gettext_lazy("涉密系统登记")
    table, filterset_class, form_class = REGISTER, RegisterFilter, RegisterForm
    exporter = xlsx_exporter
    related, creates = ("unit", "updated_by"), gettext_lazy("登记涉密系统")
    facts = ("unit", "secret_number", (gettext_lazy("管理"), lambda o: o.level_label))

    def queryset(self) -> QuerySet:
        """Registry lines only."""
        return super().queryset().filter(is_secret_register=True)

    def label(self) -> str:
        """What a row is called."""
        return _("涉密登记行")


class Important(LoginRequiredMixin, View):
    """The page on which the keeper of the rules puts an object on the list of important ones, or takes it off."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        rows = ProtectedObject.objects.open_ones().select_related("unit")
        self.obj = permissions.get_visible(
            ProtectedObject, request.user, "designate", queryset=rows, pk=kwargs["pk"]
        )
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the document that says so."""
        return self.page(NamingForm(initial={"important": "0" if self.obj.named_important else "1"}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Decide on what was seen."""
        form = NamingForm(request.POST)
        if not form.is_valid():
            return self.page(form, status=422)
        values = form.cleaned_data
        obj = services.name_important(
            obj=self.obj, by=request.user, at=now(), seen=request.POST.get("seen", ""), **values
        )
        done = _("已把“%(name)s”列入重要名录。") if obj.named_important else _("已把“%(name)s”移出重要名录。")
        messages.success(request, done % {"name": obj})
        return redirect(obj.get_absolute_url())

    def page(self, form: NamingForm, status: int = 200) -> HttpResponse:
        """The form with the version it decides on."""
        context = {
            "title": _("重要名录"),
            "crumbs": crumbs_of(self.obj),
            "object": self.obj,
            "form": form,
            "seen": self.request.POST.get("seen") or seen_token(self.obj),
            "submit": _("登记决定"),
            "cancel_url": self.obj.get_absolute_url(),
        }
        return render(self.request, "assets/object/important.html", context, status=status)


class Networks(PartViews):
    """Networks; each is a protected object or belongs to one."""

    model, name, title = Network, "network", gettext_lazy("网络与互联")
    table, filterset_class, form_class = NETWORKS, NetworkFilter, NetworkForm
    sheet = NETWORK_SHEET
    related = ("protected_object__unit", "updated_by")
    templates = {"list": "assets/network/list.html", "detail": "assets/network/detail.html"}
    empty_text = gettext_lazy("登记专网、政务外网、互联网出口等网络，再登记其中的区域。")
    facts = (
        "protected_object", (gettext_lazy("责任单位"), lambda n: str(n.protected_object.unit)), "relation", "kind",
        "bandwidth", "carrier", "line_redundant", "note",
    )  # fmt: skip

    def queryset(self) -> QuerySet:
        """With the number of zones."""
        return super().queryset().annotate(zone_count=Count("zones"))

    def more(self, page: str, obj: Any = None) -> dict[str, Any]:
        """The zones of a network, and the way to its picture."""
        if page != "detail":
            return super().more(page, obj)
        return {
            "zones": obj.zones.annotate(part_count=Count("components")).order_by("name"),
            "zone_add": f"{reverse('assets:zone-create')}?network={obj.pk}",
            "topology": reverse("assets:network-topology", args=[obj.pk]),
        }


class Zones(PartViews):
    """Zones of networks."""

    model, name, title = Zone, "zone", gettext_lazy("网络区域")
    table, filterset_class, form_class = ZONES, ZoneFilter, ZoneForm
    sheet = ZONE_SHEET
    related = ("network__protected_object__unit", "updated_by")
    anchor = "network"
    empty_text = gettext_lazy("先登记网络，再登记其中的区域和地址范围。")
    facts = (
        "network", "kind", "name", (gettext_lazy("地址范围"), lambda z: _lines(z.address_ranges)), "boundary", "note",
    )  # fmt: skip

    def owner_of(self, row: Zone) -> ProtectedObject:
        """The object of the zone's network."""
        return row.network.protected_object
