"""Items of the health bureau for tests."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import Rectification
from assessments.rectification.choices import State
from secmgmt.accounts import roles
from secmgmt.core import attachments, digest
from secmgmt.core.clock import now, today
from tests.assets.factories import make_object

_numbers = itertools.count(1)
PLAN = {
    "root_cause": "建设时没有配置异地备份", "measure": "建设到灾备中心的实时复制", "expected": "可丢数据不超过 15 分钟",
    "interim": "异地离线备份改为每日一次", "cost": Decimal("86.0"),
}  # fmt: skip
DECIDES = {
    State.PLAN_REVIEW: roles.LEADER.code, State.EXTENSION_REVIEW: roles.LEADER.code,
    State.ACCEPTANCE_REVIEW: roles.LEADER.code, State.VERIFYING: roles.UNIT_LEAD.code,
}  # fmt: skip


def make_item(unit: Any, state: str = State.PLANNING, *, owner: Any = None, **values: Any) -> Rectification:
    """An item in ``state`` with everything that its steps ask for, but evidence."""
    at, day = now(), today()
    obj = values.pop("protected_object", None) or make_object(unit, security_level=3, owner=owner)
    frozen = state not in (State.PLANNING, State.DOING)
    first = {
        "number": f"ZG-2020-{next(_numbers):04d}", "protected_object": obj, "level": obj.security_level,
        "title": "异地实时备份能力缺失", "finding": "每周离线带，可丢数据 7 天", "risk": "高", "found_on": day,
        "standard": "GB/T 22239-2019", "clause": "8.1.4.9b", "requirement": "异地实时备份",
        "due_on": day + dt.timedelta(days=30), "owner": owner or obj.owner, "verifier_role": roles.UNIT_LEAD.code,
        "state": state, "decides_role": DECIDES.get(State(state), ""), "asked_at": at,
        "asked_reason": "财政预算下年度安排",
        "asked_due": day + dt.timedelta(days=90), "accepted_until": day + dt.timedelta(days=60),
        "outcome": "已建成实时复制并演练", "after_result": "met", "created_at": at, "updated_at": at, **PLAN,
    }  # fmt: skip
    item = Rectification.objects.create(**{**first, **values})
    if frozen:
        item.frozen_digest = digest.hash_value(item.frozen_content())
        item.save()
    return item


def prove(item: Rectification, by: Any) -> None:
    """Attach evidence to an open item."""
    file = SimpleUploadedFile("配置截图.txt", f"{item.number} 复制状态正常".encode())
    attachments.attach(parent=item, upload=file, by=by, at=now())
