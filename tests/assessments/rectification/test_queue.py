"""The queue of decisions: one's own only, each on what was seen, a stale one apart from the others."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.urls import reverse

from assessments.models import Rectification
from assessments.rectification.choices import State
from assessments.rectification.workflow import WORKFLOW
from secmgmt.core import errors
from secmgmt.core.clock import now
from secmgmt.core.models import Decision, Notice
from secmgmt.core.workflow import seen_token
from tests.support import make_position, make_user

from .support import make_item

pytestmark = pytest.mark.django_db
QUEUE, DECIDE = reverse("portal:decisions"), reverse("portal:decide")


def token(item):
    """What the page sends of an item."""
    return f"rectification-{item.state}:{item.pk}:{seen_token(item)}"


def test_the_queue_holds_what_waits_for_oneself_with_all_that_matters(city, client):
    plan = make_item(city.health, "plan_review", asked_by=city.lin)
    make_item(city.health, "plan_review", decides_role="act_as_unit_head", title="归分管领导")
    make_item(city.health, "plan_review", asked_by=city.gao, title="本人提交的")
    client.force_login(city.gao)
    page = client.get(QUEUE).content.decode()
    for text in (plan.title, plan.measure, plan.interim, "86 万元", "8.1.4.9b", "8.1.4.9b", plan.number):
        assert text in page
    assert "归分管领导" not in page and "本人提交的" not in page
    client.force_login(city.tang)
    assert "归分管领导" in client.get(QUEUE).content.decode()
    client.force_login(city.lin)
    assert "没有等您审批的事项" in client.get(QUEUE).content.decode()


def test_several_are_agreed_to_each_with_its_opinion_and_a_stale_one_is_told_apart(city, client):
    items = [make_item(city.health, "plan_review") for _number in range(3)]
    tokens = [token(item) for item in items]
    Rectification.objects.filter(pk=items[1].pk).update(frozen_digest="changed")
    client.force_login(city.gao)
    asked = client.post(DECIDE, {"row": tokens, "act": "agree", "confirm": "1"})
    assert asked.status_code == 200 and "同意 3 项" in asked.content.decode()
    own = {f"opinion-rectification-plan_review-{items[2].pk}": "注意工期"}
    response = client.post(DECIDE, {"row": tokens, "act": "agree", "opinion": "同意", **own})
    assert response.status_code == 409 and "已办理 2 项，1 项没有办理" in response.content.decode()
    states = [Rectification.objects.get(pk=item.pk).state for item in items]
    assert states == [State.DOING, State.PLAN_REVIEW, State.DOING]
    assert [Decision.of(items[n]).get().opinion for n in (0, 2)] == ["同意", "注意工期"]


def test_all_or_none_leaves_all_where_one_is_refused(city, client):
    items = [make_item(city.health, "plan_review"), make_item(city.health, "plan_review", asked_by=city.gao)]
    client.force_login(city.gao)
    sent = {"row": [token(item) for item in items], "act": "agree", "whole": "1"}
    assert client.post(DECIDE, sent).status_code == 403
    assert {row.state for row in Rectification.objects.all()} == {State.PLAN_REVIEW}
    assert not Decision.objects.exists()


def test_what_was_returned_says_why_and_what_was_not_chosen_is_asked_for(city, client):
    item = make_item(city.health, "plan_review", owner=city.lin)
    client.force_login(city.gao)
    assert client.post(DECIDE, {"act": "return"}).status_code == 422
    assert client.post(DECIDE, {"row": token(item), "act": "return"}).status_code == 422
    assert client.post(DECIDE, {"row": token(item), "act": "return", "opinion": "缺经费来源"}).status_code == 302
    item.refresh_from_db()
    assert item.state == State.PLANNING and item.frozen_digest == ""
    assert client.post(DECIDE, {"row": "no:1:x", "act": "agree"}).status_code == 404


def test_nothing_is_decided_through_the_queue_that_is_another_ones(city, client):
    item = make_item(city.health, "plan_review")
    for person in (city.tang, city.lin, city.wei, city.su):
        client.force_login(person)
        assert client.post(DECIDE, {"row": token(item), "act": "agree"}).status_code in (403, 404)
    item.refresh_from_db()
    assert item.state == State.PLAN_REVIEW


def test_the_queue_costs_the_same_for_many_rows(city, client, django_assert_max_num_queries):
    for number in range(50):
        make_item(city.health, ("plan_review", "extension_review", "acceptance_review")[number % 3])
    client.force_login(city.gao)
    client.get(QUEUE)
    with django_assert_max_num_queries(25):
        assert client.get(QUEUE).status_code == 200


@pytest.mark.skipif(connection.vendor != "postgresql", reason="two transactions at once need PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("names", [("approve", "approve"), ("approve", "return_plan")])
def test_of_two_leaders_who_decide_at_once_one_is_told_that_he_is_late(city, names):
    second = make_user(unit=city.root)
    make_position(second, city.root, "act_as_leader")
    item, told = make_item(city.health, "plan_review", owner=city.lin), []
    seen, ready = seen_token(item), threading.Barrier(2)

    def decide(person, name):
        try:
            ready.wait(10)
            WORKFLOW.fire(item, name, by=person, at=now(), seen=seen, opinion="意见")
            told.append("done")
        except errors.Conflict:
            told.append("late")
        finally:
            connections.close_all()

    people = zip((city.gao, second), names, strict=True)
    threads = [threading.Thread(target=decide, args=pair) for pair in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(told) == ["done", "late"] and Decision.of(item).count() == 1
    assert Notice.objects.filter(user=city.lin).count() == 1  # one answer, not two
