"""The blocks of the filing form as groups of columns of a protected object."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from . import choices, validators


class FilingFacts(models.Model):
    """What the filing form's 表二 asks."""

    business_type = models.CharField(
        _("业务类型"), max_length=1, choices=choices.BusinessType.choices, blank=True
    )
    business_type_other = choices.OtherText(_("其他业务类型"))
    business = models.TextField(_("业务描述"), max_length=2000, blank=True)
    service_scope = models.CharField(
        _("服务范围"), max_length=2, choices=choices.ServiceScope.choices, blank=True
    )
    service_scope_other = choices.OtherText(_("其他服务范围"))
    service_users = models.CharField(
        _("服务对象"), max_length=1, choices=choices.ServiceUsers.choices, blank=True
    )
    service_users_other = choices.OtherText(_("其他服务对象"))
    user_count = models.PositiveIntegerField(_("用户数（人）"), null=True, blank=True)
    deployment = models.CharField(_("部署范围"), max_length=1, choices=choices.Deployment.choices, blank=True)
    deployment_other = choices.OtherText(_("其他部署范围"))
    network_nature = models.CharField(
        _("网络性质"), max_length=1, choices=choices.NetworkNature.choices, blank=True
    )
    network_nature_other = choices.OtherText(_("其他网络性质"))
    internet_addresses = models.TextField(
        _("源站 IP 范围"), max_length=1000, blank=True, validators=[validators.address_ranges]
    )
    internet_domains = models.TextField(
        _("域名"), max_length=1000, blank=True, validators=[validators.domains]
    )
    internet_ports = models.CharField(
        _("主要协议端口"), max_length=200, blank=True, validators=[validators.ports]
    )
    interconnection = models.TextField(_("网络互联情况"), max_length=1000, blank=True)
    in_operation_on = models.DateField(_("投入运行日期"), null=True, blank=True)
    is_subsystem = models.BooleanField(_("是分系统"), default=False)
    parent_system = models.ForeignKey(
        "assets.ProtectedObject",
        verbose_name=_("上级系统"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subsystems",
    )
    parent_text = models.CharField(_("上级系统名称与单位（不在本台账）"), max_length=200, blank=True)

    class Meta:
        abstract = True


class TechnologyFacts(models.Model):
    """What the filing form's 表四 asks of new technology."""

    is_cloud = models.BooleanField(_("采用云计算"), default=False)
    cloud_side = models.CharField(
        _("云责任主体"), max_length=8, choices=choices.CloudSide.choices, blank=True
    )
    cloud_service = models.CharField(
        _("云服务模式"), max_length=8, choices=choices.CloudService.choices, blank=True
    )
    cloud_service_other = choices.OtherText(_("其他云服务模式"))
    cloud_deployment = models.CharField(
        _("云部署模式"), max_length=12, choices=choices.CloudDeployment.choices, blank=True
    )
    cloud_deployment_other = choices.OtherText(_("其他云部署模式"))
    platform_name = models.CharField(_("云平台名称"), max_length=100, blank=True)
    platform_level = models.PositiveSmallIntegerField(
        _("云平台等级"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    platform_filing = models.CharField(
        _("云平台备案编号"), max_length=17, blank=True, validators=[validators.filing_number]
    )
    cloud_ops_place = models.CharField(_("云平台运维地点"), max_length=200, blank=True)
    is_mobile = models.BooleanField(_("采用移动互联"), default=False)
    mobile_facts = models.CharField(_("移动终端与应用"), max_length=300, blank=True)
    is_iot = models.BooleanField(_("采用物联网"), default=False)
    iot_facts = models.CharField(_("感知对象与接入方式"), max_length=300, blank=True)
    is_industrial = models.BooleanField(_("采用工业控制"), default=False)
    industrial_facts = models.CharField(_("工控层级与功能"), max_length=300, blank=True)
    is_big_data = models.BooleanField(_("采用大数据"), default=False)
    big_data_facts = models.CharField(_("大数据组成"), max_length=300, blank=True)
    other_technology = models.CharField(_("其他新技术新应用"), max_length=300, blank=True)
    data_exported = models.BooleanField(_("数据出境"), default=False)
    export_facts = models.CharField(_("出境情况"), max_length=300, blank=True)
    offers_hosting = models.BooleanField(
        _("承载其他系统"),
        default=False,
        help_text=_("作为平台列入承载平台名录，其他单位登记托管关系时可选。"),
    )

    class Meta:
        abstract = True
