"""The checklist the product comes with; lines an organization changed or took away stay as they are."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from secmgmt.core import audit
from secmgmt.core.clock import now

from .models import Gate, GateDepartment, GateItem

DEPARTMENT_BASIS = "按部门职责整理的本市默认值，待核对"
FILE = Path(__file__).parent / "data" / "gates.json"


@cache
def gates() -> dict[str, dict[str, Any]]:
    """Gate → what the file says of it."""
    return {gate["code"]: gate for gate in json.loads(FILE.read_text(encoding="utf-8"))["gates"]}


def load() -> str:
    """Load the checklist where there is none yet; says what it did (for ``load_catalogs``)."""
    if GateItem.objects.exists() or GateDepartment.objects.exists():
        return _("审查清单已有，未改动")
    at = now()
    stamp: dict[str, Any] = {"created_at": at, "updated_at": at}
    with audit.act():
        items = [_item(gate, entry, stamp) for gate, said in gates().items() for entry in said["items"]]
        departments = [_department(gate, entry, stamp) for gate, said in gates().items() for entry in said["opinions"]]
        GateItem.objects.bulk_create(items)
        GateDepartment.objects.bulk_create(departments)
        _note(len(items), len(departments), at)
    return _("审查清单 %(n)d 项，征求意见部门 %(m)d 个") % {"n": len(items), "m": len(departments)}


def _note(items: int, departments: int, at: dt.datetime) -> None:
    audit.record("assessments.gateitem.load", by=None, at=at, detail={"items": items, "departments": departments})


def _item(gate: str, entry: dict[str, Any], stamp: dict[str, Any]) -> GateItem:
    return GateItem(
        gate=Gate(gate), code=entry["code"], name=entry["name"], is_check=entry["type"] == "检查",
        from_level=entry["applies_from_level"], to_level=entry["applies_to_level"] or 4,
        condition=entry["when"] or "", basis=entry["basis"], is_confirmed=entry["confidence"] == "V1",
        acceptance=entry["acceptance"], blocking=entry["blocking"], **stamp,
    )  # fmt: skip


def _department(gate: str, entry: dict[str, Any], stamp: dict[str, Any]) -> GateDepartment:
    return GateDepartment(
        gate=Gate(gate), code=entry["department"], name=entry["name"], focus=entry["focus"],
        mandatory=entry["mandatory"], only_item=entry.get("only_item", ""), basis=DEPARTMENT_BASIS, **stamp,
    )  # fmt: skip
