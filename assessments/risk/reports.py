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
from .calculation import SHIPPED
from .models import LEVELS, RiskAssessment, RiskState


def build(assessment: RiskAssessment, *, by: Any, at: dt.datetime) -> Document:
    """The report of ``assessment`` as it stands at ``at``, the same whoever makes it."""
    obj, rows = assessment.protected_object, list(assessment.risks.select_related("accepted_by"))
    blocks: list[Any] = []
    if assessment.state != RiskState.SIGNED:
        blocks.append(Paragraph(_("本评估尚未签认，结果仅供审核使用。"), "note"))
    blocks += [
        Heading(1, _("一、评估概况")),
        KeyValues(
            [
                (_("评估对象"), str(obj)), (_("责任单位"), str(obj.unit)),
                (_("组织方式"), assessment.get_leading_display()),
                (_("评估日期"), chinese_date(assessment.assessed_on) or "—"),
                (_("计算方法"), assessment.get_method_display()), (_("资产赋值规则"), assessment.get_rule_display()),
            ]
        ),
        Paragraph(assessment.scope),
        Paragraph(_("矩阵和分级：%(basis)s。") % {"basis": SHIPPED.basis}),
        Heading(1, _("二、风险分布")),
        *_spread(assessment),
        Heading(1, _("三、风险清单")),
        *_register(rows),
        Heading(1, _("四、风险处置与剩余风险")),
        *_treatment(rows),
        Heading(1, _("五、签认")),
        *_signed(assessment),
        SignOff(str(obj.unit), timezone.localdate(assessment.signed_at or at)),
    ]  # fmt: skip
    meta = Meta(
        generated_at=at, generated_by=by.audit_name, footer=str(assessment), demo=assessment.is_demo, layout="official"
    )
    return Document(title=_("%(name)s风险评估报告") % {"name": obj}, blocks=blocks, meta=meta)


def _spread(assessment: RiskAssessment) -> list[Any]:
    heads = [_("资产价值"), *(str(name) for name in reversed(LEVELS.values()))]
    cells = [[str(row["value"]), *(cell["count"] for cell in row["cells"])] for row in queries.heat(assessment)]
    blocks: list[Any] = [Table(heads, cells, align="cccccc", caption=_("各资产价值、风险等级的风险数"))]
    before = queries.earlier(assessment)
    if before is not None:
        pairs = zip(queries.by_level(assessment), queries.by_level(before), strict=True)
        rows = [(name, old, new) for (name, new), (_name, old) in pairs]
        caption = _("与上次评估（%(day)s）比较") % {"day": before.assessed_on.isoformat()}
        blocks.append(Table([_("风险等级"), _("上次"), _("本次")], rows, caption=caption, align="lcc"))
    return blocks


def _register(rows: list[Any]) -> list[Any]:
    if not rows:
        return [Paragraph(_("没有登记风险。"))]
    cells = [
        (
            row.asset, row.asset_value, row.get_threat_display(), row.get_vulnerability_display(), row.controls or "—",
            row.value, row.get_level_display(), f"{row.get_method_display()} {row.edition}",
        )
        for row in rows
    ]  # fmt: skip
    heads = [_("资产"), _("价值"), _("威胁"), _("脆弱性"), _("已有措施"), _("风险值"), _("等级"), _("方法")]
    return [Table(heads, cells, widths=(3, 1, 3, 4, 3, 1, 1, 3))]


def _treatment(rows: list[Any]) -> list[Any]:
    cells = [
        (
            str(row), row.get_level_display(), row.get_treatment_display(), row.measure,
            row.due_on.isoformat() if row.due_on else "—", row.get_residual_level_display() or "—", _accepted(row),
        )
        for row in rows
        if row.treatment
    ]  # fmt: skip
    if not cells:
        return [Paragraph(_("没有需要处置的风险。"))]
    heads = [_("风险"), _("等级"), _("处置"), _("措施"), _("期限"), _("剩余风险"), _("接受")]
    return [Table(heads, cells, widths=(4, 1, 1.5, 5, 2, 1.5, 3))]


def _accepted(row: Any) -> str:
    if not row.accepted_until:
        return "—"
    return _("%(who)s，至 %(day)s") % {"who": row.accepted_by.name, "day": row.accepted_until.isoformat()}


def _signed(assessment: RiskAssessment) -> list[Any]:
    rows = [
        (row.label, name_only(row.by_name), timezone.localdate(row.at).isoformat(), row.opinion or "—")
        for row in Decision.of(assessment).order_by("at", "pk")
    ]
    if not rows:
        return [Paragraph(_("尚未提交签认。"))]
    return [Table([_("事项"), _("办理人"), _("日期"), _("意见")], rows, widths=(3, 3, 3, 7))]


def line(assessment: RiskAssessment) -> str:
    """What tells an assessment from its like."""
    return f"{assessment}（{assessment.assessed_on.isoformat()}，{assessment.get_state_display()}）"
