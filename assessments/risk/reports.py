"""The risk assessment report (风险评估报告)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core.models import Decision
from secmgmt.core.reporting.document import Document, Heading, KeyValues, Meta, Paragraph, SignOff, Table
from secmgmt.core.reporting.text import chinese_date, name_only

from . import queries
from .models import LEVELS, Leading, RiskAssessment, RiskState, Treatment

INDENT = "　"


def build(assessment: RiskAssessment, *, by: Any, at: dt.datetime) -> Document:
    """The report of ``assessment`` as it stands at ``at``, the same whoever makes it."""
    obj, rows = assessment.protected_object, list(assessment.risks.select_related("asset", "accepted_by"))
    blocks: list[Any] = []
    if assessment.state != RiskState.SIGNED:
        blocks.append(Paragraph(_("本评估尚未签认，结果仅供审核使用。"), "note"))
    parts = (
        (_("评估概况"), _frame(assessment)),
        (_("资产识别与赋值"), _assets(assessment)),
        (_("威胁、脆弱性和已有安全措施"), _found(rows)),
        (_("风险计算结果"), _register(rows)),
        (_("风险分布"), _spread(assessment, rows)),
        (_("风险处置与剩余风险"), _treatment(assessment, rows)),
        (_("签认"), _signed(assessment)),
    )
    for number, (title, found) in enumerate(parts):
        blocks += [Heading(1, f"{'一二三四五六七'[number]}、{title}"), *found]
    blocks.append(SignOff(str(obj.unit), timezone.localdate(assessment.signed_at or at)))
    meta = Meta(
        generated_at=at, generated_by=by.audit_name, footer=str(assessment), demo=assessment.is_demo, layout="official"
    )
    return Document(title=_("%(name)s风险评估报告") % {"name": obj}, blocks=blocks, meta=meta)


def _frame(assessment: RiskAssessment) -> list[Any]:
    obj = assessment.protected_object
    pairs = [
        (_("评估对象"), str(obj)), (_("责任单位"), str(obj.unit)), (_("安全保护等级"), obj.level_label),
        (_("组织方式"), assessment.get_leading_display()),
        (_("评估日期"), chinese_date(assessment.assessed_on) or "—"),
        (_("计算方法"), assessment.get_method_display()), (_("计算矩阵"), assessment.edition),
        (_("资产赋值规则"), assessment.get_rule_display()),
    ]  # fmt: skip
    return [
        KeyValues(pairs), Paragraph(assessment.scope),
        Paragraph(_("评估依据 GB/T 20984-2022。矩阵和分级：%(basis)s。") % {"basis": assessment.matrices.basis}),
    ]  # fmt: skip


def _assets(assessment: RiskAssessment) -> list[Any]:
    cells = [
        (
            INDENT * depth + row.name, row.layer_word, row.confidentiality, row.integrity, row.availability,
            row.value,
        )
        for depth, row in queries.tree(assessment)
    ]  # fmt: skip
    if not cells:
        return [Paragraph(_("没有登记资产。"))]
    heads = [_("资产"), _("层次"), _("保密性"), _("完整性"), _("可用性"), _("价值")]
    return [Table(heads, cells, widths=(6, 3, 1.5, 1.5, 1.5, 1.5), align="llcccc")]


def _found(rows: list[Any]) -> list[Any]:
    if not rows:
        return [Paragraph(_("没有登记风险。"))]
    cells = [
        (row.asset.name, row.threat_text, row.frequency, row.weakness, row.severity, row.controls or "—")
        for row in rows
    ]
    heads = [_("资产"), _("威胁"), _("频率"), _("脆弱性"), _("严重程度"), _("已有安全措施")]
    return [Table(heads, cells, widths=(3, 3, 1.2, 4, 1.4, 4), align="llclcl")]


def _register(rows: list[Any]) -> list[Any]:
    if not rows:
        return [Paragraph(_("没有登记风险。"))]
    cells = [
        (
            str(row), row.asset_value, row.likelihood, row.loss, row.value, row.get_level_display(),
            f"{row.get_method_display()} {row.edition}",
        )
        for row in rows
    ]  # fmt: skip
    heads = [_("风险"), _("资产价值"), _("可能性"), _("损失"), _("风险值"), _("等级"), _("方法和矩阵版本")]
    return [Table(heads, cells, widths=(5, 1.5, 1.5, 1.5, 1.5, 1.5, 4), align="lcccccl")]


def _spread(assessment: RiskAssessment, rows: list[Any]) -> list[Any]:
    heads = [_("损失＼可能性"), *(str(name) for name in reversed(LEVELS.values()))]
    cells = [
        [str(LEVELS[row["loss"]]), *(f"{c['count']}（{c['name']}）" if c["count"] else "—" for c in row["cells"])]
        for row in queries.heat(assessment.risks.all(), "")
    ]
    caption = _("各损失和可能性等级的风险数（括号内为其中最高的风险等级）")
    blocks: list[Any] = [Table(heads, cells, align="cccccc", caption=caption)]
    before = queries.earlier(assessment)
    columns = [_("风险等级"), _("处置前"), _("处置后")] + ([_("上次评估")] if before else [])
    lists = [queries.by_level(assessment), queries.left_over(assessment)]
    lists += [queries.by_level(before)] if before else []
    counted = [(entries[0][0], *(count for _name, count in entries)) for entries in zip(*lists, strict=True)]
    told = _("上次评估日期 %(day)s") % {"day": before.assessed_on.isoformat()} if before else ""
    blocks.append(Table(columns, counted, caption=told or _("各等级的风险数"), align="lccc"[: len(columns)]))
    return blocks


def _treatment(assessment: RiskAssessment, rows: list[Any]) -> list[Any]:
    cells = [
        (
            str(row), row.get_level_display(), row.get_treatment_display(), row.measure or "—",
            row.due_on.isoformat() if row.due_on else "—", _left(row),
            _accepted(row),
        )
        for row in rows
        if row.treatment
    ]  # fmt: skip
    if not cells:
        return [Paragraph(_("没有需要处置的风险。"))]
    heads = [_("风险"), _("等级"), _("处置"), _("措施"), _("期限"), _("剩余风险"), _("接受")]
    return [Table(heads, cells, widths=(4, 1, 1.5, 5, 2, 1.5, 3))]


def _left(row: Any) -> str:
    """What is left: an accepted risk stays as it is."""
    if row.residual_level is None and row.treatment == Treatment.ACCEPT:
        return row.get_level_display()
    return row.get_residual_level_display() or _("未评定")


def _accepted(row: Any) -> str:
    if not row.accepted_until:
        return row.standing if row.treatment == Treatment.ACCEPT else "—"
    return _("%(who)s，至 %(day)s") % {"who": row.accepted_by.name, "day": row.accepted_until.isoformat()}


def _signed(assessment: RiskAssessment) -> list[Any]:
    rows = [
        (row.label, name_only(row.by_name), timezone.localdate(row.at).isoformat(), row.opinion or "—")
        for row in Decision.of(assessment).order_by("at", "pk")
    ]
    who = _("安全领导") if assessment.leading == Leading.INSPECTION else _("单位网安负责人")
    if not rows:
        return [Paragraph(_("尚未提交签认，由%(who)s签认。") % {"who": who})]
    return [Table([_("事项"), _("办理人"), _("日期"), _("意见")], rows, widths=(3, 3, 3, 7))]


def line(assessment: RiskAssessment) -> str:
    """What tells an assessment from its like."""
    return f"{assessment}（{assessment.assessed_on.isoformat()}，{assessment.get_state_display()}）"
