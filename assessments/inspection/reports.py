"""The notice as its department issues it, and the report of an inspection (检查评估报告), in official layout."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core.reporting.document import Document, Heading, KeyValues, Meta, Paragraph, SignOff, Table
from secmgmt.core.reporting.text import chinese_date

from . import comparison, queries
from .models import Inspection, InspectionState, IssuedNotice


def build_notice(notice: IssuedNotice, *, by: Any, at: dt.datetime) -> Document:
    """The notice of ``notice`` as it was issued: the same text whenever it is made."""
    obj = notice.protected_object
    rows = [
        (n, row["code"], row["point"], row["result"], row["found"], _risk(row))
        for n, row in enumerate(notice.findings, 1)
    ]
    blocks: list[Any] = [
        Paragraph(f"{obj.unit}：", "flush"),
        Paragraph(notice.text),
        Paragraph(_("请于 %(day)s前完成整改，并书面回复整改情况。") % {"day": chinese_date(notice.deadline)}),
        Paragraph(_("依据：%(basis)s。") % {"basis": notice.basis.rstrip("。")}),
        SignOff(notice.issuer, notice.issued_on),
        Heading(1, _("附表：检查发现的问题")),
        Table(
            [_("序号"), _("条款"), _("控制点"), _("结果"), _("检查情况"), _("风险")], rows, widths=(1, 2.4, 3, 2, 7, 2)
        ),
    ]
    meta = Meta(
        generated_at=at, generated_by=by.audit_name, number=notice.number, footer=str(notice), demo=obj.is_demo,
        layout="official",
    )  # fmt: skip
    return Document(title=notice.kind_name, blocks=blocks, meta=meta)


def build_report(inspection: Inspection, *, by: Any, at: dt.datetime) -> Document:
    """The report of ``inspection`` as it stands."""
    obj, items = inspection.protected_object, list(inspection.items.all())
    found = [item for item in items if item.is_finding]
    blocks: list[Any] = []
    if inspection.state != InspectionState.CONCLUDED:
        blocks.append(Paragraph(_("本报告尚无结论，仅供检查组内部使用。"), "note"))
    blocks += [
        Heading(1, _("一、检查概况")),
        KeyValues(_facts(inspection)),
        Heading(1, _("二、抽样")),
        *_samples(inspection),
        Heading(1, _("三、检查结果")),
        *_figures(items),
        Heading(1, _("四、发现的问题")),
        *_findings(found),
        Heading(1, _("五、通知与整改")),
        *_notices(inspection),
        Heading(1, _("六、检查结论")),
        Paragraph(inspection.conclusion or _("尚未作出结论。")),
        SignOff(inspection.lead.name, inspection.concluded_on or inspection.ends_on),
    ]
    meta = Meta(
        generated_at=at, generated_by=by.audit_name, footer=str(inspection), demo=obj.is_demo, layout="official"
    )
    return Document(title=_("%(name)s检查评估报告") % {"name": obj}, blocks=blocks, meta=meta)


def _risk(row: dict[str, Any]) -> str:
    return _("%(risk)s（重大隐患）") % {"risk": row["risk"]} if row["major"] else row["risk"]


def _facts(inspection: Inspection) -> list[tuple[str, Any]]:
    team = "、".join(f"{part.user.name}（{part.user.unit}）" for part in queries.members(inspection))
    return [
        (_("被检查对象"), str(inspection.protected_object)),
        (_("责任单位"), str(inspection.protected_object.unit)),
        (_("牵头部门"), inspection.lead.name),
        (_("参加部门"), "、".join(row.name for row in inspection.departments.all()) or _("无")),
        (_("受邀人员"), team or _("无")),
        (_("检查依据"), inspection.basis),
        (_("检查时间"), f"{chinese_date(inspection.starts_on)}—{chinese_date(inspection.ends_on)}"),
        (_("检查层面"), "、".join(inspection.layers) or _("全部层面")),
        (_("检查标准"), inspection.standard_code),
    ]


def _samples(inspection: Inspection) -> list[Any]:
    rows = [(n, row.kind, row.name, row.reason or _("按级别抽样")) for n, row in enumerate(inspection.samples.all(), 1)]
    if not rows:
        return [Paragraph(_("台账没有登记部件，未抽样。"))]
    return [Table([_("序号"), _("类别"), _("部件"), _("说明")], rows, widths=(1, 3, 6, 5))]


def _figures(items: list[Any]) -> list[Any]:
    results: dict[str, int] = {}
    for item in items:
        label = str(item.get_result_display()) if item.result else _("未检查")
        results[label] = results.get(label, 0) + 1
    against = [(str(label), count) for _code, label, count in comparison.counted(items)]
    return [
        Table([_("结果"), _("项数")], list(results.items()), widths=(4, 2)),
        Paragraph(_("与单位最近一次已确认的自评估逐项比较：")),
        Table([_("比较"), _("项数")], against, widths=(4, 2)),
        *_differing(items),
    ]


def _differing(items: list[Any]) -> list[Any]:
    """The items on which the inspection and the unit's own assessment disagree."""
    rows = [
        (item.code, item.control_point, str(item.get_self_result_display()), str(item.get_result_display()),
         str(comparison.LABELS[how]))
        for item in items
        if (how := comparison.compare(item.self_result, item.result)) in (comparison.WORSE, comparison.BETTER)
    ]  # fmt: skip
    if not rows:
        return []
    heads = [_("条款"), _("控制点"), _("自评估结果"), _("检查结果"), _("比较")]
    return [Paragraph(_("其中不一致的项：")), Table(heads, rows, widths=(2.4, 4, 2.6, 2.6, 2.4))]


def _findings(found: list[Any]) -> list[Any]:
    if not found:
        return [Paragraph(_("没有发现问题。"))]
    rows = [
        (item.code, item.control_point, str(item.get_result_display()), item.found, _risk_of(item),
         item.rectification_label or "—", str(item.get_recheck_display()) if item.recheck else "—")
        for item in found
    ]  # fmt: skip
    heads = [_("条款"), _("控制点"), _("结果"), _("检查情况"), _("风险"), _("整改"), _("复查")]
    return [Table(heads, rows, widths=(2.4, 2.6, 1.8, 5.4, 1.6, 1.8, 2))]


def _risk_of(item: Any) -> str:
    return _risk({"risk": item.risk, "major": item.is_major})


def _notices(inspection: Inspection) -> list[Any]:
    blocks: list[Any] = []
    for notice in inspection.notices.prefetch_related("replies"):
        words = {"kind": notice.kind_name, "number": notice.number, "day": chinese_date(notice.issued_on)}
        blocks.append(Paragraph(_("%(day)s签发%(kind)s（%(number)s）。") % words))
        for reply in notice.replies.all():
            blocks.append(Paragraph(_("第 %(n)d 轮回复：%(text)s") % {"n": reply.round, "text": reply.text}))
    return blocks or [Paragraph(_("没有签发通知。"))]


def line(row: Any) -> str:
    """What tells one from its like."""
    return f"{row}（{row.protected_object}，{row.get_state_display()}）"
