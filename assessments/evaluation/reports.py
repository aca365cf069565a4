"""The self-assessment as a document: result by layer, gaps, and every item with its answer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core.models import Attachment, Decision
from secmgmt.core.reporting.document import (
    BarChart,
    Block,
    Contents,
    Cover,
    Document,
    GroupRow,
    Heading,
    KeyValues,
    Meta,
    PageBreak,
    Paragraph,
    RadarChart,
    Series,
    Signature,
    Table,
)
from secmgmt.core.reporting.text import name_only

from . import findings, formulas, printed, report_reuse, results, sources
from .models import Answer, Assessment
from .reuse_models import AnswerSource

MOST_SPOKES = 12  # labels of more would lie over each other; extensions bring up to five layers each
LAYER_HEADS = ("层面", "项数", "符合", "部分符合", "不符合", "不适用", "未答", "符合率")


def build(assessment: Assessment, *, by: Any, at: dt.datetime) -> Document:
    """The report of ``assessment`` as its answers stand at ``at``; while it is not confirmed it says so."""
    rows = assessment.answers.order_by("order").select_related("guidance").prefetch_related("component_results")
    answers = list(rows)
    summary = results.standing(assessment, answers)
    demo = assessment.protected_object.is_demo
    origins = sources.of_assessment(assessment)
    gaps, kept = [answer for answer in answers if answer.is_gap], printed.printed(assessment, answers)
    return Document(
        title=assessment.title,
        blocks=[
            _cover(assessment, kept["object"]),
            Contents(1),
            PageBreak(),
            Heading(1, _("一、结论")),
            KeyValues(_facts(assessment, summary, kept)),
            Paragraph(summary.sentence, "note"),
            Heading(1, _("二、对象概况与网络拓扑")),
            *_profile(assessment, kept),
            Heading(1, _("三、评估方法")),
            *_method(assessment, summary, answers, kept),
            Heading(1, _("四、各层面结果")),
            _layers(summary),
            *_charts(summary),
            Heading(2, _("（一）控制点结果")),
            _control_points(summary),
            Heading(1, _("五、问题与风险")),
            Heading(2, _("（一）部分符合与不符合项")),
            *_gaps(gaps, kept["remedies"]),
            Heading(2, _("（二）高风险判例（可能构成重大风险隐患，须研判）")),
            *_hazards(gaps, kept["cases"]),
            *_after(assessment, answers),
            Heading(1, _("六、与上次比较")),
            *report_reuse.comparison(assessment),
            Heading(1, _("七、逐项结果")),
            *report_reuse.told(answers, origins),
            _items(answers, assessment.method, origins),
            Heading(1, _("八、办理与签署")),
            *_trail(assessment),
            Signature([_("填报人"), _("系统负责人"), _("单位网安负责人")]),
            Heading(1, _("附录　证据清单")),
            *_evidence(assessment),
        ],
        meta=Meta(generated_at=at, generated_by=name_only(by.audit_name), footer=str(assessment), demo=demo),
    )


def _after(assessment: Assessment, answers: list[Answer]) -> list[Block]:
    """评估时 and 整改后 side by side, once gaps are followed up."""
    found = findings.after(assessment, answers)
    if found is None:
        return []
    note = _("整改事项 %(n)d 项，已关闭 %(closed)d 项。评估时的结果不因整改而改变；整改后的数字按同一规则重新计算。")
    own = _("整改后结果为单位自述，以再次测评为准。") if found.self_declared else ""
    return [
        Heading(2, _("（三）评估时与整改后")),
        Table([_("指标"), _("评估时"), _("整改后")], [list(row) for row in found.rows]),
        Paragraph(note % {"n": found.items, "closed": found.closed} + own, "note"),
    ]


def _cover(assessment: Assessment, obj: dict[str, Any]) -> Cover:
    return Cover(
        title=_("网络安全等级保护%(noun)s报告") % {"noun": assessment.noun} if not assessment.by_agency
        else _("%(noun)s逐项结果") % {"noun": assessment.noun},
        subtitle=obj["name"],
        org=obj["unit"],
        date=assessment.report_date,
        facts=[
            (_("安全保护等级"), assessment.level_line),
            (_("备案证明编号"), obj["filing_number"] or _("尚无")),
            (_("评估依据"), assessment.standard_code),
            *([(_("测评机构"), assessment.assessor)] if assessment.by_agency else []),
        ],
        notice="" if assessment.state == "confirmed" else _("本报告尚未确认，仅供内部核对。"),
    )


def _facts(assessment: Assessment, summary: results.Summary, kept: dict[str, Any]) -> list[tuple[str, Any]]:
    levels = f"S{assessment.business_level}A{assessment.service_level}G{assessment.level}"
    conclusion = summary.conclusion or _("未答完，不作结论")
    if summary.boundary_warning:
        conclusion = _("%(label)s（恰在界限上，请人工判定）") % {"label": conclusion}
    return [
        (_("对象"), kept["object"]["name"]),
        (_("等级"), levels),
        (_("依据"), kept["standard"]),
        (_("状态"), assessment.get_state_display()),
        (_("已答"), f"{summary.answered} / {summary.items}"),
        (assessment.method.figure, summary.total or "—"),
        *_parts(summary),
        (_("按逐项结果计算的结论") if assessment.by_agency else _("自评估结论（参考）"), conclusion),
        (_("可能构成重大风险隐患"), f"{summary.major_hazards} 项{_('，须研判') if summary.major_hazards else ''}"),
        (_("高风险、中风险问题"), f"{summary.high_risks} 项、{summary.medium_risks} 项"),
    ]


def _parts(summary: results.Summary) -> list[tuple[str, str]]:
    if not summary.technical:
        return []
    words = {"technical": summary.technical, "management": summary.management}
    return [(_("其中"), _("技术部分 %(technical)s，管理部分 %(management)s") % words)]


def _profile(assessment: Assessment, kept: dict[str, Any]) -> list[Any]:
    obj = kept["object"]
    facts = [
        (_("责任单位"), obj["unit"]),
        (_("对象类型"), obj["kind"]),
        (_("运行状态"), obj["status"]),
        (_("系统负责人"), obj["owner"] or _("尚无")),
        (_("新技术新应用"), obj["technical_kinds"] or _("无")),
        (_("备案证明"), obj["filing_number"] or _("尚无")),
        *map(tuple, obj.get("described", ())),
    ]
    if not kept["topology"]:
        return [KeyValues(facts), Paragraph(_("台账中还没有登记可绘制拓扑的部件和互联关系。"))]
    return [KeyValues(facts), printed.drawing(kept["topology"], linked=not assessment.result)]


def _method(
    assessment: Assessment, summary: results.Summary, answers: list[Answer], kept: dict[str, Any]
) -> list[Any]:
    text = _(
        "依据 %(standard)s，按业务信息、系统服务和通用要求各自的级别选取适用项共 %(n)d 项，逐项给出符合、部分符合、"
        "不符合或不适用。控制点结果按 GB/T 28449-2018 得出：各项全部符合为符合，全部不符合为不符合，"
        "全部不适用为不适用，其余为部分符合；有适用项时，不适用项不计。"
    ) % {"standard": kept["standard"], "n": assessment.total}
    meaning = _("本结论为自评估结论，仅供参考，不是等级测评结论。")
    if assessment.by_agency:
        meaning = _("逐项结果由%(agency)s测评得出，结论以其出具的测评报告为准。") % {"agency": assessment.assessor}
    blocks: list[Any] = [Paragraph(text + meaning)]
    if assessment.method.is_weighted:
        given = [answer.weight for answer in answers]
        words = {"w3": given.count(3), "w2": given.count(2), "w1": given.count(1)}
        blocks.append(Paragraph(_("重要程度：关键 %(w3)d 项，重要 %(w2)d 项，一般 %(w1)d 项。") % words))
    if kept["object"]["is_big_data"]:
        blocks.append(Paragraph(_("对象采用大数据技术；该扩展要求不在所用标准条款之内，本次未评。"), "note"))
    return blocks


def _charts(summary: results.Summary) -> list[Any]:
    """The layers' rates as radar, many as bars; the counts as stacked bars; without an answer nothing to draw."""
    scored = [layer for layer in summary.layers if layer.rate]
    if not scored:
        return []
    weakest = min(scored, key=lambda layer: Decimal(layer.rate))
    names = [layer.name for layer in summary.layers]
    rates = [Decimal(layer.rate) if layer.rate else None for layer in summary.layers]
    finding = _("%(name)s符合率最低，为 %(rate)s。") % {"name": weakest.name, "rate": weakest.rate}
    counts = [
        Series(_("符合"), [layer.met for layer in summary.layers]),
        Series(_("部分符合"), [layer.partial for layer in summary.layers]),
        Series(_("不符合"), [layer.unmet for layer in summary.layers]),
    ]
    gaps = sum(layer.partial + layer.unmet for layer in summary.layers)
    chart = RadarChart if len(names) <= MOST_SPOKES else BarChart
    return [
        chart(_("图 1　各层面符合率"), names, [Series(_("本次自评估"), rates)], finding, 100, "%"),
        BarChart(
            _("图 2　各层面结果构成"), names, counts,
            _("部分符合与不符合共 %(n)d 项。") % {"n": gaps}, stacked=True,
        ),
    ]  # fmt: skip


