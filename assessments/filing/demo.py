"""Demo filings: one in every state, by the people of the demo; the same every time, left alone where they exist."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.utils import timezone

from assessments.grading.models import Grading, GradingState
from assessments.grading.queries import standing_grading
from assets.models import DataCategory, ProtectedObject
from secmgmt.accounts.models import OrgUnit
from secmgmt.core import attachments, audit, records, search
from secmgmt.core.reporting.document import Document, Meta, Paragraph
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token

from . import queries, services
from .completeness import lacking
from .models import FORM_FIVE, Filing, FilingKind, FilingState, FilingUnit, Material
from .workflow import WORKFLOW

S, K = FilingState, FilingKind
# state a filing is left in, kind; taken by demo objects in the order of their numbers
# (no certificate ends before 2027-12-31 by the rules, so none can be extended yet)
WANTED = (
    (S.SUBMITTED, K.FIRST), (S.REJECTED, K.FIRST), (S.FILED, K.FIRST), (S.PREPARING, K.FIRST), (S.REVIEWING, K.CHANGE),
    (S.RETURNED, K.CHANGE), (S.DONE, K.CANCEL),
)  # fmt: skip
DAYS = 2  # between two steps
REASONS = {
    K.CHANGE: "单位机构改革后名称和联系人已更新，申请变更备案信息。",
    K.CANCEL: "业务已并入市政务服务平台，本系统停止使用，申请撤销备案。",
}


def create_filings(at: dt.datetime) -> None:
    """Units' facts, and filings of demo objects."""
    if Filing.objects.filter(is_demo=True).exists():
        return
    services.load_rules(at)
    rows = ProtectedObject.objects.in_use().filter(is_demo=True, owner__isnull=False, security_level__gte=2)
    objects = list(rows.select_related("unit", "owner").order_by("pk"))
    for unit in {obj.unit_id: obj.unit for obj in objects}.values():
        _unit_facts(unit, objects, at)
    free = [obj for obj in objects if queries.officers(obj.unit.path, timezone.localdate(at)).exists()]
    for state, kind in WANTED:
        obj = next((one for one in free if _fits(one, kind, state, at)), None)
        if obj is not None:
            free.remove(obj)
            _story(obj, kind, state, at - dt.timedelta(days=10))


def _fits(obj: ProtectedObject, kind: str, state: str, at: dt.datetime) -> bool:
    grading = standing_grading(obj)
    if kind != K.FIRST:
        return bool(obj.filing_number and obj.security_level == 2 and grading and grading.state == GradingState.FINAL)
    open_one = Grading.objects.filter(protected_object=obj).exclude(state__in=("determined", "final")).exists()
    waits = grading is not None and grading.state == GradingState.DETERMINED and not obj.filing_number
    return waits and not (state == S.REJECTED and open_one)


def _unit_facts(unit: OrgUnit, objects: list[ProtectedObject], at: dt.datetime) -> None:
    if FilingUnit.objects.filter(unit=unit).exists():
        return
    owner = next(obj.owner for obj in objects if obj.unit_id == unit.pk)
    row = FilingUnit(
        unit=unit, police="颍川市公安局", postcode="461000", affiliation=FilingUnit.Affiliation.CITY,
        kind=FilingUnit.Kind.GOVERNMENT, industry="48 电子政务", head_name="（演示）主要负责人", head_title="主任",
        head_phone="0374-2900001", security_department="信息中心", security_contact=owner.name,
        security_title="主任", security_phone="0374-2900002", data_department="数据管理科",
        data_contact=owner.name, data_title="科长", data_phone="0374-2900003", is_demo=True,
    )  # fmt: skip
    records.stamp(row, by=owner, at=at)
    with audit.act():
        row.save()
        audit.record("assessments.filingunit.add", row, by=owner, at=at, after=audit.fields_of(row))


def _story(obj: ProtectedObject, kind: str, state: str, at: dt.datetime) -> None:
    owner = obj.owner
    filing = Filing(
        protected_object=obj, kind=kind, reason=REASONS.get(K(kind), ""), filled_by=owner.name,
        filled_on=timezone.localdate(at), is_demo=True,
        materials_note="演示数据：未附的材料随纸质件报送。" if state != S.PREPARING else "",
    )  # fmt: skip
    services.tie(filing, obj, today=timezone.localdate(at))
    records.stamp(filing, by=owner, at=at)
    with audit.act():
        filing.save()
        search.refresh(filing)
        audit.record("assessments.filing.add", filing, by=owner, at=at, after=audit.fields_of(filing))
    slots = [Material.REASON] if kind != K.FIRST else [Material.GRADING, Material.EXPERTS, *FORM_FIVE[:2]]
    for slot in slots:
        file = paper(f"{slot.label}（演示）", f"演示文件，非真实材料。对象：{obj}。", at)
        attachments.attach(parent=filing, upload=file, by=owner, at=at, slot=slot, declared_not_secret=True)
    if state == S.PREPARING:
        return
    _unfilled(obj)
    _data_of(obj, at)
    filing = Filing.objects.select_related("protected_object__unit", "grading").get(pk=filing.pk)
    if lacking(filing):
        return  # what the demo inventory does not say is left to be mended, as in life
    officer = queries.officers(obj.unit.path, timezone.localdate(at)).exclude(pk=owner.pk).first()
    _walk(filing, state, owner, officer, at)


