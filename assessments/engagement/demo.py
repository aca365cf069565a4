"""Demo evaluations: one in every state; the same every time, left alone where they exist."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from assessments.catalog.services import shipped_standard
from assessments.demo_evaluation import ANSWERED, answer_item, lead_of
from assessments.evaluation.models import Answer
from assessments.evaluation.points import MET, PARTIAL, UNMET
from assessments.evaluation.workflow import WORKFLOW as RESULTS
from assessments.filing.demo import paper
from assets.models import ProtectedObject
from secmgmt.core import audit, records, search
from secmgmt.core.workflow import seen_token

from . import queries, results, services
from .models import PAPERS, Agency, Conclusion, Engagement, EngagementKind, EngagementState
from .workflow import WORKFLOW

S = EngagementState
STEPS = ("to_design", "to_onsite", "to_report", "complete")
ORDER = (S.PREPARING, S.DESIGNING, S.ONSITE, S.REPORTING, S.DONE)
FOUND = (
    ("8.1.4.1", "应用系统管理员未采用两种鉴别方式", "high", "后台管理只用口令登录，没有第二种鉴别。"),
    ("8.1.4.9", "备份没有做恢复测试", "medium", "近一年没有备份数据恢复测试的记录。"),
)


def create_engagements(at: dt.datetime) -> None:
    """An agency, and engagements of demo objects that have a certificate."""
    if Engagement.objects.filter(is_demo=True).exists():
        return
    rows = ProtectedObject.objects.in_use().filter(is_demo=True, owner__isnull=False, security_level__gte=2)
    rows = rows.exclude(filing_number="").select_related("owner", "unit").order_by("pk")
    agency = Agency.objects.filter(code="9001").first()
    for number, obj in enumerate(rows[: len(ORDER) + 1]):
        if agency is None:
            agency = Agency(name="（演示）中原等级测评有限公司", code="9001", certificate="演示-0001")
            records.stamp(agency, by=obj.owner, at=at)
            agency.save()
        state = ORDER[number] if number < len(ORDER) else S.TERMINATED
        _story(obj, agency, state, at - dt.timedelta(days=20))


def _story(obj: ProtectedObject, agency: Agency, state: str, at: dt.datetime) -> None:
    owner, day = obj.owner, timezone.localdate(at)
    row = Engagement(
        protected_object=obj, kind=EngagementKind.LEVEL, agency=agency, contract_number=f"演示合同-{obj.pk}",
        signed_on=day - dt.timedelta(days=10), starts_on=day, ends_on=day + dt.timedelta(days=60), is_demo=True,
    )  # fmt: skip
    records.stamp(row, by=owner, at=at)
    with audit.act():
        row.save()
        search.refresh(row)
        audit.record("assessments.engagement.add", row, by=owner, at=at, after=audit.fields_of(row))
    person = queries.possible_accounts(day).filter(is_demo=True).first()
    if person is not None:
        services.admit(engagement=row, user=person, by=owner, at=at)
    if state == S.TERMINATED:
        WORKFLOW.fire(row, "terminate", by=owner, at=at, opinion="系统改造推迟，测评另行安排。", seen=seen_token(row))
        return
    for number in range(ORDER.index(S(state))):
        row.refresh_from_db()
        for slot in PAPERS[row.state]:
            file = paper(f"{slot.label}（演示）", f"演示文件，非真实材料。对象：{obj}。", at)
            services.put_paper(engagement=row, slot=slot, upload=file, by=owner, at=at, declared_not_secret=True)
        if STEPS[number] == "complete":
            _finish(row, obj, agency, at)
        moment = at + dt.timedelta(days=4 * number)
        WORKFLOW.fire(row, STEPS[number], by=owner, at=moment, seen=seen_token(row))


def _by_item(row: Engagement, day: dt.date, at: dt.datetime) -> None:
    """What the agency found item by item, confirmed by the unit's security lead."""
    standard, lead, owner = shipped_standard(), lead_of(row.protected_object), row.protected_object.owner
    if standard is None or lead is None:
        return
    found = results.begin(engagement=row, standard=standard, report_date=day, by=owner, at=at)
    answers = list(found.answers.order_by("order").select_related("guidance", "assessment"))
    for number, answer in enumerate(answers, 1):
        result = UNMET if number % 47 == 0 else PARTIAL if number % 19 == 0 else MET
        answer_item(answer, result, number, owner, at)
    Answer.objects.bulk_update(answers, ANSWERED)
    search.refresh_many(answers)
    found = RESULTS.fire(found, "submit", by=owner, at=at, seen=seen_token(found))
    RESULTS.fire(found, "confirm", by=lead, at=at, opinion="与测评报告一致。", seen=seen_token(found))


def _finish(row: Engagement, obj: ProtectedObject, agency: Agency, at: dt.datetime) -> None:
    for clause, title, severity, text in FOUND:
        told = {"clause": clause, "title": title, "severity": severity, "description": text}
        services.add_finding(engagement=row, values=told, by=obj.owner, at=at)
    day = timezone.localdate(at) + dt.timedelta(days=12)
    _by_item(row, day, at + dt.timedelta(days=11))
    number = f"{obj.filing_number}-{day:%y}-{agency.code}-01"
    values: dict[str, Any] = {"report_number": number, "report_date": day, "conclusion": "mostly", "rate": 86}
    found = results.of(row)
    if found is not None and found.result:
        names = {str(label): value for value, label in Conclusion.choices}
        values |= {"conclusion": names[found.result["conclusion"]], "rate": found.result["total"]}
    Engagement.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()
