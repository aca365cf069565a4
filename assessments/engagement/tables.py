"""Columns of the lists of engagements and agencies."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import due, shown, state

ENGAGEMENTS = Table(
    (
        Column("protected_object", _("测评对象"), sort="protected_object__name", link=True),
        Column("unit", _("责任单位"), "protected_object.unit"),
        Column("kind", _("类别"), sort="kind"),
        Column("agency", _("测评机构"), sort="agency__name"),
        Column("state", _("状态"), render=lambda e: state(e), sort="state"),
        Column(
            "starts_on", _("起止"), render=lambda e: two_lines(shown(e.starts_on), shown(e.ends_on)), sort="starts_on"
        ),
        Column(
            "report_date", _("报告"), sort="report_date",
            render=lambda e: two_lines(shown(e.report_date), e.get_conclusion_display()) if e.report_date else "—",
        ),
        Column("next_due_on", _("下次应测评"), render=lambda e: due(e.next_due_on) if e.next_due_on else "—",
               sort="next_due_on"),
        Column("ends_on", _("结束"), sort="ends_on", default=False),
        Column("conclusion", _("结论"), sort="conclusion", default=False),
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
