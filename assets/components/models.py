"""What a protected object is made of."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import ProtectedObject, Zone
from assets.inventory.validators import address_ranges
from secmgmt.core.models import Record


class ComponentKind(models.TextChoices):
    """The kinds of objects an evaluation looks at (GB/T 28449-2018 方案编制, 测评对象)."""

    ROOM = "room", _("机房")
    NETWORK = "network", _("网络设备")
    SECURITY = "security", _("安全设备")
    SERVER = "server", _("服务器")
    STORAGE = "storage", _("存储设备")
    TERMINAL = "terminal", _("终端")
    SYSTEM = "system", _("系统软件")
    APPLICATION = "application", _("业务应用")
    DATA = "data", _("数据")
    DOCUMENT = "document", _("文档")
    PERSON = "person", _("岗位人员")


HARDWARE = frozenset({"network", "security", "server", "storage", "terminal"})


class Component(Record):
    """One component of a protected object, or several alike (``quantity``)."""

    class Redundancy(models.TextChoices):
        """Whether one may fail."""

        SINGLE = "single", _("单点")
        STANDBY = "standby", _("主备")
        CLUSTER = "cluster", _("集群")

    class Certificate(models.TextChoices):
        """The proof that the law asks for of such a product."""

        SECURITY = "security", _("网络安全专用产品")
        CRYPTO = "crypto", _("商用密码产品")

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("protected_object",)

    protected_object = models.ForeignKey(
        ProtectedObject, verbose_name=_("定级对象"), on_delete=models.PROTECT, related_name="components"
    )
    kind = models.CharField(_("类别"), max_length=12, choices=ComponentKind.choices)
    name = models.CharField(_("名称"), max_length=100)
    usage = models.CharField(_("用途"), max_length=200, blank=True)
    vendor = models.CharField(_("厂商"), max_length=60, blank=True)
    model = models.CharField(_("型号"), max_length=60, blank=True)
    version_text = models.CharField(_("软件版本"), max_length=60, blank=True)
    quantity = models.PositiveIntegerField(_("数量"), default=1, validators=[MinValueValidator(1)])
    address = models.CharField(_("地址"), max_length=200, blank=True, validators=[address_ranges])
    zone = models.ForeignKey(
        Zone,
        verbose_name=_("所在区域"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="components",
    )
    location = models.CharField(_("物理位置"), max_length=100, blank=True)
    redundancy = models.CharField(_("冗余"), max_length=8, choices=Redundancy.choices, blank=True)
    is_key = models.BooleanField(_("关键部件"), default=False)
    certificate_kind = models.CharField(_("产品证书"), max_length=8, choices=Certificate.choices, blank=True)
    certificate_number = models.CharField(_("证书编号"), max_length=60, blank=True)
    certificate_until = models.DateField(_("证书有效期至"), null=True, blank=True)
    licence = models.CharField(_("授权许可"), max_length=100, blank=True)
    licence_until = models.DateField(_("授权到期"), null=True, blank=True)
    support_until = models.DateField(_("维保到期"), null=True, blank=True)
    holder = models.CharField(_("责任人"), max_length=40, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("组成部件")
        ordering = ["protected_object", "kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object", "kind", "name"],
                name="component_name_once",
                violation_error_message=_("该定级对象已有同类同名的部件。"),
            ),
            models.CheckConstraint(condition=models.Q(quantity__gte=1), name="component_counts_one_or_more"),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="component_by_name"),
            models.Index(fields=["kind", "name"], name="component_by_kind"),
            models.Index(
                fields=["certificate_until"],
                condition=models.Q(certificate_until__isnull=False),
                name="component_certificate",
            ),
        ]

    def get_absolute_url(self) -> str:
        """The page of the component."""
        return reverse("assets:component-detail", args=[self.pk])

    def __str__(self) -> str:
        return self.name
