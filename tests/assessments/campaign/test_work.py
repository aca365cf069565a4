"""Rounds whose work other features do: a re-check is done when no problem of the object is open."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.urls import reverse

from assessments.campaign import queries, reminders
from assessments.campaign import services as campaign_services
from assessments.campaign.work import _settled
from assessments.catalog.services import load_shipped
from assessments.inspection import bulk as services
from assessments.inspection import shipped
from assessments.models import Campaign, CampaignTask, Department, Inspection, RiskAssessment
from assessments.risk.services import take_inventory
from secmgmt.core.clock import now, today
from secmgmt.core.manifest import todos_for
from secmgmt.core.models import Notice, Participation
from tests.assessments.inspection.cast_rows import notice as issued_notice
from tests.jobs import run_queued
from tests.support import CastClient

from .support import DAY, graded, make_campaign, published

FIRST = today() - 10 * DAY
CLOSED = FIRST + 3 * DAY


@pytest.mark.pure
@pytest.mark.parametrize(
    "found, begun, submitted, done",
    [
        ([], FIRST, FIRST, FIRST),
        ([("planning", None)], None, None, None),
        ([("doing", None)], FIRST, None, None),
        ([("closed", CLOSED), ("planning", None)], CLOSED, None, None),
        ([("closed", CLOSED), ("verifying", None)], CLOSED, CLOSED, None),
        ([("closed", CLOSED), ("accepted", None)], CLOSED, CLOSED, CLOSED),
        ([("closed", FIRST - DAY)], FIRST, FIRST, FIRST),
    ],
)
def test_a_recheck_follows_the_problems_of_the_object(found, begun, submitted, done):
    work = _settled(found, FIRST)
    assert (work.begun_on, work.submitted_on, work.done_on) == (begun, submitted, done)


@pytest.fixture
def two(city):
    """Two objects of the health bureau, and the department whose people are the city's."""
    load_shipped()
    shipped.load()
    return [graded(city.health, name, owner=city.lin) for name in ("挂号系统", "影像系统")]


def opened(city, kind: str, **values):
    """A published campaign whose tasks are made."""
    row = make_campaign(city.health, kind=kind, **values)
    published(row, city.pan)
    (job,) = run_queued()
    assert job.state == "done", job.error
    row.refresh_from_db()
    return row


def states(row, by) -> dict[str, tuple[str, str]]:
    """Object → (state, whose turn)."""
    tasks = queries.tasks_of(row, by)
    progress = queries.progress_of(row, tasks, today())
    return {task.protected_object.name: (progress[task.pk].state, progress[task.pk].waits_for) for task in tasks}


@pytest.mark.django_db
def test_a_round_of_inspections_plans_one_of_each_object_for_the_leading_department(city, client, two):
    lead = Department.objects.get(code="CAC")
    first = services.plan_many(
        objects=two[:1], lead=lead, title="%s 专项检查", basis="方案", starts_on=today(), ends_on=today(), by=city.shen,
        at=now(),
    )[two[0].pk]  # fmt: skip
    row = opened(city, "inspection", lead=lead)
    assert Inspection.objects.count() == 2 and set(Inspection.objects.values_list("lead__code", flat=True)) == {"CAC"}
    planned = Inspection.objects.get(protected_object=two[1])
    assert planned.items.count() == first.items.count() > 150
    assert [notice.user for notice in Notice.objects.filter(text__contains="待检查")] == [city.shen]
    assert states(row, city.pan) == {"挂号系统": ("todo", "inspector"), "影像系统": ("todo", "inspector")}
    client.force_login(city.shen)
    listed = client.get(reverse("assessments:campaigntask-list"), {"campaign": row.pk}).content.decode()
    assert planned.get_absolute_url() in listed and "牵头部门检查人员" in listed
    client.force_login(city.lin)
    assert planned.get_absolute_url() not in client.get(reverse("assessments:campaigntask-list")).content.decode()

    Inspection.objects.filter(pk=planned.pk).update(state="onsite")
    assert states(row, city.pan)["影像系统"] == ("doing", "inspector")
    Inspection.objects.filter(pk=planned.pk).update(state="issued", finding_count=1)
    out = issued_notice(planned)
    assert states(row, city.pan)["影像系统"] == ("doing", "owner")
    type(out).objects.filter(pk=out.pk).update(state="replied")
    assert states(row, city.pan)["影像系统"] == ("doing", "inspector")
    Inspection.objects.filter(pk=planned.pk).update(state="concluded", concluded_on=today())
    assert states(row, city.pan)["影像系统"] == ("done", "")


