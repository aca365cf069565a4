"""The tasks of a campaign: each object once, whatever stops the work, and nobody's work twice."""

from __future__ import annotations

import pytest

from assessments.campaign import services
from assessments.evaluation.services import create_assessment
from assessments.models import Answer, Assessment, CampaignTask
from secmgmt.core import errors
from secmgmt.core.clock import today
from secmgmt.core.jobs import run_job
from secmgmt.core.models import Job, Notice
from tests.jobs import run_queued

from .support import graded, make_campaign, published, small_standard

pytestmark = pytest.mark.django_db
OBJECTS = 7


class Killed(BaseException):
    """What a killed worker leaves: no handler of ours sees it."""


@pytest.fixture
def opened(city, monkeypatch):
    """A published campaign over seven objects, its job waiting, two objects a chunk."""
    monkeypatch.setattr(services, "CHUNK", 2)
    monkeypatch.setattr(services.open_chunk.__wrapped__, "__kwdefaults__", {"most": 2})
    small_standard()
    for number in range(OBJECTS):
        graded(city.health, f"系统{number}号", owner=city.lin)
    row = make_campaign(city.health)
    return row, published(row, city.pan)


def whole(row) -> bool:
    """Every object once, each with its one open self-assessment and that with its items."""
    tasks = list(CampaignTask.objects.filter(campaign=row))
    assert len(tasks) == len({task.protected_object_id for task in tasks}) == OBJECTS
    assert Assessment.objects.count() == OBJECTS and all(task.assessment_id for task in tasks)
    return Answer.objects.count() == OBJECTS * 2


@pytest.mark.parametrize("where", ["begin_work", "announce"])
def test_a_worker_killed_on_the_way_leaves_neither_doubles_nor_gaps(opened, monkeypatch, where):
    row, job = opened
    real, calls = getattr(services, where), []

    def dies(*args, **kwargs):
        calls.append(1)
        if len(calls) == (3 if where == "begin_work" else 1):
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(services, where, dies)
    with pytest.raises(Killed):
        run_job(job.pk)
    made = CampaignTask.objects.count()
    assert made == Assessment.objects.count() and made == (4 if where == "begin_work" else OBJECTS)
    assert not Notice.objects.filter(url=row.get_absolute_url()).exists()
    Job.objects.filter(pk=job.pk).update(lease_until=job.created_at)  # its lease runs out
    assert run_job(job.pk)
    assert whole(row)
    assert Notice.objects.filter(url=row.get_absolute_url()).count() == 1
    job.refresh_from_db()
    assert job.state == "done"


def test_who_has_begun_already_goes_on_with_his(opened, city, at):
    row, _job = opened
    obj = row.unit.objects_owned.order_by("pk").first()
    own = create_assessment(protected_object=obj, title="已开展", report_date=today(), by=city.lin, at=at)
    run_queued()
    assert whole(row)
    assert CampaignTask.objects.get(protected_object=obj).assessment == own


def test_a_second_run_makes_nothing_and_tells_nobody_again(opened, city, client):
    row, _job = opened
    run_queued()
    new = graded(city.health, "新登记系统", owner=city.lin)
    client.force_login(city.pan)
    assert client.post(f"{row.get_absolute_url()}fill/").status_code == 302
    run_queued()
    assert CampaignTask.objects.filter(campaign=row).count() == OBJECTS + 1
    assert CampaignTask.objects.filter(protected_object=new).count() == 1
    assert "1 个对象" in Notice.objects.filter(user=city.lin).first().text


def test_what_cannot_be_begun_says_why_and_is_tried_again(opened, city):
    row, _job = opened
    cloud = graded(city.health, "云上系统", is_cloud=True)
    run_queued()
    task = CampaignTask.objects.get(protected_object=cloud)
    assert task.assessment is None and "云责任主体" in task.trouble
    cloud.is_cloud = False
    cloud.save()
    assert services.retry_chunk(campaign=row.pk, after=0, by=city.pan, at=row.created_at) == task.pk
    task.refresh_from_db()
    assert task.assessment is not None and task.trouble == ""


def test_a_revoked_campaign_makes_no_more_work(opened, city, at):
    row, job = opened
    row.refresh_from_db()
    row.state = "revoked"
    row.save()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and not CampaignTask.objects.exists()
    with pytest.raises(errors.Conflict):
        services.open_chunk(campaign=row.pk, by=city.pan, at=at)


def test_whoever_lost_his_position_makes_no_work_in_anybodys_name(opened, city):
    _row, job = opened
    city.pan.position_set.all().delete()
    run_job(job.pk)
    job.refresh_from_db()
    assert job.state == "failed" and not CampaignTask.objects.exists()
