"""Who sees an item, who decides on it by the routing, and what the queue lets nobody do."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from assessments.models import Rectification, RouteRule
from assessments.rectification import services
from assessments.rectification.choices import State
from assessments.rectification.workflow import WORKFLOW
from secmgmt.accounts import roles
from secmgmt.core import audit, errors
from secmgmt.core.clock import now, today
from secmgmt.core.models import AuditEvent, Decision
from secmgmt.core.workflow import seen_token
from tests.support import CastClient, make_position, make_user

from .support import make_item

pytestmark = pytest.mark.django_db
QUEUE, DECIDE = reverse("portal:decisions"), reverse("portal:decide")
LEADER, HEAD = roles.LEADER.code, roles.UNIT_HEAD.code


def submitted(item, by):
    """``item`` after its plan was handed in."""
    return WORKFLOW.fire(item, "submit", by=by, at=now(), seen=seen_token(item))


def token(item):
    """What the page sends of an item."""
    return f"rectification-{item.state}:{item.pk}:{seen_token(item)}"


@pytest.mark.parametrize(
    "values, decides",
    [
        ({"risk": "高"}, LEADER), ({"risk": "低", "major": True}, LEADER),
        ({"risk": "中"}, HEAD), ({"risk": "低"}, HEAD),
        ({"risk": "低", "cost": Decimal(100)}, LEADER), ({"risk": "低", "cost": Decimal("99.99")}, HEAD),
    ],
)  # fmt: skip
def test_the_routing_says_who_approves_and_nobody_else_does(city, client, values, decides):
    item = submitted(make_item(city.health, owner=city.lin, **values), city.lin)
    assert item.decides_role == decides
    may, may_not = (city.gao, city.tang) if decides == LEADER else (city.tang, city.gao)
    for person in (may_not, city.zhou, city.shen):
        client.force_login(person)
        assert client.post(DECIDE, {"row": token(item), "act": "agree"}).status_code == 403, person
        assert token(item) not in client.get(QUEUE).content.decode()
    client.force_login(may)
    assert token(item) in client.get(QUEUE).content.decode()
    assert client.post(DECIDE, {"row": token(item), "act": "agree"}).status_code == 302


def test_the_citys_own_rules_come_before_the_shipped_ones(city):
    at = now()
    made = {"basis": "领导小组会议纪要", "created_at": at, "updated_at": at}
    RouteRule.objects.create(order=1, min_level=3, role=LEADER, **made)
    RouteRule.objects.create(order=2, role=roles.UNIT_LEAD.code, **made)
    low = make_item(city.health, owner=city.lin, risk="低")
    assert services.route(low, "plan", at=at) == (LEADER, "领导小组会议纪要")
    low.level = 2
    assert services.route(low, "plan", at=at) == (roles.UNIT_LEAD.code, "领导小组会议纪要")


def test_who_was_routed_to_is_kept_when_the_rules_change_afterwards(city, client):
    item = submitted(make_item(city.health, owner=city.lin, risk="低"), city.lin)
    at = now()
    RouteRule.objects.create(order=1, role=LEADER, basis="新规则", created_at=at, updated_at=at)
    item.refresh_from_db()
    assert item.decides_role == HEAD
    client.force_login(city.tang)
    assert client.post(DECIDE, {"row": token(item), "act": "agree"}).status_code == 302


def test_an_item_is_seen_by_its_own_unit_and_those_above_on_every_page(city, client):
    item = make_item(city.health, "doing", title="卫健委的问题", owner=city.lin)
    pages = [item.get_absolute_url(), reverse("assessments:rectification-history", args=[item.pk]),
             f"/api/v1/rectifications/{item.pk}"]  # fmt: skip
    lists = [reverse(f"assessments:rectification-{name}") for name in ("list", "board", "calendar")]
    lists[2] += f"?month={item.due_on:%Y-%m}"
    above = make_user(unit=city.root)
    make_position(above, city.root, "act_as_inspector")
    below = make_user(unit=city.hospital)
    make_position(below, city.hospital, "act_as_owner")
    for person, seen in ((city.lin, True), (above, True), (city.su, False), (below, False)):
        client.force_login(person)
        for page in pages:
            assert (client.get(page).status_code == 200) is seen, (person, page)
        for page in lists:
            assert ("卫健委的问题" in client.get(page).content.decode()) is seen, (person, page)


def test_the_queue_holds_only_what_lies_in_ones_own_units(city, client):
    item = make_item(city.health, "plan_review", decides_role=HEAD, title="卫健委的方案")
    other = make_user(unit=city.education)
    make_position(other, city.education, HEAD)
    below = make_user(unit=city.hospital)
    make_position(below, city.hospital, HEAD)
    for person, seen in ((city.tang, True), (other, False), (below, False)):
        client.force_login(person)
        assert ("卫健委的方案" in client.get(QUEUE).content.decode()) is seen
        if not seen:
            asked = client.post(DECIDE, {"row": token(item), "act": "agree", "confirm": "1"})
            assert asked.status_code == 404 and "卫健委的方案" not in asked.content.decode()
            assert client.post(DECIDE, {"row": token(item), "act": "agree"}).status_code == 404


def test_of_several_only_those_one_may_decide_are_done(city, client):
    mine = make_item(city.health, "plan_review")
    own = make_item(city.health, "plan_review", asked_by=city.gao)
    heads = make_item(city.health, "plan_review", decides_role=HEAD)
    client.force_login(city.gao)
    rows = [token(item) for item in (mine, own, heads)]
    response = client.post(DECIDE, {"row": rows, "act": "agree", "opinion": "同意"})
    assert response.status_code == 403 and "已办理 1 项，2 项没有办理" in response.content.decode()
    states = {item.pk: Rectification.objects.get(pk=item.pk).state for item in (mine, own, heads)}
    assert states == {mine.pk: State.DOING, own.pk: State.PLAN_REVIEW, heads.pk: State.PLAN_REVIEW}
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("until", [None, "past"])
def test_a_risk_is_never_accepted_without_an_end(city, until):
    day = today() if until else None
    item = make_item(city.health, "acceptance_review", accepted_until=day)
    with pytest.raises(errors.Invalid):
        WORKFLOW.fire(item, "accept", by=city.gao, at=now(), opinion="同意", seen=seen_token(item))
    item.refresh_from_db()
    assert item.state == State.ACCEPTANCE_REVIEW


def test_what_an_inspection_found_its_inspector_verifies(city, client):
    item = make_item(city.health, "verifying", decides_role=roles.INSPECTOR.code, verifier_role=roles.INSPECTOR.code)
    for person, status in ((city.zhou, 403), (city.shen, 302)):
        client.force_login(person)
        assert client.post(DECIDE, {"row": token(item), "act": "agree", "opinion": "属实"}).status_code == status


def test_what_cannot_be_put_on_the_trail_is_not_done(city, monkeypatch):
    item, client = make_item(city.health, "plan_review"), CastClient(raise_request_exception=False)
    client.force_login(city.gao)
    before = AuditEvent.objects.count()

    def broken(pending):
        raise OSError("the trail takes nothing")

    monkeypatch.setattr(audit, "_write_chain", broken)
    response = client.post(DECIDE, {"row": [token(item)], "act": "agree", "opinion": "同意"})
    item.refresh_from_db()
    assert (response.status_code, item.state, Decision.objects.count()) == (500, State.PLAN_REVIEW, 0)
    assert AuditEvent.objects.count() == before
