"""The agency's results by item: who enters them, what they are and are not, what tenants make of them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assessments.catalog.services import load_shipped, shipped_standard
from assessments.engagement import results
from assessments.evaluation import bulk, figures, findings, inheritance
from assessments.evaluation.responsibility import ready_made
from assessments.evaluation.workflow import WORKFLOW
from assessments.models import Assessment, Engagement, Rectification
from assessments.rectification.services import keep_result
from secmgmt.core import audit, errors
from secmgmt.core.clock import now, today
from secmgmt.core.figures import FigureScope
from secmgmt.core.models import Participation
from secmgmt.core.workflow import seen_token
from tests.assessments.evaluation.reusing import begin as self_assess
from tests.assessments.evaluation.reusing import confirmed, graded, on_platform, row_of, settle

from .cast_rows import make_engagement
from .test_flow import NUMBER, admit, city, client, put, result, step  # noqa: F401 - city is the fixture

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
ROOM, OTHER = [code for code, line in ready_made("colocation").items() if line.share == "platform"][:2]


@pytest.fixture(autouse=True)
def catalogue():
    load_shipped()


def engaged(city, name="区域平台", state="onsite", **values):  # noqa: F811
    obj = graded(city.health, name, filing_number=NUMBER, owner=city.lin, **values)
    return make_engagement(city.health, state, obj=obj, ends_on=today() + dt.timedelta(days=30))


def begun(city, row):  # noqa: F811
    return results.begin(
        engagement=row, standard=shipped_standard(), report_date=today(), by=city.lin, at=now()
    )


def finished(city, found, given=None, by=None):  # noqa: F811
    settle(found, given, by or city.lin)
    found = WORKFLOW.fire(found, "submit", by=by or city.lin, at=now(), seen=seen_token(found))
    return WORKFLOW.fire(found, "confirm", by=city.zhou, at=now(), seen=seen_token(found))


def test_the_agency_enters_its_results_and_touches_no_other(city):  # noqa: F811
    row = engaged(city)
    admit(city, row)
    mo = client(city.mo)
    sent = {"standard": shipped_standard().pk, "report_date": today()}
    assert mo.post(reverse("assessments:engagement-results", args=[row.pk]), sent).status_code == 302
    found = results.of(row)
    assert (found.by_agency, found.noun, found.answers.exclude(result="").count()) == (True, "等级测评", 0)
    assert mo.post(reverse("assessments:engagement-results", args=[row.pk]), sent).status_code == 409
    for name in ("assessment-answer", "assessment-detail", "assessment-offline", "assessment-offline-workbook"):
        assert mo.get(reverse(f"assessments:{name}", args=[found.pk])).status_code == 200
    first = found.answers.first()
    save = reverse("assessments:answer-save", args=[first.pk])
    assert mo.post(save, {"result": "met", "version": first.version}).status_code == 302
    assert row_of(found, first.code).answered_by == city.mo
    own = self_assess(row.protected_object, city.lin, now())
    theirs = begun(city, engaged(city, "另一系统"))
    for other in (own, theirs):
        assert mo.get(other.get_absolute_url()).status_code == 404
        item = other.answers.first()
        assert mo.post(reverse("assessments:answer-save", args=[item.pk]), {"result": "met"}).status_code == 404


def test_after_the_term_the_results_are_not_there_for_the_agency(city):  # noqa: F811
    row = engaged(city)
    admit(city, row)
    found = begun(city, row)
    Participation.of(row).update(until=now() - dt.timedelta(seconds=1))
    mo, item = client(city.mo), found.answers.first()
    assert mo.get(found.answer_url).status_code == 404
    assert mo.get(item.get_absolute_url()).status_code == 404
    assert mo.post(reverse("assessments:answer-save", args=[item.pk]), {"result": "met"}).status_code == 404
    assert mo.get(reverse("assessments:assessment-offline-workbook", args=[found.pk])).status_code == 404


def test_an_agencys_result_is_no_self_assessment(city):  # noqa: F811
    row = engaged(city)
    obj, found = row.protected_object, begun(city, row)
    assert not bulk._under_way([obj], found.standard_code).exists()
    scope = FigureScope(city.zhou, today() - DAY, today(), today())
    found = finished(city, found)
    assert not figures.confirmed(scope).exists()
    own = confirmed(obj, city.lin, city.zhou, now())
    assert list(figures.confirmed(scope)) == [own]
    assert not figures.under_way(scope).rows.exists()


def test_its_problems_are_put_right_as_the_unit_says_until_it_is_tested_again(city):  # noqa: F811
    row = engaged(city, state="reporting")
    found = finished(city, begun(city, row), {"8.1.4.1a": "unmet"})
    item = Rectification.objects.get(protected_object=row.protected_object)
    assert (item.origin, item.sources.get().origin) == ("agency", "agency")
    Rectification.objects.filter(pk=item.pk).update(state="closed")
    with audit.act():
        keep_result(item, city.zhou, now(), "已看过")
    after = findings.after(found)
    assert after.self_declared and "单位自述" in client(city.lin).get(found.get_absolute_url()).content.decode()
    Engagement.objects.filter(pk=row.pk).update(state="done")
    again = make_engagement(city.health, "reporting", obj=row.protected_object)
    finished(city, begun(city, again))
    assert not findings.after(found).self_declared


def test_the_report_agrees_with_the_results_by_item(city):  # noqa: F811
    row = engaged(city, state="reporting")
    put(city.lin, row, "report")
    found = begun(city, row)
    early = step(city.lin, row, "complete", **result(row))
    assert early.status_code == 422 and "由单位网安负责人确认后" in early.content.decode()
    finished(city, found)
    Assessment.objects.filter(pk=found.pk).update(report_date=today() - DAY)
    other = step(city.lin, row, "complete", **result(row))
    assert other.status_code == 422 and "不一致" in other.content.decode()
    Assessment.objects.filter(pk=found.pk).update(report_date=today())
    assert step(city.lin, row, "complete", **result(row)).status_code == 302


def test_what_is_terminated_leaves_its_results_as_they_are(city):  # noqa: F811
    row = engaged(city)
    found = begun(city, row)
    assert step(city.lin, row, "terminate", opinion="另行安排").status_code == 302
    found.refresh_from_db()
    assert (found.state, found.is_open) == ("stopped", False)
    item = found.answers.first()
    answer = client(city.lin).post(reverse("assessments:answer-save", args=[item.pk]), {"result": "met", "version": 1})
    assert answer.status_code == 409


def test_results_are_entered_once_the_agency_is_on_site(city):  # noqa: F811
    with pytest.raises(errors.Conflict):
        begun(city, engaged(city, state="designing"))


def test_tenants_take_what_the_agency_found_and_a_later_own_word_only_where_it_is_worse(city):  # noqa: F811
    row = engaged(city, "政务云", offers_hosting=True)
    platform = row.protected_object
    finished(city, begun(city, row), {ROOM: "unmet"})
    tenant = graded(city.health, "租户系统", owner=city.lin)
    on_platform(tenant, platform, "colocation")
    made = self_assess(tenant, city.lin, now())
    assert row_of(made, ROOM).platform_result == "unmet"
    source = row_of(made, ROOM).sources.get(kind="platform")
    assert (source.agency, source.noun) == (row.agency.name, "等级测评")
    page = client(city.lin).get(row_of(made, ROOM).get_absolute_url()).content.decode()
    assert row.agency.name in page and "等级测评）" in page
    own = confirmed(platform, city.lin, city.zhou, now() + DAY, {OTHER: "unmet"})
    assert row_of(own, ROOM).result == "met"
    again = inheritance.Platforms(today() + DAY)
    standing = again.standing(platform, made.standard_code)
    assert standing.answers[ROOM].result == "unmet"  # the agency's stands
    assert standing.answers[OTHER].result == "unmet"  # worse by the platform's own word