def _unfilled(obj: ProtectedObject) -> None:
    """What the forms ask and the demo inventory left open."""
    texts = {"business": "政务业务办理", "interconnection": "与市电子政务外网互联"}
    chosen = {"business_type": "3", "service_scope": "30", "service_users": "3", "deployment": "2"}
    wanted: dict[str, Any] = {**texts, **chosen, "network_nature": "1"}
    changed = {name: value for name, value in wanted.items() if not getattr(obj, name)}
    if not obj.in_operation_on and obj.status != "building":
        changed["in_operation_on"] = timezone.localdate(obj.created_at)
    pairs = (("is_mobile", "mobile_facts"), ("is_iot", "iot_facts"), ("is_industrial", "industrial_facts"),
             ("is_big_data", "big_data_facts"), ("data_exported", "export_facts"))  # fmt: skip
    for flag, facts in pairs:
        if getattr(obj, flag) and not getattr(obj, facts):
            changed[facts] = "（演示）经专用网关接入，仅采集业务所需数据。"
    codes = {"credit_code": "11411000MB00000000", "region_code": "411000", "address": "颍川市莲城路 1 号（演示）"}
    blank = {name: value for name, value in codes.items() if not getattr(obj.unit, name)}
    if blank:
        OrgUnit.objects.filter(pk=obj.unit_id, is_demo=True).update(**blank)
    if changed:
        ProtectedObject.objects.filter(pk=obj.pk).update(**changed)


def _data_of(obj: ProtectedObject, at: dt.datetime) -> None:
    """A class of data for 表六, where the demo inventory has none."""
    if DataCategory.objects.filter(protected_object=obj).exists():
        return
    row = DataCategory(
        protected_object=obj, name="业务办理数据", level="general", category="公共服务", department="信息中心",
        personal="none", source="collected", exchange="none", store="own_room",
    )  # fmt: skip
    records.stamp(row, by=obj.owner, at=at)
    with audit.act():
        row.save()
        search.refresh(row)
        audit.record("assets.datacategory.add", row, by=obj.owner, at=at, after=audit.fields_of(row))


def _walk(filing: Filing, state: str, owner: Any, officer: Any, at: dt.datetime) -> None:
    """The steps up to ``state``."""
    day = dt.timedelta(days=DAYS)
    steps: list[tuple[str, Any, str]] = [("submit", owner, "")]
    if state != S.SUBMITTED:
        steps.append(("receive", officer, ""))
    ends = {
        S.RETURNED: ("return_", "请补充网络拓扑图中与灾备中心的互联关系，并附安全服务清单。"),
        S.REJECTED: ("reject", "业务信息受破坏后对社会秩序的侵害程度论证不足，请重新定级。"),
        S.FILED: ("file", "材料齐全，定级准确，予以备案。"), S.DONE: ("approve", "情况属实，同意撤销。"),
    }  # fmt: skip
    if state in ends:
        steps.append((ends[S(state)][0], officer, ends[S(state)][1]))
    for number, (step, by, opinion) in enumerate(steps):
        filing.refresh_from_db()
        moment = at + day * number
        if step == "file":
            issued = timezone.localdate(moment)
            number_text = f"41990043001-{issued:%y}{700 + filing.pk % 300}"
            Filing.objects.filter(pk=filing.pk).update(certificate_number=number_text, certified_on=issued)
            filing.refresh_from_db()
        WORKFLOW.fire(filing, step, by=by, at=moment, opinion=opinion, seen=seen_token(filing))


def paper(title: str, text: str, at: dt.datetime) -> io.BytesIO:
    """An invented document, marked as such."""
    content = render(Document(title, [Paragraph(text)], meta=Meta(at, layout="official", demo=True)), "pdf")
    file = io.BytesIO(content)
    file.name = f"{title}.pdf".replace("/", "、")
    return file
