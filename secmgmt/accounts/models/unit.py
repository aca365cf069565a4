"""The tree of units: city → bureau or county → sub-unit."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from secmgmt.core.models import Record, ScopeNode

from .. import roles


class UnitKind(models.TextChoices):
    """What a unit is."""

    CITY = "city", _("市")
    BUREAU = "bureau", _("市直部门")
    COUNTY = "county", _("县(市、区)")
    SUBUNIT = "subunit", _("下属单位")
    AGENCY = "agency", _("测评机构")


class OrgUnit(Record, ScopeNode):
    """A unit (单位). ``path`` is "/id/id/" from the root; merging or moving a unit moves rights at once."""

    scope_path: ClassVar[str] = "path"

    parent = models.ForeignKey(
        "self",
        verbose_name=_("上级单位"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    name = models.CharField(_("单位名称"), max_length=100, unique=True)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=UnitKind.choices, default=UnitKind.SUBUNIT)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    region_code = models.CharField(_("行政区划代码"), max_length=6, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("并入"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    is_demo = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("单位")
        ordering = ["path"]
        permissions = [(role.code, str(role.label)) for role in roles.BUSINESS_ROLES]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        """0 for the root."""
        return max(self.path.count("/") - 2, 0)


class UnitName(models.Model):
    """A name a unit had before (机构改革): history keeps it findable."""

    unit = models.ForeignKey(OrgUnit, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(_("曾用名"), max_length=100)
    until = models.DateTimeField(_("使用至"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)
