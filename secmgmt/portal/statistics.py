"""年度等级保护工作统计: the year's figures of a unit as a table by level, for the meeting and for reporting upwards.

A line whose figure no installed feature provides is told as such and never as 0.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core.figures import Cell, Figure, FigureScope, cells_of, known_to, summed
from secmgmt.core.reporting.document import (
    Cover,
    Document,
    GroupRow,
    Heading,
    Meta,
    Paragraph,
    SignOff,
    Table,
)
from secmgmt.core.reporting.text import name_only

from . import scope as scopes
from .compliance import period_name
from .overview import level_name
from .report_options import period_of

SHOWN = (4, 3, 2)
# Group → (line, code of the figure that counts it): the fields asked for in yearly statistics.
LINES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("定级备案", (
        ("在册定级对象（个）", "objects"), ("定级备案率", "filed"), ("本年新增对象（个）", "added"),
        ("本年停用、注销对象（个）", "retired"), ("本年等级变更（项）", "regraded"),
    )),
    ("自评估和等级测评", (
        ("自评估完成率", "assessed"), ("自评估结论：符合（个）", "conforming"),
        ("自评估结论：基本符合（个）", "mostly-conforming"), ("自评估结论：不符合（个）", "not-conforming"),
        ("等级测评完成率", "evaluated"), ("测评结论：符合（个）", "evaluated-conforming"),
        ("测评结论：基本符合（个）", "evaluated-mostly"), ("测评结论：不符合（个）", "evaluated-not"),
    )),
    ("问题整改", (
        ("重大风险隐患（项）", "major-hazards"), ("高风险整改率", "high-closed"), ("整改完成率", "closure"),
        ("逾期未整改（项）", "rectification-overdue"),
    )),
    ("检查、审查和风险评估", (
        ("检查评估（次）", "inspections"), ("三同步审查率", "synchronized"), ("风险评估完成率", "risk-assessed"),
    )),
    ("应急", (
        ("已发布预案（个）", "plans-published"), ("应急演练（次）", "drills-held"), ("网络安全事件（起）", "incidents"),
    )),
    ("经费", (("网络安全经费（万元）", "security-budget"),)),
)  # fmt: skip


def build(unit: Any, *, by: Any, at: dt.datetime, params: dict[str, Any]) -> Document:
    """The statistics of a unit with everything beneath it, in official layout."""
    since, until = period_of(params)
    scope = FigureScope(by, since, until, timezone.localdate(at), paths=(unit.path,))
    known = {figure.code: figure for figure in scopes.figures()}
    title = _("%(unit)s %(year)d 年网络安全等级保护工作统计") % {"unit": unit, "year": since.year}
    told = _("统计范围为%(unit)s及其下级单位，期间为 %(period)s，数据截至 %(day)s。")
    words = {"unit": unit, "period": period_name(since, until), "day": scope.day.isoformat()}
    blocks: list[Any] = [
        Cover(title=title, org=str(by.unit or ""), date=timezone.localdate(at)),
        Heading(1, _("一、统计表")),
        Paragraph(told % words),
        _table(known, scope),
        Heading(1, _("二、口径")),
        *(Paragraph(f"{known[code].label}：{known[code].basis}") for _l, code in _all_lines() if code in known),
        SignOff(str(by.unit or unit), timezone.localdate(at)),
    ]
    meta = Meta(generated_at=at, generated_by=name_only(by.audit_name), demo=unit.is_demo, layout="official")
    return Document(title=title, blocks=blocks, meta=meta)


def _all_lines() -> list[tuple[str, str]]:
    return [line for _group, lines in LINES for line in lines]


def _table(known: dict[str, Figure], scope: FigureScope) -> Table:
    shown = {figure.code: figure for figure in known_to(scope.user, known.values())}
    asked = [figure for _l, code in _all_lines() if (figure := shown.get(code))]
    found = dict(zip((figure.code for figure in asked), cells_of([(one, scope) for one in asked]), strict=True))
    rows: list[Any] = []
    for group, lines in LINES:
        rows.append(GroupRow(_(group)))
        for label, code in lines:
            if code in found:
                rows.append(_row(_(label), shown[code], found[code]))
            else:
                rows.append((_(label), _("无权查看") if code in known else _("未启用"), *_none()))
    heads = [_("项目"), _("合计"), *(level_name(level) for level in SHOWN)]
    note = _("“未启用”为系统中还没有记录此项的功能，“无权查看”为制作人的岗位不查看此类记录；“—”为没有应计的对象。"
             "未定级和第一级只计入合计。")
    return Table(heads, rows, widths=(9, 5, *(4 for _level in SHOWN)), align="l" + "r" * (len(SHOWN) + 1), note=note)


def _row(label: str, figure: Figure, found: list[Cell]) -> tuple[str, ...]:
    by_level = (summed(figure, [cell for cell in found if cell.level == level]).text for level in SHOWN)
    return (label, summed(figure, found).text, *by_level)


def _none() -> tuple[str, ...]:
    return tuple("—" for _level in SHOWN)
