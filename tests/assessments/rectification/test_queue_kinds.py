"""Every kind of decision in the queue: found by whom it waits for, told whole, agreed to and returned in place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.models import Risk
from secmgmt.core import manifest
from secmgmt.core.clock import now, today
from secmgmt.core.models import Attachment, Decision
from secmgmt.core.workflow import seen_token
from secmgmt.portal import decisions
from tests.architecture.test_workflows import Stage
from tests.assessments.review.cast_rows import opinion as make_opinion
from tests.assessments.risk.cast_rows import assessment as make_risk_assessment
from tests.assessments.risk.cast_rows import risk as make_risk

pytestmark = pytest.mark.django_db
QUEUE, DECIDE = reverse("portal:decisions"), reverse("portal:decide")


@dataclass(frozen=True)
class Kind:
    """A kind of decision: who has it in which state, what agreeing and returning lead to, what its page must say."""

    code: str
    model: str
    state: str
    who: str
    agreed: str
    returned: str
    said: tuple[str, ...]


KINDS = (
    Kind("grading-review", "assessments.Grading", "expert", "expert@invited", "determined", "draft", ("拟定等级",)),
    Kind("grading-approval", "assessments.Grading", "authority", "authority@own", "determined", "draft", ("现等级",)),
    Kind("assessment-confirm", "assessments.Assessment", "submitted", "unit_lead@own", "confirmed", "returned",
         ("结论", "不符合和部分符合 0 项")),
    Kind("gate-conclusion", "assessments.GateReview", "reviewing", "authority@own", "passed", "preparing",
         ("有条件通过…", "不通过…", "材料 1 项")),
    Kind("risk-sign", "assessments.RiskAssessment", "submitted", "unit_lead@own", "signed", "draft", ("风险 1 项",)),
    Kind("filing", "assessments.Filing", "submitted", "filing_officer@own", "reviewing", "returned", ("填表人",)),
)  # fmt: skip
STRANGERS = ("owner@other", "unit_lead@other", "nobody")


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker) -> Iterator[Stage]:
    """Made once; the transaction around it is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        stage = Stage()
        for who in {kind.who for kind in KINDS} | {"leader@own", *STRANGERS}:
            stage.cast.client(who)
        yield stage
        transaction.set_rollback(True)


