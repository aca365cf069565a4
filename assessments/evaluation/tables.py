"""Columns and filters of the list of self-assessments."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core.filters import RecordFilterSet
from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import due, state

from .models import Assessment

ANSWERED = Count("answers", filter=~Q(answers__result="") & Q(answers__pending=""))


def outcome(row: Any) -> str:
    """The conclusion with its figure, once confirmed."""
    return f"{row.result['conclusion']}，{row.method.figure} {row.result['total']}" if row.result else ""


ASSESSMENTS = Table(
    [
        Column("title", _("名称"), sort="title", link=True),
        Column(
            "protected_object",
            _("对象"),
            render=lambda row: two_lines(row.protected_object, row.protected_object.unit),
            sort=("protected_object__name", "title"),
        ),
        Column("noun", _("类别")),
        Column("level", _("等级"), value=lambda row: level_label(row.level), sort="level"),
        Column("progress", _("已答"), value=lambda row: f"{row.answered} / {row.total}", align="num"),
        Column("state", _("状态"), render=state, sort="state"),
        Column(
            "due_on",
            _("截止"),
            render=lambda row: due(row.due_on, done=not row.is_open) if row.due_on else "—",
            sort="due_on",
        ),
        Column("outcome", _("结论（参考）"), value=outcome),
        Column("method", _("计算方法"), value=lambda row: row.method.sentence, default=False),
        Column("standard_code", _("标准"), sort="standard_code", default=False),
        Column("report_date", _("报告日期"), sort="report_date", default=False),
    ],
    default_sort="-report_date",
)


class AssessmentFilter(RecordFilterSet):
    """Assessments by words, object, state and who says so."""

    search_fields = ("title", "protected_object__name")
    search_label = _("名称、对象")
    chip_field = "state"

    by_agency = django_filters.ChoiceFilter(
        label=_("类别"), choices=(("false", _("自评估")), ("true", _("测评机构的结果"))), empty_label=_("全部"),
        method="of_whom",
    )  # fmt: skip

    def of_whom(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The unit's own word, or what agencies found."""
        return rows.filter(engagement__isnull=value == "false")

    class Meta:
        model = Assessment
        fields = ("protected_object", "standard", "state")
