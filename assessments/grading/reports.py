"""The grading report (定级报告): the order of the official form, our own words, the layout of GB/T 9704."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assets.topology.services import reported_topology
from secmgmt.core.models import Attachment, Decision
from secmgmt.core.reporting.document import (
    Document,
    Heading,
    KeyValues,
    Meta,
    Paragraph,
    SignOff,
    Table,
)
from secmgmt.core.reporting.text import chinese_date, name_only

from . import queries, rules
from .models import Grading, GradingState, ProofKind

SIDES = {
    "business": gettext_lazy("业务信息"),
    "service": gettext_lazy("系统服务"),
}
INSIDE = ("pass_on", "pass_", "fail", "approve", "reject")


def build(grading: Grading, *, by: Any, at: dt.datetime) -> Document:
    """The report of ``grading`` as it stands at ``at``, the same whoever makes it."""
    obj = grading.protected_object
    blocks: list[Any] = []
    if grading.state not in queries.STANDING:
        blocks.append(Paragraph(_("本报告所载等级尚未确定，仅供评审和核准使用。"), "note"))
    blocks += [
        Heading(1, _("一、定级对象描述")),
        *_subject(grading),
        Heading(1, _("二、业务信息安全保护等级的确定")),
        *_side(grading, "business", _data_text(obj)),
        Heading(1, _("三、系统服务安全保护等级的确定")),
        *_side(grading, "service", _service_text(obj)),
        Heading(1, _("四、安全保护等级的确定")),
        *_final(grading),
        Heading(1, _("五、评审、核准与备案")),
        *_opinions(grading),
        Heading(1, _("六、附件")),
        *_files(grading),
        SignOff(str(obj.unit), grading.report_date),
    ]
    return Document(
        title=_("%(name)s定级报告") % {"name": obj},
        blocks=blocks,
        meta=Meta(
            generated_at=at, generated_by=by.audit_name, footer=str(grading), demo=obj.is_demo, layout="official"
        ),
    )


def _subject(grading: Grading) -> list[Any]:
    obj = grading.protected_object
    kinds = "、".join(str(kind) for kind in obj.technical_kinds)
    duty = _("%(unit)s为%(name)s的安全责任单位，负责其定级、备案、建设整改和运行安全。")
    facts = [
        (_("责任单位"), str(obj.unit)),
        (_("系统负责人"), obj.owner_line),
        (_("运维单位"), str(obj.operator or obj.operator_text or obj.unit)),
    ]
    shape = [
        (_("对象类型"), obj.get_kind_display()),
        (_("承载业务"), obj.business or obj.get_business_type_display()),
        (_("部署范围"), obj.get_deployment_display()),
        (_("网络性质"), obj.get_network_nature_display()),
        (_("新技术应用"), kinds or _("无")),
        (_("运行状态"), obj.get_status_display()),
        (_("投入运行日期"), obj.in_operation_on or _("尚未投入运行")),
    ]
    drawing = reported_topology(obj)
    empty = Paragraph(_("台账中没有可绘制的部件和互联关系。"))
    return [
        Heading(2, _("（一）责任主体")),
        Paragraph(duty % {"unit": obj.unit, "name": obj}),
        KeyValues(facts),
        Heading(2, _("（二）构成与边界")),
        KeyValues([(label, value or "—") for label, value in shape]),
        Heading(2, _("（三）网络拓扑")),
        drawing or empty,
    ]


def _data_text(obj: Any) -> str:
    names = "、".join(obj.data_categories.order_by("-level", "name").values_list("name", flat=True)[:8])
    if names:
        return _("%(name)s处理的业务信息主要包括：%(data)s。") % {"name": obj, "data": names}
    business = obj.business.rstrip("。") or _("见承载业务")
    return _("%(name)s处理的业务信息：%(business)s。") % {"name": obj, "business": business}


def _service_text(obj: Any) -> str:
    scope, users = obj.get_service_scope_display(), obj.get_service_users_display()
    where = "，".join(text for text in (scope, users) if text) or _("服务范围未登记")
    count = _("，用户约 %(n)d 人") % {"n": obj.user_count} if obj.user_count else ""
    return _("%(name)s的服务范围和对象：%(where)s%(count)s。") % {"name": obj, "where": where, "count": count}


def _side(grading: Grading, side: str, description: str) -> list[Any]:
    """Description, objects harmed, degree, level: the four steps of GB/T 22240-2020 6.2 to 6.4."""
    label = SIDES[side]
    labels = rules.RULE_SETS[grading.rule_set].object_labels
    level = getattr(grading, f"{side}_level")
    harms = grading.harms(side)
    rows = [
        (labels[name], rules.DEGREE_LABELS[degree],
         rules.LEVEL_LABELS[rules.protection_level(name, degree, rule_set=grading.rule_set)])
        for name, degree in harms
    ]  # fmt: skip
    objects = "；".join(str(labels[name]) for name, _degree in harms)
    words = {"side": label, "objects": objects, "level": rules.LEVEL_LABELS[level]}
    return [
        Heading(2, _("（一）%(side)s描述") % words),
        Paragraph(description),
        Heading(2, _("（二）受侵害客体的确定")),
        Paragraph(_("%(side)s安全受到破坏时，侵害的客体是：%(objects)s。") % words),
        Heading(2, _("（三）侵害程度的确定")),
        Paragraph(getattr(grading, f"{side}_reason")),
        Heading(2, _("（四）%(side)s安全保护等级") % words),
        Table([_("受侵害客体"), _("侵害程度"), _("对应等级")], rows, widths=(6, 3, 3)),
        Paragraph(_("侵害多个客体的，取其中最高的等级，%(side)s安全保护等级为%(level)s。") % words),
    ]


def _final(grading: Grading) -> list[Any]:
    words = {
        "s": rules.LEVEL_LABELS[grading.business_level], "a": rules.LEVEL_LABELS[grading.service_level],
        "level": rules.LEVEL_LABELS[grading.level], "sag": grading.sag,
        "rules": rules.RULE_SETS[grading.rule_set].label, "name": grading.protected_object,
    }  # fmt: skip
    text = _(
        "%(name)s的安全保护等级由业务信息安全保护等级（%(s)s）和系统服务安全保护等级（%(a)s）的较高者决定，"
        "为%(level)s，表示为 %(sag)s。"
    )
    blocks: list[Any] = [
        Table(
            [_("业务信息安全保护等级"), _("系统服务安全保护等级"), _("安全保护等级")],
            [(words["s"], words["a"], f"{words['level']} {grading.sag}")], align="ccc",
        ),
        Paragraph(text % words),
        Paragraph(_("本次定级采用%(rules)s，依据为 GB/T 22240-2020 第 4 至 7 章。") % words),
    ]  # fmt: skip
    warnings = queries.warnings_for(grading)
    for warning in warnings:
        blocks.append(Paragraph(_("特殊规则核对：%(text)s。") % {"text": warning.message}))
    if grading.exception_reason:
        blocks.append(Paragraph(_("对上述情况的说明：%(why)s") % {"why": grading.exception_reason}))
    if not warnings:
        blocks.append(Paragraph(_("与承载关系、大量个人信息等特殊规则没有冲突。")))
    return blocks


def _opinions(grading: Grading) -> list[Any]:
    """Who decided what and when: inside the system by name, outside by the document that says so."""
    inside = Decision.of(grading).filter(transition__in=INSIDE).order_by("at", "pk")
    rows = [
        (row.label, name_only(row.by_name), timezone.localdate(row.at).isoformat(), row.opinion or "—")
        for row in inside
    ]  # fmt: skip
    for row in grading.outside_decisions.select_related("proof"):
        text = f"{row.number}，见附件《{row.proof.name}》".removeprefix("，")
        rows.append((row.get_kind_display(), row.decided_by, row.decided_on.isoformat(), text))
    blocks: list[Any] = []
    if rows:
        blocks.append(Table([_("事项"), _("专家或单位"), _("日期"), _("意见或文件")], rows, widths=(4, 4, 3, 6)))
    elif grading.level == 1:
        blocks.append(Paragraph(_("第一级由责任单位自主确定，不需评审、核准和备案。")))
    else:
        blocks.append(Paragraph(_("尚无评审、核准意见。")))
    if not grading.has_authority and grading.level >= 2:
        blocks.append(Paragraph(_("该对象没有行业主管部门，不需核准。")))
    if grading.certificate_number:
        told = {"number": grading.certificate_number, "day": chinese_date(grading.certified_on) or "—"}
        blocks.append(Paragraph(_("已向公安机关备案，备案证明编号 %(number)s，发证日期 %(day)s。") % told))
    elif grading.state == GradingState.DETERMINED:
        blocks.append(Paragraph(_("等级已确定，备案证明待取得。")))
    return blocks


def _files(grading: Grading) -> list[Any]:
    kinds = dict(ProofKind.choices)
    rows = [
        (number, file.name, kinds.get(file.slot, _("参考材料")), f"{file.algorithm.upper()} {file.digest}")
        for number, file in enumerate(Attachment.of(grading), 1)
    ]
    if not rows:
        return [Paragraph(_("没有附件。"))]
    return [Table([_("序号"), _("文件"), _("用途"), _("摘要")], rows, widths=(1.4, 5, 3, 8), align="clll")]


def line(grading: Grading) -> str:
    """What tells a grading from its like: object, level, date, state."""
    return f"{grading}（{grading.report_date.isoformat()}，{grading.get_state_display()}）"
