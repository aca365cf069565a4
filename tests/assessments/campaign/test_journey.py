"""A campaign from its draft to its summary, as people do it in the browser."""

from __future__ import annotations

import pytest
from django.core import mail as outbox
from django.urls import reverse

from assessments.campaign import queries
from assessments.models import Assessment, Campaign, CampaignTask
from secmgmt.core.clock import today
from secmgmt.core.manifest import todos_for
from secmgmt.core.models import Notice
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token
from secmgmt.portal import reports as portal_reports
from tests.jobs import run_queued
from tests.support import CastClient

from .support import DAY, graded, make_campaign, published, small_standard

pytestmark = pytest.mark.django_db


def inside(user) -> CastClient:
    client = CastClient()
    client.force_login(user)
    return client


def take(client, row, step, opinion=""):
    row.refresh_from_db()
    url = reverse("assessments:campaign-transition", args=[row.pk, step])
    return client.post(url, {"seen": seen_token(row), "opinion": opinion})


@pytest.fixture
def world(city):
    small_standard()
    city.lin.email = "lin@yc.example"
    city.lin.save()
    return {
        "ours": graded(city.health, "预约系统", owner=city.lin),
        "theirs": graded(city.education, "学籍系统"),  # nobody in charge: the unit's lead is told
        "low": graded(city.health, "公众号", security_level=1, business_level=1, service_level=1),
        "ungraded": graded(city.health, "新系统", security_level=None, business_level=None, service_level=None),
    }


def test_the_office_opens_a_round_people_work_and_its_summary_stays(city, world, settings):
    settings.EMAIL_HOST = "mail.yc.example"
    office, day = inside(city.pan), today()
    form = {
        "title": "2026 年度自评估", "kind": "self", "unit": city.root.pk, "min_level": 2, "max_level": 4, "version": 0,
        "starts_on": day, "submit_by": day + 20 * DAY, "confirm_by": day + 30 * DAY, "ends_on": day + 40 * DAY,
        "remind_days": "30,7,1", "basis": "颍网信〔2026〕6 号",
    }  # fmt: skip
    assert office.post(reverse("assessments:campaign-create"), form).status_code == 302
    row = Campaign.objects.get()
    page = office.get(row.get_absolute_url()).content.decode()
    assert "将为 <b>2</b> 个定级对象" in page and "另有 1 个对象还没有定级" in page
    assert [t.title for t in todos_for(city.pan, day) if t.kind == "专项工作"] == [f"发布“{row}”"]

    assert take(office, row, "publish").status_code == 302
    assert not CampaignTask.objects.exists()  # a job makes them
    run_queued()
    assert {task.protected_object.name for task in CampaignTask.objects.all()} == {"预约系统", "学籍系统"}
    assert {row.due_on for row in Assessment.objects.all()} == {day + 20 * DAY}
    told = dict(Notice.objects.filter(url=row.get_absolute_url()).values_list("user__username", "text"))
    assert set(told) == {"lin", "wei"} and "您有 1 个对象" in told["lin"]
    run_queued()
    assert [(m.to, "预约系统" in m.body) for m in outbox.outbox] == [(["lin@yc.example"], False)]

    # the owner reads the campaign of the city that covers his unit, and of its figures his own
    mine = inside(city.lin).get(row.get_absolute_url())
    assert mine.status_code == 200 and "市卫生健康委" in mine.content.decode()
    assert "市教育局" not in mine.content.decode()
    assert inside(city.duan).get(row.get_absolute_url()).status_code == 404  # nothing of his is covered

    done = Assessment.objects.get(protected_object=world["ours"])
    done.answers.update(result="met", value=1)
    done.state = "confirmed"
    done.save()
    assert office.get(row.get_absolute_url()).content.decode().count("50.0%") >= 1
    assert "请写明意见" in take(office, row, "close").content.decode()
    assert take(office, row, "close", "按期完成。").status_code == 302

    done.state = "returned"  # what changes afterwards does not change what was reported
    done.save()
    row.refresh_from_db()
    assert row.summary["done"] == 1 and row.summary["todo"] == 1
    progress = queries.progress_of(row, queries.tasks_of(row, city.pan), today())
    assert sorted(one.state for one in progress.values()) == ["done", "todo"]
    kind = portal_reports.kind_named("campaign")
    document = kind.build(row, by=city.pan, at=row.updated_at)
    assert render(document, "pdf").startswith(b"%PDF") and render(document, "docx") and render(document, "xlsx")


def test_an_object_is_left_out_with_its_reason_and_taken_in_again(city, world):
    row = make_campaign(city.root)
    published(row, city.pan)
    run_queued()
    office = inside(city.pan)
    task = CampaignTask.objects.get(protected_object=world["theirs"])
    url = reverse("assessments:campaigntask-except", args=[task.pk])
    assert office.post(url, {"reason": "", "version": task.version}).status_code == 422
    assert office.post(url, {"reason": "年内下线", "version": task.version}).status_code == 302
    task.refresh_from_db()
    assert task.reason == "年内下线"
    assert not Assessment.objects.filter(protected_object=world["theirs"]).exists()  # nobody had begun it
    assert office.post(url, {"reason": "", "version": task.version - 1}).status_code == 409
    assert office.post(url, {"reason": "", "version": task.version}).status_code == 302
    assert Assessment.objects.filter(protected_object=world["theirs"]).count() == 1


def test_a_later_day_moves_the_self_assessments_under_way(city, world):
    row = make_campaign(city.root)
    published(row, city.pan)
    run_queued()
    row.refresh_from_db()
    later = row.submit_by + 5 * DAY
    form = {
        "title": row.title, "submit_by": later, "confirm_by": row.confirm_by, "ends_on": row.ends_on,
        "remind_days": "7", "version": row.version, "min_level": 4,
    }  # fmt: skip
    assert inside(city.pan).post(reverse("assessments:campaign-update", args=[row.pk]), form).status_code == 302
    row.refresh_from_db()
    assert row.min_level == 2  # its scope stays once it is published
    assert set(Assessment.objects.values_list("due_on", flat=True)) == {later}


@pytest.mark.parametrize(
    "field, value, told",
    [
        ("remind_days", "七天", "不是天数"),
        ("max_level", "1", "最高等级不能低于最低等级"),
        ("confirm_by", "2020-01-01", "“审定期限”不能早于“提交期限”"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(city, field, value, told):
    day = today()
    form = {
        "title": "年度", "kind": "self", "unit": city.root.pk, "min_level": 2, "max_level": 4, "version": 0,
        "starts_on": day, "submit_by": day, "confirm_by": day, "ends_on": day, "remind_days": "1", field: value,
    }  # fmt: skip
    response = inside(city.pan).post(reverse("assessments:campaign-create"), form)
    assert response.status_code == 422 and told in response.content.decode()


def test_a_campaign_that_covers_nothing_is_not_published(city):
    row = make_campaign(city.education)
    response = take(inside(city.pan), row, "publish")
    assert response.status_code == 422 and "范围内没有定级对象" in response.content.decode()
