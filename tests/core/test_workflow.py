"""The workflow's table, who may take a step, what was seen, and two who decide at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from secmgmt.core import audit_trail, errors
from secmgmt.core.models import AuditEvent, Decision
from secmgmt.core.workflow import Transition, Workflow, seen_token
from tests.core.testapp.models import STEPS, Thing, ThingState
from tests.core.testapp.support import make_thing
from tests.support import City, make_position


@pytest.mark.django_db
class TestFire:
    @pytest.fixture
    def thing(self, city):
        return make_thing(city.health, "卫生平台")

    @pytest.fixture
    def asked(self, city, thing, at):
        return STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")

    def test_a_step_moves_the_state_and_leaves_decision_and_trail(self, city, asked, at):
        done = STEPS.fire(asked, "agree", by=city.zhou, at=at, opinion=" 同意 ", seen=seen_token(asked))
        assert (done.state, done.version, done.updated_by) == ("agreed", 3, city.zhou)
        decision = Decision.of(done).first()
        assert (decision.transition, decision.opinion) == ("agree", "同意")
        assert decision.by_name == city.zhou.audit_name
        assert decision.seen == asked.frozen_digest
        event = AuditEvent.objects.first()
        assert (event.before, event.after) == ({"state": "asked"}, {"state": "agreed"})

    def test_a_step_from_another_state_is_refused_with_who_and_when(self, city, asked, at):
        STEPS.fire(asked, "agree", by=city.gao, at=at, seen=seen_token(asked))
        with pytest.raises(errors.Conflict) as caught:
            STEPS.fire(asked, "agree", by=city.zhou, at=at, seen=seen_token(asked))
        assert caught.value.by_name == city.gao.audit_name and caught.value.at == at
        assert city.gao.audit_name in caught.value.message and "已批准" in caught.value.message

    def test_a_rule_takes_its_step_with_a_reason_and_nobody_as_the_decider(self, asked, at):
        done = STEPS.elapse(asked, "run_out", at=at, reason="无人办理，到期")
        assert (done.state, done.frozen_digest, done.updated_by) == ("draft", "", None)
        decision, event = Decision.of(done).first(), AuditEvent.objects.first()
        assert (decision.by, decision.by_name, decision.opinion) == (None, "系统", "无人办理，到期")
        assert (event.actor_id, event.actor_name, event.after) == (None, "系统", {"state": "draft"})

    def test_a_rule_leaves_alone_what_has_moved_on(self, city, asked, at):
        STEPS.fire(asked, "agree", by=city.zhou, at=at, seen=seen_token(asked))
        assert STEPS.elapse(asked, "run_out", at=at, reason="到期") is None
        assert Decision.of(asked).count() == 2

    def test_nobody_takes_the_step_of_a_rule_and_no_rule_that_of_a_person(self, city, asked, at):
        with pytest.raises(errors.NotAllowed, match="由系统按期办理"):
            STEPS.fire(asked, "run_out", by=city.zhou, at=at, seen=seen_token(asked))
        assert "run_out" not in {step.name for step in STEPS.choices_for(asked, city.zhou)}
        with pytest.raises(ValueError, match="person's step"):
            STEPS.elapse(asked, "agree", at=at, reason="到期")

    def test_a_step_cannot_be_skipped(self, city, thing, at):
        """A17: the later step straight away."""
        with pytest.raises(errors.Conflict):
            STEPS.fire(thing, "agree", by=city.zhou, at=at, seen="v1")
        thing.refresh_from_db()
        assert thing.state == "draft"

    def test_the_submitter_does_not_decide_though_his_position_would_let_him(self, city, asked, at):
        make_position(city.lin, city.health, "act_as_unit_lead")
        with pytest.raises(errors.NotAllowed, match="提交人"):
            STEPS.fire(asked, "agree", by=city.lin, at=at, seen=seen_token(asked))
        assert STEPS.choices_for(asked, city.lin) == [STEPS.by_name["send_back"]]

    def test_without_the_right_a_step_is_403_and_out_of_scope_404(self, city, thing, asked, at):
        with pytest.raises(errors.NotAllowed) as caught:
            STEPS.fire(asked, "agree", by=city.shen, at=at, seen=seen_token(asked))
        assert "单位网安负责人" in caught.value.who_may
        for user in (city.wei, city.nobody, city.sysadmin):
            with pytest.raises(errors.OutOfScope):
                STEPS.fire(asked, "agree", by=user, at=at, seen=seen_token(asked))

    @pytest.mark.parametrize("seen", [None, "", "v2", "v1", "0" * 64])
    def test_a_decision_names_what_was_seen(self, city, asked, at, seen):
        with pytest.raises(errors.Conflict):
            STEPS.fire(asked, "agree", by=city.zhou, at=at, seen=seen)

    def test_content_changed_after_it_was_read_is_not_decided_on(self, city, asked, at):
        """Sent back, changed and submitted again between reading and deciding."""
        read = seen_token(asked)
        back = STEPS.fire(asked, "send_back", by=city.gao, at=at, opinion="改", seen=read)
        assert back.frozen_digest == ""
        Thing.objects.filter(pk=back.pk).update(note="换了内容")
        again = STEPS.fire(back, "submit", by=city.lin, at=at, seen=f"v{back.version}")
        with pytest.raises(errors.Conflict, match="有变化"):
            STEPS.fire(again, "agree", by=city.zhou, at=at, seen=read)
        again.refresh_from_db()
        assert again.state == "asked"

    def test_an_opinion_is_asked_for_and_a_marked_one_refused(self, city, asked, at):
        for opinion in ("", "  ", "秘密★5年"):
            with pytest.raises(errors.Invalid) as caught:
                STEPS.fire(asked, "send_back", by=city.zhou, at=at, opinion=opinion, seen=seen_token(asked))
            assert set(caught.value.errors) == {"opinion"}
        assert Decision.objects.count() == 1

    def test_a_long_opinion_is_refused_with_how_many_characters_it_has(self, city, asked, at):
        with pytest.raises(errors.Invalid) as caught:
            STEPS.fire(asked, "send_back", by=city.zhou, at=at, opinion="改" * 2001, seen=seen_token(asked))
        assert caught.value.errors == {"opinion": ["最多 2000 字，现有 2001 字。"]}
        assert Decision.objects.count() == 1

    def test_an_unknown_step_is_not_there(self, city, thing, at):
        with pytest.raises(errors.OutOfScope):
            STEPS.fire(thing, "nosuch", by=city.lin, at=at, seen="v1")

    def test_buttons_are_what_could_be_fired(self, city, asked):
        assert [s.name for s in STEPS.choices_for(asked, city.zhou)] == ["agree", "send_back"]
        assert STEPS.choices_for(asked, city.shen) == STEPS.choices_for(asked, city.su) == []


def test_two_steps_of_one_name_are_a_mistake_of_the_programmer():
    step = Transition("a", ("draft",), "asked", "change", "甲")
    with pytest.raises(ValueError, match="share a name"):
        Workflow("testapp.Nothing", ThingState, (step, step))


def race(things_steps, *, at):
    """Fire the steps at once, each in a thread with a connection of its own; what became of each."""
    outcomes, start = [], threading.Barrier(len(things_steps))

    def act(thing, name, user, seen):
        try:
            start.wait(10)
            STEPS.fire(thing, name, by=user, at=at, opinion="意见", seen=seen)
            outcomes.append(name)
        except errors.Conflict as error:
            outcomes.append("409" if error.by_name and error.at else "409 without who and when")
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=entry) for entry in things_steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


@pytest.mark.slow("two hundred races of two threads each on PostgreSQL")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["agree", "send_back"])
def test_of_two_who_decide_at_once_one_decides(second):
    """A43, R11: 200 trials a pair; the second is told who was first and when."""
    trials = 200 if connection.vendor == "postgresql" else 15
    city = City()
    at = city.lin.created_at
    for _trial in range(trials):
        thing = make_thing(city.health, indexed=False)
        asked = STEPS.fire(thing, "submit", by=city.lin, at=at, seen="v1")
        seen = seen_token(asked)
        outcomes = race([(asked, "agree", city.gao, seen), (asked, second, city.zhou, seen)], at=at)
        assert outcomes in (["409", "agree"], ["409", "send_back"])
        assert Decision.of(asked).exclude(transition="submit").count() == 1
        asked.refresh_from_db()
        assert asked.version == 3
    assert AuditEvent.objects.exclude(verb="testapp.thing.submit").count() == trials
    assert audit_trail.verify() == []
