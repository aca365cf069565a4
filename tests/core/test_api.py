"""The API over HTTP: who, which rows, which fields, which version, and every error as a problem."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.conf import settings as django_settings
from django.test import Client

from secmgmt.accounts import tokens
from secmgmt.core.apibody import body_schema
from secmgmt.core.clock import now
from secmgmt.core.models import AuditEvent
from tests.core.testapp.forms import ThingForm
from tests.core.testapp.models import STEPS, Thing
from tests.core.testapp.support import invite, make_thing
from tests.support import make_position

pytestmark = pytest.mark.django_db
URL = "/api/v1/things"


class Caller:
    """A caller of the API with a session."""

    def __init__(self, client, user=None):
        self.client = client
        if user is not None:
            client.force_login(user)

    def __call__(self, method, path="", body=None, **headers):
        data = json.dumps(body) if body is not None else None
        sent = {"content_type": "application/json"} | ({"data": data} if data else {})
        named = {f"HTTP_{k.upper()}": v for k, v in headers.items()}
        return getattr(self.client, method)(f"{URL}{path}", **sent, **named)


@pytest.fixture
def lin(client, city):
    return Caller(client, city.lin)


@pytest.fixture
def thing(city):
    return make_thing(city.health, "卫生平台")


def is_problem(response, status):
    assert response.status_code == status, response.content.decode()
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == status and body["title"] and body["type"]
    return body


# -- who ---------------------------------------------------------------------------------------------------


def test_without_a_token_or_a_session_everything_is_401(client, thing):
    caller = Caller(client)
    places = (("get", ""), ("get", f"/{thing.pk}"), ("post", ""), ("get", "/no/such/place"), ("get", "/a%0Ab"))
    for method, path in places:
        response = caller(method, path, {} if method == "post" else None)
        is_problem(response, 401)
        assert response["WWW-Authenticate"] == "Bearer"


def test_a_token_acts_as_its_user_and_a_reading_one_does_not_write(client, city, thing):
    at = now()
    text = {
        scope: tokens.issue_token(user=city.lin, label=scope, days=5, scope=scope, by=city.lin, at=at)[1]
        for scope in ("read", "write")
    }
    caller = Caller(client)
    assert caller("get", authorization=f"Bearer {text['read']}").json()["total"] == 1
    new = {"name": "新", "unit": city.health.pk}
    is_problem(caller("post", "", new, authorization=f"Bearer {text['read']}"), 403)
    assert caller("post", "", new, authorization=f"Bearer {text['write']}").status_code == 201
    assert AuditEvent.objects.get(verb="testapp.thing.add").actor_id == city.lin.pk


def test_a_bad_token_is_refused_even_beside_a_good_session(lin, thing):
    is_problem(lin("get", authorization="Bearer nonsense"), 401)


def test_a_session_writes_only_with_its_csrf_token(city):
    client = Client(enforce_csrf_checks=True)
    client.force_login(city.lin)
    new = json.dumps({"name": "新", "unit": city.health.pk})
    response = client.post(URL, new, content_type="application/json")
    is_problem(response, 403)
    assert not Thing.objects.exists()
    client.cookies[django_settings.CSRF_COOKIE_NAME] = "a" * 32
    response = client.post(URL, new, content_type="application/json", HTTP_X_CSRFTOKEN="a" * 32)
    assert response.status_code == 201


def test_a_disabled_users_session_and_token_end_at_once(client, city, thing):
    token = tokens.issue_token(user=city.lin, label="x", days=5, scope="read", by=city.lin, at=now())[1]
    caller = Caller(client, city.lin)
    type(city.lin).objects.filter(pk=city.lin.pk).update(is_active=False)
    is_problem(caller("get"), 401)
    is_problem(caller("get", authorization=f"Bearer {token}"), 401)


# -- which rows --------------------------------------------------------------------------------------------


def test_a_list_and_its_total_hold_only_what_the_user_may_see(lin, city, thing):
    make_thing(city.education, "学籍")
    make_thing(city.hospital, "病历")
    body = lin("get").json()
    assert [item["name"] for item in body["items"]] == ["卫生平台", "病历"]
    assert body["total"] == 2


def test_another_bureaus_row_is_the_same_404_as_none_by_every_method(lin, city):
    other = make_thing(city.education, "学籍")
    calls = (
        ("get", ""),
        ("patch", ""),
        ("delete", ""),
        ("get", "/history"),
        ("post", "/do/submit"),
    )
    for method, path in calls:
        body = {"seen": "v1"} if method == "post" else {} if method == "patch" else None
        there = is_problem(lin(method, f"/{other.pk}{path}", body, if_match='"1"'), 404)
        nowhere = is_problem(lin(method, f"/999999{path}", body, if_match='"1"'), 404)
        assert there == nowhere and "学籍" not in str(there)
    assert AuditEvent.objects.filter(verb="refused.not-found", actor_id=city.lin.pk).count() == len(calls) * 2


def test_pages_are_cut_and_never_larger_than_200(lin, city):
    for _number in range(5):
        make_thing(city.health)
    body = lin("get", "?page=2&size=2").json()
    assert len(body["items"]) == 2 and body["total"] == 5
    assert set(is_problem(lin("get", "?size=201"), 422)["errors"]) == {"size"}
    assert set(is_problem(lin("get", "?page=0"), 422)["errors"]) == {"page"}


def test_filters_are_the_pages_and_an_unknown_one_is_refused(lin, city, thing):
    make_thing(city.health, "另一个", state="asked")
    assert [i["name"] for i in lin("get", "?state=asked").json()["items"]] == ["另一个"]
    assert [i["name"] for i in lin("get", "?q=卫生").json()["items"]] == ["卫生平台"]
    assert "stat" in is_problem(lin("get", "?stat=asked"), 422)["errors"]
    assert "unit" in is_problem(lin("get", f"?unit={city.education.pk}"), 422)["errors"]


def test_only_declared_fields_sort(lin, city):
    make_thing(city.health, "b")
    make_thing(city.health, "a")
    assert [i["name"] for i in lin("get", "?sort=name").json()["items"]] == ["a", "b"]
    assert [i["name"] for i in lin("get", "?sort=-name").json()["items"]] == ["b", "a"]
    for sort in ("updated_by__password", "unit__path", "--name", "?", "name;drop"):
        is_problem(lin("get", f"?sort={sort}"), 422)


def test_a_list_costs_the_same_queries_for_two_and_for_fifty_rows(lin, city, django_assert_max_num_queries):
    for _number in range(50):
        make_thing(city.health, indexed=False)
    lin("get")
    with django_assert_max_num_queries(12):
        assert len(lin("get").json()["items"]) == 50


def test_a_participant_sees_the_fields_of_his_invitation_and_no_more(client, city):
    thing = make_thing(city.education, "学籍", note="密码柜在三楼")
    invite(thing, "reviewer", user=city.xu, fields=["name"])
    caller = Caller(client, city.xu)
    assert caller("get").json()["items"] == [{"id": thing.pk, "name": "学籍", "version": 1}]
    assert "note" not in caller("get", f"/{thing.pk}").json()
    assert caller("get", "?q=学籍").json()["total"] == 0  # a filter would tell what was not shown
    is_problem(caller("get", f"/{thing.pk}/history"), 403)
    Thing.objects.filter(pk=thing.pk).update(name="学籍二")
    invite(thing, "reviewer", unit=city.health, fields=[])
    assert "note" not in caller("get", f"/{thing.pk}").json()
    make_position(city.xu, city.health, "act_as_inspector")  # the unit's invitation reaches him now
    assert caller("get", f"/{thing.pk}").json()["note"] == "密码柜在三楼"


# -- writing -----------------------------------------------------------------------------------------------


def test_creating_goes_through_the_form_and_answers_with_its_etag(lin, city):
    response = lin("post", "", {"name": "新", "unit": city.hospital.pk, "due": "2026-12-31"})
    assert response.status_code == 201 and response["ETag"] == '"1"'
    body = response.json()
    assert body["due"] == "2026-12-31" and body["state"] == "draft" and body["transitions"] == ["submit"]
    assert Thing.objects.get().updated_by == city.lin


def test_what_the_form_refuses_is_said_field_by_field(lin, city, thing):
    body = is_problem(lin("post", "", {"unit": city.health.pk}), 422)
    assert body["errors"] == {"name": ["“名称”没有填写。"]}
    assert "name" in is_problem(lin("post", "", {"name": "卫生平台", "unit": city.health.pk}), 422)["errors"]
    wrong = is_problem(lin("post", "", {"name": ["x"], "unit": "y", "due": "soon"}), 422)["errors"]
    assert set(wrong) == {"name", "unit"} or {"name", "unit"} <= {key.split(".")[0] for key in wrong}


def test_a_body_sets_the_forms_fields_and_nothing_else(lin, city, thing):
    """A31: neither state nor digest nor key nor who did it."""
    for field in ("state", "frozen_digest", "id", "pk", "version", "updated_by", "unit_id", "created_at"):
        errors = is_problem(lin("patch", f"/{thing.pk}", {field: "1"}, if_match='"1"'), 422)["errors"]
        assert set(errors) == {field}
        new = {"name": "n", "unit": city.health.pk, field: "1"}
        assert field in is_problem(lin("post", "", new), 422)["errors"]
    thing.refresh_from_db()
    assert (thing.state, thing.version) == ("draft", 1)


def test_the_bodys_schema_has_the_forms_fields_without_version_and_files():
    fields = set(body_schema(ThingForm, "ThingBody").model_fields)
    assert fields == {"unit", "name", "note", "due", "other"}


def test_foreign_keys_offer_only_what_the_user_may_see(lin, city, thing):
    """A03: neither pointing to nor moving into another bureau."""
    secret = make_thing(city.education, "学籍")
    for body in ({"other": secret.pk}, {"unit": city.education.pk}, {"unit": city.root.pk}):
        errors = is_problem(lin("patch", f"/{thing.pk}", body, if_match='"1"'), 422)["errors"]
        assert set(errors) == set(body) and "学籍" not in str(errors)
    is_problem(lin("post", "", {"name": "n", "unit": city.education.pk}), 422)
    assert Thing.objects.filter(unit=city.education).count() == 1


def test_a_partial_change_leaves_the_other_fields(lin, city, thing):
    Thing.objects.filter(pk=thing.pk).update(note="旧", due=dt.date(2026, 1, 2))
    response = lin("patch", f"/{thing.pk}", {"note": "新"}, if_match='"1"')
    assert response.status_code == 200 and response["ETag"] == '"2"'
    thing.refresh_from_db()
    assert (thing.note, thing.due, thing.name) == ("新", dt.date(2026, 1, 2), "卫生平台")
    assert lin("patch", f"/{thing.pk}", {"due": None}, if_match='"2"').json()["due"] is None


def test_a_change_without_if_match_is_428(lin, thing):
    is_problem(lin("patch", f"/{thing.pk}", {"note": "x"}), 428)
    is_problem(lin("delete", f"/{thing.pk}"), 428)
    is_problem(lin("patch", f"/{thing.pk}", {"note": "x"}, if_match="*"), 428)


def test_a_stale_change_overwrites_nothing_and_shows_both_versions(lin, city, thing):
    assert lin("patch", f"/{thing.pk}", {"note": "先"}, if_match='"1"').status_code == 200
    body = is_problem(lin("patch", f"/{thing.pk}", {"note": "后"}, if_match='"1"'), 412)
    assert body["current"]["note"] == "先" and body["submitted"] == {"note": "后"}
    assert body["changed_by"] == city.lin.audit_name and body["changed_at"]
    thing.refresh_from_db()
    assert thing.note == "先"
    is_problem(lin("delete", f"/{thing.pk}", if_match='"1"'), 412)
    assert AuditEvent.objects.filter(verb="refused.stale").count() == 2


def test_deleting_on_the_right_version_deletes(lin, thing):
    assert lin("delete", f"/{thing.pk}", if_match='"1"').status_code == 204
    assert not Thing.objects.exists()


def test_a_reader_is_told_who_may_and_nothing_changes(client, city, thing):
    caller = Caller(client, city.zhou)
    assert caller("get", f"/{thing.pk}").status_code == 200
    is_problem(caller("patch", f"/{thing.pk}", {"note": "x"}, if_match='"1"'), 403)
    is_problem(caller("delete", f"/{thing.pk}", if_match='"1"'), 403)
    is_problem(caller("post", "", {"name": "n", "unit": city.health.pk}), 403)
    assert AuditEvent.objects.filter(verb="refused.not-allowed").count() == 3


# -- workflow ----------------------------------------------------------------------------------------------


def test_a_step_names_what_was_seen(client, city, lin, thing):
    is_problem(lin("post", f"/{thing.pk}/do/submit", {}), 428)
    is_problem(lin("post", f"/{thing.pk}/do/submit", {"seen": "v0"}), 409)
    is_problem(lin("post", f"/{thing.pk}/do/nosuch", {"seen": "v1"}), 404)
    seen = lin("get", f"/{thing.pk}").json()["seen"]
    assert lin("post", f"/{thing.pk}/do/submit", {"seen": seen}).json()["state"] == "asked"


def test_who_comes_second_is_told_who_was_first(client, city, lin, thing, at):
    asked = STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
    STEPS.fire(asked, "agree", by=city.gao, at=at, seen=asked.frozen_digest)
    caller = Caller(client, city.zhou)
    body = is_problem(caller("post", f"/{thing.pk}/do/agree", {"seen": asked.frozen_digest}), 409)
    assert city.gao.audit_name in body["title"] and body["changed_by"] == city.gao.audit_name


def test_sending_back_needs_an_opinion(client, city, thing, at):
    asked = STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
    caller = Caller(client, city.zhou)
    body = is_problem(caller("post", f"/{thing.pk}/do/send_back", {"seen": asked.frozen_digest}), 422)
    assert "opinion" in body["errors"]


def test_submitted_content_is_changed_by_no_door(lin, city, thing, at):
    STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
    is_problem(lin("patch", f"/{thing.pk}", {"note": "偷改"}, if_match='"2"'), 409)
    is_problem(lin("delete", f"/{thing.pk}", if_match='"2"'), 409)
    assert lin("patch", f"/{thing.pk}", {"due": "2026-12-31"}, if_match='"2"').status_code == 200


def test_history_tells_decisions_and_changes(lin, city, thing, at):
    lin("patch", f"/{thing.pk}", {"note": "新"}, if_match='"1"')
    lin("post", f"/{thing.pk}/do/submit", {"seen": "v2"})
    body = lin("get", f"/{thing.pk}/history").json()
    assert [d["transition"] for d in body["decisions"]] == ["submit"]
    assert {"field": "说明", "before": "—", "after": "新"} in body["changes"][1]["changes"]


# -- errors ------------------------------------------------------------------------------------------------


def test_every_error_of_the_framework_is_a_problem(lin, client, thing):
    is_problem(lin("get", "/nothing/here"), 404)
    is_problem(lin("put", f"/{thing.pk}", {}), 405)
    is_problem(client.post(URL, "{nonsense", content_type="application/json"), 400)
    is_problem(client.post(URL, "[" * 100_000, content_type="application/json"), 400)
    is_problem(lin("post", "", {"name": "x\x00y", "unit": 10**40}), 422)
    is_problem(lin("get", f"/{10**30}"), 404)
    is_problem(lin("post", "", {"name": "x" * 6_000_000}), 413)


def test_an_error_of_ours_tells_nothing_of_our_insides(lin, thing, monkeypatch):
    def explode(*args, **kwargs):
        raise RuntimeError("SELECT password FROM accounts_user at /srv/app.py")

    monkeypatch.setattr("secmgmt.core.api.permissions.get_visible", explode)
    response = lin("get", f"/{thing.pk}")
    body = is_problem(response, 500)
    assert "SELECT" not in str(body) and "app.py" not in str(body)
    assert body["request_id"] == response["X-Request-ID"]


def test_a_marked_text_is_refused(lin, city):
    body = is_problem(lin("post", "", {"name": "n", "unit": city.health.pk, "note": "机密★10年\n内容"}), 422)
    assert "note" in body["errors"]


def test_the_description_is_for_the_signed_in_and_loads_nothing_from_elsewhere(client, city):
    assert client.get("/api/v1/docs").status_code == 302
    assert client.get("/api/v1/openapi.json").status_code == 302
    client.force_login(city.lin)
    html = client.get("/api/v1/docs").content.decode()
    assert "http://" not in html and "https://" not in html and "cdn" not in html
    spec = client.get("/api/v1/openapi.json").json()
    assert set(spec["paths"]["/api/v1/things/{pk}"]) == {"get", "patch", "delete"}
    assert spec["components"]["schemas"]["ThingIn"]["additionalProperties"] is False
