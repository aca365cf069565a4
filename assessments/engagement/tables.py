"""Columns of the lists of engagements and agencies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state

ENGAGEMENTS = Table(
    (
        Column("protected_object", _("测评对象"), sort="protected_object__name", link=True),
        Column("unit", _("责任单位"), "protected_object.unit"),
        Column("kind", _("类别"), sort="kind"),
        Column("agency", _("测评机构"), sort="agency__name"),
        Column("state", _("状态"), render=lambda e: state(e), sort="state"),
        Column("starts_on", _("开始"), sort="starts_on"),
        Column("ends_on", _("结束"), sort="ends_on"),
        Column("report_date", _("报告日期"), sort="report_date"),
        Column("conclusion", _("结论"), sort="conclusion"),
        Column("next_due_on", _("下次应测评"), sort="next_due_on"),
        Column("report_number", _("报告编号"), default=False),
        Column("contract_number", _("合同编号"), default=False),
    ),
    default_sort="-starts_on",
)

AGENCIES = Table(
    (
        Column("name", _("机构名称"), sort="name", link=True),
        Column("code", _("机构代码"), sort="code"),
        Column("certificate", _("证书编号")),
        Column("valid_until", _("证书有效期至"), sort="valid_until"),
    ),
    default_sort="name",
)
