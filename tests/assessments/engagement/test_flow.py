"""Evaluations by agencies through HTTP: the term of access, the documents, the report's number, what follows."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from assessments.engagement import queries, services
from assessments.engagement.models import ACCOUNT, Engagement
from assessments.filing.models import Prolongation
from assessments.models import Rectification
from secmgmt.core import errors
from secmgmt.core.clock import now, today
from secmgmt.core.models import Attachment, Participation
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object
from tests.support import CastClient, City, make_position, make_unit, make_user

from .cast_rows import make_engagement

pytestmark = pytest.mark.django_db
NUMBER = "41100043001-26001"


@pytest.fixture
def city():
    found = City()
    found.agency_unit = make_unit("某测评公司", found.root, kind="agency")
    found.mo = make_user("mo", unit=found.agency_unit, name="莫测")
    make_position(found.mo, found.agency_unit, "act_as_agency", valid_until=today() + dt.timedelta(days=90))
    return found


def client(user):
    found = CastClient()
    found.force_login(user)
    return found


def engaged(city, **values):
    return make_engagement(city.health, ends_on=today() + dt.timedelta(days=30), **values)


def admit(city, row):
    address = reverse("assessments:engagement-people", args=[row.pk])
    assert client(city.lin).post(address, {"user": city.mo.pk}).status_code == 302


def put(user, row, slot):
    file = SimpleUploadedFile("文档.txt", "公开文档".encode())
    address = reverse("assessments:engagement-paper", args=[row.pk, slot])
    return client(user).post(address, {"file": file, "declared_not_secret": "on", "note": ""})


def step(user, row, name, **data):
    row.refresh_from_db()
    address = reverse("assessments:engagement-transition", args=[row.pk, name])
    return client(user).post(address, {"seen": seen_token(row), "opinion": "", **data})


def result(row, **values):
    number = f"{NUMBER}-{today():%y}-{row.agency.code}-01"
    return {"report_number": number, "report_date": today(), "conclusion": "mostly", "rate": "86", **values}


def test_an_agency_sees_what_it_is_engaged_for_and_nothing_else(city):
    mine, other = engaged(city), engaged(city)
    mo = client(city.mo)
    assert mo.get(mine.get_absolute_url()).status_code == 404  # not let in yet
    admit(city, mine)
    assert mo.get(mine.get_absolute_url()).status_code == 200
    assert mo.get(other.get_absolute_url()).status_code == 404
    listed = mo.get(reverse("assessments:engagement-list")).content.decode()
    assert mine.get_absolute_url() in listed and other.get_absolute_url() not in listed
    obj = mine.protected_object
    assert mo.get(obj.get_absolute_url()).status_code == 404
    assert mo.get(f"/api/v1/engagements/{other.pk}").status_code in (401, 404)
    assert mo.post(reverse("assessments:engagement-people", args=[mine.pk]), {"user": city.mo.pk}).status_code == 403
    assert step(city.mo, mine, "terminate", opinion="不做了").status_code == 403


def test_nothing_is_open_to_an_agency_after_its_term(city):
    row = engaged(city)
    admit(city, row)
    put(city.mo, row, "plan")
    file = Attachment.of(row).get()
    mo = client(city.mo)
    assert mo.get(reverse("core:file", args=[file.pk])).status_code == 200
    Participation.of(row).update(until=now() - dt.timedelta(seconds=1))
    for address in (row.get_absolute_url(), reverse("core:file", args=[file.pk])):
        assert mo.get(address).status_code == 404
    assert put(city.mo, row, "survey").status_code == 404


def test_the_access_follows_the_contract_and_ends_with_the_agencys_position(city):
    row = engaged(city)
    admit(city, row)
    sent = {
        "protected_object": row.protected_object_id, "kind": "level", "agency": row.agency_id, "contract_number": "1",
        "signed_on": today(), "starts_on": today(), "ends_on": today() + dt.timedelta(days=3), "version": row.version,
        "scope_note": "",
    }  # fmt: skip
    assert client(city.lin).post(reverse("assessments:engagement-update", args=[row.pk]), sent).status_code == 302
    until = Participation.of(row).get(capacity=ACCOUNT).until
    assert until < now() + dt.timedelta(days=5)
    city.mo.position_set.all().delete()
    assert client(city.mo).get(row.get_absolute_url()).status_code == 404


def test_what_the_agency_found_the_owner_does_not_delete(city):
    row, at = engaged(city, state="onsite"), now()
    admit(city, row)
    told = {"title": "口令过短", "description": "6 位", "severity": "high"}
    theirs = services.add_finding(engagement=row, values=told, by=city.mo, at=at)
    own = services.add_finding(engagement=row, values={**told, "title": "日志未开"}, by=city.lin, at=at)
    theirs_url, own_url = (reverse("assessments:engagement-drop", args=[row.pk, one.pk]) for one in (theirs, own))
    page = client(city.lin).get(row.get_absolute_url()).content.decode()
    assert theirs_url not in page and own_url in page
    assert client(city.lin).post(theirs_url).status_code == 403 and row.findings.count() == 2
    assert client(city.lin).post(own_url).status_code == 302
    assert theirs_url in client(city.mo).get(row.get_absolute_url()).content.decode()
    assert client(city.mo).post(theirs_url).status_code == 302 and not row.findings.exists()


def test_only_people_of_agencies_are_let_in(city):
    row = engaged(city)
    with pytest.raises(errors.Invalid):
        services.admit(engagement=row, user=city.su, by=city.lin, at=now())


def test_an_activity_is_over_when_its_documents_are_there(city):
    row = engaged(city)
    admit(city, row)
    early = step(city.mo, row, "to_design")
    assert early.status_code == 422 and "没有“项目计划书”" in early.content.decode()
    for slot in ("plan", "survey", "risk_notice"):
        assert put(city.mo, row, slot).status_code == 302
    assert step(city.mo, row, "to_design").status_code == 302
    row.refresh_from_db()
    assert row.state == "designing"


@pytest.mark.parametrize(
    "changed, told",
    [
        ({"report_number": "41100043001-26001-26-1"}, "应为 11 位"),
        ({"report_number": "41100043001-26002-26-0001-01"}, "前两段应为该对象的备案证明编号"),
        ({"report_number": f"{NUMBER}-26-9999-01"}, "第四段应为测评机构代码"),
        ({"report_date": dt.date(2027, 1, 1)}, "报告日期不能晚于今天"),
    ],
)
def test_a_report_that_cannot_be_is_refused(city, changed, told):
    row = engaged(city, state="reporting")
    put(city.lin, row, "report")
    answer = step(city.lin, row, "complete", **result(row, **changed))
    assert answer.status_code == 422 and told in answer.content.decode()
    row.refresh_from_db()
    assert (row.state, row.report_number) == ("reporting", "")


def test_completion_lengthens_the_certificate_sets_the_next_date_and_opens_rectification(city):
    row = engaged(city, state="reporting")
    obj = row.protected_object
    admit(city, row)
    sent = {"clause": "8.1.4.1", "title": "没有双因素", "severity": "high", "component": "", "description": "只用口令"}
    assert client(city.mo).post(reverse("assessments:engagement-finding", args=[row.pk]), sent).status_code == 302
    put(city.mo, row, "report")
    assert step(city.lin, row, "complete", **result(row)).status_code == 302
    row.refresh_from_db()
    obj.refresh_from_db()
    assert row.next_due_on == queries.next_due("level", 3, today(), queries.terms())
    assert obj.prolongations.get().kind == Prolongation.Kind.EVALUATION
    assert client(city.mo).get(row.get_absolute_url()).status_code == 404  # done: the term is over
    last = queries.last_evaluation([obj.pk])[obj.pk]
    assert (last.conclusion, last.open_high) == ("基本符合", 1)
    item = Rectification.objects.get(sources__origin="agency", protected_object=obj)
    assert "待制定" in client(city.lin).get(row.get_absolute_url()).content.decode()
    Rectification.objects.filter(pk=item.pk).update(state="closed")
    assert queries.last_evaluation([obj.pk])[obj.pk].open_high == 0


def test_how_often_an_object_is_evaluated():
    rules = queries.terms()
    assert queries.next_due("level", 3, dt.date(2026, 3, 1), rules) == dt.date(2027, 3, 1)
    assert queries.next_due("level", 2, dt.date(2026, 3, 1), rules) == dt.date(2028, 3, 1)
    assert queries.next_due("level", 1, dt.date(2026, 3, 1), rules) is None
    assert queries.next_due("crypto", 3, dt.date(2026, 3, 1), rules) == dt.date(2027, 3, 1)


def test_many_objects_cost_what_one_costs(city, django_assert_num_queries):
    ids = [engaged(city, state="done", report_date=today(), conclusion="met").protected_object_id for _n in range(3)]
    ids.append(make_object(city.health, security_level=3).pk)
    with django_assert_num_queries(3):
        found = queries.next_evaluation(ids, today())
    assert found[ids[-1]] is None and len(found) == 4


def test_pages_are_drawn(city):
    row = engaged(city)
    lin = client(city.lin)
    for address in (row.get_absolute_url(), reverse("assessments:engagement-list"), "/",
                    row.protected_object.get_absolute_url(), reverse("assessments:engagement-people", args=[row.pk]),
                    reverse("assessments:engagement-finding", args=[row.pk]),
                    row.agency.get_absolute_url()):  # fmt: skip
        assert lin.get(address).status_code == 200
    assert Engagement.objects.count() == 1
    cycle = lin.get(row.protected_object.get_absolute_url()).context["cycle"]
    assert [step["label"] for step in cycle][3:] == ["等级测评", "年度自评估"]


def test_the_documents_of_an_activity_that_is_over_stay(city):
    row = engaged(city)
    put(city.lin, row, "plan")
    put(city.lin, row, "scheme")
    Engagement.objects.filter(pk=row.pk).update(state="designing")
    lin, files = client(city.lin), {file.slot: file.pk for file in Attachment.of(row)}
    assert lin.post(reverse("core:file-remove", args=[files["plan"]])).status_code == 409
    assert lin.post(reverse("core:file-remove", args=[files["scheme"]])).status_code == 302


def test_a_later_day_does_not_let_the_agency_in_again(city):
    row = engaged(city)
    admit(city, row)
    assert step(city.lin, row, "terminate", opinion="合同解除").status_code == 302
    row.refresh_from_db()
    sent = {"ends_on": (row.ends_on + dt.timedelta(days=300)).isoformat()}
    answer = client(city.lin).patch(
        reverse("api:engagement-detail", args=[row.pk]), sent, content_type="application/json",
        headers={"If-Match": f'"{row.version}"'},
    )  # fmt: skip
    assert answer.status_code == 409
    assert not Participation.of(row).filter(until__gt=now()).exists()
    assert client(city.mo).get(row.get_absolute_url()).status_code == 404


def test_the_cycle_of_an_object_tells_its_evaluation_to_who_sees_evaluations(city):
    row = engaged(city, state="done", report_date=today(), conclusion="unmet", report_number="1")
    city.ho = make_user("ho", unit=city.health, name="值班员")
    for person in (city.he, city.ho):
        make_position(person, city.health, "act_as_duty_officer")
    obj = row.protected_object
    assert "等级测评" in client(city.lin).get(obj.get_absolute_url()).content.decode()
    page = client(city.he).get(obj.get_absolute_url())
    assert page.status_code == 200 and "不符合" not in page.content.decode()
    for code in ("evaluated", "assessed", "risk-assessed"):
        address = reverse("api:figure-rows", args=[code])
        for person in (city.he, city.ho):
            answer = client(person).get(address, {"object": obj.pk, "part": "all"})
            assert answer.status_code == 404 or answer.json()["figure"]["denominator"] == answer.json()["total"] == 0
        assert client(city.lin).get(address, {"object": obj.pk, "part": "all"}).json()["total"] == 1
