"""The overview as a whole: numbers of every feature, each opening its rows for each reader, in few queries."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import (
    Department,
    GateReview,
    Inspection,
    IssuedNotice,
    NoticeKind,
    Project,
    RiskAssessment,
    RiskAsset,
)
from assets.models import ProtectedObject
from secmgmt.core import figures, manifest
from secmgmt.core.clock import now, today
from secmgmt.core.figures import COUNTS, SPREAD, known_to
from tests.assessments.risk.cast_rows import risk
from tests.assessments.test_rectification_figures import item
from tests.assets.factories import make_object
from tests.support import City, make_unit

from .test_figures import CITY, LEVEL, figure, full, of  # noqa: F401 - the fixture

pytestmark = pytest.mark.django_db
READERS = ("gao", "shen", "pan", "zhou", "tang")
DAY = dt.timedelta(days=1)


def problems(obj: ProtectedObject, number: int) -> None:
    """Two hazards, one of them settled, and one that is late."""
    item(obj, number, major=True, closed=3)
    item(obj, number + 1, major=True)
    item(obj, number + 2, risk="中", due=-5)


def risks(obj: ProtectedObject, *severities: int) -> None:
    """A signed assessment with a risk of each severity, and an older one that no longer counts."""
    at = now()
    for age in (40, 4):
        row = RiskAssessment.objects.create(
            protected_object=obj, title="风险评估", assessed_on=today() - age * DAY, scope="全部", state="signed",
            signed_at=at, frozen_digest="f" * 64, created_at=at, updated_at=at,
        )  # fmt: skip
        for severity in severities:
            graded = dict.fromkeys(("confidentiality", "integrity", "availability"), severity)
            asset = RiskAsset.objects.create(
                assessment=row, layer="business", name=f"资产{severity}", created_at=at, updated_at=at, **graded
            )
            risk(row, asset=asset, frequency=severity, severity=severity)


def project(unit, obj: ProtectedObject, *gates: str, late: bool = False) -> Project:
    """A project that passed some gates and whose day is past."""
    at = now()
    made = {"created_at": at, "updated_at": at}
    row = Project.objects.create(
        unit=unit, name=f"改造{obj}", kind="new", level=3, lead=unit.parent, contact="林", content="改造",
        planned_on=today() - DAY, **made,
    )  # fmt: skip
    row.targets.add(obj)
    for gate in gates:
        GateReview.objects.create(
            project=row, gate=gate, state="passed", concluded_at=at, frozen_digest="f" * 64, **made
        )
    if late:
        GateReview.objects.create(
            project=row, gate="GATE-1", state="reviewing", due_on=today() - DAY, frozen_digest="f" * 64, **made
        )
    return row


def inspected(obj: ProtectedObject, deadline: dt.date) -> None:
    """An inspection with a notice nobody has replied to."""
    at = now()
    made = {"created_at": at, "updated_at": at}
    named = {"name": "公安", "short": "公安", "kind": "公安", **made}
    lead, _new = Department.objects.get_or_create(code="GA", defaults=named)
    kind, _new = NoticeKind.objects.get_or_create(
        department=lead, name="限期整改通知书", defaults={"word": "公", "basis": "法", **made}
    )
    row = Inspection.objects.create(
        protected_object=obj, title="检查", lead=lead, basis="法", starts_on=today(), ends_on=today(), level=3,
        standard_code="GB/T 22239-2019", state="issued", **made,
    )  # fmt: skip
    IssuedNotice.objects.create(
        inspection=row, protected_object=obj, kind=kind, kind_name=kind.name, issuer="公安", basis="法", year=2026,
        sequence=obj.pk, number=f"公〔2026〕{obj.pk}", issued_on=today(), deadline=deadline, text="整改", **made,
    )  # fmt: skip


@pytest.fixture
def whole(full) -> City:  # noqa: F811
    """A city with something of everything, in two bureaus."""
    health, poor = ProtectedObject.objects.get(name="健康平台"), ProtectedObject.objects.get(name="学籍系统")
    problems(health, 10)
    problems(poor, 20)
    risks(health, 5, 3, 1)
    project(full.health, health, "GATE-2", "GATE-3", "GATE-4")
    project(full.education, poor, late=True)
    inspected(health, today() - DAY)
    inspected(poor, today() + DAY)
    return full


def links_of(html: str) -> set[str]:
    return {link.replace("&amp;", "&") for link in re.findall(r'href="(/figures/[^"]+)"', html)}


@pytest.mark.parametrize("reader", READERS)
def test_every_figure_is_the_number_of_rows_its_list_shows_to_each_reader(client, whole, reader):
    person = getattr(whole, reader)
    client.force_login(person)
    body = client.get("/api/v1/figures").json()
    assert {entry["code"] for entry in body["items"]} == {f.code for f in known_to(person, manifest.collect("figures"))}
    counted = 0
    for entry in body["items"]:
        for part, number in (("hit", entry["numerator"]), ("rest", entry["denominator"] - entry["numerator"])):
            page = client.get(f"/figures/{entry['code']}/?part={part}")
            assert page.status_code == 200
            assert len(page.context["page"].rows) == page.context["page"].pager.total == number, (entry["code"], part)
            counted += number
    assert counted > 30


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("asked", ["", "?level=3", "?tree=1", "?year={last}"])
def test_each_number_on_the_page_opens_exactly_its_rows(client, whole, reader, asked):
    client.force_login(getattr(whole, reader))
    response = client.get(CITY + asked.format(last=today().year - 1))
    html = response.content.decode()
    links = links_of(html)
    assert len(links) > (5 if "year" in asked else 20)
    for link in links:
        opened = client.get(link)
        shown = set(re.findall(rf'href="{re.escape(link.replace("&", "&amp;"))}"[^>]*>\s*(?:<[^>]+>)?([^<]+)<', html))
        value, part = opened.context["value"], opened.context["page"].pager.total
        assert part == (value.rest if "part=rest" in link else value.numerator), link
        for text in shown:
            if re.fullmatch(r"\s*\d+(（\d+个已整改）)?\s*", text) and not value.figure.is_rate:
                assert text.strip() == value.text, link


def test_numbers_conclusions_and_risks_stand_by_unit_and_level(client, whole):
    client.force_login(whole.gao)
    context = client.get(CITY).context
    lines = {line.label: line for line in context["units"]}
    health = dict(zip((f.code for f in context["counts"]), lines["市卫健委"].counts, strict=True))
    assert health["major-hazards"].value.text == "2（1个已整改）" and health["rectification-overdue"].value.text == "1"
    assert health["notices-late"].value.text == "1" and health["conforming"].value.text == "1"
    education = dict(zip((f.code for f in context["counts"]), lines["市教育局"].counts, strict=True))
    assert education["review-late"].value.text == "1" and education["not-conforming"].value.text == "1"
    assert [shown.value.numerator for shown in lines["市卫健委"].spread] == [1, 0, 1, 0, 1]
    assert [line.label for line in context["risky"]] == ["市卫健委"]
    assert "三同步" in {str(f.head) for f, _url, _sorted in context["heads"]}
    rate = figures.value(figure("synchronized"), of(whole.gao, whole))
    assert (rate.numerator, rate.denominator) == (1, 2)
    third = next(line for line in context["by_level"] if line.label == "第三级")
    assert any(shown.value.text == "4（2个已整改）" for shown in third.counts)


def test_the_tree_shows_every_unit_with_what_is_beneath_it(client, whole):
    client.force_login(whole.gao)
    response = client.get(f"{CITY}?tree=1")
    listed = [(line.label, line.depth, line.objects.value.numerator) for line in response.context["listed"]]
    assert listed == [
        ("颍川市", 0, 4), ("市卫健委", 1, 2), ("市中心医院", 2, 1), ("市教育局", 1, 1), ("东湖县", 1, 1),
        ("东湖县卫健委", 2, 1),
    ]  # fmt: skip
    client.force_login(whole.zhou)
    assert [line.label for line in client.get(f"{CITY}?tree=1").context["listed"]] == ["市卫健委", "市中心医院"]


def test_of_what_one_has_no_right_to_see_nothing_is_told_and_no_zero_either(client, whole):
    client.force_login(whole.zhou)  # a unit's lead sees notices, not the inspections
    assert "inspections" not in {entry["code"] for entry in client.get("/api/v1/figures").json()["items"]}
    assert client.get("/figures/inspections/").status_code == 404
    assert client.get("/figures/notices-late/").context["value"].numerator == 1


def test_many_figures_at_once_are_each_what_they_are_alone(whole):
    scope = of(whole.gao, whole)
    last = scope.over(scope.since.replace(year=scope.since.year - 1), scope.until.replace(year=scope.until.year - 1))
    asked = [(found, told) for found in manifest.collect("figures") for told in (scope, last, of(whole.tang, whole))]
    for (found, told), value in zip(asked, figures.values(asked), strict=True):
        rows = {part: figures.rows(found, told, part).count() for part in ("hit", "all")}
        assert rows == {"hit": value.numerator, "all": value.denominator}, found.code


@pytest.mark.parametrize("address", [CITY, f"{CITY}?tree=1", f"{CITY}?level=3&stage=1", "/"])
def test_the_overview_costs_few_queries_however_many_units_and_objects_there_are(client, whole, address):
    client.force_login(whole.gao)
    client.get(address)

    def asked() -> int:
        with CaptureQueriesContext(connection) as log:
            assert client.get(address).status_code == 200
        return len(log)

    before = asked()
    for n in range(6):
        problems(make_object(make_unit(f"新局{n}", whole.root), f"新系统{n}", security_level=3, **LEVEL), 100 + 10 * n)
    client.get(address)
    assert asked() <= before
    if address != "/":
        assert before <= 25


def test_the_tables_of_numbers_have_columns():
    columns = [f.column for f in manifest.collect("figures")]
    assert columns.count(COUNTS) >= 6 and columns.count(SPREAD) == 5
