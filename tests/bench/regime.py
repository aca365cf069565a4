"""``python -m tests.bench.regime``: a city after a year of the regime; the same every time.

3,000 objects of a hundred units, 1,000 confirmed self-assessments of a level-3 object's items each, and 60,000
rectification items in every state. ``leader`` decides for the city, ``keeper`` keeps its rules, ``head`` decides for
unit 1, ``one`` owns the objects of unit 1.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from assessments.evaluation.models import Answer, Assessment  # noqa: E402
from assessments.evaluation.results import summary  # noqa: E402
from assessments.rectification.models import Rectification  # noqa: E402
from assets.models import Hosting, ProtectedObject  # noqa: E402
from secmgmt.core import digest, search  # noqa: E402
from tests.bench.cycle import TENANTS  # noqa: E402
from tests.bench.seed import AT, DAY, UNITS, assess, make_object  # noqa: E402
from tests.support import enrol, make_position, make_unit, make_user  # noqa: E402

OBJECTS, ASSESSED, ITEMS = 3_000, 1_000, 60_000
# every sixtieth item waits for the city's leadership, as many for the units' heads
STATES = (
    *("closed",) * 34, *("doing",) * 12, *("planning",) * 5, "plan_review", "plan_review", "extension_review",
    "acceptance_review", "verifying", "verifying", "accepted", "accepted", "closed",
)  # fmt: skip
RISKS = ("中", "低", "中", "高", "低", "中", "中")
WAITS = {
    "plan_review": "", "extension_review": "", "acceptance_review": "act_as_leader", "verifying": "act_as_unit_lead"
}  # fmt: skip
CLAUSES = ("8.1.2.1", "8.1.3.2", "8.1.4.1", "8.1.4.9", "8.1.5.4", "8.1.10.5")


def people(root: Any, unit: Any) -> dict[str, Any]:
    """Who asks for the pages."""
    posts = {
        "leader": (root, "act_as_leader"), "keeper": (root, "act_as_rules_keeper"), "head": (unit, "act_as_unit_head"),
        "one": (unit, "act_as_owner"), "all": (root, "act_as_owner"),
    }  # fmt: skip
    found = {}
    for name, (where, role) in posts.items():
        found[name] = make_user(name, unit=where)
        make_position(found[name], where, role)
        if found[name].needs_second_factor:
            enrol(found[name])
    return found


def confirm_copies(source: Assessment, others: list[ProtectedObject]) -> None:
    """The same answers for each of ``others``, confirmed over the last three years."""
    answers = list(source.answers.order_by("order").select_related("guidance").prefetch_related("component_results"))
    result = summary(source, answers).as_json()
    names = [f.column for f in Answer._meta.concrete_fields if f.column not in ("id", "assessment_id")]
    values = {f.attname: getattr(source, f.attname) for f in Assessment._meta.concrete_fields if f.name != "id"}
    made = []
    for number, obj in enumerate(others):
        day = DAY - dt.timedelta(days=number % 1000)
        made.append(
            Assessment(
                **{
                    **values,
                    "protected_object_id": obj.pk,
                    "title": f"{obj.name} 自评估",
                    "report_date": day,
                    "state": "confirmed",
                    "result": result,
                    "frozen_digest": digest.hash_value(number),
                }
            )
        )
    Assessment.objects.bulk_create(made, batch_size=200)
    listed = ", ".join(f'"{name}"' for name in names)
    read = ", ".join(f'a."{name}"' for name in names)
    table, of = Answer._meta.db_table, Assessment._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ("assessment_id", {listed}) SELECT t.id, {read} FROM "{table}" a, "{of}" t'
            " WHERE a.assessment_id = %s AND t.id <> %s",
            [source.pk, source.pk],
        )


def item(number: int, objects: list[ProtectedObject], owner: Any, asker: Any) -> Rectification:
    """One rectification item, varied by its number alone."""
    obj, state, risk = objects[number % len(objects)], STATES[number % len(STATES)], RISKS[number % len(RISKS)]
    clause, found = CLAUSES[number % len(CLAUSES)], DAY - dt.timedelta(days=number % 700)
    waits = WAITS.get(state)
    decides = "" if waits is None else waits or ("act_as_leader" if risk == "高" else "act_as_unit_head")
    return Rectification(
        number=f"ZG-{found.year}-{number:05d}", protected_object=obj, level=obj.security_level, origin="evaluation",
        title=f"{clause} 访问控制策略没有逐条核对 {number}", finding="抽查三台设备，其中一台没有按要求留存记录。",
        standard="GB/T 22239-2019", clause=clause, risk=risk,
        major=risk == "高" and number % 5 == 0 and state not in ("accepted", "acceptance_review"),
        found_on=found, due_on=found + dt.timedelta(days=30 if risk == "高" else 90),
        owner=owner, measure="逐台核对策略，删去不用的规则。", cost=number % 30, state=state, decides_role=decides,
        verifier_role="act_as_unit_lead", asked_at=AT if decides else None, asked_by=asker if decides else None,
        asked_due=DAY + dt.timedelta(days=60) if state == "extension_review" else None,
        accepted_until=DAY + dt.timedelta(days=200) if state in ("accepted", "acceptance_review") else None,
        planned=state not in ("planning", "plan_review"), closed_on=DAY if state == "closed" else None,
        frozen_digest="f" * 64 if decides else "", created_at=AT, updated_at=AT, updated_by=owner,
    )  # fmt: skip


def host_tenants(unit: Any, platform: ProtectedObject, owner: Any) -> None:
    """Systems of ``unit`` on an assessed platform, which answers for them as the ready-made table has it."""
    for number in range(TENANTS):
        obj = make_object(UNITS * 3 + number, [unit] * UNITS, owner)
        obj.name, obj.code, obj.security_level = f"租户系统 {number}", f"ZH-{number}", 3
        obj.business_level = obj.service_level = 3
        obj.owner = owner
        obj.save()
        Hosting.objects.create(
            tenant=obj, platform=platform, model=Hosting.Model.IAAS, since=DAY - dt.timedelta(days=400),
            created_at=AT, updated_at=AT,
        )  # fmt: skip


def fill() -> None:
    """Everything."""
    call_command("load_catalogs", verbosity=0)
    root = make_unit("测速市", kind="city")
    units = [make_unit(f"测速单位 {number:03d}", root, kind="bureau") for number in range(UNITS)]
    users = people(root, units[1])
    made = (make_object(number, units, users["one"]) for number in range(OBJECTS))
    ProtectedObject.objects.bulk_create(made, batch_size=500)
    third = list(ProtectedObject.objects.filter(security_level=3).order_by("is_mobile", "pk")[:ASSESSED])
    assess(third[0], users["all"])
    first = Assessment.objects.get()
    confirm_copies(first, third[1:])
    Assessment.objects.filter(pk=first.pk).update(state="confirmed")
    objects = list(ProtectedObject.objects.order_by("pk"))
    host_tenants(units[1], third[1], users["one"])
    search.refresh_many(ProtectedObject.objects.iterator(chunk_size=2000))
    items = (item(number, objects, users["one"], users["all"]) for number in range(ITEMS))
    Rectification.objects.bulk_create(items, batch_size=500)


if __name__ == "__main__":
    fill()
