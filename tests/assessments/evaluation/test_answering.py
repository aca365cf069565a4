"""Answering: one item, one by its components, a whole control point; who is told what."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from django.urls import reverse

from assessments.evaluation import groups, results, services
from assessments.evaluation.answering import group_of
from assessments.models import Answer, Assessment
from secmgmt.core import errors
from secmgmt.core.digest import hash_value
from secmgmt.core.models import AuditEvent
from secmgmt.core.notices import notices_of
from tests.assets.factories import make_component
from tests.support import City

from .test_journey import fill, save, signed_in, take


@pytest.fixture
def parts(assessment: Assessment) -> list:
    """Three components of the object."""
    names = ("主数据库", "应用服务器", "运维堡垒机")
    return [make_component(assessment.protected_object, name, kind="server") for name in names]


def by_component(answer: Answer, parts: list, words: str, city: City, at) -> Answer:
    """Answer ``answer`` on each of ``parts``."""
    given = {part.pk: word for part, word in zip(parts, words.split(), strict=True)}
    return services.save_component_results(answer=answer.pk, version=answer.version, given=given, by=city.lin, at=at)


@pytest.mark.parametrize(
    ("words", "result", "ratio"),
    [
        ("met met met", "met", 1),
        ("met met unmet", "partial", Fraction(2, 3)),
        ("unmet not_applicable unmet", "unmet", 0),
        ("not_applicable not_applicable not_applicable", "not_applicable", None),
        ("partial met not_applicable", "partial", Fraction(3, 4)),
    ],
)
def test_an_item_takes_its_result_and_exact_mean_from_its_components(
    assessment, parts, city: City, at, words, result, ratio
):
    row = by_component(assessment.answers.first(), parts, words, city, at)
    row = Answer.objects.get(pk=row.pk)
    assert (row.result, row.ratio) == (result, ratio)
    assert row.component_results.all()[0].name == "主数据库（服务器）"


def test_two_thirds_stay_two_thirds_in_the_score(assessment, parts, city: City, at):
    Assessment.objects.filter(pk=assessment.pk).update(formula="deficit2021")
    fill(assessment)
    Answer.objects.filter(assessment=assessment).exclude(pk__in=assessment.answers.values("pk")[:1]).update(
        result="not_applicable", value=None
    )
    first = assessment.answers.first()
    first = services.save_answer(answer=first.pk, version=first.version, result="", by=city.lin, at=at)
    by_component(first, parts, "met met unmet", city, at)
    total = results.summary(Assessment.objects.get(pk=assessment.pk)).total
    assert total == "66.67"


def test_a_result_beside_those_by_component_is_refused_until_they_are_cleared(assessment, parts, city: City, at):
    row = by_component(assessment.answers.first(), parts, "met met unmet", city, at)
    client = signed_in(city.lin)
    assert "先清除部件结果" in save(client, row, result="met").content.decode()
    url = reverse("assessments:answer-components", args=[row.pk])
    assert client.post(url, {"version": row.version}).status_code == 302
    row.refresh_from_db()
    assert (row.result, row.component_results.count()) == ("", 0)
    assert save(client, row, result="met").status_code == 200


def test_an_items_page_lists_the_components_of_its_layer_first(assessment, parts, city: City):
    room = make_component(assessment.protected_object, "二楼机房", kind="room")
    page = signed_in(city.lin).get(assessment.answers.filter(layer="安全物理环境").first().get_absolute_url())
    listed = page.content.decode().partition('id="components"')[2]
    assert listed.index(room.name) < listed.index("本层面一般不涉及的部件") < listed.index("运维堡垒机")


def test_components_are_answered_on_the_items_page_and_foreign_ones_are_refused(assessment, parts, city: City):
    client, row = signed_in(city.lin), assessment.answers.first()
    assert "运维堡垒机" in client.get(row.get_absolute_url()).content.decode()
    url = reverse("assessments:answer-components", args=[row.pk])
    sent = {"version": row.version, f"c-{parts[0].pk}": "met", f"c-{parts[1].pk}": ""}
    assert client.post(url, sent).status_code == 302
    row.refresh_from_db()
    assert row.result == "met" and row.component_results.count() == 1
    assert client.post(url, {**sent, "version": 1, f"c-{parts[1].pk}": "unmet"}).status_code == 409
    assert client.post(url, {"version": row.version, "c-999999": "met"}).status_code == 422
    assert client.post(url, {"version": row.version, f"c-{parts[0].pk}": "good"}).status_code == 422
    assert signed_in(city.su).post(url, sent).status_code == 404
    page = client.get(assessment.answer_url).content.decode()
    assert "按 1 个部件汇总" in page


def test_what_is_submitted_covers_components_and_files(assessment, parts, city: City, at):
    by_component(assessment.answers.first(), parts, "met met met", city, at)
    before = hash_value(assessment.frozen_content())
    row = assessment.answers.first()
    by_component(row, parts, "met met not_applicable", city, at)
    assert hash_value(assessment.frozen_content()) != before


def test_the_open_items_of_a_control_point_are_answered_at_once_and_the_others_stay(assessment, city: City):
    first, second = assessment.answers.all()[:2]
    client = signed_in(city.lin)
    save(client, first, result="unmet")
    url = reverse("assessments:assessment-group", args=[assessment.pk])
    sent = {"scope": second.scope, "layer": second.layer, "control_point": second.control_point}
    sent["seen"] = second.code
    assert client.post(url, sent).status_code == 302
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.result, second.result, second.version) == ("unmet", "met", 2)
    assert AuditEvent.objects.get(verb="assessments.assessment.answer_group").detail["codes"] == [second.code]
    assert client.post(url, sent).status_code == 422
    assert signed_in(city.zhou).post(url, sent).status_code == 403
    assert signed_in(city.su).post(url, sent).status_code == 404


def test_a_layer_is_taken_back_and_who_had_it_no_longer_sees_the_assessment(assessment, city: City, at):
    layer = assessment.answers.first().layer
    services.assign_layer(assessment=assessment, layer=layer, user=city.nobody, by=city.lin, at=at)
    told = notices_of(city.nobody).get()
    assert layer in told.text and told.url.endswith("?show=mine")
    client = signed_in(city.lin)
    url = reverse("assessments:assessment-assign", args=[assessment.pk])
    assert client.post(url, {"part": f"通用 {layer}", "take_back": "1"}).status_code == 302
    assert not assessment.answers.filter(assignee__isnull=False).exists()
    assert signed_in(city.nobody).get(assessment.get_absolute_url()).status_code == 404


def test_the_submitter_is_told_what_became_of_it(assessment, city: City):
    fill(assessment)
    take(signed_in(city.lin), assessment, "submit")
    take(signed_in(city.zhou), assessment, "return_", "第三项证据不足 100%")
    assert "被周砚退回：第三项证据不足 100%" in notices_of(city.lin).get().text


def test_an_opened_item_shows_its_guidance_evidence_and_remarks(assessment, city: City):
    client, row = signed_in(city.lin), assessment.answers.first()
    part = client.get(row.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert part.count("<html") == 0 and "怎么核查" in part and "上传附件" in part and "发表留言" in part
    whole = client.get(row.get_absolute_url()).content.decode()
    assert "返回全部测评项" in whole and "怎么核查" in whole
    read = signed_in(city.zhou).get(row.get_absolute_url()).content.decode()
    assert 'name="found"' not in read and "上传附件" not in read


def test_a_note_too_long_or_marked_secret_is_refused_with_the_text_kept(assessment, city: City):
    client, row = signed_in(city.lin), assessment.answers.first()
    for text, words in (("长" * 2001, "不超过 2000 字，现有 2001 字"), ("机密★十年", "机密")):
        response = save(client, row, result="unmet", found=text, opened="1")
        assert response.status_code == 422 and words in response.content.decode() and text in response.content.decode()
    row.refresh_from_db()
    assert (row.result, row.found) == ("", "")


def test_a_submitted_assessment_takes_no_components_group_or_layer(assessment, parts, city: City, at):
    fill(assessment)
    take(signed_in(city.lin), assessment, "submit")
    row = assessment.answers.first()
    with pytest.raises(errors.Conflict, match="已提交"):
        by_component(row, parts, "met met met", city, at)
    with pytest.raises(errors.Conflict, match="已提交"):
        groups.answer_group(assessment=assessment, group=group_of(row), seen=[row.code], by=city.lin, at=at)


def test_an_item_names_the_high_risk_cases_that_may_apply(assessment, city: City):
    row = assessment.answers.get(code="8.1.1.2")
    page = signed_in(city.lin).get(row.get_absolute_url()).content.decode()
    assert "符合高风险判例 6.1.1.1 机房出入口访问控制措施缺失" in page


@pytest.mark.parametrize("narrowed", ["", "?show=unmet", "?show=high", "?q=门禁", "?q=没有这样的条款"])
def test_every_link_of_the_side_index_leads_to_something_on_the_page(assessment, city: City, narrowed):
    client, row = signed_in(city.lin), assessment.answers.first()
    save(client, row, result="unmet")
    html = client.get(assessment.answer_url + narrowed).content.decode()
    led = re.findall(r'<a href="#([lg]\d+)" id="[ij]-', html)
    there = re.findall(r'<h2 id="(l\d+)"|id="(g\d+)"', html)
    assert sorted(led) == sorted(layer or point for layer, point in there)
    assert (not led) == ("没有符合条件" in html) == ("side-index" not in html)
    if narrowed == "?show=unmet":
        assert len(led) == 2, "the layer and the control point of the one item"
