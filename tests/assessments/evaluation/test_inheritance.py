"""What a hosted system takes from its platform, how it is kept up to date, and what it never learns."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.catalog.services import load_shipped
from assessments.evaluation import inheritance, services, sharing
from assessments.evaluation.responsibility import PLATFORM, ready_made
from assessments.evaluation.workflow import WORKFLOW
from assessments.models import AnswerSource, Assessment, ResponsibilityLine
from secmgmt.core import attachments, errors
from secmgmt.core.models import Notice
from secmgmt.core.workflow import seen_token
from tests.assets.factories import make_hosting
from tests.jobs import run_queued
from tests.support import CastClient, City

from .reusing import begin, confirmed, graded, on_platform, row_of, settle

ROOM = "8.1.1.1a"  # 平台 under every way of hosting


@pytest.fixture
def cloud(city: City) -> Any:
    """The data bureau's level-3 platform."""
    load_shipped()
    return graded(city.data, "政务云", offers_hosting=True, owner=city.qin)


@pytest.fixture
def tenant(city: City, cloud: Any) -> Any:
    """A level-3 system of the health bureau on it."""
    obj = graded(city.health, "预约挂号系统", owner=city.lin)
    on_platform(obj, cloud)
    return obj


def joint_code(model: str = "iaas") -> str:
    """An item both answer."""
    return next(code for code, line in ready_made(model).items() if line.share == "joint" and code.startswith("8.1"))


def own_code(model: str = "iaas") -> str:
    """An item that is the tenant's alone."""
    return next(code for code, line in ready_made(model).items() if line.share == "own" and code.startswith("8.1"))


def client_of(user: Any) -> CastClient:
    """A browser in which ``user`` is signed in."""
    client = CastClient()
    client.force_login(user)
    return client


def test_what_the_platform_provides_takes_its_result_and_the_joint_part_takes_the_worse(city, cloud, tenant, at):
    joint = joint_code()
    confirmed(cloud, city.qin, city.luo, at, {ROOM: "partial", joint: "partial"})
    made = begin(tenant, city.lin, at)
    room, both, own = row_of(made, ROOM), row_of(made, joint), row_of(made, own_code())
    assert (room.duty, room.result, room.pending, room.found) == ("platform", "partial", "", "")
    assert (both.duty, both.platform_result, both.result) == ("joint", "partial", "")
    assert (own.duty, own.result) == ("", "")
    said = {"result": "met", "found": "本方已做", "risk": "低"}
    saved = services.save_answer(answer=both.pk, version=1, by=city.lin, at=at, **said)
    assert (saved.own_result, saved.result, saved.risk) == ("met", "partial", "低")
    with pytest.raises(errors.Invalid) as refused:
        services.save_answer(answer=room.pk, version=1, result="met", by=city.lin, at=at)
    assert "由承载平台提供" in str(refused.value.errors)


@pytest.mark.parametrize("case", ["none", "old", "level"])
def test_without_a_valid_assessment_of_the_platform_an_item_waits_with_the_reason_and_is_never_met(
    city, cloud, tenant, at, case
):
    reason = {"none": "还没有已确认的评估", "old": "已过期", "level": "低于本系统等级"}[case]
    if case == "level":
        cloud.security_level = cloud.business_level = cloud.service_level = 2
        cloud.save()
    if case != "none":
        confirmed(cloud, city.qin, city.luo, at - dt.timedelta(days=400 if case == "old" else 5))
    made = begin(tenant, city.lin, at)
    room = row_of(made, ROOM)
    assert (room.duty, room.result, room.pending) == ("platform", "", "waiting")
    assert reason in room.sources.get().reason
    assert not made.answers.filter(duty__gt="", result="met").exists()
    with pytest.raises(errors.Invalid) as refused:
        services.save_answer(answer=room.pk, version=1, result="met", by=city.lin, at=at)
    assert "不能答为“符合”" in str(refused.value.errors)
    said = {"result": "unmet", "found": "无法证明", "risk": "高"}
    kept = services.save_answer(answer=room.pk, version=1, by=city.lin, at=at, **said)
    assert (kept.result, kept.pending) == ("unmet", "")