@pytest.fixture
def undone(stage) -> Iterator[None]:
    """What a test does is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def make(stage: Stage, kind: Kind) -> Any:
    """A row that waits, as somebody handed it in."""
    row = stage.make(kind.model, kind.state)
    if hasattr(row, "frozen_digest") and not row.frozen_digest:
        type(row).objects.filter(pk=row.pk).update(frozen_digest="f" * 64)
        row.refresh_from_db()
    return row


def token(kind: Kind, row: Any) -> str:
    return f"{kind.code}:{row.pk}:{seen_token(row)}"


def text_of(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_it_is_on_the_page_of_whom_it_waits_for_with_what_matters_and_of_nobody_else(stage, undone, kind):
    row = make(stage, kind)
    at = f"{QUEUE}?kind={kind.code}&at={kind.code}:{row.pk}"
    client = stage.cast.client(kind.who)
    assert client.get(at).status_code == 200
    with CaptureQueriesContext(connection) as seen:
        text = text_of(client.get(at))
    assert len(seen.captured_queries) <= 32  # of a person in every kind of office; leaders have fewer kinds
    for said in (*kind.said, f"{kind.code}:{row.pk}:", "办理经过"):
        assert said in text, said
    for stranger in STRANGERS:
        assert f"{kind.code}:{row.pk}:" not in text_of(stage.cast.client(stranger).get(at))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
@pytest.mark.parametrize("act", ["agree", "return"])
def test_it_is_decided_in_place_with_its_opinion_on_what_was_seen(stage, undone, kind, act):
    row = make(stage, kind)
    client, sent = stage.cast.client(kind.who), {"row": token(kind, row), "act": act}
    assert client.post(DECIDE, {**sent, "row": f"{kind.code}:{row.pk}:old", "opinion": "同意"}).status_code == 409
    if act == "return":
        assert client.post(DECIDE, sent).status_code == 422
    assert client.post(DECIDE, {**sent, "opinion": "属实"}).status_code == 302
    row.refresh_from_db()
    assert row.state == (kind.agreed if act == "agree" else kind.returned)
    last = Decision.of(row).first()
    assert (last.by, last.opinion) == (stage.cast.person(kind.who), "属实")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_nobody_decides_what_he_handed_in_nor_what_is_anothers(stage, undone, kind):
    row = make(stage, kind)
    for stranger in STRANGERS:
        sent = {"row": token(kind, row), "act": "agree", "opinion": "同意"}
        assert stage.cast.client(stranger).post(DECIDE, sent).status_code in (403, 404)
    Decision.objects.create(
        parent=row, transition="submit", label="提交", source="draft", target=kind.state, by_name="本人", at=now(),
        by=stage.cast.person(kind.who),
    )  # fmt: skip
    client = stage.cast.client(kind.who)
    assert f"{kind.code}:{row.pk}:" not in text_of(client.get(f"{QUEUE}?kind={kind.code}"))
    row.refresh_from_db()
    assert row.state == kind.state


def test_a_risk_is_accepted_for_a_time_with_the_opinion_as_its_reason(stage, undone):
    row = make_risk(make_risk_assessment(stage.cast, "submitted"), treatment="accept", measure="等待更新换代")
    client, until = stage.cast.client("leader@own"), today() + dt.timedelta(days=90)
    text = text_of(client.get(f"{QUEUE}?at=risk-accept:{row.pk}"))
    assert "等待更新换代" in text and "接受至" in text
    sent = {"row": f"risk-accept:{row.pk}:v{row.version}", "act": "agree", "opinion": "同意，加强监测"}
    assert "接受至" in text_of(client.post(DECIDE, sent))  # no day was given
    far = {f"risk-accept-{row.pk}-until": today() + dt.timedelta(days=800)}
    assert client.post(DECIDE, {**sent, **far}).status_code == 422
    day = {f"risk-accept-{row.pk}-until": until}
    assert stage.cast.client("unit_lead@own").post(DECIDE, {**sent, **day}).status_code == 403
    asked = text_of(client.post(DECIDE, {**sent, "confirm": "1"}))
    assert f"risk-accept-{row.pk}-until" in asked
    assert client.post(DECIDE, {**sent, **day}).status_code == 302
    row = Risk.objects.get(pk=row.pk)
    assert (row.accepted_until, row.accepted_reason) == (until, "同意，加强监测")
    assert client.post(DECIDE, {**sent, **day}).status_code == 409  # decided meanwhile
    assert client.post(DECIDE, {**sent, "act": "return"}).status_code == 422


def test_a_gate_says_what_still_keeps_it_from_a_conclusion(stage, undone):
    row = make(stage, next(kind for kind in KINDS if kind.code == "gate-conclusion"))
    row.items.update(result="")
    make_opinion(row, stage.cast.city.nobody)
    text = text_of(stage.cast.client("authority@own").get(f"{QUEUE}?at=gate-conclusion:{row.pk}"))
    assert "还有 1 项材料没有审查" in text and "缺少必须出具的意见：市公安局" in text
    sent = {"row": f"gate-conclusion:{row.pk}:{seen_token(row)}", "act": "agree", "opinion": "同意"}
    assert "还不能作出结论" in text_of(stage.cast.client("authority@own").post(DECIDE, sent))


def test_every_kind_is_tried_here_and_no_file_of_anothers_is_listed(stage, undone):
    tried = {kind.code for kind in KINDS} | {"risk-accept"}
    others = {source.code for source in manifest.collect("decisions")} - tried
    assert {code.partition("-")[0] for code in others} == {"rectification"}  # test_queue.py
    row = make(stage, KINDS[1])
    stranger = stage.make("assessments.Grading", "authority")
    at, who = now(), stage.cast.person("owner@own")
    for parent, name in ((row, "本件材料.txt"), (stranger, "别的材料.txt")):
        Attachment.objects.create(
            parent=parent, name=name, storage_key=f"files/{name}", media_type="text/plain", size=1, algorithm="sm3",
            digest="0" * 64, by=who, at=at,
        )  # fmt: skip
    text = text_of(stage.cast.client("authority@own").get(f"{QUEUE}?at=grading-approval:{row.pk}"))
    assert "本件材料.txt" in text and "别的材料.txt" not in text


def test_the_badge_counts_what_the_page_lists(stage, undone):
    for kind in KINDS:
        make(stage, kind)
    for kind in KINDS:
        person = stage.cast.person(kind.who)
        listed = text_of(stage.cast.client(kind.who).get(QUEUE)).count('name="row" value=') - 1
        assert decisions.waiting_count(person) == listed > 0
    assert not decisions.concerns(stage.cast.person("nobody"))
