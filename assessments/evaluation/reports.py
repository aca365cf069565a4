"""The self-assessment as a document: result by layer, gaps, and every item with its answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core.reporting.document import (
    Cover,
    Document,
    GroupRow,
    Heading,
    KeyValues,
    Meta,
    Paragraph,
    Table,
)

from . import points, results
from .models import Answer, Assessment

LAYER_HEADS = ("层面", "项数", "符合", "部分符合", "不符合", "不适用", "未答", "符合率")


def build(assessment: Assessment, *, by: Any, at: dt.datetime) -> Document:
    """The report of ``assessment`` as its answers stand at ``at``; while it is not confirmed it says so."""
    answers = list(assessment.answers.order_by("order"))
    summary = results.summary(assessment, answers)
    obj = assessment.protected_object
    draft = "" if assessment.state == "confirmed" else _("本报告尚未确认，仅供内部核对。")
    gaps = [a for a in answers if a.result in (points.PARTIAL, points.UNMET)]
    return Document(
        title=assessment.title,
        blocks=[
            Cover(
                title=_("网络安全等级保护自评估报告"),
                subtitle=str(obj),
                org=str(obj.unit),
                date=assessment.report_date,
                notice=draft,
            ),
            Heading(1, _("一、结论")),
            KeyValues(_facts(assessment, summary)),
            Paragraph(summary.sentence, "note"),
            Heading(1, _("二、各层面结果")),
            _layers(summary),
            Heading(1, _("三、部分符合与不符合项")),
            *_gaps(gaps),
            Heading(1, _("四、逐项结果")),
            _items(answers),
        ],
        meta=Meta(generated_at=at, generated_by=by.audit_name, footer=str(assessment)),
    )


def _facts(assessment: Assessment, summary: results.Summary) -> list[tuple[str, Any]]:
    levels = f"S{assessment.business_level}A{assessment.service_level}G{assessment.level}"
    conclusion = summary.conclusion or _("未答完，不作结论")
    if summary.boundary_warning:
        conclusion = _("%(label)s（恰在界限上，请人工判定）") % {"label": conclusion}
    return [
        (_("对象"), str(assessment.protected_object)),
        (_("等级"), levels),
        (_("依据"), assessment.standard_code),
        (_("状态"), assessment.get_state_display()),
        (_("已答"), f"{summary.answered} / {summary.items}"),
        (_("得分（率）"), summary.total or "—"),
        (_("结论"), conclusion),
        (_("重大风险隐患"), summary.major_hazards),
        (_("高风险项、中风险项"), f"{summary.high_risks}、{summary.medium_risks}"),
    ]


def _layers(summary: results.Summary) -> Table:
    rows = [
        (layer.name, layer.total, layer.met, layer.partial, layer.unmet, layer.not_applicable, layer.open,
         layer.rate or "—")
        for layer in summary.layers
    ]  # fmt: skip
    note = _("层面符合率按%(formula)s计。") % {"formula": summary.layer_formula}
    return Table([_(head) for head in LAYER_HEADS], rows, align="lrrrrrrr", note=note)


def _gaps(gaps: list[Answer]) -> list[Any]:
    if not gaps:
        return [Paragraph(_("没有部分符合或不符合的测评项。"))]
    heads = [_("条款"), _("要求"), _("结果"), _("现状说明"), _("风险")]
    rows = [(a.code, a.summary, a.get_result_display(), a.found, a.risk) for a in gaps]
    return [Table(heads, rows, widths=(3, 6, 2, 6, 1))]


def _items(answers: list[Answer]) -> Table:
    rows: list[Any] = []
    group = ""
    for answer in answers:
        name = f"{answer.layer} · {answer.control_point}"
        if name != group:
            group = name
            rows.append(GroupRow(name))
        rows.append((answer.code, answer.summary, answer.get_result_display() or _("未答"), answer.found))
    return Table([_("条款"), _("要求"), _("结果"), _("现状说明")], rows, widths=(3, 7, 2, 6))
