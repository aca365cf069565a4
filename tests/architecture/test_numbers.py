"""No number in a request, however long, ends in a fault: in an address, a parameter, a field or a body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest import mock

import pytest
from django.db import transaction
from django.template.backends.django import Template as DjangoTemplate
from django.urls import reverse

from . import table
from .cast import Cast

NUMBERS = ("9223372036854775808", "9" * 24)  # more than 63 bits, than anything; PostgreSQL minds the first
LONG = "9" * 5000  # more digits than Python turns into a number
NUMBERED = {"pk", "object_id", "kind", "invitation"}
WHO = ("owner@own", "system_admin", "security_admin", "audit_admin")
ASKED = ("object", "of", "protected_object", "unit", "user", "subject", "standard", "network", "zone", "page", "parent")


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker) -> Iterator[Cast]:
    """The people and rows, made once; the transaction around them is taken back at the end."""
    pages = mock.patch.object(DjangoTemplate, "render", return_value="")  # most of the time; refusals are written
    with django_db_blocker.unblock(), transaction.atomic(), pages:
        cast = Cast()
        for subject in WHO:
            cast.client(subject)
        yield cast
        transaction.set_rollback(True)


def faults(cast: Cast, method: str, where: str, body: Any = None) -> list[str]:
    """Who of ``WHO`` gets a fault; whatever was done is undone."""
    as_json = {"content_type": "application/json"} if where.startswith("/api/") and method != "get" else {}
    found = []
    for subject in WHO[1:] if where.startswith(("/manage/", "/audit/")) else WHO[:1]:
        with transaction.atomic():
            code = getattr(cast.client(subject), method)(where, body or {}, **as_json).status_code
            transaction.set_rollback(True)
        if code >= 500:
            found.append(f"{subject}: {method} {where[:90]} {code}")
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("number", NUMBERS)
def test_an_address_with_a_number_beyond_every_column_leads_nowhere(cast: Cast, number: str):
    wrong: list[str] = []
    for name, arguments in table.urls().items():
        if not arguments & NUMBERED:
            continue
        values = {key: number if key in NUMBERED else table.ARGUMENTS.get(key) for key in arguments}
        where = reverse(name, kwargs=values)
        for method in ("get", "put") if where.startswith("/api/") else ("get", "post"):
            wrong += faults(cast, method, where)
    assert cast.client("owner@own").get(f"/objects/{number}/").status_code == 404
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("number", [*NUMBERS, LONG])
def test_a_number_in_a_parameter_is_never_a_fault(cast: Cast, number: str):
    wrong: list[str] = []
    for name, arguments in table.urls().items():
        if not arguments and not name.endswith(("-template", "-export", "schema")):
            where = reverse(name)
            wrong += faults(cast, "get", where, dict.fromkeys(ASKED, number))
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("number", [*NUMBERS, LONG])
def test_a_number_in_a_field_or_a_body_is_never_a_fault(cast: Cast, number: str):
    """``version`` and every choice of every page that takes a form, and the numbers of components."""
    rows = cast.rows
    wrong: list[str] = []
    fields = dict.fromkeys((*ASKED, "version", "rto_minutes", "user_count", "quantity", "days", "hosted"), number)
    for name, arguments in table.urls().items():
        if name.endswith(("-create", "-new")) and not arguments:
            wrong += faults(cast, "post", reverse(name), fields)
    for page in ("delete", "update"):
        for kind in ("component", "data", "zone", "network", "hosting", "link", "object"):
            wrong += faults(cast, "post", reverse(f"assets:{kind}-{page}", args=[rows[kind].pk]), fields)
    answer = rows["answer"].pk
    for name in ("save", "components"):
        where = reverse(f"assessments:answer-{name}", args=[answer])
        wrong += faults(cast, "post", where, {"version": number, f"c-{number}": "met", "result": "met"})
    wrong += faults(cast, "post", f"{reverse('assessments:grading-preview')}?of={number}")
    body = {"results": {number: "met"}}
    wrong += faults(cast, "put", reverse("api:answer-components", args=[answer]), body)
    wrong += faults(cast, "post", reverse("api:component-list"), {"protected_object": number, "zone": number})
    assert wrong == []
