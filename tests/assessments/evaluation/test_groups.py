"""The answering page by control point: extensions stand apart, a group answered at once is confirmed first."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.evaluation import results, services
from assessments.models import Answer, Assessment
from secmgmt.core.models import AuditEvent
from secmgmt.core.notices import notices_of
from tests.support import City

from .test_journey import save, signed_in


def group_url(assessment: Assessment) -> str:
    return reverse("assessments:assessment-group", args=[assessment.pk])


def names_of(row: Answer) -> dict[str, str]:
    return {"scope": row.scope, "layer": row.layer, "control_point": row.control_point}


def test_an_extensions_items_have_headings_anchors_and_counts_of_their_own(cloudy, city: City):
    client = signed_in(city.lin)
    row = cloudy.answers.filter(scope="云计算", layer="安全通信网络").first()
    html = client.get(cloudy.answer_url).content.decode()
    progress = results.progress(cloudy.answers.order_by("order").values_list(*results.PROGRESS_FIELDS), city.lin)
    own, general = progress.layers["云计算", "安全通信网络"], progress.layers["通用", "安全通信网络"]
    assert f'<h2 id="{own.key}">云计算扩展 · 安全通信网络</h2>' in html and f'href="#{own.key}"' in html
    point = next(part for group, part in progress.groups.items() if group[:2] == ("云计算", "安全通信网络"))
    assert f'href="#{point.key}" id="j-{point.key}"><span>{point.name}</span><span>0/{point.total}</span>' in html
    assert own.total == cloudy.answers.filter(scope="云计算", layer="安全通信网络").count()
    assert general.total == cloudy.answers.filter(scope="通用", layer="安全通信网络").count()
    assert html.count('<h2 id="l') == len(progress.layers)
    saved = save(client, row, result="met", opened="1").content.decode()
    assert f'id="j-{point.key}" hx-swap-oob="true"><span>{point.name}</span>' in saved
    assert f'id="i-{own.key}"' in saved and f'id="i-{general.key}"' not in saved
    names = [layer.name for layer in results.summary(cloudy).layers]
    assert names == [part.name for part in progress.layers.values()], "result and report name them alike"


def test_a_group_is_answered_after_its_number_was_confirmed_and_taken_back_while_unchanged(assessment, city: City):
    client, (first, second) = signed_in(city.lin), assessment.answers.all()[:2]
    asked = client.post(group_url(assessment), names_of(first))
    assert asked.status_code == 200 and "2 项未答项都答为" in asked.content.decode()
    assert not assessment.answers.exclude(result="").exists()
    sent = names_of(first) | {"seen": [first.code, second.code]}
    done = client.post(group_url(assessment), sent)
    assert assessment.answers.filter(result="met").count() == 2
    html = client.get(done["Location"]).content.decode()
    assert "已一并答为“符合” 2 项" in html and "撤销" in html
    second.refresh_from_db()
    save(client, second, result="unmet", found="机房在顶层", opened="1")
    moment = Answer.objects.get(pk=first.pk).answered_at.isoformat()
    assert client.post(group_url(assessment), {"undo": moment}).status_code == 302
    first.refresh_from_db(), second.refresh_from_db()
    assert (first.result, first.answered_by, second.result) == ("", None, "unmet")
    assert AuditEvent.objects.get(verb="assessments.assessment.undo_group").detail["codes"] == [first.code]
    assert client.post(group_url(assessment), {"undo": moment}).status_code == 422
    for nonsense in ("", "gestern", "2026-13-01", "2026-01-01"):
        assert client.post(group_url(assessment), {"undo": nonsense}).status_code == 422


def test_what_one_answered_at_once_nobody_else_takes_back(assessment, city: City, at):
    row, second = assessment.answers.all()[:2]
    signed_in(city.lin).post(group_url(assessment), names_of(row) | {"seen": [row.code, second.code]})
    services.assign_layer(assessment=assessment, layer=row.layer, user=city.nobody, by=city.lin, at=at)
    row.refresh_from_db()
    undo = {"undo": row.answered_at.isoformat()}
    assert signed_in(city.nobody).post(group_url(assessment), undo).status_code == 422
    assert signed_in(city.zhou).post(group_url(assessment), undo).status_code == 403
    assert signed_in(city.su).post(group_url(assessment), undo).status_code == 404


@pytest.mark.parametrize("change", ["answered meanwhile", "opened meanwhile"])
def test_what_changed_since_it_was_confirmed_is_refused_and_asked_anew(assessment, city: City, change):
    client, (first, second) = signed_in(city.lin), assessment.answers.all()[:2]
    sent, left = names_of(first) | {"seen": [first.code, second.code]}, 1
    if change == "opened meanwhile":
        sent["seen"], left = first.code, 2
    else:
        save(client, first, result="unmet", found="没有门禁", opened="1")
    refused = client.post(group_url(assessment), sent)
    html = refused.content.decode()
    assert refused.status_code == 409 and f"现有 {left} 项。都没有作答" in html and f"{left} 项未答项都答为" in html
    assert html.count('name="seen"') == left and not assessment.answers.filter(result="met").exists()
    assert AuditEvent.objects.filter(result="refused", verb="refused.conflict", actor_id=city.lin.pk).count() == 1


def test_high_risk_items_are_never_answered_at_once(assessment, city: City):
    client, (first, second) = signed_in(city.lin), assessment.answers.all()[:2]
    Answer.objects.filter(pk=second.pk).update(high_risk=["6.1.1.1"])
    asked = client.post(group_url(assessment), names_of(first)).content.decode()
    assert "1 项未答项都答为" in asked and "高风险项须逐项核对作答，这 1 项不在内" in asked
    sent = names_of(first) | {"seen": first.code}
    page = client.post(group_url(assessment), sent, follow=True).content.decode()
    second.refresh_from_db()
    assert second.result == "" and "1 个高风险项须逐项作答" in page
    assert client.post(group_url(assessment), sent).status_code == 422


def test_not_applicable_opens_the_item_and_is_marked_until_its_reason_is_given(assessment, city: City):
    client, row = signed_in(city.lin), assessment.answers.first()
    html = save(client, row, result="not_applicable").content.decode()
    assert "缺理由" in html and f'id="f-{row.pk}"' in html
    row.refresh_from_db()
    assert "缺理由" in client.get(assessment.answer_url).content.decode()
    html = save(client, row, result="not_applicable", found="没有机房", opened="1").content.decode()
    assert "缺理由" not in html


def test_an_extensions_layer_is_handed_over_apart_from_the_general_one_and_named_so(cloudy, city: City):
    client, url = signed_in(city.lin), reverse("assessments:assessment-assign", args=[cloudy.pk])
    layer = "安全通信网络"
    page = client.get(cloudy.get_absolute_url()).content.decode()
    assert f'value="云计算 {layer}">云计算扩展 · {layer}<' in page and f'value="通用 {layer}">{layer}<' in page
    client.post(url, {"part": f"通用 {layer}", "username": "nobody"})
    given = cloudy.answers.filter(assignee=city.nobody)
    assert set(given.values_list("scope", "layer")) == {("通用", layer)}
    done = client.post(url, {"part": f"云计算 {layer}", "username": "he"}, follow=True).content.decode()
    assert f"云计算扩展 · {layer}：何嘉木" in done and f"{layer}：{city.nobody.name}" in done
    assert set(cloudy.answers.filter(assignee=city.he).values_list("scope", "layer")) == {("云计算", layer)}
    assert f"云计算扩展 · {layer}" in notices_of(city.he).get().text
    client.post(url, {"part": f"通用 {layer}", "take_back": "1"})
    assert set(cloudy.answers.filter(assignee__isnull=False).values_list("scope", flat=True)) == {"云计算"}
    for nonsense in (layer, f"物联网 {layer}", ""):
        assert client.post(url, {"part": nonsense, "username": "he"}).status_code == 422
    assert AuditEvent.objects.filter(verb="assessments.assessment.assign").last().detail["scope"] == "通用"