def _evidence(assessment: Assessment) -> list[Any]:
    """Every file of every item with its digest, so that a printed report can be held against the files."""
    kind = ContentType.objects.get_for_model(Answer)
    codes = dict(assessment.answers.values_list("pk", "code"))
    files = Attachment.objects.filter(content_type=kind, object_id__in=codes).order_by("object_id", "pk")
    rows = [(codes[f.object_id], f.name, f"{f.algorithm.upper()} {f.digest}") for f in files]
    if not rows:
        return [Paragraph(_("没有上传证据文件。"))]
    return [Table([_("条款"), _("文件"), _("摘要")], rows, widths=(3, 6, 9))]


def _layers(summary: results.Summary) -> Table:
    rows = [
        (layer.name, layer.total, layer.met, layer.partial, layer.unmet, layer.not_applicable, layer.open,
         Decimal(layer.rate) if layer.rate else "—")
        for layer in summary.layers
    ]  # fmt: skip
    note = _("层面符合率按%(formula)s计。") % {"formula": summary.layer_formula}
    widths = (13, 3, 3, 4, 4, 4, 3, 4)  # an extension's layer on one line
    return Table([_(head) for head in LAYER_HEADS], rows, align="lrrrrrrr", note=note, widths=widths)


def _gaps(gaps: list[Answer], remedies: dict[str, str]) -> list[Any]:
    if not gaps:
        return [Paragraph(_("没有部分符合或不符合的测评项。"))]
    heads = [_("条款"), _("要求"), _("结果"), _("现状说明"), _("风险"), _("整改建议")]
    rows = [
        (a.code, a.summary, a.get_result_display(), _found(a), a.risk, remedies.get(a.code, "")) for a in gaps
    ]
    return [Table(heads, rows, widths=(15, 24, 9, 26, 6, 24))]


