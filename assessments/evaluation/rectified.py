"""整改报告 of an object with the result of its last confirmed assessment 评估时 and 整改后 side by side."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from assessments.rectification.reports import items_for, report
from secmgmt.core.reporting.document import Document, Paragraph, Table

from .findings import newest_after
from .models import Assessment


def build(obj: Any, *, by: Any, at: dt.datetime) -> Document:
    """What became of every problem of ``obj`` that ``by`` may hand out."""
    return report(obj, items_for(obj, by), str(obj), by=by, at=at, compared=compared(obj, by))


def compared(obj: Any, by: Any) -> list[Any]:
    """Figures of the newest confirmed assessment with items followed up; nothing where there is none."""
    newest = newest_after(Assessment.objects.visible_to(by, "export").filter(protected_object=obj))
    if newest is None:
        return []
    assessment, found = newest
    own = _("整改后（单位自述）") if found.self_declared else _("整改后")
    told = _("%(title)s（%(day)s）。整改后结果按同一规则重新计算，评估时的结果不因整改而改变。")
    return [
        Paragraph(told % {"title": assessment.title, "day": assessment.report_date.isoformat()}),
        Table([_("指标"), _("评估时"), own], found.rows, widths=(6, 5, 5), align="lll"),
    ]
