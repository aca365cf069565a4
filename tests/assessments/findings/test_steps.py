"""Accepted and put right, disputed and decided by somebody else, asked and answered with proof; by hand and daily."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from assessments.findings import checking, services, tasks
from assessments.findings.workflow import FACT, WORKFLOW
from assessments.models import AskedFact, Finding, FindingRule, Rectification
from secmgmt.core import attachments, errors, ports
from secmgmt.core.clock import now, today
from secmgmt.core.manifest import todos_for
from secmgmt.core.models import Job, Notice
from secmgmt.core.workflow import seen_token
from tests.assessments.campaign.support import DAY, graded
from tests.assessments.evaluation.test_journey import signed_in
from tests.jobs import run_queued
from tests.support import make_position

from .cast_rows import make_fact, make_finding, make_rule

pytestmark = pytest.mark.django_db


def take(user: Any, row: Any, step: str, **values: Any) -> Any:
    row.refresh_from_db()
    name = "finding" if isinstance(row, Finding) else "askedfact"
    url = reverse(f"assessments:{name}-transition", args=[row.pk, step])
    response = signed_in(user).post(url, {"seen": seen_token(row), **values})
    row.refresh_from_db()
    return response


def test_an_accepted_finding_is_put_right_and_closed_with_it(city):
    row = make_finding(city.health, obj=graded(city.health, "区域平台", owner=city.lin))
    assert any("确认或提出异议" in todo.title for todo in todos_for(city.lin, today()))
    assert take(city.lin, row, "accept").status_code == 302
    item = Rectification.objects.get()
    assert (row.state, row.rectification, item.origin, item.high_risk_case) == ("accepted", item, "finding", "6.6.1.1")
    assert "管理制度：没有" in item.finding and "指引 6.6.1.1" in item.finding
    ports.corrective_action_changed("finding", row.pk, "closed", by=city.zhou, at=now())
    row.refresh_from_db()
    assert row.state == "closed"
    ports.corrective_action_changed("finding", row.pk, "planning", by=city.zhou, at=now())
    row.refresh_from_db()
    assert row.state == "accepted"


def test_a_dispute_is_decided_by_an_inspector_and_holds_for_the_same_data(city):
    rule = make_rule(condition="leadership", per_unit=True)
    obj = graded(city.data, "政务云", owner=city.qin)
    checking.check_rule(rule=rule, by=None, at=now())
    row = Finding.objects.get(protected_object=obj)
    assert take(city.qin, row, "dispute").status_code == 422  # without a word
    assert take(city.qin, row, "dispute", opinion="已成立领导小组，见附件。").status_code == 302
    assert any("裁定异议" in todo.title for todo in todos_for(city.shen, today()))
    assert take(city.qin, row, "revoke", opinion="我方认为").status_code == 403
    assert take(city.su, row, "revoke", opinion="他局").status_code == 404
    assert take(city.shen, row, "revoke", opinion="文件属实。").status_code == 302 and row.state == "revoked"
    assert Notice.objects.filter(user=city.qin, text__contains="异议成立").exists()
    checking.check_rule(rule=rule, by=None, at=now())
    assert Finding.objects.count() == 1 and not Rectification.objects.exists()


def test_a_dispute_not_upheld_is_put_right(city):
    row = make_finding(city.health, obj=graded(city.health, owner=city.lin))
    take(city.lin, row, "dispute", opinion="不属实")
    assert take(city.shen, row, "uphold", opinion="材料不足").status_code == 302
    assert row.state == "accepted" and Rectification.objects.count() == 1


def test_who_disputed_it_does_not_decide_on_it(city):
    row = make_finding(city.health, obj=graded(city.health, owner=city.lin))
    make_position(city.lin, city.health, "act_as_inspector")
    take(city.lin, row, "dispute", opinion="不属实")
    assert take(city.lin, row, "revoke", opinion="我来裁定").status_code == 403 and row.state == "disputed"


def test_a_dispute_comes_in_time_and_silence_is_assent(city):
    row = make_finding(city.health, obj=graded(city.health, owner=city.lin))
    Finding.objects.filter(pk=row.pk).update(respond_by=today() - DAY)
    assert take(city.lin, row, "dispute", opinion="晚了").status_code == 409 and row.state == "open"
    checking.tend(now())
    row.refresh_from_db()
    assert row.state == "accepted" and Rectification.objects.count() == 1


def test_what_the_data_no_longer_show_while_it_is_put_right_is_said(city):
    rule = make_rule(condition="leadership", per_unit=True)
    obj = graded(city.data, "政务云", owner=city.qin)
    checking.check_rule(rule=rule, by=None, at=now())
    row = Finding.objects.get(protected_object=obj)
    take(city.qin, row, "accept")
    make_position(city.luo, city.data, "act_as_unit_head")
    checking.check_rule(rule=rule, by=None, at=now())
    row.refresh_from_db()
    assert (row.state, row.cleared_on) == ("accepted", today())


def test_no_is_a_finding_at_once_and_is_asked_again_when_it_is_put_right(city):
    rule = make_rule()
    obj = graded(city.health, "区域平台", owner=city.lin)
    checking.check_rule(rule=rule, by=None, at=now())
    fact = AskedFact.objects.get()
    page = signed_in(city.lin).get(reverse("assessments:askedfact-transition", args=[fact.pk, "answer"]))
    assert rule.question in page.content.decode()
    assert take(city.lin, fact, "answer", answer="no").status_code == 422  # without an explanation
    assert take(city.lin, fact, "answer", answer="no", explanation="正在起草。").status_code == 302
    row = Finding.objects.get()
    assert (row.protected_object, row.state, fact.state) == (obj, "open", "answered")
    assert row.evidence[0][0] == rule.question and "林予安" in row.evidence[0][1]
    checking.check_rule(rule=rule, by=None, at=now())
    assert Finding.objects.count() == 1
    take(city.lin, row, "accept")
    ports.corrective_action_changed("finding", row.pk, "closed", by=city.zhou, at=now())
    fact.refresh_from_db()
    assert (fact.state, fact.answer) == ("asked", "")


def test_yes_has_its_proof_and_holds_for_its_months(city):
    fact = make_fact(city.health)
    assert take(city.lin, fact, "answer", answer="yes").status_code == 422 and fact.state == "asked"
    file = io.BytesIO("制度清单".encode())
    file.name = "制度.txt"
    attachments.attach(parent=fact, upload=file, by=city.lin, at=now(), declared_not_secret=True)
    assert take(city.lin, fact, "answer", answer="yes").status_code == 302
    assert fact.state == "answered" and fact.valid_until > today()
    checking.check_rule(rule=fact.rule, by=None, at=now())
    assert not Finding.objects.exists()
    AskedFact.objects.filter(pk=fact.pk).update(valid_until=today() - DAY)
    checking.check_rule(rule=fact.rule, by=None, at=now())
    fact.refresh_from_db()
    assert (fact.state, fact.answer) == ("asked", "")


def test_an_inspector_returns_an_answer(city):
    fact = make_fact(city.health, "answered")
    assert take(city.shen, fact, "return_", opinion="证明过期").status_code == 302 and fact.state == "asked"


def test_by_hand_it_is_a_job_and_daily_a_chore(city):
    services.load_shipped()
    graded(city.data, "政务云", owner=city.qin)
    assert signed_in(city.lin).post(reverse("assessments:finding-check")).status_code == 403
    client = signed_in(city.pan)
    assert "立即核对" in client.get(reverse("assessments:finding-list")).content.decode()
    assert client.post(reverse("assessments:finding-check")).status_code == 302
    (job,) = run_queued()
    assert job.state == "done" and "新发现" in job.result["text"]
    assert Finding.objects.filter(title="未建立网络安全工作领导机构").exists()
    before = Finding.objects.count()
    checking.tend(now())
    checking.tend(now())
    assert Finding.objects.count() == before


def test_a_check_ends_with_the_right(city):
    with pytest.raises(errors.NotAllowed):
        tasks.require_check(Job(), city.lin)


def test_list_workbook_api_and_the_objects_page(city):
    row = make_finding(city.health, obj=graded(city.health, "区域平台", owner=city.lin))
    fact = make_fact(city.health)
    client = signed_in(city.lin)
    assert row.title in client.get(reverse("assessments:finding-list")).content.decode()
    assert "管理制度" in client.get(row.get_absolute_url()).content.decode()
    assert row.title in client.get(row.protected_object.get_absolute_url()).content.decode()
    assert fact.question in client.get(fact.protected_object.get_absolute_url()).content.decode()
    sheet = load_workbook(io.BytesIO(client.get(reverse("assessments:finding-export")).content)).active
    assert any(row.title in [cell.value for cell in line] for line in sheet.iter_rows())
    told = client.get(reverse("api:finding-detail", args=[row.pk])).json()
    assert (told["evidence"], told["transitions"]) == ([["管理制度", "没有"]], ["accept", "dispute"])
    other = signed_in(city.su)
    assert other.get(row.get_absolute_url()).status_code == 404
    assert "区域平台" not in other.get(reverse("assessments:finding-list")).content.decode()


def test_the_keeper_changes_a_rule_and_only_he(city):
    services.load_shipped()
    rule = FindingRule.objects.get(code="AF-01")
    url = reverse("assessments:findingrule-update", args=[rule.pk])
    names = ("name", "severity", "min_level", "max_level", "when_unknown", "question", "valid_months", "dispute_days")
    form = {name: getattr(rule, name) for name in (*names, "basis", "confidence")} | {"version": 1, "enabled": "on"}
    assert signed_in(city.lin).post(url, {**form, "number": 30}).status_code == 403
    assert signed_in(city.pan).post(url, {**form, "number": ""}).status_code == 422
    assert signed_in(city.pan).post(url, {**form, "number": 30}).status_code == 302
    rule.refresh_from_db()
    assert rule.number == 30 and rule.is_edited


def test_a_finding_that_moved_on_is_not_moved_again(city):
    row = make_finding(city.health, "accepted")
    assert WORKFLOW.elapse(row, "clear", at=now(), reason="x") is None
    assert FACT.elapse(make_fact(city.health, "answered"), "drop", at=now(), reason="x") is None
