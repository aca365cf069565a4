"""What a report says of other assessments: held against the last one, and where its answers were taken from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core.reporting.document import GroupRow, Paragraph, Table
from secmgmt.core.templatetags.ui import when

from . import comparison as held
from . import points, results
from .models import Answer, Assessment
from .reuse_models import AnswerSource

SHOWN = (held.WORSE, held.BETTER, held.SCOPE, held.NEW, held.GONE)
WIDTHS = (4, 9, 3, 3)


def comparison(assessment: Assessment) -> list[Any]:
    """Better, worse, new and gone since the last assessment of the object by the same standard."""
    earlier = held.usual(assessment)
    if earlier is None:
        return [Paragraph(_("此前没有按同一标准确认过的评估，没有可比的。"))]
    found = held.compare(assessment, earlier)
    words = {"title": earlier.title, "day": when(earlier.report_date), "noun": earlier.noun}
    told = Paragraph(_("与“%(title)s”（%(noun)s，%(day)s）逐项比较，条款按沿革对应。") % words)
    heads = [_("层面"), *(str(held.KINDS[kind]) for kind in (*SHOWN, held.UNCHANGED))]
    rows: list[Any] = [
        (results.layer_title(scope, layer), *(counts[kind] for kind in (*SHOWN, held.UNCHANGED)))
        for scope, layer, counts in found.by_layer
    ]
    blocks = [told, Table(heads, rows, align="lrrrrrr", widths=(8, 3, 3, 4, 4, 5, 3))]
    lines: list[Any] = []
    for kind in SHOWN:
        listed = found.of(kind)
        if listed:
            lines.append(GroupRow(f"{held.KINDS[kind]} {len(listed)}"))
            lines += [(line.code, line.summary, line.before_label, line.after_label) for line in listed]
    if not lines:
        return [*blocks, Paragraph(_("各项结果与上次相同。"))]
    return [*blocks, Table([_("条款"), _("要求"), _("上次"), _("本次")], lines, widths=WIDTHS)]


def marks(answer: Answer, told: Iterable[AnswerSource]) -> list[str]:
    """What stands at an item: carried over and how old, or inherited from whom as of when."""
    return [text for entry in told if (text := _mark(answer, entry))]


def _mark(answer: Answer, entry: AnswerSource) -> str:
    result = points.RESULT_LABELS.get(entry.result, "")
    words = {"name": entry.name, "day": when(entry.dated) if entry.dated else "", "agency": entry.agency,
             "noun": entry.noun or _("自评估"), "result": result, "reason": entry.reason}  # fmt: skip
    if entry.kind == "platform":
        if not entry.result:
            return _("〔平台结果不可用：%(reason)s〕") % words
        return _("〔平台：%(name)s %(result)s，%(agency)s %(day)s %(noun)s〕") % words
    if entry.kind != "carried" or not entry.dated or entry.result != answer.given:
        return ""
    days = (answer.assessment.report_date - entry.dated).days
    return _("〔沿用 %(day)s 的答复，已 %(days)d 天〕") % {**words, "days": days}


def told(answers: Iterable[Answer], origins: dict[int, list[AnswerSource]]) -> list[Any]:
    """How many answers were carried over or inherited, [] where none was."""
    listed = list(answers)
    carried = sum(any(e.kind == "carried" and e.result == a.given for e in origins.get(a.pk, ())) for a in listed)
    inherited = sum(bool(a.duty) for a in listed)
    if not carried and not inherited:
        return []
    text = _("沿用上次答复 %(carried)d 项，由承载平台提供或与其共同负责 %(inherited)d 项，均在该项下注明。")
    return [Paragraph(text % {"carried": carried, "inherited": inherited}, "note")]
