"""What filing adds to the tests of the whole house."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from assessments.filing.models import Filing, FilingReply, FilingUnit, Material, ReplyKind
from assessments.filing.queries import officers
from assessments.filing.services import load_rules
from assessments.models import TermRule
from secmgmt.accounts.models import User
from secmgmt.core.clock import now
from tests.support import make_unit


def rows(cast: Any) -> dict[str, Any]:
    """Filings of the health bureau where somebody decides, its facts, a rule."""
    load_rules(now())
    return {
        "filing": make_filing(cast), "handed": make_filing(cast, "submitted", frozen_digest="f" * 64),
        "handed_outside": make_filing(cast, "submitted", frozen_digest="f" * 64, outside=True),
        "filingunit": make_unit_facts(cast.city.health), "termrule": TermRule.objects.get(code="filing_days"),
    }  # fmt: skip


def make_unit_facts(unit: Any) -> FilingUnit:
    """What 表一 asks of ``unit``."""
    at = now()
    return FilingUnit.objects.create(
        unit=unit, police="颍川市公安局", postcode="461000", affiliation="3", kind="2", industry="48 电子政务",
        head_name="沈一", head_title="主任", head_phone="0374-2900001", security_department="信息科",
        security_contact="林予安", security_phone="0374-2900002", data_department="信息科", data_contact="林予安",
        data_phone="0374-2900003", created_at=at, updated_at=at,
    )  # fmt: skip


def make_filing(cast: Any, state: str = "preparing", **values: Any) -> Filing:
    """A filing of a determined level-3 object that lacks nothing but what the inventory asks."""
    at = now()
    grading = cast.grading("determined", determined_at=at)
    return Filing.objects.create(**{
        "protected_object": grading.protected_object, "grading": grading, "filled_by": "林予安", "filled_on": at.date(),
        "state": state, "created_at": at, "updated_at": at, **values,
    })  # fmt: skip


def ready(stage: Any, state: str) -> Filing:
    """Complete, with an answer of every kind recorded for each round."""
    cast = stage.cast
    row = make_filing(cast, state, certificate_number="41100043001-26001", certified_on=timezone.localdate())
    obj = row.protected_object
    for name in ("business", "interconnection"):
        setattr(obj, name, "填写")
    obj.business_type = obj.deployment = obj.network_nature = "1"
    obj.service_scope, obj.service_users, obj.in_operation_on = "30", "1", timezone.localdate()
    obj.security_level = 3
    obj.save()
    for name in ("credit_code", "region_code", "address"):
        setattr(obj.unit, name, "411000")
    obj.unit.save()
    obj.data_categories.create(
        name="数据", level="general", category="业务", department="科", personal="none", source="collected",
        exchange="none", store="own_room", created_at=now(), updated_at=now(),
    )  # fmt: skip
    row.materials_note, row.reason = "纸质件另报", "名称变更"
    owner = cast.person("owner@own")
    for slot in (Material.GRADING, Material.EXPERTS, Material.REASON):
        file = cast.file(row, owner, now())
        file.slot = slot
        file.save()
    for kind in ReplyKind:
        for number in range(6):
            FilingReply.objects.create(
                filing=row, kind=kind, round=number, decided_by="市公安局", decided_on=timezone.localdate(), at=now(),
                proof=cast.file(row, owner, now()),
            )  # fmt: skip
    if not hasattr(obj.unit, "filing_facts"):
        make_unit_facts(obj.unit)
    return row


def set_outside(row: Any, value: int) -> None:
    """Where the owner records the answers no officer works with the system."""
    row.outside = bool(value)
    if value:
        people = officers(row.protected_object.unit.path, timezone.localdate())
        User.objects.filter(pk__in=list(people.values_list("pk", flat=True))).update(is_active=False)


MAKERS = {"assessments.Filing": ready}
PAGES = {"assessments.Filing": "assessments:filing-transition"}
LISTS = {
    "filing": ("owner@own", lambda cast, n: make_filing(cast)),
    "filingunit": ("owner@below", lambda cast, n: make_unit_facts(more_unit(cast, n))),
    "termrule": ("owner@own", lambda cast, n: TermRule.objects.create(
        code=f"rule{n}", area="备案", label=f"规则{n}", unit="days", number=3, basis="依据", confidence="K",
        created_at=now(), updated_at=now())),
}  # fmt: skip
ARGUMENTS = {"slot": "topology"}
OTHERS = {"outside": lambda value: 1 - value, "extension": lambda value: 1 - value}
GIVEN = {
    "outside": set_outside,
    "extension": lambda row, value: setattr(row, "kind", "extension" if value else "first"),
}


def more_unit(cast: Any, number: int) -> Any:
    """Another unit of the health bureau."""
    return make_unit(f"备案单位{number}", cast.city.health)


