"""A report made after the confirmation says what was confirmed; one of an open assessment follows the object."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from assessments.evaluation import reports
from assessments.models import Assessment, Standard
from assets.models import Component, ProtectedObject
from secmgmt.core.reporting.document import Diagram, Document
from tests.assets.factories import make_component, make_link
from tests.support import City

from .test_journey import fill, signed_in, take


@pytest.fixture
def drawn(assessment: Assessment) -> Assessment:
    """Everything answered, of an object with something to draw."""
    part = make_component(assessment.protected_object, "核心交换机", kind="network")
    make_link(assessment.protected_object, external_party="市疾控中心", from_component=part)
    fill(assessment)
    return assessment


def report(assessment: Assessment, city: City, at: Any) -> Document:
    """Made now."""
    return reports.build(Assessment.objects.get(pk=assessment.pk), by=city.lin, at=at)


def diagram(made: Document) -> Diagram:
    """Its picture."""
    return next(block for block in made.blocks if isinstance(block, Diagram))


def change(assessment: Assessment, city: City) -> None:
    """The object gets another name, unit, owner, number, kind of technique, picture; the standard another name."""
    values = {"name": "全民健康平台", "owner": city.he, "filing_number": "41000099999-00001", "is_big_data": True}
    ProtectedObject.objects.filter(pk=assessment.protected_object_id).update(**values, unit=city.education)
    Component.objects.filter(name="核心交换机").update(name="汇聚交换机")
    make_component(assessment.protected_object, "新防火墙", kind="security")
    Standard.objects.update(name="后来的名称")


NEW = ("全民健康平台", "何嘉木", "41000099999-00001", "大数据", "汇聚交换机", "新防火墙", "后来的名称")


def test_what_the_object_becomes_after_the_confirmation_changes_no_report(drawn, city: City, at):
    take(signed_in(city.lin), drawn, "submit")
    take(signed_in(city.zhou), drawn, "confirm")
    before = report(drawn, city, at)
    assert "区域卫生信息共享平台" in str(before) and "核心交换机" in str(diagram(before))
    change(drawn, city)
    after = report(drawn, city, at)
    assert after == before and [word for word in NEW if word in str(after)] == []


def test_the_confirmation_itself_changes_nothing_of_what_the_report_says_of_the_object(drawn, city: City, at):
    before = diagram(report(drawn, city, at))
    take(signed_in(city.lin), drawn, "submit")
    take(signed_in(city.zhou), drawn, "confirm")
    after = diagram(report(drawn, city, at))
    assert any(box.href for box in before.boxes) and not any(box.href for box in after.boxes)
    assert (after.title, after.finding, after.links, after.zones) == (
        before.title, before.finding, before.links, before.zones,
    )  # fmt: skip


def test_the_report_of_an_open_assessment_follows_the_object(drawn, city: City, at):
    change(drawn, city)
    followed = str(report(drawn, city, at))
    assert [word for word in NEW if word not in followed] == [] and "区域卫生信息共享平台" not in followed


@pytest.mark.parametrize("left", [["remedies", "cases"], []])
def test_a_confirmation_that_kept_less_prints_the_object_as_it_is_now(drawn, city: City, at, left):
    take(signed_in(city.lin), drawn, "submit")
    take(signed_in(city.zhou), drawn, "confirm")
    kept = Assessment.objects.get(pk=drawn.pk).result
    kept["printed"] = {name: kept["printed"][name] for name in left}
    Assessment.objects.filter(pk=drawn.pk).update(result=kept)
    change(drawn, city)
    assert "全民健康平台" in str(report(drawn, city, at))
    page = reverse("assessments:assessment-report", args=[drawn.pk, "docx"])
    Assessment.objects.filter(pk=drawn.pk).update(result={k: v for k, v in kept.items() if k != "printed"})
    ProtectedObject.objects.filter(pk=drawn.protected_object_id).update(unit=city.health)
    assert signed_in(city.lin).get(page).status_code == 200
