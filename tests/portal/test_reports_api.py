"""The API of reports: the same reports, rights and refusals as the report centre."""

from __future__ import annotations

import pytest

from secmgmt.core.models import Job, ReportRun, ReportSchedule
from tests.jobs import run_queued
from tests.support import City

from .test_compliance import ordered
from .test_figures import full  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports"


def post(client, address: str, **body):
    return client.post(address, body, content_type="application/json")


def order(client, city: City, **more):
    return post(client, URL, **{"kind": "compliance", "subject": city.root.pk, "format": "xlsx", **more})


def test_a_report_is_ordered_found_and_taken(client, full):  # noqa: F811
    client.force_login(full.gao)
    options = {"since": "2026-01-01", "until": "2026-06-30", "compare": "previous", "chapters": ["figures", "units"]}
    response = order(client, full, options=options)
    assert response.status_code == 202 and response.json()["job"] == Job.objects.get().pk
    assert [job.error for job in run_queued()] == [""]
    listed = client.get(URL, {"kind": "compliance", "subject": full.root.pk}).json()
    (told,) = listed["items"]
    assert listed["total"] == 1 and told["params"] == {**options, "level": ""} and told["about"] == "颍川市"
    assert client.get(f"{URL}/{told['id']}").json() == told and len(told["digest"]) == 64
    file = client.get(f"{URL}/{told['id']}/file")
    assert file.getvalue()[:2] == b"PK" and "attachment" in file["Content-Disposition"]
    assert client.get(URL, {"kind": "self-assessment"}).json()["total"] == 0
    kinds = {entry["code"]: entry for entry in client.get(f"{URL}/kinds").json()}
    assert kinds["compliance"]["options"] == ["since", "until", "compare", "level", "chapters"]


def test_nothing_beyond_ones_own_is_made_listed_or_taken(client, full):  # noqa: F811
    run = ordered(client, full)
    client.force_login(full.zhou)
    assert client.get(URL).json()["total"] == 0
    assert client.get(f"{URL}/{run.pk}").status_code == client.get(f"{URL}/{run.pk}/file").status_code == 404
    assert order(client, full).status_code == order(client, full, subject=full.education.pk).status_code == 404
    assert order(client, full, subject=full.health.pk).status_code == 202
    client.force_login(full.lin)
    assert order(client, full, subject=full.health.pk).status_code == 403
    assert "compliance" not in {entry["code"] for entry in client.get(f"{URL}/kinds").json()}
    client.force_login(full.sysadmin)
    assert client.get(f"{URL}/kinds").json() == [] and order(client, full).status_code in (403, 404)


@pytest.mark.parametrize(
    "wrong", [{"kind": "x"}, {"subject": 0}, {"format": "exe"}, {"options": {"since": "x"}}, {"options": {"evil": 1}},
              {"options": {"since": "2026-02-01", "until": "2026-01-01", "chapters": "basis"}}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_nothing_is_made(client, full, wrong):  # noqa: F811
    client.force_login(full.gao)
    response = order(client, full, **wrong)
    assert response.status_code in (404, 422) and response["Content-Type"] == "application/problem+json"
    assert not Job.objects.exists()


def test_schedules_are_set_up_told_and_stopped_by_their_owner_alone(client, full):  # noqa: F811
    client.force_login(full.gao)
    asked = {"kind": "annual-statistics", "subject": full.root.pk, "format": "xlsx"}
    assert post(client, f"{URL}/schedules", **asked, every="month").status_code == 422
    made = post(client, f"{URL}/schedules", **asked, every="year")
    assert made.status_code == 201 and made.json()["next_on"].endswith("-01-01")
    number = made.json()["id"]
    assert client.get(f"{URL}/schedules").json() == [made.json()]
    client.force_login(full.shen)
    assert client.get(f"{URL}/schedules").json() == []
    assert client.delete(f"{URL}/schedules/{number}").status_code == 404
    client.force_login(full.gao)
    assert client.delete(f"{URL}/schedules/{number}").status_code == 204
    assert client.delete(f"{URL}/schedules/{number}").status_code == 409
    assert ReportSchedule.objects.get().stopped and not ReportRun.objects.exists()
