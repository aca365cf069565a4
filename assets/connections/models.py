"""How protected objects hang together: interconnections, and what runs on which platform."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.components.models import Component
from assets.inventory.models import ProtectedObject
from assets.inventory.validators import ports
from secmgmt.core.models import Participation, Record


class Interconnection(Record):
    """A connection from a protected object to another, to an outside party, or between two of its components.

    The unit at the other end sees the row through a participation in the capacity ``peer``.
    """

    class Direction(models.TextChoices):
        """Which way data flows, seen from ``from_object``."""

        OUT = "out", _("流出")
        IN = "in", _("流入")
        BOTH = "both", _("双向")

    class Control(models.TextChoices):
        """What stands at the boundary."""

        NONE = "none", _("无")
        FIREWALL = "firewall", _("防火墙")
        GAP = "gap", _("网闸")
        GATEWAY = "gateway", _("安全接入网关")
        VPN = "vpn", _("VPN")
        EXCHANGE = "exchange", _("交换前置")
        OTHER = "other", _("其他")

    scope_path: ClassVar[str] = "from_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("from_object", "")

    from_object = models.ForeignKey(
        ProtectedObject, verbose_name=_("本端系统"), on_delete=models.PROTECT, related_name="links_out"
    )
    from_component = models.ForeignKey(
        Component,
        verbose_name=_("本端部件"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    to_object = models.ForeignKey(
        ProtectedObject,
        verbose_name=_("对端系统"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="links_in",
    )
    to_component = models.ForeignKey(
        Component,
        verbose_name=_("对端部件"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    external_party = models.CharField(_("外部对端"), max_length=100, blank=True)
    purpose = models.CharField(_("用途"), max_length=200)
    protocol = models.CharField(_("协议"), max_length=60, blank=True)
    ports = models.CharField(_("端口"), max_length=100, blank=True, validators=[ports])
    direction = models.CharField(_("方向"), max_length=4, choices=Direction.choices, default=Direction.BOTH)
    control = models.CharField(_("边界控制"), max_length=10, choices=Control.choices)
    control_text = models.CharField(_("边界控制说明"), max_length=200, blank=True)
    line = models.CharField(_("线路与带宽"), max_length=100, blank=True)
    is_encrypted = models.BooleanField(_("传输加密"), default=False)
    line_redundant = models.BooleanField(_("线路冗余"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("互联关系")
        ordering = ["from_object", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_object__isnull=False, external_party="")
                | (Q(to_object__isnull=True) & ~Q(external_party="")),
                name="link_has_one_other_end",
                violation_error_message=_("对端系统与外部对端须填且只填一项。"),
            ),
            models.CheckConstraint(
                condition=Q(to_object__isnull=True)
                | ~Q(to_object=F("from_object"))
                | Q(from_component__isnull=False, to_component__isnull=False),
                name="inner_link_names_components",
                violation_error_message=_("系统内部的连接须写明两端部件。"),
            ),
        ]

    def get_absolute_url(self) -> str:
        """The page of this row."""
        return reverse("assets:link-detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """With the participations on it, so that nothing is left to open another row (A14)."""
        Participation.of(self).delete()
        return super().delete(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.from_object} → {self.other_end}"

    @property
    def other_end(self) -> str:
        """The name of the other end."""
        return str(self.to_object) if self.to_object_id else self.external_party

    @property
    def is_inner(self) -> bool:
        """Whether both ends are components of one object."""
        return self.to_object_id == self.from_object_id


class Hosting(Record):
    """``tenant`` runs on ``platform``; chains are fine, cycles are refused by the service.

    The platform's unit sees the row through a participation in the capacity ``host``.
    """

    class Model(models.TextChoices):
        """How much of the stack the platform provides; it decides what can be inherited from it."""

        COLOCATION = "colocation", _("机房托管")
        IAAS = "iaas", _("基础设施服务 IaaS")
        PAAS = "paas", _("平台服务 PaaS")
        SAAS = "saas", _("软件服务 SaaS")

    scope_path: ClassVar[str] = "tenant__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("tenant", "")

    tenant = models.ForeignKey(
        ProtectedObject, verbose_name=_("被承载系统"), on_delete=models.PROTECT, related_name="hosted_on"
    )
    platform = models.ForeignKey(
        ProtectedObject, verbose_name=_("承载平台"), on_delete=models.PROTECT, related_name="hosts"
    )
    model = models.CharField(_("承载方式"), max_length=12, choices=Model.choices)
    since = models.DateField(_("起"))
    until = models.DateField(_("止"), null=True, blank=True)
    agreement = models.CharField(_("服务协议"), max_length=200, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("托管关系")
        ordering = ["tenant", "-since"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(tenant=F("platform")),
                name="hosting_not_on_itself",
                violation_error_message=_("系统不能承载在自己上。"),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="hosting_ends_after_it_begins",
                violation_error_message=_("截止日期早于开始日期。"),
            ),
            models.UniqueConstraint(
                fields=["tenant", "platform", "since"],
                name="hosting_once",
                violation_error_message=_("这项托管关系已登记。"),
            ),
        ]

    def get_absolute_url(self) -> str:
        """The page of this row."""
        return reverse("assets:hosting-detail", args=[self.pk])

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """With the participations on it, so that nothing is left to open another row (A14)."""
        Participation.of(self).delete()
        return super().delete(*args, **kwargs)

    def __str__(self) -> str:
        return f"{self.tenant} → {self.platform}"