@pytest.mark.django_db
def test_inspectors_are_reminded_of_a_round_of_inspections_and_owners_of_the_notice(city, two):
    row = opened(city, "inspection", lead=Department.objects.get(code="CAC"))
    Notice.objects.all().delete()
    assert reminders.waiting(row, reminders.SUBMIT, today()) == {city.shen: 2}
    planned = Inspection.objects.get(protected_object=two[0])
    Inspection.objects.filter(pk=planned.pk).update(state="issued")
    issued_notice(planned)
    assert reminders.waiting(row, reminders.SUBMIT, today()) == {city.shen: 1}
    assert reminders.waiting(row, reminders.CONFIRM, today()) == {city.lin: 1}
    Department.objects.filter(code="CAC").update(unit=city.data)
    row.refresh_from_db()
    assert reminders.waiting(row, reminders.SUBMIT, today()) == {}


@pytest.mark.django_db
def test_the_leading_department_is_said_for_inspections_and_only_for_them(city, two):
    with pytest.raises(ValidationError) as told:
        make_campaign(city.health, kind="inspection")
    assert "lead" in told.value.message_dict
    with pytest.raises(ValidationError):
        make_campaign(city.health, kind="self", lead=Department.objects.first())


@pytest.mark.django_db
def test_what_cannot_be_inspected_by_the_catalogue_is_told(city, two):
    two[0].security_level = 5
    two[0].save()
    row = opened(city, "inspection", lead=Department.objects.get(code="CAC"), max_level=5)
    task = row.tasks.get(protected_object=two[0])
    assert "第四级" in task.trouble and Inspection.objects.count() == 1


@pytest.mark.django_db
def test_a_round_of_risk_assessments_begins_drafts_and_follows_them_to_the_signature(city, two):
    row = opened(city, "risk")
    drafts = RiskAssessment.objects.order_by("pk")
    assert [draft.protected_object for draft in drafts] == two and {draft.leading for draft in drafts} == {"self"}
    assert set(states(row, city.pan).values()) == {("todo", "owner")}
    draft = drafts[0]
    take_inventory(assessment=draft, by=city.lin, at=now())
    assert states(row, city.pan)["挂号系统"] == ("doing", "owner")
    RiskAssessment.objects.filter(pk=draft.pk).update(state="submitted")
    assert states(row, city.pan)["挂号系统"] == ("doing", "unit_lead")
    RiskAssessment.objects.filter(pk=draft.pk).update(state="signed", signed_at=now())
    assert states(row, city.pan)["挂号系统"] == ("done", "")
    task = row.tasks.get(protected_object=two[1])
    campaign_services.except_task(task=task.pk, version=1, reason="停用", by=city.pan, at=now())
    assert RiskAssessment.objects.count() == 1 and states(row, city.pan)["影像系统"][0] == "excepted"


@pytest.mark.django_db
def test_a_recheck_counts_objects_without_open_problems_as_done(city):
    graded(city.health, "挂号系统", owner=city.lin)
    row = make_campaign(city.health, kind="recheck")
    published(row, city.pan)
    run_queued()
    row.refresh_from_db()
    progress = queries.progress_of(row, queries.tasks_of(row, city.pan), today())
    assert [one.state for one in progress.values()] == ["done"]


def test_what_was_published_is_not_deleted_by_api_either(city):
    row = make_campaign(city.root, state="running")
    client = CastClient()
    client.force_login(city.pan)
    address, version = reverse("api:campaign-detail", args=[row.pk]), {"If-Match": f'"{row.version}"'}
    assert client.delete(address, headers=version).status_code == 409
    Campaign.objects.filter(pk=row.pk).update(state="draft")
    assert client.delete(address, headers=version).status_code == 204


def test_todos_tell_only_of_what_one_still_sees(city):
    ours, moved = graded(city.health, "挂号系统"), graded(city.education, "学籍系统")
    row, left = (make_campaign(city.root, kind="recheck", title=name, state="running") for name in ("复查", "旧事"))
    for campaign, obj in ((row, ours), (row, moved), (left, moved)):
        CampaignTask.objects.create(campaign=campaign, protected_object=obj, assignee=city.lin, created_at=now())
        Participation.objects.create(
            content_type=ContentType.objects.get_for_model(Campaign), object_id=campaign.pk, unit=obj.unit,
            capacity=campaign_services.ADDRESSED,
        )  # fmt: skip
    listed = [todo for todo in todos_for(city.lin, today()) if todo.kind == "专项工作"]
    assert [(todo.title, todo.note) for todo in listed] == [("复查", "您承办 1 个对象")]
