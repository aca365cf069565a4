"""Demo campaigns: last year's, finished, and this year's, under way; the same every time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from assessments.demo_evaluation import ANSWERED, answer_item
from assessments.evaluation import points
from assessments.evaluation.inheritance import Platforms, renew
from assessments.evaluation.models import Answer, Assessment
from assessments.evaluation.workflow import WORKFLOW as ASSESSING
from secmgmt.accounts.models import OrgUnit, User
from secmgmt.core import audit, search
from secmgmt.core.models import Decision
from secmgmt.core.workflow import seen_token

from . import queries, reminders, services
from .models import Campaign, CampaignKind, CampaignReminder, CampaignState, CampaignTask

CITY = "颍川市"
DEMANDS = (
    "各单位对照 GB/T 22239-2019 逐项自评估，如实填写现状并附证据。\n"
    "单位网安负责人审定后报领导小组办公室；高风险项当月制定整改方案。"
)
BEGUN = 8  # of this year's tasks somebody has begun
GAP_EVERY = 37  # of the items answered in this year's, one is partly met
FINISHED = ("done",) * 9 + ("late", "done", "excepted")  # how last year's tasks ended, by turns
EXCEPTED = "系统已迁入政务云，随平台一并评估"
CONCLUSION = "全市自评估按期完成，逾期单位已约谈；下年度提前一个月部署。"


def create_campaigns(at: dt.datetime) -> None:
    """Both, unless they are there."""
    office = User.objects.filter(username="rules", is_demo=True).first()
    city = OrgUnit.objects.filter(name=CITY, parent=None).first()
    if office is None or city is None or Campaign.objects.filter(is_demo=True).exists():
        return
    with audit.act():
        _last_year(city, office, at)
        _this_year(city, office, at)


def _campaign(city: OrgUnit, office: User, year: int, at: dt.datetime, **values: Any) -> Campaign:
    row = Campaign(
        title=f"{year} 年度网络安全等级保护自评估", kind=CampaignKind.SELF, unit=city, responsible=office,
        min_level=3, max_level=4, basis=f"颍网信〔{year}〕6 号", demands=DEMANDS, is_demo=True,
        created_at=at, updated_at=at, updated_by=office, **values,
    )  # fmt: skip
    row.full_clean()
    row.save()
    search.refresh(row)
    audit.record("assessments.campaign.add", row, by=office, at=at, after=audit.fields_of(row))
    return row


def _last_year(city: OrgUnit, office: User, at: dt.datetime) -> None:
    year = at.year - 1
    day = dt.date(year, 9, 1)
    begun = timezone.make_aware(dt.datetime(year, 9, 1, 9))
    ended = timezone.make_aware(dt.datetime(year, 11, 28, 16))
    row = _campaign(
        city, office, year, begun, starts_on=day, submit_by=dt.date(year, 10, 31), confirm_by=dt.date(year, 11, 15),
        ends_on=dt.date(year, 11, 30), state=CampaignState.CLOSED, opened_at=begun,
    )  # fmt: skip
    tasks = []
    for number, obj in enumerate(queries.scope_of(row).select_related("owner")):
        state = FINISHED[number % len(FINISHED)]
        tasks.append(
            CampaignTask(
                campaign=row, protected_object=obj, assignee=obj.owner, created_at=begun, told_at=begun,
                reason=EXCEPTED if state == "excepted" else "", final_state=state,
                final_on=dt.date(year, 10, 20) + dt.timedelta(days=number * 5 % 31) if state == "done" else None,
            )
        )  # fmt: skip
    CampaignTask.objects.bulk_create(tasks)
    progress = queries.progress_of(row, tasks, dt.date(year, 11, 28))
    kept = {"conclusion": CONCLUSION, "closed_on": f"{year}-11-28"}
    row.summary = {**queries.whole(progress).as_json(), **kept}
    row.save(update_fields=["summary"])
    CampaignReminder.objects.create(
        campaign=row, phase=reminders.SUBMIT, due=row.submit_by, days=7, people=6,
        at=timezone.make_aware(dt.datetime(year, 10, 24, 9)),
    )  # fmt: skip
    kind = ContentType.objects.get_for_model(Campaign)
    steps = (
        ("publish", "发布", "draft", "running", begun, ""),
        ("close", "结束并总结", "running", "closed", ended, CONCLUSION),
    )
    for name, label, source, target, moment, opinion in steps:
        Decision.objects.create(
            content_type=kind, object_id=row.pk, transition=name, label=label, source=source, target=target,
            by=office, by_name=office.audit_name, at=moment, opinion=opinion,
        )  # fmt: skip


def _this_year(city: OrgUnit, office: User, at: dt.datetime) -> None:
    """Under way: some confirmed, some submitted, some begun, the rest waiting; one left out."""
    today = timezone.localdate(at)
    begun = at - dt.timedelta(days=45)
    row = _campaign(
        city, office, at.year, begun, starts_on=today - dt.timedelta(days=45), state=CampaignState.RUNNING,
        submit_by=today - dt.timedelta(days=2), confirm_by=today + dt.timedelta(days=14),
        ends_on=today + dt.timedelta(days=30),
    )  # fmt: skip
    kind = ContentType.objects.get_for_model(Campaign)
    Decision.objects.create(
        content_type=kind, object_id=row.pk, transition="publish", label="发布", source="draft", target="running",
        by=office, by_name=office.audit_name, at=begun,
    )  # fmt: skip
    while services.open_chunk(campaign=row.pk, by=office, at=begun):
        pass
    services.announce(campaign=row.pk, by=office, at=begun)
    fresh = row.tasks.filter(assessment__created_at=begun).select_related("assessment", "protected_object__unit")
    for number, task in enumerate(fresh.order_by("pk")[:BEGUN]):
        _advance(task, number, at)
    last = row.tasks.order_by("-pk").first()
    if last is not None:
        services.except_task(task=last.pk, version=last.version, reason="计划年内下线，已停止更新", by=office, at=at)


def _advance(task: CampaignTask, number: int, at: dt.datetime) -> None:
    """By turns: confirmed, submitted, begun, untouched."""
    stage, owner = number % 4, task.protected_object.owner
    assessment: Assessment | None = task.assessment
    if assessment is None or stage == 3 or owner is None:
        return
    moment = at - dt.timedelta(days=9 + number % 20)
    renew(assessment=assessment, by=owner, at=moment, platforms=Platforms(timezone.localdate(at)))
    rows = list(assessment.answers.order_by("order").select_related("guidance", "assessment"))
    given = rows if stage < 2 else rows[: assessment.total // 3]
    for place, row in enumerate(given):
        answer_item(row, points.PARTIAL if (place + number) % GAP_EVERY == 0 else points.MET, place, owner, moment)
    Answer.objects.bulk_update(given, ANSWERED, batch_size=100)
    if stage == 2:
        return
    assessment = ASSESSING.fire(assessment, "submit", by=owner, at=moment, seen=seen_token(assessment))
    leads = list(services.people_of(task.campaign, [task], timezone.localdate(at), services.UNIT_LEAD))
    if stage == 0 and leads:
        confirmed = moment + dt.timedelta(days=3)
        ASSESSING.fire(assessment, "confirm", by=leads[0], at=confirmed, seen=seen_token(assessment))
