"""整改方案 and 整改报告 of an object or of one item, in the layout of GB/T 9704.

No standard gives either a form; the chapters follow what GB/T 28449-2018 (8.2.5, risk and measure of each problem) and
the city's own routing ask of a plan, and what a verifier has to see of a result.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core.models import Decision
from secmgmt.core.reporting.document import Document, Heading, KeyValues, Meta, Paragraph, SignOff, Table
from secmgmt.core.reporting.text import chinese_date, name_only

from . import queries
from .choices import OPEN, Risk, State
from .models import Rectification

DECIDED = ("approve", "return_plan", "approve_extension", "return_extension", "accept")
RANK = {Risk.HIGH.value: 1, Risk.MEDIUM.value: 2, Risk.LOW.value: 3}


def items_for(obj: Any, by: Any) -> list[Rectification]:
    """The items of ``obj`` that ``by`` may hand out, the gravest first."""
    rows = Rectification.objects.visible_to(by, "export").filter(protected_object=obj)
    found = rows.select_related("protected_object__unit", "owner").order_by("due_on", "pk")
    return sorted(found, key=lambda row: 0 if row.major else RANK[row.risk])


def build_plan(obj: Any, *, by: Any, at: dt.datetime) -> Document:
    """整改方案 of what is open on an object; an accepted risk has no plan until it comes back."""
    rows = [row for row in items_for(obj, by) if row.state in OPEN and row.state != State.ACCEPTED]
    return plan(obj, rows, str(obj), by=by, at=at)


def build_item_plan(item: Rectification, *, by: Any, at: dt.datetime) -> Document:
    """整改方案 of one item."""
    return plan(item.protected_object, [item], str(item), by=by, at=at)


def build_item_report(item: Rectification, *, by: Any, at: dt.datetime) -> Document:
    """整改报告 of one item."""
    return report(item.protected_object, [item], str(item), by=by, at=at)


def item_line(item: Rectification) -> str:
    """What tells an item from its like."""
    return f"{item.number} {item.title}（{item.protected_object}，{item.get_state_display()}）"


# -- 整改方案 ------------------------------------------------------------------------------------------------


def plan(obj: Any, rows: Sequence[Rectification], name: str, *, by: Any, at: dt.datetime) -> Document:
    """What is to be done about ``rows``, by whom, by when, at what cost, and who approved it."""
    decided = decisions_of(rows)
    drafts = [row for row in rows if not row.planned]
    blocks: list[Any] = []
    if drafts:
        told = _("其中 %(n)d 项的方案尚未批准，本稿供审批讨论。") % {"n": len(drafts)}
        blocks.append(Paragraph(told, "note"))
    blocks += [Heading(1, _("一、基本情况")), *_facts(obj, rows)]
    blocks += [Heading(1, _("二、问题清单")), *_problems(rows)]
    blocks += [Heading(1, _("三、整改措施"))]
    for number, row in enumerate(rows, 1):
        blocks += [Heading(2, f"（{numeral(number)}）{row.title}"), KeyValues(_measures(row))]
    blocks += [Heading(1, _("四、进度和经费")), *_schedule(rows)]
    blocks += [Heading(1, _("五、审批意见")), *_opinions(rows, decided)]
    return _document(_("%(name)s整改方案") % {"name": name}, blocks, obj, by=by, at=at)


def _facts(obj: Any, rows: Sequence[Rectification]) -> list[Any]:
    risks = Counter(row.risk for row in rows)
    origins = Counter(row.get_origin_display() for row in rows)
    pairs = [
        (_("定级对象"), str(obj)), (_("安全保护等级"), obj.level_tag), (_("责任单位"), str(obj.unit)),
        (_("系统负责人"), name_only(obj.owner.audit_name) if obj.owner else "—"),
        (_("问题来源"), "、".join(f"{origin} {n} 项" for origin, n in origins.items()) or "—"),
        (_("问题数量"), _("%(n)d 项：高风险 %(high)d，中风险 %(medium)d，低风险 %(low)d") % {
            "n": len(rows), "high": risks["高"], "medium": risks["中"], "low": risks["低"]
        }),
        (_("重大风险隐患"), queries.hazards_in(rows).label),
    ]  # fmt: skip
    return [KeyValues(pairs)]


def _problems(rows: Sequence[Rectification]) -> list[Any]:
    if not rows:
        return [Paragraph(_("没有未关闭的问题。"))]
    cells = [
        (row.number, row.title, f"{row.standard} {row.clause}".strip() or "—", row.risk_tag, row.due_on.isoformat())
        for row in rows
    ]
    heads = [_("编号"), _("问题"), _("依据"), _("风险"), _("整改期限")]
    return [Table(heads, cells, widths=(4, 8, 6, 3, 4), align="lllll")]


def _measures(row: Rectification) -> list[tuple[str, Any]]:
    return [
        (_("问题描述"), row.finding), (_("要求"), row.requirement or "—"), (_("涉及部件"), row.component or "—"),
        (_("原因分析"), row.root_cause or _("未填写")), (_("整改措施"), row.measure or _("未填写")),
        (_("整改后达到"), row.expected or _("未填写")), (_("过渡期措施"), row.interim or "—"),
        (_("责任人"), name_only(row.owner.audit_name) if row.owner else _("未指定")),
        (_("人员和资源"), row.resources or "—"),
    ]  # fmt: skip


def _schedule(rows: Sequence[Rectification]) -> list[Any]:
    if not rows:
        return [Paragraph(_("没有需要安排的事项。"))]
    cells = [
        (
            row.number, name_only(row.owner.audit_name) if row.owner else "—", row.due_on.isoformat(),
            row.due_basis or "—", "—" if row.cost is None else f"{row.cost}",
        )
        for row in sorted(rows, key=lambda row: row.due_on)
    ]  # fmt: skip
    total = sum((row.cost or Decimal(0) for row in rows), Decimal(0))
    table = Table([_("编号"), _("责任人"), _("期限"), _("期限依据"), _("经费（万元）")], cells, widths=(4, 3, 4, 8, 4),
                  align="llllr")  # fmt: skip
    unknown = sum(row.cost is None for row in rows)
    told = _("所需经费合计 %(total)s 万元") % {"total": total}
    return [table, Paragraph(told + (_("，另有 %(n)d 项未填。") % {"n": unknown} if unknown else "。"))]


def _opinions(rows: Sequence[Rectification], decided: dict[int, list[Decision]]) -> list[Any]:
    cells = [
        (row.number, step.label, name_only(step.by_name), _day(step.at), step.opinion or "—")
        for row in rows
        for step in decided[row.pk]
        if step.transition in DECIDED
    ]
    if not cells:
        return [Paragraph(_("尚无审批意见。"))]
    heads = [_("编号"), _("事项"), _("办理人"), _("日期"), _("意见")]
    return [Table(heads, cells, widths=(4, 4, 4, 4, 9), align="lllll")]


# -- 整改报告 ------------------------------------------------------------------------------------------------


def report(
    obj: Any, rows: Sequence[Rectification], name: str, *, by: Any, at: dt.datetime, compared: Sequence[Any] = ()
) -> Document:
    """What became of ``rows``: done, left, accepted. ``compared``: blocks that set 评估时 and 整改后 side by side."""
    day = timezone.localdate(at)
    closed = [row for row in rows if row.state == State.CLOSED]
    accepted = [row for row in rows if row.state == State.ACCEPTED]
    left = [row for row in rows if row.state in OPEN and row.state != State.ACCEPTED]
    chapters: list[tuple[str, list[Any]]] = [
        (_("总体情况"), _overview(obj, rows, closed, accepted, left, day)), (_("已完成整改"), _done(closed)),
        (_("未完成整改"), _left(left, day)), (_("接受的风险"), _accepted(accepted, decisions_of(accepted))),
    ]  # fmt: skip
    if compared:
        chapters.insert(1, (_("评估时与整改后"), list(compared)))
    blocks: list[Any] = []
    for number, (title, found) in zip("一二三四五", chapters, strict=False):
        blocks += [Heading(1, f"{number}、{title}"), *found]
    return _document(_("%(name)s整改报告") % {"name": name}, blocks, obj, by=by, at=at)


def _overview(
    obj: Any, rows: Sequence[Rectification], closed: list[Any], accepted: list[Any], left: list[Any], day: dt.date
) -> list[Any]:
    late = sum(row.is_running and row.due_on < day for row in left)
    share = _("，整改完成率 %(rate)s%%") % {"rate": round(len(closed) * 100 / len(rows), 1)} if rows else ""
    told = _(
        "截至%(day)s，%(name)s共发现问题 %(n)d 项，已关闭 %(closed)d 项%(share)s；"
        "未完成 %(left)d 项，其中逾期 %(late)d 项；经批准接受风险 %(accepted)d 项。"
        "重大风险隐患数量（按整改前计）：%(hazards)s。"
    ) % {
        "day": chinese_date(day), "name": obj, "n": len(rows), "closed": len(closed), "share": share, "left": len(left),
        "late": late, "accepted": len(accepted), "hazards": queries.hazards_in(rows).label,
    }  # fmt: skip
    return [*_facts(obj, rows), Paragraph(told)]


def _done(rows: list[Rectification]) -> list[Any]:
    if not rows:
        return [Paragraph(_("还没有关闭的问题。"))]
    standing = queries.standing_results(rows)
    cells, own = [], False
    for row in rows:
        result = standing.get(row.pk)
        own = own or bool(result and result.self_declared)
        mark = _("（单位自述）") if result and result.self_declared else ""
        cells.append((
            row.number, row.title, row.risk_tag, row.outcome or "—",
            f"{result.get_result_display()}{mark}" if result else "—",
            f"{name_only(result.verifier_name)} {result.on.isoformat()}" if result else "—",
            _("%d 份") % len(result.evidence) if result else "—",
        ))  # fmt: skip
    heads = [_("编号"), _("问题"), _("风险"), _("整改结果"), _("整改后"), _("验证"), _("证据")]
    table = Table(heads, cells, widths=(4, 6, 3, 7, 4, 4, 2), align="lllllll")
    note = [Paragraph(_("等级测评发现的问题，整改后结果为单位自述，以再次测评为准。"), "note")] if own else []
    return [table, *note]


def _left(rows: list[Rectification], day: dt.date) -> list[Any]:
    if not rows:
        return [Paragraph(_("没有未完成的整改。"))]
    cells = []
    for row in rows:
        days = (day - row.due_on).days
        late = _("，逾期 %(n)d 天") % {"n": days} if row.is_running and days > 0 else ""
        extended = _("，延期 %(n)d 次") % {"n": row.extensions} if row.extensions else ""
        told = row.progress or row.interim or "—"
        due = f"{row.due_on.isoformat()}{late}{extended}"
        cells.append((row.number, row.title, row.risk_tag, str(row.get_state_display()), due, told))
    heads = [_("编号"), _("问题"), _("风险"), _("状态"), _("期限"), _("进展或过渡期措施")]
    return [Table(heads, cells, widths=(4, 6, 3, 3, 4, 8), align="llllll")]


def _accepted(rows: list[Rectification], decided: dict[int, list[Decision]]) -> list[Any]:
    if not rows:
        return [Paragraph(_("没有接受的风险。"))]
    cells = []
    for row in rows:
        step = next((step for step in decided[row.pk] if step.transition == "accept"), None)
        who = f"{name_only(step.by_name)} {_day(step.at)}" if step else "—"
        until = row.accepted_until.isoformat() if row.accepted_until else "—"
        cells.append((row.number, row.title, row.risk_tag, row.asked_reason, until, who))
    heads = [_("编号"), _("问题"), _("风险"), _("理由和现有控制"), _("接受至"), _("批准")]
    return [Table(heads, cells, widths=(4, 6, 3, 8, 4, 4), align="llllll")]


def numeral(number: int) -> str:
    """十二 for 12, as headings of the second level count (GB/T 9704-2012 7.3.3); up to 999."""
    digits = "〇一二三四五六七八九"
    if number < 20:
        return ("十" if number >= 10 else "") + (digits[number % 10] if number % 10 else "")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    gap = "〇" if hundreds and not tens and ones else ""
    return (f"{digits[hundreds]}百" if hundreds else "") + (f"{digits[tens]}十" if tens else gap) + (
        digits[ones] if ones else ""
    )


# -- both ----------------------------------------------------------------------------------------------------


def decisions_of(rows: Sequence[Rectification]) -> dict[int, list[Decision]]:
    """Item → the steps taken on it, the oldest first: one query."""
    kind = ContentType.objects.get_for_model(Rectification)
    steps = Decision.objects.filter(content_type=kind, object_id__in=[row.pk for row in rows]).order_by("at", "pk")
    found: dict[int, list[Decision]] = defaultdict(list)
    for step in steps:
        found[step.object_id].append(step)
    return found


def _day(at: dt.datetime) -> str:
    return timezone.localdate(at).isoformat()


def _document(title: str, blocks: list[Any], obj: Any, *, by: Any, at: dt.datetime) -> Document:
    blocks.append(SignOff(str(obj.unit), timezone.localdate(at)))
    meta = Meta(
        generated_at=at, generated_by=by.audit_name, footer=title[:80], demo=obj.is_demo, layout="official"
    )  # fmt: skip
    return Document(title=title, blocks=blocks, meta=meta)
