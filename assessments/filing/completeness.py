"""What a filing still lacks before it can be handed in, each with the page on which it is mended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.grading.models import GradingState
from secmgmt.core.models import Attachment

from .models import FORM_FIVE, Filing, FilingKind, FilingUnit, Material

Lack = tuple[str, str]
FORM_TWO = (
    *("business_type", "business", "service_scope", "service_users", "deployment", "network_nature"),
    *("interconnection", "in_operation_on"),
)
CLOUD = ("cloud_side", "cloud_service", "cloud_deployment")


def lacking(filing: Filing) -> list[Lack]:
    """(what is missing, where it is mended): empty when the filing is complete.

    For 变更, 延期 and 撤销 the forms are the ones filed already: only the reason and its proof are asked, for 变更 the
    forms too.
    """
    found: list[Lack] = []
    if filing.kind != FilingKind.FIRST:
        found += _reason(filing)
    if filing.kind in (FilingKind.FIRST, FilingKind.CHANGE):
        found += [*_form_one(filing), *_form_two(filing), *_form_three(filing), *_form_four(filing)]
        found += [*_form_five(filing), *_form_six(filing)]
    return found


def _reason(filing: Filing) -> Iterator[Lack]:
    if not filing.reason.strip():
        yield _("没有写事由"), reverse("assessments:filing-update", args=[filing.pk])
    if Material.REASON not in slots_of(filing):
        yield _("没有附%(what)s") % {"what": Material.REASON.label}, material_url(filing, Material.REASON)


def slots_of(filing: Filing) -> set[str]:
    """The slots in which files were handed in."""
    return set(Attachment.of(filing).values_list("slot", flat=True))


def material_url(filing: Filing, slot: str) -> str:
    """Where a file is put into a slot."""
    return reverse("assessments:filing-material", args=[filing.pk, slot])


def _form_one(filing: Filing) -> Iterator[Lack]:
    unit = filing.protected_object.unit
    if not FilingUnit.objects.filter(unit=unit).exists():
        address = f"{reverse('assessments:filingunit-create')}?unit={unit.pk}"
        yield _("表一：“%(unit)s”没有登记备案单位信息（负责人、网络安全和数据安全联系人）") % {"unit": unit}, address
    for name in ("credit_code", "region_code", "address"):
        if not getattr(unit, name):
            label = unit._meta.get_field(name).verbose_name
            yield _("表一：单位的“%(label)s”没有填写，请系统管理员在单位管理中补上") % {"label": label}, ""


def _form_two(filing: Filing) -> Iterator[Lack]:
    obj = filing.protected_object
    page = reverse("assets:object-update", args=[obj.pk])
    for name in FORM_TWO:
        if name == "in_operation_on" and obj.status == "building":
            continue
        if not getattr(obj, name):
            yield _("表二：“%(label)s”没有填写") % {"label": obj._meta.get_field(name).verbose_name}, page
    if obj.is_subsystem and not (obj.parent_system_id or obj.parent_text):
        yield _("表二：是分系统，没有写上级系统"), page


def _form_three(filing: Filing) -> Iterator[Lack]:
    grading = filing.grading
    if grading is None or grading.state not in (GradingState.DETERMINED, GradingState.FINAL):
        page = f"{reverse('assessments:grading-list')}?protected_object={filing.protected_object_id}"
        yield _("表三：等级还没有确定，先完成定级"), page
        return
    if filing.kind == FilingKind.FIRST and Material.GRADING not in slots_of(filing):
        yield _("表三：没有附定级报告（可从定级页面下载）"), material_url(filing, Material.GRADING)
    if filing.kind == FilingKind.FIRST and Material.EXPERTS not in slots_of(filing):
        yield _("表三：没有附专家评审意见"), material_url(filing, Material.EXPERTS)


def _form_four(filing: Filing) -> Iterator[Lack]:
    obj = filing.protected_object
    page = reverse("assets:object-update", args=[obj.pk])
    pairs = (("is_mobile", "mobile_facts"), ("is_iot", "iot_facts"), ("is_industrial", "industrial_facts"),
             ("is_big_data", "big_data_facts"), ("data_exported", "export_facts"))  # fmt: skip
    asked = [*(CLOUD if obj.is_cloud else ()), *(facts for flag, facts in pairs if getattr(obj, flag))]
    for name in asked:
        if not getattr(obj, name):
            yield _("表四：“%(label)s”没有填写") % {"label": obj._meta.get_field(name).verbose_name}, page


def _form_five(filing: Filing) -> Iterator[Lack]:
    if filing.materials_note.strip():
        return  # what is not handed in is explained
    given = slots_of(filing)
    for slot in FORM_FIVE:
        if slot not in given and not (slot == Material.GUIDANCE and not _has_authority(filing)):
            text = _("表五：没有附“%(what)s”；没有这份材料的，在“未提交材料的说明”中写明原因")
            yield text % {"what": slot.label}, material_url(filing, slot)


def _has_authority(filing: Filing) -> bool:
    return bool(filing.grading and filing.grading.has_authority)


def _form_six(filing: Filing) -> Iterator[Lack]:
    obj: Any = filing.protected_object
    if not obj.data_categories.exists():
        address = f"{reverse('assets:data-create')}?object={obj.pk}"
        yield _("表六：没有登记数据类别（数据摸底调查表，每个最小数据类别一张）"), address
