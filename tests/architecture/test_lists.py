"""Every list of the product, on pages and in the API: as many queries for sixty rows as for three, and few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import CatalogItem, Standard
from secmgmt.accounts.models import AdminGrant
from secmgmt.core import audit, search
from secmgmt.core.clock import now
from secmgmt.core.models import Notice
from tests.assets.factories import (
    make_component,
    make_data,
    make_hosting,
    make_link,
    make_network,
    make_object,
    make_register_line,
    make_zone,
)
from tests.support import enrol, make_position, make_unit, make_user

from . import extras, table
from .cast import Cast

pytestmark = pytest.mark.django_db  # inside the module's transaction
MOST, FEW, MANY = 25, 3, 60
OWNER, SYSTEM, SECURITY, AUDIT = "owner@own", "system_admin", "security_admin", "audit_admin"
Maker = Callable[[Cast, int], Any]


def grant(cast: Cast, _number: int) -> Any:
    at = now()
    return AdminGrant.objects.create(
        user=make_user(), role="audit_admin", reason="增补", asked_by=cast.city.secadmin, created_at=at, updated_at=at
    )


def item(cast: Cast, number: int) -> Any:
    row = cast.rows["catalogitem"]
    values = {name: value for name, value in vars(row).items() if not name.startswith("_") and name != "id"}
    return CatalogItem.objects.create(**{**values, "code": f"9.{number}", "order": number})


def notice(cast: Cast, _number: int) -> Any:
    row = cast.rows["object"]
    kind = ContentType.objects.get_for_model(row)
    mine = cast.person(OWNER)
    return Notice.objects.create(content_type=kind, object_id=row.pk, user=mine, text="请办理", url="/", at=now())


# URL name of the list, less its namespace and end → (who looks, how one more row is made)
ROWS: dict[str, tuple[str, Maker]] = {
    "object": (OWNER, lambda cast, n: make_object(cast.city.health)),
    "register": (OWNER, lambda cast, n: make_register_line(cast.city.health, f"涉密-L{n}")),
    "network": (OWNER, lambda cast, n: make_network(make_object(cast.city.health))),
    "zone": (OWNER, lambda cast, n: make_zone(cast.rows["network"], f"区{n}")),
    "component": (OWNER, lambda cast, n: make_component(make_object(cast.city.health))),
    "data": (OWNER, lambda cast, n: make_data(make_object(cast.city.health))),
    "link": (OWNER, lambda cast, n: make_link(cast.rows["platform"], make_object(cast.city.education))),
    "hosting": (OWNER, lambda cast, n: make_hosting(make_object(cast.city.health), cast.rows["platform"])),
    "grading": (OWNER, lambda cast, n: cast.grading("draft")),
    "assessment": (OWNER, lambda cast, n: cast.assessment("in_progress")),
    "catalogitem": (OWNER, item),
    "standard": (OWNER, lambda cast, n: Standard.objects.create(code=f"标准{n}", name="要求" * 20)),
    "job": (OWNER, lambda cast, n: cast.job(cast.person(OWNER), now())),
    "notices": (OWNER, notice),
    "report": (OWNER, lambda cast, n: cast.report(cast.rows["assessment"], cast.person(OWNER), now())),
    "search": (OWNER, lambda cast, n: search.refresh(make_object(cast.city.health, f"检索系统{n}"))),
    "unit": (SYSTEM, lambda cast, n: make_unit(f"单位{n}", cast.city.health)),
    "user": (SYSTEM, lambda cast, n: make_user(unit=cast.city.health)),
    "position": (SECURITY, lambda cast, n: make_position(make_user(), cast.city.health, "act_as_owner")),
    "factor": (SECURITY, lambda cast, n: enrol(make_user(unit=cast.city.health))),
    "admingrant": (SECURITY, grant),
    "audit": (AUDIT, lambda cast, n: audit.refuse("refused.conflict", by=cast.person(OWNER), reason="已有")),
    **extras.gathered("LISTS"),
}
# the API's words
SAME = {"protectedobject": "object", "datacategory": "data", "interconnection": "link", **extras.gathered("KINDS")}
LISTS = [*sorted(name for name in table.urls() if name.endswith("-list")), "core:notices", "core:search"]
ASKED = {"core:search": {"q": "检索"}, "api:duty-list": {"size": 200}}


def kind_of(name: str) -> str:
    """The key of ``ROWS`` for a list's URL name."""
    stem = name.rpartition(":")[2].removesuffix("-list")
    return SAME.get(stem, stem)


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """Made once; the transaction around it is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = Cast()
        for subject in sorted({subject for subject, _maker in ROWS.values()}):
            cast.client(subject)
        yield cast
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_few_queries_and_no_more_when_it_is_longer(cast: Cast, name: str):
    assert kind_of(name) in ROWS, f"a new list: say in ROWS who looks at {name} and how a row of it is made"
    subject, make = ROWS[kind_of(name)]
    with transaction.atomic():
        costs, shown = [], []
        for start, end in ((0, FEW), (FEW, MANY)):
            for number in range(start, end):
                make(cast, number)
            client, where = cast.client(subject), reverse(name)
            client.get(where, ASKED.get(name))  # what is remembered between requests is not what is counted
            with CaptureQueriesContext(connection) as seen:
                response = client.get(where, ASKED.get(name))
            assert response.status_code == 200
            costs.append([query["sql"] for query in seen.captured_queries])
            shown.append(len(response.content))
        transaction.set_rollback(True)
    few, many = costs
    bounded = kind_of(name) in extras.gathered("BOUNDED")
    assert bounded or shown[1] > shown[0] + 1000, "the longer list shows no more than the short one"
    assert len(many) <= len(few), "\n".join(sql for sql in many if sql not in few)
    assert len(many) <= MOST


def test_models_and_migrations_say_the_same():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
