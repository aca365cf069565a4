"""表一–表六 of a filing as one document, pre-filled from inventory and grading; layout of GB/T 9704, our own order.

The official blank form of 2025 was not seen: fields after the filing rules in public tools, so the document says so.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from assessments.grading import rules
from assets.models import DataCategory, ProtectedObject
from secmgmt.core.models import Attachment
from secmgmt.core.reporting.document import Document, Heading, KeyValues, Meta, Paragraph, SignOff, Table

from .models import FORM_FIVE, Filing, FilingKind, FilingUnit, Material

LEVELS = (1, 2, 3, 4, 5)


def build(filing: Filing, *, by: Any, at: dt.datetime) -> Document:
    """The six forms as they stand at ``at``."""
    obj = filing.protected_object
    blocks: list[Any] = [
        Paragraph(_("表式按 2025 年备案要求整理，字段从台账和定级取得；当地公安机关另有表样的，照表样誊填。"), "note"),
        KeyValues([
            (_("备案事项"), filing.get_kind_display()), (_("事由"), filing.reason or "—"),
            (_("备案证明编号"), filing.certificate_number or obj.filing_number or _("待发")),
        ]),
        Heading(1, _("表一  单位基本情况")), *_one(filing),
        Heading(1, _("表二  定级对象情况")), *_two(obj),
        Heading(1, _("表三  定级情况")), *_three(filing),
        Heading(1, _("表四  新技术新应用场景")), *_four(obj),
        Heading(1, _("表五  提交材料情况")), *_five(filing),
        Heading(1, _("表六  数据摸底调查表")), *_six(obj),
        SignOff(str(obj.unit), filing.filled_on),
    ]  # fmt: skip
    meta = Meta(generated_at=at, generated_by=by.audit_name, footer=str(filing), demo=obj.is_demo, layout="official")
    return Document(title=_("%(name)s备案表") % {"name": obj}, blocks=blocks, meta=meta)


def _pairs(row: Any, *names: str) -> list[tuple[str, Any]]:
    """Label and value of fields, choices as words, 是/否 for yes and no."""
    found = []
    for name in names:
        field = row._meta.get_field(name)
        value = getattr(row, f"get_{name}_display")() if field.choices else getattr(row, name)
        if isinstance(value, bool):
            value = _("是") if value else _("否")
        found.append((str(field.verbose_name), str(value) if value not in (None, "") else "—"))
    return found


def _one(filing: Filing) -> list[Any]:
    unit = filing.protected_object.unit
    facts = FilingUnit.objects.filter(unit=unit).first()
    blocks: list[Any] = [KeyValues(_pairs(unit, "name", "credit_code", "region_code", "address"))]
    if facts is None:
        blocks.append(Paragraph(_("备案单位信息尚未登记。")))
    else:
        names = [f.name for f in FilingUnit._meta.fields if f.editable and f.name not in ("id", "unit")]
        blocks.append(KeyValues(_pairs(facts, *names), columns=2))
    rows = ProtectedObject.objects.in_use().filter(unit=unit, security_level__isnull=False)
    counts = dict(rows.order_by().values_list("security_level").annotate(n=Count("pk")))
    mine = filing.protected_object.security_level if filing.kind == FilingKind.FIRST else None
    table = [(_("本次备案数量"), int(mine is not None), *(int(level == mine) for level in LEVELS)),
             (_("定级对象总数"), sum(counts.values()), *(counts.get(level, 0) for level in LEVELS))]  # fmt: skip
    heads = [_("项目"), _("总数"), *(str(rules.LEVEL_LABELS[level]) for level in LEVELS)]
    return [*blocks, Table(heads, table, align="lcccccc")]


def _two(obj: Any) -> list[Any]:
    kinds = "、".join(str(kind) for kind in obj.technical_kinds) or _("无")
    head = [
        (_("名称"), obj.name), (_("运行状态"), obj.get_status_display()), (_("对象类型"), obj.get_kind_display()),
        (_("技术类型"), kinds),
    ]  # fmt: skip
    names = (
        *("business_type", "business", "service_scope", "service_users", "deployment", "network_nature"),
        *("internet_addresses", "internet_domains", "internet_ports", "interconnection", "in_operation_on"),
        *("is_subsystem", "parent_system", "parent_text"),
    )
    return [KeyValues([*head, *_pairs(obj, *names)])]


def _three(filing: Filing) -> list[Any]:
    grading = filing.grading
    if grading is None:
        return [Paragraph(_("等级尚未确定。"))]
    labels = rules.RULE_SETS[grading.rule_set].object_labels
    rows = [
        (side, str(labels[name]), str(rules.DEGREE_LABELS[degree]))
        for side, key in ((_("业务信息"), "business"), (_("系统服务"), "service"))
        for name, degree in grading.harms(key)
    ]
    given = set(Attachment.of(filing).values_list("slot", flat=True))
    pairs: list[tuple[str, Any]] = [
        (_("安全保护等级"), grading.level_text),
        (_("定级时间"), grading.report_date),
        (_("定级报告"), _("有") if Material.GRADING in given else _("无")),
        (_("专家评审"), _("已评审") if Material.EXPERTS in given else _("未附意见")),
        (_("上级行业主管部门"), grading.authority_name if grading.has_authority else _("无")),
        (_("填表人"), filing.filled_by),
        (_("填表日期"), filing.filled_on),
    ]
    return [Table([_("受破坏的"), _("受侵害客体"), _("侵害程度")], rows, widths=(3, 8, 4)), KeyValues(pairs)]


def _four(obj: Any) -> list[Any]:
    groups = (
        ("is_cloud", ("cloud_side", "cloud_service", "cloud_deployment", "platform_name", "platform_level",
                      "platform_filing", "cloud_ops_place")),
        ("is_mobile", ("mobile_facts",)), ("is_iot", ("iot_facts",)), ("is_industrial", ("industrial_facts",)),
        ("is_big_data", ("big_data_facts", "data_exported", "export_facts")),
    )  # fmt: skip
    pairs = [pair for flag, names in groups for pair in _pairs(obj, flag, *(names if getattr(obj, flag) else ()))]
    return [KeyValues([*pairs, *_pairs(obj, "other_technology")])]


def _five(filing: Filing) -> list[Any]:
    by_slot: dict[str, list[str]] = {}
    for file in Attachment.of(filing):
        by_slot.setdefault(file.slot, []).append(file.name)
    rows = [
        (number, str(slot.label), _("有") if slot in by_slot else _("无"), "、".join(by_slot.get(slot, [])) or "—")
        for number, slot in enumerate(FORM_FIVE, 1)
    ]
    heads = [_("序号"), _("材料"), _("有 / 无"), _("附件")]
    blocks: list[Any] = [Table(heads, rows, widths=(1.4, 6, 2, 7), align="clcl")]
    if filing.materials_note:
        blocks.append(Paragraph(_("未提交材料的说明：%(why)s") % {"why": filing.materials_note}))
    return blocks


def _six(obj: Any) -> list[Any]:
    """The survey is the unit's: its data classes, those of this object first, one form each."""
    rows = DataCategory.objects.filter(protected_object__unit=obj.unit, protected_object__is_secret_register=False)
    found = sorted(rows.select_related("protected_object"), key=lambda row: (row.protected_object_id != obj.pk, row.pk))
    if not found:
        return [Paragraph(_("没有登记数据类别。"))]
    names = [
        f.name for f in DataCategory._meta.fields
        if f.editable and f.name not in ("id", "name", "protected_object", "source_other", "note")
    ]  # fmt: skip
    blocks: list[Any] = []
    for number, row in enumerate(found, 1):
        blocks.append(Heading(2, _("表六之 %(n)d  %(name)s") % {"n": number, "name": row.name}))
        blocks.append(KeyValues([(_("所在定级对象"), str(row.protected_object)), *_pairs(row, *names)], columns=2))
    return blocks


def line(filing: Filing) -> str:
    """What tells a filing from its like: object, matter, date, state."""
    return f"{filing}（{filing.filled_on.isoformat()}，{filing.get_state_display()}）"

