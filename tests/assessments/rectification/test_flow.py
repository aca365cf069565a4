"""A problem on its way to closure, through the pages, by the people whose acts they are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from assessments.models import Rectification, RectifiedResult
from assessments.rectification import services, tasks
from assessments.rectification.choices import State
from assessments.rectification.workflow import WORKFLOW
from secmgmt.core import errors, ports
from secmgmt.core.clock import now, today
from secmgmt.core.models import Decision, Notice
from secmgmt.core.ports import Shortcoming
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_object
from tests.support import make_position

from .support import make_item, prove

pytestmark = pytest.mark.django_db


def step(client, user, item, name, **sent):
    """Take a step as a person does on its page."""
    client.force_login(user)
    item.refresh_from_db()
    address = reverse("assessments:rectification-transition", args=[item.pk, name])
    return client.post(address, {"seen": seen_token(item), **sent})


def found(obj, **values):
    """A finding on ``obj``."""
    told = {"title": "口令过短", "description": "管理口令 6 位", "severity": "high", "standard": "S",
            "clause": "8.1.4.1a"}  # fmt: skip
    return Shortcoming(origin="inspection", source=obj, obj=obj, **{**told, **values})


def test_a_plan_is_written_approved_done_verified_and_its_result_stands_beside(city, client):
    obj = make_object(city.health, security_level=3, owner=city.lin)
    client.force_login(city.lin)
    sent = {
        "protected_object": obj.pk, "origin": "notice", "title": "弱口令", "finding": "管理口令 6 位", "risk": "高",
        "found_on": today().isoformat(), "version": 0,
    }  # fmt: skip
    response = client.post(reverse("assessments:rectification-create"), sent)
    item = Rectification.objects.get()
    assert response.status_code == 302 and item.number == f"ZG-{today().year}-0001"
    assert (item.due_on - today()).days == 30 and item.owner == city.lin

    refused = step(client, city.lin, item, "submit")
    assert refused.status_code == 422 and "没有写整改措施" in refused.content.decode()
    plan = {"owner": city.lin.pk, "root_cause": "未设策略", "measure": "设口令策略", "expected": "不少于 12 位",
            "interim": "限制来源地址", "cost": "0", "version": item.version}  # fmt: skip
    still = {name: value for name, value in sent.items() if name != "protected_object"}
    client.post(reverse("assessments:rectification-update", args=[item.pk]), {**still, **plan})
    assert step(client, city.lin, item, "submit").status_code == 302
    item.refresh_from_db()
    assert (item.state, item.decides_role) == (State.PLAN_REVIEW, "act_as_leader")  # a high risk
    assert Notice.objects.filter(user=city.gao, text__contains="弱口令").exists()
    assert step(client, city.lin, item, "approve").status_code == 403
    assert step(client, city.tang, item, "approve").status_code == 403  # not the role it was routed to
    assert step(client, city.gao, item, "return_plan").status_code == 422  # an opinion is needed
    assert step(client, city.gao, item, "approve", opinion="同意").status_code == 302

    missing = step(client, city.lin, item, "complete", outcome="已设策略", after_result="met")
    assert missing.status_code == 422 and "没有整改证据" in missing.content.decode()
    item.refresh_from_db()
    prove(item, city.lin)
    assert step(client, city.lin, item, "complete", outcome="已设策略", after_result="met").status_code == 302
    assert step(client, city.zhou, item, "verify", opinion="属实").status_code == 302
    item.refresh_from_db()
    result = RectifiedResult.objects.get()
    assert (item.state, result.result, result.verifier, len(result.evidence)) == (State.CLOSED, "met", city.zhou, 1)
    client.force_login(city.gao)
    page = client.get(item.get_absolute_url()).content.decode()
    assert "整改后结果" in page and "已设策略" in page
    assert step(client, city.gao, item, "reopen", opinion="抽查发现又改回").status_code == 302
    item.refresh_from_db()
    result.refresh_from_db()
    assert (item.state, result.revoked_on) == (State.PLANNING, today())


@pytest.mark.parametrize("name, state", [("approve", "plan_review"), ("accept", "acceptance_review")])
def test_nobody_approves_what_he_asked_for_or_answers_for(city, client, name, state):
    item = make_item(city.health, state, asked_by=city.gao)
    assert step(client, city.gao, item, name, opinion="同意").status_code == 403
    own = make_item(city.health, state, owner=city.gao)
    assert step(client, city.gao, own, name, opinion="同意").status_code == 403
    assert not Decision.objects.exists()


def test_the_doer_does_not_verify_his_own_work(city, client):
    make_position(city.lin, city.health, "act_as_unit_lead")
    item = make_item(city.health, "verifying", owner=city.zhou, asked_by=city.lin)
    assert step(client, city.lin, item, "verify").status_code == 403
    assert step(client, city.zhou, item, "verify").status_code == 403


def test_a_major_hazard_is_never_an_accepted_risk(city, client):
    item = make_item(city.health, "planning", owner=city.lin, major=True)
    until = {"accepted_until": (today() + dt.timedelta(days=30)).isoformat(), "asked_reason": "没有预算"}
    assert step(client, city.lin, item, "ask_acceptance", **until).status_code == 403
    asked = make_item(city.health, "acceptance_review", major=True)
    assert step(client, city.gao, asked, "accept", opinion="同意").status_code == 403


def test_steps_are_not_skipped(city, client):
    item = make_item(city.health, "planning", owner=city.lin)
    for user, name in ((city.gao, "approve"), (city.zhou, "verify"), (city.lin, "complete"), (city.gao, "accept")):
        assert step(client, user, item, name, opinion="同意", outcome="好", after_result="met").status_code == 409
    item.refresh_from_db()
    assert item.state == State.PLANNING


def test_an_accepted_risk_comes_back_when_its_day_is_over(city, at):
    item = make_item(city.health, "accepted", owner=city.lin, accepted_until=today() - dt.timedelta(days=1))
    planned = make_item(city.health, "accepted", accepted_until=today() - dt.timedelta(days=1), planned=True)
    kept = make_item(city.health, "accepted", accepted_until=today())
    assert tasks.lapse_and_escalate(at)["lapsed"] == 2
    for row, state in ((item, State.PLANNING), (planned, State.DOING), (kept, State.ACCEPTED)):
        row.refresh_from_db()
        assert row.state == state
    assert item.due_on == today() + dt.timedelta(days=30) and Notice.objects.filter(user=city.lin).exists()


def test_an_extension_moves_the_date_and_keeps_who_granted_it(city, client):
    item = make_item(city.health, "doing", owner=city.lin)
    late = (item.due_on + dt.timedelta(days=20)).isoformat()
    early = step(client, city.lin, item, "ask_extension", asked_due=item.due_on.isoformat(), asked_reason="到货晚")
    assert early.status_code == 422
    assert step(client, city.lin, item, "ask_extension", asked_due=late, asked_reason="到货晚").status_code == 302
    assert step(client, city.gao, item, "approve_extension").status_code == 302
    item.refresh_from_db()
    assert (item.due_on.isoformat(), item.extensions, item.state) == (late, 1, State.DOING)


def test_what_is_submitted_gains_nothing_behind_the_deciders_back(city, client):
    item = make_item(city.health, "plan_review", owner=city.lin)
    seen = seen_token(item)
    client.force_login(city.lin)
    changed = {"measure": "改", "version": item.version}
    assert client.post(reverse("assessments:rectification-update", args=[item.pk]), changed).status_code == 409
    with pytest.raises(errors.Conflict):
        prove(item, city.lin)
    services.open_many(found=[found(item.protected_object, clause=item.clause, standard=item.standard, major=True)],
                       by=city.shen, at=now())  # fmt: skip
    client.force_login(city.gao)
    address = reverse("assessments:rectification-transition", args=[item.pk, "approve"])
    assert client.post(address, {"seen": seen}).status_code == 409  # it is graver than what he saw


def test_the_port_opens_once_links_the_same_clause_and_tells_each_finder(city, at, monkeypatch):
    told = []
    echo = lambda source_id, state, *, by, at: told.append((source_id, state))  # noqa: E731
    monkeypatch.setitem(ports._echoes, "inspection", echo)
    obj, other = make_object(city.health, owner=city.lin), make_object(city.health)
    first = ports.open_corrective_action(found(obj), by=city.shen, at=at)
    again = ports.open_corrective_action(found(obj, title="又一次"), by=city.shen, at=at)
    scanned = Shortcoming("scan", other, obj, "口令过短", "扫描发现", "medium", clause="8.1.4.1a", standard="S")
    linked = ports.open_corrective_action(scanned, by=city.shen, at=at)
    assert first == again == linked and first.sources.count() == 2
    assert first.verifier_role == "act_as_inspector" and first.risk == "高"
    Rectification.objects.filter(pk=first.pk).update(
        root_cause="无", measure="设策略", expected="12 位", interim="限制来源", cost=0
    )
    first.refresh_from_db()
    WORKFLOW.fire(first, "submit", by=city.lin, at=at, seen=seen_token(first))
    assert told == [(obj.pk, "plan_review")]


def test_lateness_is_told_once_a_stage_to_owner_lead_and_leadership(city, at):
    late = make_item(city.health, "doing", owner=city.lin, due_on=today() - dt.timedelta(days=1))
    worse = make_item(city.health, "doing", owner=city.lin, due_on=today() - dt.timedelta(days=20))
    tasks.lapse_and_escalate(at)
    tasks.lapse_and_escalate(at)
    for user, rows in ((city.lin, {late.pk, worse.pk}), (city.zhou, {worse.pk}), (city.gao, {worse.pk})):
        assert sorted(Notice.objects.filter(user=user).values_list("object_id", flat=True)) == sorted(rows)


def test_a_form_read_before_lateness_was_told_does_not_undo_it(city, client, at):
    item = make_item(city.health, "doing", owner=city.lin, due_on=today() - dt.timedelta(days=1))
    tasks.lapse_and_escalate(at)
    client.force_login(city.lin)
    sent = {"owner": city.lin.pk, "measure": "设策略", "risk": "低", "version": item.version}
    assert client.post(reverse("assessments:rectification-update", args=[item.pk]), sent).status_code == 409
    item.refresh_from_db()
    assert item.escalated == 1
    tasks.lapse_and_escalate(at)
    assert Notice.objects.filter(user=city.lin, object_id=item.pk).count() == 1


def test_a_role_nobody_holds_passes_to_the_leadership(city, at, client):
    item = make_item(city.education, "planning", owner=city.su, risk="低")
    assert step(client, city.su, item, "submit").status_code == 302
    item.refresh_from_db()
    assert item.decides_role == "act_as_leader" and "无人任" in item.route_basis
    own = make_item(city.health, "planning", owner=city.lin, risk="低")
    step(client, city.lin, own, "submit")
    own.refresh_from_db()
    assert own.decides_role == "act_as_unit_head"


def test_what_was_found_elsewhere_keeps_its_finding_and_due_date(city, client, at):
    obj = make_object(city.health, owner=city.lin)
    item = ports.open_corrective_action(found(obj), by=city.shen, at=at)
    client.force_login(city.lin)
    sent = {"owner": city.lin.pk, "measure": "设策略", "risk": "低", "version": item.version}
    response = client.post(reverse("assessments:rectification-update", args=[item.pk]), sent)
    assert response.status_code == 422 and "“风险”现在不能修改" in response.content.decode()



def test_what_was_closed_and_is_found_again_is_an_item_of_its_own(city, at):
    obj = make_object(city.health, owner=city.lin)
    first = ports.open_corrective_action(found(obj), by=city.shen, at=at)
    Rectification.objects.filter(pk=first.pk).update(state="closed", closed_on=today())
    second = ports.open_corrective_action(found(obj), by=city.shen, at=at)
    assert second != first and second.state == "planning"
    assert ports.open_corrective_action(found(obj), by=city.shen, at=at) == second
    assert second.sources.count() == 1


def test_an_accepted_risk_that_grew_is_an_item_of_its_own(city, at):
    obj = make_object(city.health, owner=city.lin)
    item = ports.open_corrective_action(found(obj, severity="low"), by=city.shen, at=at)
    Rectification.objects.filter(pk=item.pk).update(state="accepted", accepted_until=today() + dt.timedelta(days=9))
    for severity, same in (("low", True), ("high", False)):
        what = Shortcoming("scan", None, obj, "口令过短", "扫描发现", severity, clause=item.clause, standard="S")
        assert (ports.open_corrective_action(what, by=city.shen, at=at) == item) is same
    item.refresh_from_db()
    assert item.risk == "低"
