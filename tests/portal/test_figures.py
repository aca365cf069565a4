"""Figures and the overview: the number on the page is the number of rows behind it, and reaches no further."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Assessment
from secmgmt.core import figures, manifest
from secmgmt.core.clock import now, today
from secmgmt.core.figures import HIT, PARTS, Counted, Figure, FigureScope, FigureValue
from tests.assets.factories import make_object
from tests.support import City, make_position, make_unit, make_user

pytestmark = pytest.mark.django_db
CITY = "/city/"
LEVEL = {"business_level": 3, "service_level": 3}
CERTIFICATE = {"filing_number": "41100043001-20001", "filed_on": dt.date(2025, 3, 1)}


def confirmed(obj, conclusion="符合", **values) -> Assessment:
    """An assessment that was confirmed today."""
    at = now()
    values = {"report_date": today(), **values}
    return Assessment.objects.create(
        protected_object=obj, title="自评估", standard_code="GB/T 22239-2019", level=3, state="confirmed", total=1,
        created_at=at, updated_at=at, result={"conclusion": conclusion, "total": "95.00"}, **LEVEL, **values,
    )  # fmt: skip


@pytest.fixture
def full(city) -> City:
    """Objects of three units: two filed and assessed, one neither, one not graded, one of another level."""
    until = dt.date(2099, 1, 1)
    good = make_object(city.health, "健康平台", security_level=3, filing_valid_until=until, **LEVEL, **CERTIFICATE)
    poor = make_object(city.education, "学籍系统", security_level=3, **LEVEL)
    make_object(city.hospital, "门诊系统", security_level=2, filing_valid_until=dt.date(2020, 1, 1), **CERTIFICATE)
    make_object(city.county_health, "县健康系统")
    confirmed(good)
    confirmed(poor, "不符合")
    confirmed(poor, "基本符合", report_date=today() - dt.timedelta(days=1))
    return city


def of(user, city, **values) -> FigureScope:
    """The whole city this year, as ``user`` sees it."""
    day = today()
    values = {"paths": (city.root.path,), **values}
    return FigureScope(user, dt.date(day.year, 1, 1), dt.date(day.year, 12, 31), day, **values)


def figure(code: str) -> Figure:
    return next(found for found in manifest.collect("figures") if found.code == code)


def told(code, user, city, **values) -> str:
    return figures.value(figure(code), of(user, city, **values)).text


def test_a_rate_is_hits_of_what_it_is_measured_against_and_nothing_of_nothing(full):
    assert told("filed", full.gao, full) == "33.33%" and told("graded", full.gao, full) == "75.00%"
    assert told("passing", full.gao, full) == "50.00%" and told("not-conforming", full.gao, full) == "1"
    assert told("filed", full.gao, full, level=4) == "—"
    assert told("objects", full.gao, full, level=0) == "1"
    nothing = figures.value(figure("filed"), of(full.gao, full, level=4))
    assert nothing.rate is None and nothing.why == "没有应备案的对象。"


RATES = [(9, 12, "75.00%"), (8, 8, "100.00%"), (4, 5, "80.00%"), (29999, 30000, "99.99%"), (0, 0, "—")]


@pytest.mark.parametrize(("n", "d", "text"), RATES)
def test_rates_have_two_decimals_and_only_all_of_all_is_a_hundred(n, d, text):
    assert FigureValue(figure("filed"), n, d).text == text


def test_settled_ones_are_told_in_brackets():
    assert FigureValue(figure("objects"), 10, 10, 5).text == "10（5个已整改）"


def test_the_number_on_the_page_is_the_number_of_rows_in_the_list_it_opens(client, full):
    client.force_login(full.gao)
    html = client.get(CITY).content.decode()
    links = set(re.findall(r'href="(/figures/[^"]+)"', html))
    assert len(links) > 20
    for link in links:
        response = client.get(link.replace("&amp;", "&"))
        assert response.status_code == 200
        code = response.context["figure"].code
        part = "rest" if "part=rest" in link else "hit"
        value = response.context["value"]
        count = value.rest if part == "rest" else value.numerator
        assert len(response.context["page"].rows) == response.context["page"].pager.total == count, (code, link)


def test_every_figure_counts_exactly_its_rows_by_unit_level_and_part(full):
    for found in manifest.collect("figures"):
        scope = of(full.gao, full)
        value = figures.value(found, scope)
        assert {part: figures.rows(found, scope, part).count() for part in PARTS} == {
            "hit": value.numerator, "rest": value.rest, "all": value.denominator
        }, found.code  # fmt: skip
        assert str(found.basis) and (not found.is_rate or str(found.none)), found.code


def test_a_figure_reaches_no_further_than_what_its_reader_may_open(client, full):
    assert told("objects", full.lin, full) == "2"  # the health bureau's and the hospital's
    assert told("objects", full.zhou, full) == "2" and told("objects", full.nobody, full) == "0"
    assert told("objects", full.gao, full, paths=()) == "0"
    assert figures.rows(figure("objects"), of(full.su, full)).get().name == "学籍系统"
    client.force_login(full.zhou)
    html = client.get(CITY).content.decode()
    assert "市卫健委一览" in html and "学籍" not in html and "市教育局" not in html
    listed = client.get("/figures/objects/").content.decode()
    assert "健康平台" in listed and "门诊系统" in listed and "学籍系统" not in listed


def test_a_unit_beyond_ones_own_is_not_there(client, full):
    client.force_login(full.zhou)
    for address in (f"{CITY}?unit={full.education.pk}", f"/figures/filed/?unit={full.education.pk}", f"{CITY}?unit=x"):
        assert client.get(address).status_code == 404
    assert client.get(f"{CITY}?unit={full.hospital.pk}").status_code == 200


def test_the_overview_is_for_those_who_lead_inspect_or_keep_the_rules(client, full):
    for person, status in ((full.gao, 200), (full.shen, 200), (full.pan, 200), (full.zhou, 200), (full.tang, 200),
                           (full.lin, 403), (full.fang, 403), (full.nobody, 403), (full.sysadmin, 403)):  # fmt: skip
        client.force_login(person)
        assert client.get(CITY).status_code == status, person
        assert client.get("/figures/filed/").status_code == status, person


def test_one_objects_figures_are_open_to_whoever_sees_the_object(client, full):
    obj = Assessment.objects.filter(result__conclusion="符合").get().protected_object
    client.force_login(full.lin)
    assert client.get(f"/figures/objects/?object={obj.pk}").context["value"].numerator == 1
    client.force_login(full.su)
    assert client.get(f"/figures/objects/?object={obj.pk}").context["value"].numerator == 0


def test_units_are_ranked_the_weakest_first_and_lead_to_their_own_overview(client, full):
    client.force_login(full.gao)
    response = client.get(CITY)
    assert [line.label for line in response.context["units"]] == ["东湖县", "市教育局", "市卫健委"]
    html = response.content.decode()
    assert f"?unit={full.health.pk}" in html and "2 个对象未备案或备案证明已过期" in html
    response = client.get(f"{CITY}?unit={full.health.pk}")
    assert [line.label for line in response.context["units"]] == ["市中心医院", "本级"]
    own = next(line for line in response.context["units"] if line.label == "本级")
    assert client.get(own.objects.url).context["value"].numerator == 1
    levels = client.get(f"{CITY}?level=3").context["by_level"]
    assert [(line.label, line.objects.value.numerator) for line in levels] == [("第三级", 2)]


def test_a_year_that_is_over_tells_what_was_then(client, full):
    client.force_login(full.gao)
    last = today().year - 1
    page = client.get(f"{CITY}?year={last}")
    assert page.status_code == 200 and told("assessed", full.gao, full) == "66.67%"
    scope = of(full.gao, full).over(dt.date(last, 1, 1), dt.date(last, 12, 31))
    assert figures.value(figure("assessed"), scope).numerator == 0


def test_parameters_that_make_no_sense_are_named_and_nothing_breaks(client, full):
    client.force_login(full.gao)
    html = client.get(f"{CITY}?year=9999&level=x&sort=none").content.decode()
    assert html.count("没有这个选项") == 2
    assert client.get("/figures/filed/?part=x&page=y").status_code == 200
    assert client.get("/figures/no-such/").status_code == 404


def test_an_empty_city_says_so(client, city):
    client.force_login(city.gao)
    html = client.get(CITY).content.decode()
    assert "范围内还没有在册对象" in html and "没有需要关注的事项" in html


def test_more_units_and_objects_cost_no_more_queries(client, full):
    client.force_login(full.gao)
    client.get(CITY)

    def queries() -> int:
        with CaptureQueriesContext(connection) as log:
            assert client.get(CITY).status_code == 200
        return len(log)

    before = queries()
    for n in range(12):
        unit = make_unit(f"新局{n}", full.root)
        make_object(unit, f"新系统{n}", security_level=3, **LEVEL)
    assert queries() <= before <= 75


def test_who_oversees_two_units_sees_both_and_nothing_between(client, full):
    both = make_user("both", unit=full.health)
    make_position(both, full.hospital, "act_as_unit_lead")
    make_position(both, full.education, "act_as_unit_lead")
    client.force_login(both)
    response = client.get(CITY)
    assert {line.label for line in response.context["units"]} == {"市中心医院", "市教育局"}
    assert "健康平台" not in client.get(reverse("portal:figure", args=["objects"])).content.decode()


def test_rows_that_do_not_count_are_found_even_where_the_condition_knows_nothing(full):
    query = lambda scope: Counted(figures.model_of(figure("objects")).objects.all(), HITS)  # noqa: E731
    HITS = figure("filed").query(of(full.gao, full)).hit
    rate = Figure("x", "x", "%", "assets.ProtectedObject", query, "x", "x", to_unit="unit", to_level="security_level",
                  to_object="")  # fmt: skip
    scope = of(full.gao, full)
    assert figures.rows(rate, scope, "rest").count() == 3 and figures.rows(rate, scope, HIT).count() == 1


def test_the_api_tells_the_same_numbers_and_rows_as_the_pages(client, full):
    client.force_login(full.gao)
    body = client.get("/api/v1/figures").json()
    told_there = {item["code"]: item["text"] for item in body["items"]}
    assert told_there == {found.code: told(found.code, full.gao, full) for found in manifest.collect("figures")}
    rows = client.get("/api/v1/figures/filed?part=rest&size=1").json()
    assert (rows["total"], len(rows["items"]), rows["figure"]["denominator"]) == (2, 1, 3)
    client.force_login(full.zhou)
    assert client.get("/api/v1/figures/objects").json()["total"] == 2
    assert client.get(f"/api/v1/figures?unit={full.education.pk}").status_code == 404
    assert client.get("/api/v1/figures?year=1").status_code == 422
    assert client.get("/api/v1/figures/filed?part=x").status_code == 422
