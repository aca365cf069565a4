"""Columns of the requirement catalogue."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table

ITEMS = Table(
    (
        Column("code", _("条款"), sort="order", link=True),
        Column("level", _("级别"), sort="level"),
        Column("scope", _("范围"), sort="scope"),
        Column("layer", _("层面"), sort="layer"),
        Column("control_point", _("控制点"), sort="control_point"),
        Column("summary", _("要求(概述)")),
        Column("sag", _("S/A/G"), sort="sag", default=False),
    ),
    default_sort="code",
)
