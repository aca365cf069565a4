"""Self-assessments through the API: the same services, scope and refusals as the pages."""

from __future__ import annotations

import json
from typing import Any

from assessments.models import Assessment
from tests.assets.factories import make_component

from .test_answering import fill
from .test_journey import signed_in

BASE = "/api/v1"


def call(client: Any, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
    """One request with JSON and the version it is based on."""
    headers = {} if version is None else {"If-Match": f'"{version}"'}
    data = None if body is None else json.dumps(body)
    return getattr(client, method)(f"{BASE}{path}", data, content_type="application/json", headers=headers)


def test_an_assessment_is_begun_answered_and_submitted_through_the_api(graded, city):
    owner = signed_in(city.lin)
    asked = {"protected_object": graded.pk, "title": "接口", "report_date": "2025-03-01"}
    made = call(owner, "post", "/assessments", asked)
    assert made.status_code == 201, made.content
    assert (made.json()["template"], made.json()["formula"]) == ("2021", "simple")
    pk = made.json()["id"]
    items = call(owner, "get", f"/assessments/{pk}/answers").json()["items"]
    assert len(items) == 211
    first = items[0]["id"]
    saved = call(owner, "patch", f"/answers/{first}", {"result": "unmet", "found": "没有"}, 1)
    assert (saved.status_code, saved["ETag"], saved.json()["result"]) == (200, '"2"', "unmet")
    again = call(owner, "patch", f"/answers/{first}", {"risk": "高"}, 2).json()
    assert (again["result"], again["found"], again["risk"]) == ("unmet", "没有", "高")
    fill(Assessment.objects.get(pk=pk))
    seen = call(owner, "get", f"/assessments/{pk}").json()["seen"]
    assert call(owner, "post", f"/assessments/{pk}/do/submit", {"seen": seen}).status_code == 200


def test_an_answer_needs_its_version_and_a_stale_one_overwrites_nothing(assessment, city):
    owner, row = signed_in(city.lin), assessment.answers.first()
    assert call(owner, "patch", f"/answers/{row.pk}", {"result": "met"}).status_code == 428
    assert call(owner, "patch", f"/answers/{row.pk}", {"result": "met"}, 1).status_code == 200
    stale = call(owner, "patch", f"/answers/{row.pk}", {"result": "unmet"}, 1)
    assert stale.status_code == 409 and "林予安" in stale.json()["title"]
    assert call(owner, "patch", f"/answers/{row.pk}", {"result": "good"}, 2).status_code == 422
    assert call(owner, "patch", f"/answers/{row.pk}", {"found": None}, 2).status_code == 422
    row.refresh_from_db()
    assert row.result == "met"


def test_components_are_answered_through_the_api(assessment, city):
    owner, row = signed_in(city.lin), assessment.answers.first()
    parts = [make_component(assessment.protected_object, name) for name in ("甲", "乙")]
    given = {"results": {str(parts[0].pk): "met", str(parts[1].pk): "unmet"}}
    saved = call(owner, "put", f"/answers/{row.pk}/components", given, 1)
    assert (saved.status_code, saved.json()["result"], saved.json()["value"]) == (200, "partial", "0.500000")


def test_another_bureau_and_a_reader_change_nothing(assessment, city):
    row = assessment.answers.first()
    for who, code in ((city.su, 404), (city.zhou, 403)):
        client = signed_in(who)
        assert call(client, "patch", f"/answers/{row.pk}", {"result": "met"}, 1).status_code == code
        assert call(client, "put", f"/answers/{row.pk}/components", {"results": {}}, 1).status_code == code
    assert call(signed_in(city.su), "get", f"/assessments/{assessment.pk}/answers").status_code == 404


def test_the_frame_changes_while_open_and_one_begun_by_mistake_goes(assessment, city):
    owner = signed_in(city.lin)
    changed = call(owner, "patch", f"/assessments/{assessment.pk}", {"title": "改名", "protected_object": 999}, 1)
    assert changed.status_code == 200 and changed.json()["protected_object"] == assessment.protected_object_id
    row = assessment.answers.first()
    call(owner, "patch", f"/answers/{row.pk}", {"result": "met"}, 1)
    refused = call(owner, "delete", f"/assessments/{assessment.pk}", version=2)
    assert refused.status_code == 409 and "不能删除" in refused.json()["title"]
    call(owner, "patch", f"/answers/{row.pk}", {"result": ""}, 2)
    assert call(owner, "delete", f"/assessments/{assessment.pk}", version=2).status_code == 204
    assert not Assessment.objects.exists()
