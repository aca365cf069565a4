"""Demo inspections: one finished with its notice and reply, one on site; the same every time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.accounts.models import Position, User
from secmgmt.core.workflow import seen_token

from . import services, shipped
from .forms import InspectionForm, ItemForm, RecheckForm
from .models import Department, Inspection, InspectionItem, IssuedNotice, NoticeKind
from .workflow import NOTICE, WORKFLOW

BASIS = "本市年度网络安全检查方案"
GAPS = {
    3: ("partial", "中", "巡检记录缺两个月，其余齐全。"),
    8: ("unmet", "高", "管理地址未作限制，办公网可直接登录。"),
}


def create_inspections(at: dt.datetime) -> None:
    """Nothing where inspections exist, or where the city has no inspector."""
    if Inspection.objects.exists():
        return
    shipped.load()
    day = timezone.localdate(at)
    held = Position.objects.valid_on(day).filter(permission__codename=roles.INSPECTOR.code).order_by("pk")
    inspector = User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk").first()
    if inspector is None:
        return
    objects = ProtectedObject.objects.filter(
        is_demo=True, is_secret_register=False, security_level=3, owner__isnull=False, unit__path__startswith=
        held.filter(user=inspector).first().content_object.path, components__isnull=False,
    ).distinct().order_by("pk")[:2]  # fmt: skip
    department = Department.objects.get(code="CAC")
    for number, obj in enumerate(objects):
        start = at - dt.timedelta(days=70 if number == 0 else 2)
        row = _plan(obj, department, inspector, start)
        _fire(row, "start", inspector, start)
        _record(row, inspector, start, whole=number == 0)
        if number == 0:
            _finish(row, inspector, start)


def _plan(obj: Any, department: Department, by: Any, at: dt.datetime) -> Inspection:
    day = timezone.localdate(at)
    data = {
        "protected_object": obj.pk, "title": f"{obj}{day.year}年检查评估", "lead": department.pk,
        "departments": [row.pk for row in Department.objects.filter(code__in=("PSB", "MIIT", "SEC"))],
        "basis": BASIS, "starts_on": day, "ends_on": day + dt.timedelta(days=5),
        "layers": ["安全物理环境", "安全通信网络"], "version": 0,
    }  # fmt: skip
    return services.save_inspection(form=InspectionForm(data, user=by), by=by, at=at)


def _record(row: Inspection, by: Any, at: dt.datetime, *, whole: bool) -> None:
    items = list(row.items.select_related("inspection__protected_object__unit", "inspection__lead__unit"))
    for place, item in enumerate(items if whole else items[: len(items) // 2], 1):
        result, risk, found = GAPS.get(place, ("met", "", "现场核查符合要求。"))
        data = {"result": result, "method": "examine", "found": found, "risk": risk, "version": item.version}
        services.save_item(form=ItemForm(data, instance=item, user=by), by=by, at=at)


def _finish(row: Inspection, by: Any, start: dt.datetime) -> None:
    """Notice, receipt, reply, re-inspection, conclusion, a few days apart."""
    day = timezone.localdate(start)
    _fire(row, "gather", by, start + dt.timedelta(days=5))
    row.refresh_from_db()
    kind = NoticeKind.objects.filter(department=row.lead, needs_signature=False).order_by("pk")[0]
    services.keep_draft(
        inspection=row, kind=kind, deadline=day + dt.timedelta(days=120), by=by, at=start + dt.timedelta(days=6),
        text=f"依据{BASIS}，对{row.protected_object}进行了检查，发现问题 {row.finding_count} 项，请按期整改并回复。",
    )  # fmt: skip
    _fire(row, "issue", by, start + dt.timedelta(days=6))
    notice, owner = IssuedNotice.objects.get(inspection=row), row.protected_object.owner
    _reply(notice, owner, start)
    _fire(row, "reinspect", by, start + dt.timedelta(days=40))
    for item in row.items.filter(result__in=("partial", "unmet")).select_related("inspection__lead__unit"):
        data = {"recheck": InspectionItem.Recheck.FIXED, "recheck_found": "现场复核已整改。", "version": item.version}
        form = RecheckForm(data, instance=item, user=by)
        services.save_item(form=form, by=by, at=start + dt.timedelta(days=41))
    _fire(row, "conclude", by, start + dt.timedelta(days=41), "发现的问题已全部整改，检查结束。")


def _reply(notice: IssuedNotice, owner: Any, start: dt.datetime) -> None:
    NOTICE.fire(notice, "receive", by=owner, at=start + dt.timedelta(days=7), seen=seen_token(notice))
    notice.refresh_from_db()
    at = start + dt.timedelta(days=35)
    services.keep_reply(notice=notice, text="已补齐巡检记录，已限制管理地址，证明材料备查。", by=owner, at=at)
    NOTICE.fire(notice, "reply", by=owner, at=at, seen=seen_token(notice))


def _fire(row: Inspection, step: str, by: Any, at: dt.datetime, opinion: str = "") -> None:
    row.refresh_from_db()
    WORKFLOW.fire(row, step, by=by, at=at, opinion=opinion, seen=seen_token(row))
