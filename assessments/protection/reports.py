"""The plan as a document: assets, measures there are, problems with their causes, how they are put right, what follows.

These five are the contents named by 公网安〔2025〕1846 号, question 23; the order is ours.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.calendar.queries import duties_of
from assessments.engagement.models import Engagement
from assessments.evaluation import points, results
from assessments.evaluation.models import Assessment
from assessments.rectification.choices import State
from assessments.rectification.models import Rectification
from assets.models import Component, DataCategory, Interconnection
from secmgmt.core.reporting.document import (
    Block,
    Document,
    Heading,
    KeyValues,
    Meta,
    Paragraph,
    SignOff,
    Table,
)
from secmgmt.core.reporting.text import name_only

from . import queries

# the groups of assets the plan is to name → kinds of components
ASSETS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("基础环境"), ("room", "server", "storage", "terminal")),
    (gettext_lazy("网络设备"), ("network",)),
    (gettext_lazy("系统软件和业务应用"), ("system", "application")),
    (gettext_lazy("安全产品"), ("security",)),
)
NAMED = 12  # components named in a line of the table
DUTIES = 20


def build(obj: Any, *, by: Any, at: dt.datetime, params: dict[str, Any]) -> Document:
    """The plan of ``params["year"]`` as the records stand at ``at``; of a year that runs up to today."""
    today = timezone.localdate(at)
    since, until = dt.date(params["year"], 1, 1), min(dt.date(params["year"], 12, 31), today)
    basis = queries.results_of(obj, since, until)
    evaluation = queries.evaluation_of(obj, since, until)
    found = queries.problems(obj, since, until)
    words = {"name": obj, "year": params["year"]}
    blocks: list[Block] = [
        Heading(1, _("一、对象概况和编制依据")),
        *_basis(obj, evaluation, basis, params["year"]),
        Heading(1, _("二、资产情况")),
        *_assets(obj),
        Heading(1, _("三、现有安全保护措施")),
        *_measures(basis),
        Heading(1, _("四、存在的问题和成因")),
        *_problems(found, until),
        Heading(1, _("五、整改思路和措施")),
        *_remedies(found, until),
        Heading(1, _("六、后续工作计划")),
        *_following(obj, found, today),
        SignOff(str(obj.unit), today),
    ]
    return Document(
        title=_("%(name)s %(year)d 年网络安全保护工作方案") % words,
        blocks=blocks,
        meta=Meta(
            generated_at=at, generated_by=name_only(by.audit_name), footer=str(obj), demo=obj.is_demo, layout="official"
        ),
    )


def _basis(obj: Any, evaluation: Engagement | None, basis: Assessment | None, year: int) -> list[Block]:
    text = _("第三级及以上对象每年根据当年测评结果编制本方案，十二月三十一日前报公安机关（公网安〔2025〕1846 号）。")
    facts: list[tuple[str, Any]] = [
        (_("对象名称"), str(obj)),
        (_("责任单位"), str(obj.unit)),
        (_("安全保护等级"), obj.level_tag),
        (_("备案证明编号"), obj.filing_number or _("尚无")),
        (_("系统负责人"), obj.owner_line),
        (_("运行状态"), obj.get_status_display()),
    ]
    blocks: list[Block] = [Paragraph(text), KeyValues(facts, columns=2)]
    if evaluation is not None:
        told = _("本方案依据 %(day)s %(agency)s出具的等级测评报告（%(number)s），测评结论为%(conclusion)s。")
        words = {
            "day": evaluation.report_date, "agency": evaluation.agency, "number": evaluation.report_number,
            "conclusion": evaluation.get_conclusion_display(),
        }  # fmt: skip
        return [*blocks, Paragraph(told % words)]
    if basis is None or basis.report_date.year != year:
        none = _("%(year)d 年还没有已审定的测评、评估结果，本方案按台账和已登记的问题编制，取得结果后应修订。")
        return [*blocks, Paragraph(none % {"year": year})]
    told = _("%(year)d 年还没有等级测评报告，本方案暂依据 %(day)s 的“%(title)s”，自评估结论（参考）为%(conclusion)s。")
    concluded = (basis.result or {}).get("conclusion") or "—"
    said: dict[str, Any] = {"year": year, "day": basis.report_date, "title": basis.title, "conclusion": concluded}
    return [*blocks, Paragraph(told % said)]


def _assets(obj: Any) -> list[Block]:
    rows = list(Component.objects.filter(protected_object=obj).order_by("kind", "-is_key", "name"))
    lines: list[tuple[Any, ...]] = []
    for label, kinds in ASSETS:
        mine = [row for row in rows if row.kind in kinds]
        names = "、".join(row.name for row in mine[:NAMED])
        more = _(" 等") if len(mine) > NAMED else ""
        lines.append((str(label), sum(row.quantity for row in mine), f"{names}{more}" if mine else _("没有登记")))
    data = DataCategory.objects.filter(protected_object=obj).order_by("-level", "name").values_list("name", flat=True)
    lines.append((_("数据资源"), "—", "、".join(data) or _("没有登记")))
    single = [row.name for row in rows if row.is_key and row.redundancy == Component.Redundancy.SINGLE]
    blocks: list[Block] = [
        Paragraph(_internet(obj)),
        Table([_("类别"), _("数量"), _("主要资产")], lines, widths=(3, 1.4, 8), align="lrl"),
    ]
    if single:
        blocks.append(Paragraph(_("关键部件中没有冗余的：%s。") % "、".join(single)))
    return blocks


def _internet(obj: Any) -> str:
    links = Interconnection.objects.filter(Q(from_object=obj) | Q(to_object=obj)).count()
    nature = obj.get_network_nature_display() or _("没有登记")
    return _("互联网资源：网络性质为%(nature)s，登记互联关系 %(n)d 条。") % {"nature": nature, "n": links}


def _measures(basis: Assessment | None) -> list[Block]:
    if basis is None:
        return [Paragraph(_("没有可以引用的测评、评估结果。"))]
    summary = results.standing(basis, list(basis.answers.order_by("order").select_related("guidance")))
    lines = [
        (layer.name, layer.total - layer.not_applicable, layer.met, layer.partial + layer.unmet, layer.rate or "—")
        for layer in summary.layers
    ]
    heads = [_("层面"), _("适用项"), _("已符合"), _("有差距"), _("符合率")]
    kept = "、".join(point.name for layer in summary.layers for point in layer.points if point.result == points.MET)
    text = _("已落实的控制点：%s。") % kept if kept else _("还没有全部符合的控制点。")
    source = _("以下引用 %(day)s 已审定的“%(title)s”。") % {"day": basis.report_date, "title": basis.title}
    return [Paragraph(source), Paragraph(text), Table(heads, lines, widths=(5, 2, 2, 2, 2), align="lrrrr")]


def _problems(found: list[Rectification], day: dt.date) -> list[Block]:
    if not found:
        return [Paragraph(_("没有登记应整改的问题。"))]
    closed = [row for row in found if row.closed_on and row.closed_on <= day]
    major = [row for row in found if row.major]
    text = _("应整改的问题 %(n)d 项，已关闭 %(closed)d 项；重大风险隐患 %(major)s。")
    told = f"{len(major)}" + (_("（%d个已整改）") % sum(row in closed for row in major) if major else _(" 项"))
    lines = [
        (row.number, row.title, row.risk_tag, row.root_cause or _("待分析"), row.get_state_display()) for row in found
    ]
    heads = [_("编号"), _("问题"), _("风险"), _("成因"), _("状态")]
    words = {"n": len(found), "closed": len(closed), "major": told}
    return [Paragraph(text % words), Table(heads, lines, widths=(2.6, 5, 1.8, 4, 2))]


def _remedies(found: list[Rectification], day: dt.date) -> list[Block]:
    left = [row for row in found if not row.closed_on or row.closed_on > day]
    if not left:
        return [Paragraph(_("没有待整改的问题，继续保持现有措施。"))]
    cost = sum((row.cost or Decimal(0) for row in left), Decimal(0))
    text = _("先重大风险隐患和高风险，后中、低风险；整改完成前落实过渡期措施。待整改 %(n)d 项，经费 %(cost)s 万元。")
    lines = [
        (
            row.title, row.measure or _("待制定"), row.interim or "—", str(row.owner or _("待指定")),
            row.accepted_until if row.state == State.ACCEPTED else row.due_on,
        )
        for row in left
    ]  # fmt: skip
    heads = [_("问题"), _("整改措施"), _("过渡期措施"), _("责任人"), _("期限")]
    return [Paragraph(text % {"n": len(left), "cost": cost}), Table(heads, lines, widths=(4, 5, 3.4, 2, 2.4))]


def _following(obj: Any, found: list[Rectification], today: dt.date) -> list[Block]:
    """The duties of the coming year and the dates of what is being put right."""
    last = today + dt.timedelta(days=365)
    duties = [duty for duty in duties_of([obj], today) if duty.day and duty.day <= last][:DUTIES]
    lines = [(duty.day, duty.rule.name, duty.rule.basis) for duty in duties]
    if not lines:
        return [Paragraph(_("一年内没有到期的定期义务。"))]
    open_ones = sum(1 for row in found if row.closed_on is None)
    text = _("按下列期限开展定期工作；整改事项 %(n)d 项按第五部分的期限办理，结果写入下一年度方案。")
    return [
        Paragraph(text % {"n": open_ones}),
        Table([_("期限"), _("工作"), _("依据")], lines, widths=(2.4, 4, 7)),
    ]


def line(obj: Any) -> str:
    """What tells an object from its like where one is chosen."""
    return f"{obj}（{obj.level_tag}，{obj.unit}）"
