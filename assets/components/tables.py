"""Columns of the list of components."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import due, tag_


def product(row: Any) -> str:
    """Vendor, model and version in one line."""
    return " ".join(part for part in (row.vendor, row.model, row.version_text) if part)


def redundancy_cell(row: Any) -> Any:
    """A key part that may not fail is worth a look."""
    if not row.redundancy:
        return "—"
    tone = "warn" if row.redundancy == row.Redundancy.SINGLE and row.is_key else ""
    return tag_(row.get_redundancy_display(), tone)


def certificate_cell(row: Any) -> Any:
    """The number with the days left."""
    if not row.certificate_number:
        return "—"
    return two_lines(row.certificate_number, due(row.certificate_until))


COMPONENTS = Table(
    [
        Column("name", _("名称"), sort="name", link=True),
        Column("kind", _("类别"), sort=("kind", "name")),
        Column("protected_object", _("定级对象"), sort=("protected_object__name", "name")),
        Column("product", _("产品"), value=product),
        Column("quantity", _("数量"), align="num", sort="quantity"),
        Column("zone", _("所在区域"), value="zone.name"),
        Column("address", _("地址"), css="mono"),
        Column("redundancy", _("冗余"), render=redundancy_cell),
        Column(
            "certificate",
            _("产品证书"),
            value="certificate_number",
            render=certificate_cell,
            sort="certificate_until",
        ),
        Column("location", _("物理位置"), default=False),
        Column("holder", _("责任人"), default=False),
        Column("licence", _("授权许可"), default=False),
        Column("licence_until", _("授权到期"), default=False),
        Column("support_until", _("维保到期"), default=False),
        Column("is_key", _("关键部件"), default=False),
    ],
    default_sort="name",
)
