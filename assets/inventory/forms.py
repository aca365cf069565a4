"""Forms of protected objects, registry lines, networks and zones."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import ports
from secmgmt.core.clock import today
from secmgmt.core.forms import UnmarkedForm

from . import queries
from .basis import ADDRESSES, PHONE, PORTS, AssetForm
from .choices import CloudSide, NetworkNature, Status
from .facts import FilingFacts, TechnologyFacts
from .models import Network, ProtectedObject, Zone

CLOUD = ("cloud_side", "cloud_service", "cloud_deployment")
PLATFORM = ("platform_name", "platform_level", "platform_filing", "cloud_ops_place")
INTERNET = ("internet_addresses", "internet_domains", "internet_ports")
CII = ("cii_authority", "cii_number")
TECHNOLOGY_FACTS = (
    ("is_mobile", "mobile_facts"),
    ("is_iot", "iot_facts"),
    ("is_industrial", "industrial_facts"),
    ("is_big_data", "big_data_facts"),
)


class ObjectForm(AssetForm):
    """A protected object; what is asked depends on what was ticked (备案表 表二, 表四)."""

    querysets = {
        "owner": queries.people_for,
        "parent_system": lambda user: ProtectedObject.objects.open_ones().visible_to(user).order_by("name"),
    }
    fieldsets = (
        (_("是什么"), ("unit", "name", "kind", "code", "status", "construction", "in_operation_on", "retired_on")),
        (_("谁负责"), ("owner", "contact", "contact_phone", "operator", "operator_text", "operator_phone")),
        (
            _("业务与服务"),
            ("business_type", "business_type_other", "business", "service_scope", "service_scope_other",
             "service_users", "service_users_other", "user_count"),
        ),
        (
            _("网络"),
            ("deployment", "deployment_other", "network_nature", "network_nature_other", *INTERNET,
             "interconnection", "is_subsystem", "parent_system", "parent_text"),
        ),
        (
            _("云计算"),
            ("is_cloud", "cloud_side", "cloud_service", "cloud_service_other", "cloud_deployment",
             "cloud_deployment_other", *PLATFORM, "offers_hosting"),
        ),
        (
            _("其他新技术"),
            (*(name for pair in TECHNOLOGY_FACTS for name in pair), "other_technology",
             "data_exported", "export_facts"),
        ),
        (_("保护要求"), ("is_cii", *CII, "rto_minutes", "rpo_minutes")),
    )  # fmt: skip

    class Meta:
        model = ProtectedObject
        exclude = ("secret_number",)
        labels = {"operator_text": _("运维单位（不在上列时）")}
        help_texts = {
            "in_operation_on": _("已运行或已停用时必填。"),
            "retired_on": _("已停用时必填。"),
            "owner": _("与联系人至少填一项。"),
            "contact": _("与系统负责人至少填一项。"),
            "contact_phone": PHONE,
            "operator_phone": PHONE,
            "internet_addresses": format_lazy("{} {}", ADDRESSES, _("网络性质为互联网时，与域名至少填一项。")),
            "internet_domains": _("每行一个，如 www.example.gov.cn，不带 http:// 和路径。"),
            "internet_ports": PORTS,
            "parent_system": _("是分系统时，与“不在本台账”一栏填且只填一项。"),
            **dict.fromkeys(CLOUD, _("采用云计算时必填。")),
            "platform_name": _("本系统是云服务客户时必填。"),
            "platform_level": _("1–5。"),
            "platform_filing": _("11 位数字、短横、5 位数字，如 41100043001-25017。"),
            "export_facts": _("数据出境时必填。"),
            **dict.fromkeys(CII, _("勾选关键信息基础设施时必填。")),
        }

    appears: ClassVar = {
        "retired_on": ("status", (Status.RETIRED,)),
        **dict.fromkeys((*CLOUD, *PLATFORM), ("is_cloud", ())),
        **dict.fromkeys(("parent_system", "parent_text"), ("is_subsystem", ())),
        **{facts: (flag, ()) for flag, facts in TECHNOLOGY_FACTS},
        "export_facts": ("data_exported", ()),
        **dict.fromkeys(CII, ("is_cii", ())),
    }
    places: ClassVar = {
        "unit": _("备案表 表一：单位名称"),
        **dict.fromkeys(("name", "kind", "status"), _("备案表 表二")),
        **{field.name: _("备案表 表二") for field in FilingFacts._meta.fields},
        **{field.name: _("备案表 表四") for field in TechnologyFacts._meta.fields if field.name != "offers_hosting"},
    }
    next_code = staticmethod(queries.next_code)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "kind", "status", "construction"):
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        """The conditions between the fields, each said at the field where it is mended."""
        values = super().clean()
        self._life(values)
        self._people(values)
        self._network(values)
        self._family(values)
        self._technology(values)
        if values.get("is_cii"):
            for name in CII:
                self.need(name, _t("已勾选关键信息基础设施"))
        else:
            self.forbid(CII, _t("未勾选关键信息基础设施"))
        if not values.get("code") and values.get("kind") and "code" not in self.errors:
            values["code"] = self.instance.code or self.next_code(values["kind"])
        return values

    def _life(self, values: dict[str, Any]) -> None:
        status, started = values.get("status"), values.get("in_operation_on")
        if status in (Status.RUNNING, Status.RETIRED):
            self.need("in_operation_on", _t("状态不是在建设"))
        if started and started > today() and status == Status.RUNNING:
            self.add_error("in_operation_on", _t("已运行的对象，投入运行日期不能晚于今天。"))
        if status == Status.RETIRED:
            self.need("retired_on", _t("状态为已停用"))
        else:
            self.forbid(("retired_on",), _t("状态不是已停用"))
        self.in_order("in_operation_on", "retired_on", _t("停用日期早于投入运行日期。"))
        if status == Status.RUNNING and self.instance.pk and self.initial.get("status") != Status.RUNNING:
            for blocker in ports.go_live_blockers(self.instance) or ():
                self.add_error("status", _t("还不能投入运行：%(why)s") % {"why": blocker.text})

    def _people(self, values: dict[str, Any]) -> None:
        if not values.get("owner") and not values.get("contact"):
            self.add_error("owner", _t("系统负责人与联系人至少填一项。"))
        if values.get("operator") and values.get("operator_text"):
            self.add_error("operator_text", _t("运维单位已在上面选定，这里不再填写。"))

    def _network(self, values: dict[str, Any]) -> None:
        internet = values.get("network_nature") == NetworkNature.INTERNET
        given = any(values.get(name) for name in ("internet_addresses", "internet_domains"))
        if internet and not given and not self.errors.keys() & set(INTERNET):
            self.add_error("internet_addresses", _t("网络性质为互联网，源站 IP 范围与域名至少填一项。"))

    def _family(self, values: dict[str, Any]) -> None:
        parent = values.get("parent_system")
        if not values.get("is_subsystem"):
            self.forbid(("parent_system", "parent_text"), _t("未勾选“是分系统”"))
        elif bool(parent) == bool(values.get("parent_text")):
            self.add_error(
                "parent_system", _t("是分系统：请在台账中选上级系统，或写明其名称与单位，二者填一项。")
            )
        elif parent and self.instance.pk and queries.is_beneath(self.instance, parent):
            self.add_error("parent_system", _t("上级系统不能是本系统或其分系统。"))

    def _technology(self, values: dict[str, Any]) -> None:
        if values.get("is_cloud"):
            for name in CLOUD:
                self.need(name, _t("已勾选采用云计算"))
            if values.get("cloud_side") == CloudSide.TENANT:
                self.need("platform_name", _t("本系统是云服务客户"))
        else:
            self.forbid((*CLOUD, *PLATFORM), _t("未勾选采用云计算"))
        for flag, facts in TECHNOLOGY_FACTS:
            if not values.get(flag):
                label = self.fields[flag].label
                self.forbid((facts,), _t("未勾选“%(label)s”") % {"label": label})
        if values.get("data_exported"):
            self.need("export_facts", _t("已勾选数据出境"))
        else:
            self.forbid(("export_facts",), _t("未勾选数据出境"))


class RegisterForm(AssetForm):
    """The registry line of a secret-bearing system: unit and registry number, nothing else is taken."""

    class Meta:
        model = ProtectedObject
        fields = ("unit", "secret_number")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.is_secret_register = True
        number = self.fields["secret_number"]
        number.required = True
        number.help_text = _t("只填保密行政管理部门给的登记号，不写系统名称、用途、位置、等级等任何内容。")


class NamingForm(UnmarkedForm):
    """Putting an object on the list of important ones, or taking it off, with the document that says so."""

    important = forms.TypedChoiceField(
        label=_("重要名录"),
        choices=(("1", _("列入")), ("0", _("移出"))),
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    basis = forms.CharField(label=_("依据（文号或会议）"), max_length=200)


class NetworkForm(AssetForm):
    """A network on one of the user's own objects."""

    querysets = {"protected_object": queries.changeable}

    class Meta:
        model = Network
        fields = (
            "protected_object", "relation", "name", "kind", "kind_other", "bandwidth", "carrier", "line_redundant",
            "note",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """An object that is a network has one network that is itself."""
        values = super().clean()
        obj = values.get("protected_object")
        if obj and values.get("relation") == Network.Relation.IS:
            others = obj.networks.filter(relation=Network.Relation.IS).exclude(pk=self.instance.pk)
            if obj.kind != "network":
                self.add_error("relation", _t("该定级对象不是通信网络设施，网络只能属于它。"))
            elif others.exists():
                self.add_error("relation", _t("该定级对象已登记了作为它本身的网络。"))
        return values


class ZoneForm(AssetForm):
    """A zone of one of the user's own networks."""

    querysets = {
        "network": lambda user: Network.objects.visible_to(user, "change").select_related("protected_object"),
    }

    class Meta:
        model = Zone
        fields = ("network", "name", "kind", "address_ranges", "boundary", "note")
        help_texts = {"address_ranges": ADDRESSES}
