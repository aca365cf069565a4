"""The compliance report of a unit, the city or one object over a period: the chosen chapters, all from the figures.

It tells what its maker may see at the moment it is made, so it is his alone.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core.figures import FigureScope, ReportScope
from secmgmt.core.reporting.document import Contents, Cover, Document, Heading, Meta, PageBreak, Paragraph
from secmgmt.core.reporting.text import name_only

from . import scope as scopes
from .overview import level_name
from .report_options import COMPARED, chapters, compared_with, period_of

NUMBERS = "一二三四五六七八九十"


def build_unit(unit: Any, *, by: Any, at: dt.datetime, params: dict[str, Any]) -> Document:
    """The report of a unit with everything beneath it; of the root unit it is the city's."""
    return _document(unit, str(unit), _within(by, at, params, paths=(unit.path,)), params, by, at)


def build_object(obj: Any, *, by: Any, at: dt.datetime, params: dict[str, Any]) -> Document:
    """The report of one object."""
    return _document(obj, str(obj), _within(by, at, params, subject=obj.pk), params, by, at)


def _within(by: Any, at: dt.datetime, params: dict[str, Any], **of: Any) -> FigureScope:
    since, until = period_of(params)
    level = int(params["level"]) if params.get("level") else None
    return FigureScope(by, since, until, timezone.localdate(at), level=level, **of)


def _document(
    subject: Any, name: str, scope: FigureScope, params: dict[str, Any], by: Any, at: dt.datetime
) -> Document:
    other = compared_with(scope.since, scope.until, params.get("compare", ""))
    known = tuple(scopes.figures_for(by, scope.subject))
    told = ReportScope(subject, scope, scope.over(*other) if other else None, known, at)
    blocks: list[Any] = [_cover(name, told, params), Contents(1), PageBreak()]
    number = 0
    for chapter in chapters():
        if chapter.code not in params["chapters"]:
            continue
        found = chapter.build(told)
        number += 1
        blocks.append(Heading(1, f"{numeral(number)}、{chapter.label}"))
        blocks += found or [Paragraph(_("本期没有这方面的记录。"))]
    demo = getattr(subject, "is_demo", False)
    meta = Meta(generated_at=at, generated_by=name_only(by.audit_name), footer=name, demo=demo)
    return Document(title=title_of(name, scope.since, scope.until), blocks=blocks, meta=meta)


def title_of(name: str, since: dt.date, until: dt.date) -> str:
    """颍川市网络安全合规报告（2026 年）."""
    return _("%(name)s网络安全合规报告（%(period)s）") % {"name": name, "period": period_name(since, until)}


def period_name(since: dt.date, until: dt.date) -> str:
    """2026 年, 2026 年 10 月, or from day to day."""
    after = until + dt.timedelta(days=1)
    if (since.month, since.day, after.month, after.day) == (1, 1, 1, 1) and after.year == since.year + 1:
        return _("%(year)d 年") % {"year": since.year}
    if since.day == after.day == 1 and (since.year, since.month) == (until.year, until.month):
        return _("%(year)d 年 %(month)d 月") % {"year": since.year, "month": since.month}
    return _("%(since)s 至 %(until)s") % {"since": since.isoformat(), "until": until.isoformat()}


def numeral(number: int) -> str:
    """一 … 十, 十一 … 九十九."""
    tens, ones = divmod(number, 10)
    if not tens:
        return NUMBERS[ones - 1]
    return ("" if tens == 1 else NUMBERS[tens - 1]) + "十" + (NUMBERS[ones - 1] if ones else "")


def _cover(name: str, told: ReportScope, params: dict[str, Any]) -> Cover:
    scope, other = told.scope, told.compared
    facts: list[tuple[str, Any]] = [(_("期间"), period_name(scope.since, scope.until))]
    if other:
        label = COMPARED[params["compare"]]
        facts.append((_("对比期间"), f"{label}：{period_name(other.since, other.until)}"))
    if scope.level is not None:
        facts.append((_("等级"), level_name(scope.level)))
    facts.append((_("数据截至"), scope.day.isoformat()))
    running = scope.until >= scope.today
    return Cover(
        title=_("网络安全合规报告"),
        subtitle=name,
        org=_issuer(told),
        date=timezone.localdate(told.at),
        facts=facts,
        notice=_("本报告按制作人制作时的权限汇总。") + (_("期间尚未结束，数据为截至当日。") if running else ""),
    )


def _issuer(told: ReportScope) -> str:
    unit = getattr(told.scope.user, "unit", None)
    return str(unit) if unit else ""

