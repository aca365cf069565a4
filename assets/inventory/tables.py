"""Columns of the inventory's lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import moment, state, tag_


def level_cell(obj: Any) -> Any:
    """第三级 with S3A2G3 beneath, or a quiet 未定级."""
    if not obj.security_level:
        return tag_(obj.level_label, "")
    return two_lines(obj.level_label, obj.sag) if obj.sag else obj.level_label


def name_cell(obj: Any) -> Any:
    """The name with its code beneath."""
    return two_lines(obj.name, obj.code)


def marks(obj: Any) -> list[str]:
    """重要, 关基 and technical kinds as words."""
    found = [str(_("重要"))] if obj.is_important else []
    found += [str(_("关基"))] if obj.is_cii else []
    return found + obj.technical_kinds


OBJECTS = Table(
    [
        Column("name", _("名称"), value="name", render=name_cell, sort="name", link=True),
        Column("unit", _("责任单位"), sort=("unit__name", "name")),
        Column("kind", _("对象类型"), sort=("kind", "name")),
        Column(
            "level",
            _("等级"),
            value=lambda o: o.level_label,
            render=level_cell,
            sort=("security_level", "name"),
        ),
        Column("status", _("状态"), render=lambda o: state(o, "status"), sort=("status", "name")),
        Column("marks", _("标识"), value=marks),
        Column("owner", _("负责人"), value="owner_line"),
        Column("in_operation_on", _("投入运行"), sort="in_operation_on"),
        Column("code", _("编号"), sort="code", default=False),
        Column("construction", _("建设性质"), default=False),
        Column("business_type", _("业务类型"), default=False),
        Column("service_users", _("服务对象"), default=False),
        Column("service_scope", _("服务范围"), default=False),
        Column("network_nature", _("网络性质"), default=False),
        Column("sag", _("S/A/G"), value="sag", default=False),
        Column("filing_number", _("备案证明编号"), default=False, css="mono"),
        Column("filing_valid_until", _("备案有效期至"), default=False),
        Column("rto_minutes", _("RTO（分钟）"), align="num", default=False),
        Column("rpo_minutes", _("RPO（分钟）"), align="num", default=False),
        Column(
            "updated_at",
            _("最近修改"),
            render=lambda o: moment(o.updated_at),
            sort="updated_at",
            default=False,
        ),
    ],
    default_sort="name",
)

# what no column shows need not be read for a list: a page of wide rows costs more in reading than in finding
UNLISTED = (
    "business", "internet_addresses", "internet_domains", "internet_ports", "interconnection", "parent_text",
    "parent_system", "user_count", "deployment", "cloud_side", "cloud_service", "cloud_deployment",
    "platform_name", "platform_level", "platform_filing", "cloud_ops_place", "mobile_facts", "iot_facts",
    "industrial_facts", "big_data_facts", "other_technology", "data_exported", "export_facts", "offers_hosting",
    "retired_on", "contact_phone", "operator", "operator_text", "operator_phone", "important_basis",
    "cii_authority", "cii_number", "business_type_other", "service_scope_other", "service_users_other",
    "deployment_other", "network_nature_other", "cloud_service_other", "cloud_deployment_other",
    "graded_on", "filed_on", "is_demo", "created_at", "updated_by", "is_subsystem",
    "owner__password", "owner__email", "owner__phone", "owner__last_login", "owner__title",
    "owner__disabled_reason", "owner__created_at", "owner__updated_at", "owner__updated_by", "owner__enabled_at",
    "owner__password_changed_at", "owner__must_change_password", "owner__session_epoch", "owner__totp_step",
    "owner__expires_on", "owner__shortcuts_on", "owner__is_demo", "owner__admin_role", "owner__version", "owner__unit",
    "unit__address", "unit__credit_code", "unit__created_at", "unit__updated_at", "unit__updated_by",
    "unit__region_code", "unit__is_demo", "unit__version", "unit__parent", "unit__merged_into",
)  # fmt: skip

REGISTER = Table(
    [
        Column("secret_number", _("登记号"), sort="secret_number", link=True),
        Column("unit", _("责任单位"), sort="unit__name"),
        Column("belongs", _("管理"), value="level_label"),
        Column("updated_at", _("最近修改"), render=lambda o: moment(o.updated_at), sort="updated_at"),
    ],
    default_sort="secret_number",
)

NETWORKS = Table(
    [
        Column("name", _("网络名称"), sort="name", link=True),
        Column("kind", _("网络类型"), sort=("kind", "name")),
        Column("protected_object", _("定级对象"), sort=("protected_object__name", "name")),
        Column("relation", _("关系")),
        Column(
            "unit",
            _("责任单位"),
            value="protected_object.unit",
            sort=("protected_object__unit__name", "name"),
        ),
        Column("level", _("等级"), value="protected_object.level_label"),
        Column("zone_count", _("区域"), value="zone_count", align="num"),
        Column("bandwidth", _("出口带宽")),
        Column("carrier", _("线路运营商"), default=False),
        Column("line_redundant", _("线路冗余"), default=False),
    ],
    default_sort="name",
)

ZONES = Table(
    [
        Column("name", _("区域名称"), value="name", sort="name", link=True),
        Column("kind", _("区域类型"), sort=("kind", "name")),
        Column("network", _("网络"), value="network.name", sort=("network__name", "name")),
        Column("address_ranges", _("地址范围"), css="mono"),
        Column("boundary", _("边界防护")),
    ],
    default_sort="name",
)
