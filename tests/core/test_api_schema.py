"""Every operation of the API with whatever its description allows, and with what it does not.

No answer is an error of ours, every refusal is a problem, and what comes back is what the description says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from django.test.client import ClientHandler
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from ninja.responses import NinjaJSONEncoder
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from secmgmt.accounts import services
from secmgmt.api import api
from secmgmt.core.clock import now
from tests.architecture import table
from tests.architecture.cast import Cast
from tests.support import make_position

pytestmark = pytest.mark.django_db  # inside the module's transaction
CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
EXAMPLES = 8  # of each operation, a third of them wrong
HANDLER = ClientHandler(enforce_csrf_checks=True)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    """The product within this process, its connection to the database left open."""
    response = HANDLER(environ)
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [b"".join(response)]


# As it is served: labels are sentences that know their language only then.
SCHEMA = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(), cls=NinjaJSONEncoder)))
SCHEMA.app = application
OPERATIONS = {
    found.label: found
    for found in (result.ok() for result in SCHEMA.get_all_operations())
    if not found.path.startswith("/api/v1/things")  # the sample feature of the kernel's own tests
}


@pytest.fixture(scope="module")
def caller(django_db_setup, django_db_blocker) -> Iterator[SimpleNamespace]:
    """A unit lead, who is also an owner so that he gets further, with a token that writes, and one row of each kind."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast, at = Cast(), now()
        lead = cast.person("unit_lead@own")
        make_position(lead, cast.city.health, "act_as_owner")
        _row, token = services.issue_token(user=lead, label="接口测试", days=1, scope="write", by=lead, at=at)
        yield SimpleNamespace(rows=numbers_of(cast), headers={"Authorization": f"Bearer {token}"})
        transaction.set_rollback(True)


def numbers_of(cast: Cast) -> dict[str, int]:
    """Address up to the row's number → the row that the table of permissions asks for there."""
    urls, found = table.urls(), {}
    for line in table.lines():
        if line.url.startswith("api:") and urls.get(line.url) == {"pk"}:
            before, number = re.match(r"/api/v1/(.*?)/(\d+)\b", table.address(line, cast, {"pk"})).groups()
            found[before] = int(number)
    return found


def before_row(label: str) -> str:
    """What of an operation's address stands before the row's number."""
    return label.partition("/api/v1/")[2].partition("/{pk}")[0]


def test_every_operation_on_a_row_is_tried_on_one(caller: Any):
    assert {before_row(label) for label in OPERATIONS if "{pk}" in label} <= set(caller.rows)
    assert len(OPERATIONS) > 150


@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_described_whatever_it_is_sent(caller: Any, label: str):
    operation = OPERATIONS[label]
    pk = caller.rows.get(before_row(label), 1)
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, derandomize=True, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(good, good, bad), number=st.sampled_from([pk, pk, pk, None]))
    def call(case: Any, number: int | None) -> None:
        if number is not None and "pk" in case.path_parameters:
            case.path_parameters["pk"] = number
            if case.headers and "If-Match" in case.headers:
                case.headers["If-Match"] = '"1"'
        with transaction.atomic():
            response = case.call(headers=caller.headers)
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400:
            told = response.json()
            assert response.headers["content-type"] == ["application/problem+json"], case.as_curl_command()
            assert told["status"] == response.status_code and told["title"] and told["type"]

    call()
