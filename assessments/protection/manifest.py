"""What the yearly plan of protection work contributes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.manifest import DutyProvider, Manifest, Panel, ReportKind
from secmgmt.portal.report_options import YearOptions

from . import queries, reports
from .panels import plans

OBJECT = "assets.ProtectedObject"
MANIFEST = Manifest(
    app="assessments",
    panels=(Panel(OBJECT, _("保护工作方案"), "assessments/protection/panel.html", plans, order=60, column="side"),),
    reports=(
        ReportKind(
            queries.KIND, _("保护工作方案"), OBJECT, reports.build, formats=("pdf", "docx"), related=("unit", "owner"),
            options=YearOptions, keep_days=1100, among=queries.planned_for, line=reports.line,
            note=_("第三级及以上对象每年一份：资产、现有措施、问题成因、整改思路、后续计划"),
        ),
    ),
    duties=(DutyProvider("protection-plan", OBJECT, queries.duty_facts),),
)  # fmt: skip