def test_an_assessment_with_items_that_wait_is_not_submitted(city, cloud, tenant, at):
    made = begin(tenant, city.lin, at)
    made.answers.exclude(pending="waiting").update(result="met", value=1)
    with pytest.raises(errors.Incomplete) as refused:
        WORKFLOW.fire(made, "submit", by=city.lin, at=at, seen=seen_token(made))
    assert any("平台结果不可用" in text for text, _url in refused.value.missing)


def test_a_new_result_of_the_platform_reaches_open_assessments_and_not_submitted_ones(city, cloud, tenant, at):
    confirmed(cloud, city.qin, city.luo, at - dt.timedelta(days=30))
    other = graded(city.health, "档案系统", owner=city.lin)
    on_platform(other, cloud)
    open_one = begin(tenant, city.lin, at)
    closed = confirmed(other, city.lin, city.zhou, at)
    confirmed(cloud, city.qin, city.luo, at, {ROOM: "unmet"})
    run_queued()
    assert row_of(open_one, ROOM).result == "unmet"
    assert row_of(closed, ROOM).result == "met"
    text = Notice.objects.filter(user=city.lin, text__contains="平台控制点结果变化").values_list("text", flat=True)
    assert len(text) == 2 and not any("机密" in line or ROOM in line for line in text)
    assert not Notice.objects.filter(user=city.su, text__contains="平台控制点结果变化").exists()


def test_what_is_no_longer_as_the_platform_has_it_is_renewed_before_submission(city, cloud, tenant, at):
    confirmed(cloud, city.qin, city.luo, at - dt.timedelta(days=300))
    made = begin(tenant, city.lin, at)
    settle(made, by=city.lin)
    later = at + dt.timedelta(days=200)  # the platform's year is over by then
    with pytest.raises(errors.Incomplete, match="请先更新继承结果"):
        WORKFLOW.fire(made, "submit", by=city.lin, at=later, seen=seen_token(made))
    assert inheritance.renew_all(later) > 0
    assert (row_of(made, ROOM).result, row_of(made, ROOM).pending) == ("", "waiting")


def test_a_chain_of_three_storeys_hands_results_up_and_a_circle_is_refused(city, cloud, tenant, at):
    room = graded(city.data, "数据中心机房", offers_hosting=True, owner=city.qin)
    on_platform(cloud, room, "colocation")
    confirmed(room, city.qin, city.luo, at, {ROOM: "unmet"})
    middle = confirmed(cloud, city.qin, city.luo, at)
    assert row_of(middle, ROOM).result == "unmet"
    top = begin(tenant, city.lin, at)
    assert row_of(top, ROOM).result == "unmet"
    source = row_of(top, ROOM).sources.get()
    assert (source.name, source.agency, source.dated) == ("政务云", "市数据局", middle.report_date)
    tenant.offers_hosting = True
    tenant.save()
    response = client_of(city.qin).post(
        reverse("assets:hosting-create"),
        {"tenant": room.pk, "platform": tenant.pk, "model": "iaas", "since": "2026-01-01", "version": 0},
    )
    assert response.status_code == 422 and "反过来承载" in response.content.decode()


def test_a_level_two_tenant_inherits_from_a_level_three_platform_by_lineage(city, cloud, tenant, at):
    confirmed(cloud, city.qin, city.luo, at, {"8.1.1.1a": "partial"})
    lower = graded(city.health, "二级系统", level=2, owner=city.lin)
    on_platform(lower, cloud)
    made = begin(lower, city.lin, at)
    row = row_of(made, "7.1.1.1a")
    assert (row.duty, row.result) == ("platform", "partial")
    assert row.sources.get().code == "8.1.1.1a"