def _hazards(gaps: list[Answer], titles: dict[str, str]) -> list[Any]:
    """The items to which the unit itself says cases of the 2025 guideline apply, as many as ``results`` counts.

    Whether such an item is a 重大风险隐患 is for people to judge; the conclusion reckons with each.
    """
    found = results.hazardous(gaps)
    if not found:
        return [Paragraph(_("没有认定符合高风险判例的问题。"))]

    def cases(answer: Answer) -> str:
        return "；".join(f"{case} {titles.get(case, '')}".strip() for case in answer.high_risk_applies)

    lines = [(answer.code, cases(answer), answer.found) for answer in found]
    told = _(
        "下列 %(n)d 项问题符合高风险判例，可能构成重大风险隐患，须按相关性、严重性、高发性研判；"
        "也可能由多项问题共同构成。研判前，自评估结论从严，按均已构成计。"
    )
    heads = [_("条款"), _("高风险判例"), _("现状说明")]
    return [Paragraph(told % {"n": len(found)}), Table(heads, lines, widths=(4, 9, 7))]


def _control_points(summary: results.Summary) -> Table:
    rows: list[Any] = []
    for layer in summary.layers:
        rows.append(GroupRow(layer.name))
        cells = [cell for point in layer.points for cell in (point.name, point.label or _("未答完"))]
        cells += ["", ""] * (len(layer.points) % 2)
        rows += [tuple(cells[start : start + 4]) for start in range(0, len(cells), 4)]
    return Table([_("控制点"), _("结果")] * 2, rows, widths=(6, 3, 6, 3))


def _trail(assessment: Assessment) -> list[Any]:
    """Who submitted, returned and confirmed it, when and with what opinion."""
    rows = [
        (decision.label, name_only(decision.by_name), when.strftime("%Y-%m-%d %H:%M"), decision.opinion or "—")
        for decision in reversed(Decision.of(assessment))
        for when in [timezone.localtime(decision.at)]
    ]
    if not rows:
        return [Paragraph(_("还没有提交。"))]
    return [Table([_("步骤"), _("办理人"), _("时间"), _("意见")], rows, widths=(2, 4, 4, 7))]


def _found(answer: Answer) -> str:
    """The finding, with the results by component where there are any."""
    parts = [f"{entry.name}：{entry.get_result_display()}" for entry in answer.component_results.all()]
    return "\n".join([*([answer.found] if answer.found else []), *parts])


def _items(answers: list[Answer], method: formulas.Method, origins: dict[int, list[AnswerSource]]) -> Table:
    """Every item; where weights count, an item that is more than 一般 says so; so does what was taken over."""
    rows: list[Any] = []
    group = ""
    for answer in answers:
        name = f"{results.layer_title(answer.scope, answer.layer)} · {answer.control_point}"
        if name != group:
            group = name
            rows.append(GroupRow(name))
        heavy = method.is_weighted and answer.weight > 1
        code = f"{answer.code}\n{formulas.WEIGHT_LABELS[answer.weight]}" if heavy else answer.code
        marks = report_reuse.marks(answer, origins.get(answer.pk, []))
        found = "\n".join(line for line in (_found(answer), *marks) if line)
        rows.append((code, answer.summary, answer.get_result_display() or _("未答"), found))
    return Table([_("条款"), _("要求"), _("结果"), _("现状说明")], rows, widths=(3, 7, 2, 6))


def line(assessment: Assessment) -> str:
    """What tells an assessment from its like: object, title, date, state."""
    day, state = assessment.report_date.isoformat(), assessment.get_state_display()
    name = str(assessment.protected_object)
    title = assessment.title if assessment.title.startswith(name) else f"{name} · {assessment.title}"
    return f"{title}（{day}，{state}）"
