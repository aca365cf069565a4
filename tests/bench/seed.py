"""``python -m tests.bench.seed SIZE``: a city of a hundred units that share SIZE objects; the same every time.

``one`` is the owner of the objects of one unit (1 % of the rows), ``all`` of the whole city's, and eight writers
answer, each an assessment of his own. Unit 1 has one self-assessment that is answered to the end.
"""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from assessments.evaluation import points  # noqa: E402
from assessments.evaluation.models import Answer  # noqa: E402
from assessments.evaluation.services import create_assessment  # noqa: E402
from assets.models import ProtectedObject  # noqa: E402
from secmgmt.accounts.models import User  # noqa: E402
from secmgmt.core import search  # noqa: E402
from tests.support import make_position, make_unit, make_user  # noqa: E402

UNITS, WRITERS = 100, 8
SEARCHABLE = 10_000  # more are only listed, and the site-wide search has no part in that
DAY = dt.date(2026, 3, 16)
AT = dt.datetime(2026, 3, 16, 1, 0, tzinfo=dt.UTC)
KINDS = ("system", "system", "system", "network", "data")
STATUSES = ("running", "running", "running", "building")
LEVELS = (3, 2, None, 3, 1)
RESULTS = (points.MET, points.MET, points.PARTIAL, points.MET, points.UNMET, points.MET, points.NOT_APPLICABLE)
FOUND = "现场核查：配置与制度已建立，抽查三台设备，其中一台没有按要求留存记录，见附件。"


def make_object(number: int, units: list[Any], owner: User) -> ProtectedObject:
    """One object, varied by its number alone; every hundredth belongs to one unit, in every kind and level."""
    turn = number // UNITS
    level, status = LEVELS[turn % len(LEVELS)], STATUSES[turn % len(STATUSES)]
    return ProtectedObject(
        unit=units[number % UNITS],
        name=f"{('业务', '政务', '公共', '监测')[number % 4]}信息系统 {number:06d}",
        code=f"XT-{number:06d}",
        kind=KINDS[turn % len(KINDS)],
        status=status,
        construction="existing",
        in_operation_on=DAY - dt.timedelta(days=number % 3000) if status == "running" else None,
        owner=owner if number % 3 else None,
        contact="" if number % 3 else "张某",
        business_type="4",
        business="面向全市受理、审批和查询，数据逐日汇总。",
        service_scope="30",
        service_users="3",
        security_level=level,
        business_level=level,
        service_level=level,
        is_mobile=number % 7 == 0,
        rto_minutes=240 if level == 3 else None,
        created_at=AT,
        updated_at=AT,
        updated_by=owner,
        version=1,
    )


def assess(obj: ProtectedObject, by: User) -> None:
    """A self-assessment with every item answered."""
    assessment = create_assessment(
        protected_object=obj, title=f"{obj.name} 自评估", report_date=DAY, by=by, at=AT
    )
    rows = list(assessment.answers.order_by("order"))
    for number, row in enumerate(rows):
        row.result = RESULTS[number % len(RESULTS)]
        row.value = points.result_value(row.result)
        row.found = "" if row.result == points.MET else FOUND
        row.risk = "中" if row.result in (points.PARTIAL, points.UNMET) else ""
        row.answered_by, row.answered_at = by, AT
    Answer.objects.bulk_update(rows, ["result", "value", "found", "risk", "answered_by", "answered_at"])


def fill(size: int) -> None:
    """Everything."""
    call_command("load_catalogs", verbosity=0)
    root = make_unit("测速市", kind="city")
    units = [make_unit(f"测速单位 {number:03d}", root, kind="bureau") for number in range(UNITS)]
    people = {"one": units[1], "all": root, **{f"writer{number}": root for number in range(WRITERS)}}
    users = {name: make_user(name, unit=unit) for name, unit in people.items()}
    for name, unit in people.items():
        make_position(users[name], unit, "act_as_owner")
    objects = (make_object(number, units, users["one"]) for number in range(size))
    ProtectedObject.objects.bulk_create(objects, batch_size=500)
    if size <= SEARCHABLE:
        search.refresh_many(ProtectedObject.objects.iterator(chunk_size=2000))
    assess(ProtectedObject.objects.filter(unit=units[1], security_level=3).earliest("code"), users["one"])


if __name__ == "__main__":
    fill(int(sys.argv[1]))
