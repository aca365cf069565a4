"""A confirmed assessment opens an item for each gap; what became of them stands beside its result, never over it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from assessments.evaluation import findings, rectified, services
from assessments.evaluation.workflow import WORKFLOW
from assessments.models import Answer, Assessment, Rectification, RectifiedResult
from assessments.rectification.workflow import WORKFLOW as ITEMS
from secmgmt.core.clock import now
from secmgmt.core.workflow import seen_token
from tests.assessments.rectification.support import PLAN, prove
from tests.support import City

from .conftest import DAY

HIGH, MEDIUM = "8.1.4.1a", "8.1.4.3a"


@pytest.fixture
def confirmed(assessment, city: City) -> Assessment:
    """Two gaps, one of them with a high-risk case."""
    assessment.answers.update(result="met", value=1)
    gap = {"result": "unmet", "value": 0}
    assessment.answers.filter(code=HIGH).update(
        **gap, risk="高", found="管理口令 6 位\n抽查三台", high_risk_applies=["6.2.1"]
    )
    part = {"result": "partial", "value": "0.5"}
    assessment.answers.filter(code=MEDIUM).update(**part, risk="中", found="留存 90 天")
    return confirm(assessment, city)


def confirm(assessment: Assessment, city: City) -> Assessment:
    """Handed in by the owner, confirmed by the unit's lead."""
    for step, by in (("submit", city.lin), ("confirm", city.zhou)):
        assessment.refresh_from_db()
        WORKFLOW.fire(assessment, step, by=by, at=now(), seen=seen_token(assessment))
    assessment.refresh_from_db()
    return assessment


def close(item: Rectification, city: City, result: str = "met") -> None:
    """Planned, approved, done and verified."""
    Rectification.objects.filter(pk=item.pk).update(**PLAN, owner=city.lin)
    for step, by in (("submit", city.lin), ("approve", city.gao if item.risk == "高" else city.tang)):
        item.refresh_from_db()
        ITEMS.fire(item, step, by=by, at=now(), seen=seen_token(item))
    item.refresh_from_db()
    prove(item, city.lin)
    Rectification.objects.filter(pk=item.pk).update(outcome="已设置 12 位", after_result=result)
    for step, by in (("complete", city.lin), ("verify", city.zhou)):
        item.refresh_from_db()
        ITEMS.fire(item, step, by=by, at=now(), seen=seen_token(item))
    item.refresh_from_db()


def test_each_gap_becomes_an_item_with_the_words_of_the_assessment(confirmed, city: City):
    items = {item.clause: item for item in Rectification.objects.all()}
    assert set(items) == {HIGH, MEDIUM}
    high = items[HIGH]
    assert high.title.endswith("：管理口令 6 位") and high.finding == "管理口令 6 位\n抽查三台"
    assert (high.risk, high.major, high.high_risk_case, high.origin) == ("高", True, "6.2.1", "evaluation")
    assert high.level == 3
    assert (items[MEDIUM].risk, items[MEDIUM].major, items[MEDIUM].state) == ("中", False, "planning")
    assert high.requirement == confirmed.answers.get(code=HIGH).summary
    assert high.sources.get().object_id == confirmed.answers.get(code=HIGH).pk


def test_a_platforms_own_gaps_are_not_the_tenants_to_mend(assessment, city: City):
    assessment.answers.update(result="met", value=1)
    assessment.answers.filter(code=HIGH).update(
        result="unmet", value=0, risk="高", found="平台问题", duty="platform"
    )
    assessment.refresh_from_db()
    findings.open_items(assessment, list(assessment.answers.all()), city.zhou, now())
    assert not Rectification.objects.exists()


def test_the_next_assessment_links_what_is_still_open(confirmed, city: City, at):
    again = services.create_assessment(
        protected_object=confirmed.protected_object, title="下一次", report_date=DAY, by=city.lin, at=at
    )
    again.answers.update(result="met", value=1, pending="")
    again.answers.filter(code=HIGH).update(result="unmet", value=0, risk="高", found="仍是 6 位")
    confirm(again, city)
    item = Rectification.objects.get(clause=HIGH)
    assert item.sources.count() == 2 and Rectification.objects.count() == 2


def test_what_was_put_right_stands_beside_the_confirmed_result_and_changes_nothing_of_it(confirmed, city: City, client):
    kept, answers = confirmed.result, list(Answer.objects.order_by("pk").values())
    found = findings.after(confirmed)
    assert (found.items, found.closed, found.now.total) == (2, 0, found.before.total)
    close(Rectification.objects.get(clause=HIGH), city)
    found = findings.after(confirmed)
    assert (found.before.high_risks, found.now.high_risks) == (1, 0)
    assert float(found.now.total) > float(found.before.total)
    assert (found.closed, found.hazards.label, found.self_declared) == (1, "1（1个已整改）", False)
    confirmed.refresh_from_db()
    assert confirmed.result == kept and list(Answer.objects.order_by("pk").values()) == answers
    client.force_login(city.lin)
    for page in (reverse("assessments:assessment-detail", args=[confirmed.pk]),
                 confirmed.protected_object.get_absolute_url()):  # fmt: skip
        text = client.get(page).content.decode()
        assert "评估时" in text and "整改后" in text and "1（1个已整改）" in text and "单位自述" not in text
    told = [row for block in rectified.compared(confirmed.protected_object, city.lin) if hasattr(block, "rows")
            for row in block.rows]  # fmt: skip
    assert ("高风险", "1", "0") in told


def test_partly_put_right_counts_half_and_reopened_no_more(confirmed, city: City):
    item = Rectification.objects.get(clause=HIGH)
    close(item, city, "partial")
    half = findings.after(confirmed)
    ITEMS.fire(item, "reopen", by=city.gao, at=now(), opinion="又改回", seen=seen_token(item))
    back = findings.after(confirmed)
    counts = [sum(layer.partial for layer in summary.layers) for summary in (half.before, half.now, back.now)]
    assert counts == [1, 2, 1] and back.now.total == back.before.total
    assert back.closed == 0 and back.hazards.label == "1（0个已整改）"
    assert RectifiedResult.objects.get().revoked_on is not None


def test_of_an_agencys_findings_the_unit_only_says_so_itself(confirmed, city: City, client):
    item = Rectification.objects.get(clause=MEDIUM)
    Rectification.objects.filter(pk=item.pk).update(origin="agency")
    item.sources.update(origin="agency")
    item.refresh_from_db()
    close(item, city)
    assert RectifiedResult.objects.get().self_declared
    client.force_login(city.lin)
    assert "单位自述" in client.get(item.get_absolute_url()).content.decode()


def test_nothing_is_compared_before_it_is_confirmed_or_where_nothing_was_found(assessment, city: City):
    assert findings.after(assessment) is None
    assessment.answers.update(result="met", value=1)
    confirm(assessment, city)
    assert findings.after(assessment) is None
    assert findings.object_after(assessment.protected_object, city.lin) is None
    assert rectified.compared(assessment.protected_object, city.lin) == []
