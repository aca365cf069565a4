"""Filters of the list of items."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from secmgmt.core.bounds import MOST
from secmgmt.core.clock import today
from secmgmt.core.filters import DateInput, RecordFilterSet

from . import queries
from .choices import OPEN, RUNNING, Risk
from .models import Rectification

KINDS = (
    ("open", _("未关闭")), ("overdue", _("已逾期")), ("mine", _("我负责的")), ("decide", _("等我决定的")),
    ("major", _("重大风险隐患")), ("high", _("未关闭的高风险")),
)  # fmt: skip


class RectificationFilter(RecordFilterSet):
    """By state, risk, origin, object, clause, due date, and what matters to whoever looks."""

    search_fields = ("number", "title", "clause", "protected_object__name", "protected_object__unit__name")
    search_label = _("编号、问题、条款、对象、单位")
    chip_field = "state"
    chip_distinct = False

    show = django_filters.ChoiceFilter(label=_("范围"), choices=KINDS, method="pick")
    risk = django_filters.ChoiceFilter(label=_("风险"), choices=Risk.choices)
    due_from = django_filters.DateFilter(label=_("期限起"), field_name="due_on", lookup_expr="gte", widget=DateInput())
    due_until = django_filters.DateFilter(label=_("期限止"), field_name="due_on", lookup_expr="lte", widget=DateInput())
    protected_object = django_filters.NumberFilter(
        label=_("对象编号"), widget=django_filters.widgets.forms.HiddenInput, min_value=0, max_value=MOST
    )

    class Meta:
        model = Rectification
        fields = ("state", "show", "risk", "origin", "due_from", "due_until", "protected_object")

    def pick(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """One of KINDS."""
        day = today()
        picks = {
            "open": lambda: rows.filter(state__in=OPEN),
            "overdue": lambda: queries.overdue(rows, day),
            "mine": lambda: rows.filter(owner=self.user, state__in=RUNNING),
            "decide": lambda: rows.filter(pk__in=queries.to_decide(self.user).order_by().values("pk")),
            "major": lambda: rows.filter(major=True),
            "high": lambda: rows.filter(risk=Risk.HIGH, state__in=OPEN),
        }
        return picks[value]() if value in picks else rows
