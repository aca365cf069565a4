"""Columns of the list of data classes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import tag_


def level_cell(row: Any) -> Any:
    """Important data stands out by its word."""
    return tag_(row.get_level_display(), "info" if row.level == "important" else "plain")


DATA = Table(
    [
        Column("name", _("数据名称"), sort="name", link=True),
        Column("protected_object", _("定级对象"), sort=("protected_object__name", "name")),
        Column("level", _("拟定级别"), render=level_cell, sort=("level", "name")),
        Column("category", _("类别"), sort="category"),
        Column("personal", _("个人信息"), sort=("personal", "name")),
        Column("volume_gb", _("总量（GB）"), align="num", sort="volume_gb"),
        Column("records", _("总量（万条）"), align="num", sort="records"),
        Column("exchange", _("交互")),
        Column("store", _("存储位置")),
        Column("department", _("责任部门"), default=False),
        Column("holder", _("负责人"), default=False),
        Column("source", _("来源"), default=False),
        Column("source_units", _("来源单位"), default=False),
        Column("target_units", _("流出单位"), default=False),
        Column("stored_abroad", _("存储在境外"), default=False),
        Column("leaves_country", _("向境外提供"), default=False),
    ],
    default_sort="name",
)
