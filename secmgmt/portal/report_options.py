"""What may be said of how a compliance report or the statistics are made: period, level, comparison, chapters."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import manifest
from secmgmt.core.figures import Chapter
from secmgmt.core.forms import DateInput, UnmarkedForm

from .overview import level_name
from .scope import LEVELS

MOST_DAYS = 3 * 366
COMPARED = {"": gettext_lazy("不对比"), "previous": gettext_lazy("上一期"), "year": gettext_lazy("上年同期")}


def chapters() -> list[Chapter]:
    """All chapters there are, in their order."""
    return sorted(manifest.collect("chapters"), key=lambda chapter: chapter.order)


def _levels() -> list[tuple[str, str]]:
    return [("", _("全部")), *((str(n), level_name(n)) for n in LEVELS)]


class PeriodOptions(UnmarkedForm):
    """The period and what is told of it; ``params`` keeps it with the report."""

    since = forms.DateField(label=gettext_lazy("自"), widget=DateInput())
    until = forms.DateField(label=gettext_lazy("至"), widget=DateInput())
    compare = forms.ChoiceField(label=gettext_lazy("对比"), choices=list(COMPARED.items()), required=False)
    level = forms.ChoiceField(label=gettext_lazy("等级"), choices=_levels, required=False)
    chapters = forms.MultipleChoiceField(
        label=gettext_lazy("章节"), choices=lambda: [(c.code, c.label) for c in chapters()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("至少选一章。")},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The period has a beginning before its end, and is no longer than three years."""
        values = super().clean() or {}
        since, until = values.get("since"), values.get("until")
        if since and until and since > until:
            self.add_error("until", _("截止日期早于起始日期。"))
        elif since and until and (until - since).days > MOST_DAYS:
            self.add_error("until", _("一份报告最多三年，请把期间改短。"))
        return values

    @staticmethod
    def standard(day: dt.date) -> dict[str, Any]:
        """This year up to its end, held against the last, with the usual chapters."""
        usual = [chapter.code for chapter in chapters() if chapter.chosen]
        year = {"since": f"{day.year}-01-01", "until": f"{day.year}-12-31"}
        return {**year, "compare": "year", "level": "", "chapters": usual}

    def params(self) -> dict[str, Any]:
        """As it is kept."""
        values = self.cleaned_data
        return {**values, "since": values["since"].isoformat(), "until": values["until"].isoformat()}


class YearOptions(UnmarkedForm):
    """Of which year the statistics are."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2007, max_value=2099)

    @staticmethod
    def standard(day: dt.date) -> dict[str, Any]:
        """This year."""
        return {"year": day.year}

    def params(self) -> dict[str, Any]:
        """As it is kept."""
        return dict(self.cleaned_data)


def period_of(params: dict[str, Any]) -> tuple[dt.date, dt.date]:
    """The period kept parameters speak of."""
    if "year" in params:
        return dt.date(params["year"], 1, 1), dt.date(params["year"], 12, 31)
    return dt.date.fromisoformat(params["since"]), dt.date.fromisoformat(params["until"])


def compared_with(since: dt.date, until: dt.date, how: str) -> tuple[dt.date, dt.date] | None:
    """The period it is held against: the one right before it, of the same length, or the same of the year before.

    Whole months and years stay whole.
    """
    if how == "year":
        return _year_before(since), _year_before(until)
    if how != "previous":
        return None
    last = since - dt.timedelta(days=1)
    whole = since.day == 1 and (until + dt.timedelta(days=1)).day == 1
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    if not whole:
        return since - dt.timedelta(days=(until - since).days + 1), last
    count = since.year * 12 + since.month - 1 - months
    return dt.date(count // 12, count % 12 + 1, 1), last


def _year_before(day: dt.date) -> dt.date:
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def with_period(params: dict[str, Any], since: dt.date, until: dt.date) -> dict[str, Any]:
    """The parameters of a schedule for one of its periods."""
    if "year" in params:
        return {**params, "year": since.year}
    return {**params, "since": since.isoformat(), "until": until.isoformat()}
