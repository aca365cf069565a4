"""Classes of data an object processes: one row is one sheet of the filing form's 表六 (数据摸底调查表)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assets.inventory.choices import OtherText
from assets.inventory.models import ProtectedObject
from secmgmt.core.models import Record


class DataLevel(models.TextChoices):
    """拟定级别."""

    GENERAL = "general", _("一般数据")
    IMPORTANT = "important", _("重要及以上数据")


class PersonalInformation(models.TextChoices):
    """个人信息涉及情况."""

    NONE = "none", _("不涉及")
    PERSONAL = "personal", _("一般个人信息")
    SENSITIVE = "sensitive", _("敏感个人信息")


class DataSource(models.TextChoices):
    """来源."""

    COLLECTED = "collected", _("直接采集")
    GENERATED = "generated", _("业务产生")
    SHARED = "shared", _("共享交换")
    BOUGHT = "bought", _("采购")
    OTHER = "other", _("其他")


class Exchange(models.TextChoices):
    """与其他处理者交互."""

    PROVIDED = "provided", _("对外提供")
    ENTRUSTED = "entrusted", _("委托处理")
    JOINT = "joint", _("共同处理")
    NONE = "none", _("无交互")


class Store(models.TextChoices):
    """存储位置."""

    OWN_ROOM = "own_room", _("自有机房")
    LEASED_ROOM = "leased_room", _("租用机房")
    GOVERNMENT_CLOUD = "government_cloud", _("政务云")
    PRIVATE_CLOUD = "private_cloud", _("私有云")
    PUBLIC_CLOUD = "public_cloud", _("公有云")


def amount(label: Any) -> models.DecimalField:
    """An amount of data, not negative, to two places."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, null=True, blank=True)


class DataCategory(Record):
    """The smallest class of data, not a data item (表六). Amounts: GB, and 万条 (ten thousand records)."""

    scope_path: ClassVar[str] = "protected_object__unit__path"
    scope_parents: ClassVar[tuple[str, ...]] = ("protected_object",)

    protected_object = models.ForeignKey(
        ProtectedObject, verbose_name=_("定级对象"), on_delete=models.PROTECT, related_name="data_categories"
    )
    name = models.CharField(_("数据名称"), max_length=100)
    level = models.CharField(_("拟定级别"), max_length=10, choices=DataLevel.choices)
    category = models.CharField(_("数据类别"), max_length=60)
    department = models.CharField(_("责任部门"), max_length=60)
    holder = models.CharField(_("负责人"), max_length=40, blank=True)
    personal = models.CharField(_("个人信息"), max_length=10, choices=PersonalInformation.choices)
    people = amount(_("涉及个人（万人）"))
    volume_gb = amount(_("总量（GB）"))
    records = amount(_("总量（万条）"))
    growth_gb = amount(_("月增长（GB）"))
    growth_records = amount(_("月增长（万条）"))
    source = models.CharField(_("来源"), max_length=10, choices=DataSource.choices)
    source_other = OtherText(_("其他来源"))
    source_units = models.CharField(
        _("来源单位"), max_length=300, blank=True, help_text=_("至多三个，用顿号分开。")
    )
    exchange = models.CharField(_("与其他处理者交互"), max_length=10, choices=Exchange.choices)
    target_units = models.CharField(
        _("流出单位"), max_length=300, blank=True, help_text=_("至多三个，用顿号分开。")
    )
    store = models.CharField(_("存储位置"), max_length=16, choices=Store.choices)
    store_place = models.CharField(_("存放地点"), max_length=100, blank=True)
    stored_abroad = models.BooleanField(_("存储在境外"), default=False)
    leaves_country = models.BooleanField(_("向境外提供"), default=False)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("数据类别")
        ordering = ["protected_object", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["protected_object", "name"],
                name="data_name_once",
                violation_error_message=_("该定级对象已有同名的数据类别。"),
            )
        ]
        indexes = [models.Index(fields=["name", "id"], name="data_by_name")]

    def get_absolute_url(self) -> str:
        """The page of the data class."""
        return reverse("assets:data-detail", args=[self.pk])

    def __str__(self) -> str:
        return self.name