def test_evidence_and_finding_of_the_platform_are_shown_only_by_its_owners_share(city, cloud, tenant, at):
    base = confirmed(cloud, city.qin, city.luo, at, {ROOM: "partial"})
    answer, other = row_of(base, ROOM), row_of(base, "8.1.1.1b")
    base.frozen_digest = ""
    Assessment.objects.filter(pk=base.pk).update(state="in_progress", frozen_digest="")
    file, apart = (
        attachments.attach(parent=one, upload=SimpleUploadedFile("门禁.txt", "门禁记录".encode()), by=city.qin, at=at,
                           declared_not_secret=True)
        for one in (answer, other)
    )  # fmt: skip
    Assessment.objects.filter(pk=base.pk).update(state="confirmed")
    made = begin(tenant, city.lin, at)
    row, hosting = row_of(made, ROOM), tenant.hosted_on.get()
    browser = client_of(city.lin)
    page, found = reverse("assessments:answer-detail", args=[row.pk]), "的机密差距"
    address = reverse("assessments:answer-source-file", args=[row.pk, file.pk])

    def told() -> str:
        return browser.get(page).content.decode()

    assert "部分符合" in told() and "市数据局" in told()
    assert found not in told() and "门禁.txt" not in told() and browser.get(address).status_code == 404
    with pytest.raises(errors.NotAllowed):
        sharing.share_evidence(hosting=hosting.pk, until=None, by=city.lin, at=at)  # the tenant helps himself
    sharing.share_evidence(hosting=hosting.pk, until=None, by=city.qin, at=at)
    assert found in told() and "门禁.txt" in told() and browser.get(address).status_code == 200
    astray = reverse("assessments:answer-source-file", args=[row.pk, apart.pk])
    assert browser.get(astray).status_code == 404  # another item's evidence under this item's address (A02)
    assert client_of(city.su).get(address).status_code == 404
    sharing.end_share(hosting=hosting.pk, by=city.qin, at=at)
    assert found not in told() and browser.get(address).status_code == 404
    whole = browser.get(reverse("assessments:assessment-answer", args=[made.pk])).content.decode()
    assert found not in whole
    assert browser.get(reverse("api:assessment-answers", args=[made.pk])).content.decode().count("机密") == 0


def test_a_line_that_leaves_the_platform_more_holds_only_with_its_owners_agreement(city, cloud, tenant, at):
    confirmed(cloud, city.qin, city.luo, at)
    hosting, own = tenant.hosted_on.get(), own_code()
    assert sharing.fill_table(hosting=hosting.pk, by=city.lin, at=at) == 257
    line = ResponsibilityLine.objects.get(hosting=hosting, code=own)
    edit = reverse("assessments:responsibility-update", args=[line.pk])
    data = {"hosting": hosting.pk, "code": own, "share": PLATFORM, "note": "合同约定", "version": line.version}
    assert client_of(city.lin).post(edit, data).status_code == 302
    assert row_of(begin(tenant, city.lin, at), own).duty == ""
    with pytest.raises(errors.NotAllowed):
        sharing.agree(hosting=hosting.pk, codes=[own], by=city.lin, at=at)
    Assessment.objects.filter(protected_object=tenant).delete()
    address = reverse("assessments:hosting-agree", args=[hosting.pk])
    assert client_of(city.qin).post(address, {"code": own}).status_code == 302
    assert row_of(begin(tenant, city.lin, at), own).duty == "platform"


def test_two_platforms_count_as_both_and_the_worst_of_them_holds(city, cloud, tenant, at):
    second = graded(city.data, "备用云", offers_hosting=True, owner=city.qin)
    make_hosting(tenant, second, model="iaas")
    confirmed(cloud, city.qin, city.luo, at, {ROOM: "partial"})
    confirmed(second, city.qin, city.luo, at, {ROOM: "unmet"})
    row = row_of(begin(tenant, city.lin, at), ROOM)
    assert (row.duty, row.result) == ("platform", "unmet") and row.sources.count() == 2


def test_keeping_an_inherited_answer_asks_the_database_nothing_more(city, cloud, tenant, at):
    confirmed(cloud, city.qin, city.luo, at)
    made = begin(tenant, city.lin, at)
    counts = []
    for code in (own_code(), joint_code()):
        row = row_of(made, code)
        with CaptureQueriesContext(connection) as seen:
            services.save_answer(answer=row.pk, version=1, result="met", by=city.lin, at=at)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert AnswerSource.objects.filter(answer__assessment=made).exists()
