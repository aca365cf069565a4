"""What the data say of each condition: a finding with its evidence, no finding, or unknown. All in bulk.

Unknown is never a finding: a port nobody fills, a duty no installed feature knows of, a record that does not exist.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.catalog.services import shipped_standard
from assessments.engagement.models import Engagement, EngagementKind, EngagementState
from assessments.evaluation import points
from assessments.evaluation.models import Answer, AssessmentState
from assessments.filing import queries as filing
from assessments.filing.terms import add_months
from assessments.rectification.choices import Risk
from assessments.rectification.queries import open_of
from assessments.review.models import THROUGH, GateReviewItem, ItemResult, Project
from assessments.scanning.queries import codes_at
from assets.inventory.choices import Status
from secmgmt.accounts import roles
from secmgmt.accounts.models import Position
from secmgmt.core import ports
from secmgmt.core.manifest import DutyFact, duty_providers

from .models import Condition, FindingRule

Evidence = tuple[tuple[str, str], ...]


class Verdict(NamedTuple):
    """``found``: True, False, or None = unknown. ``evidence``: (what, value) pairs."""

    found: bool | None
    evidence: Evidence = ()


UNKNOWN, FINE = Verdict(None), Verdict(False)
Asked = Callable[[FindingRule, list[Any], dt.date], dict[int, Verdict]]


def asked(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """No feature knows: the unit says."""
    return {obj.pk: UNKNOWN for obj in objects}


def backup(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """Nothing was ever backed up with success, or not for ``number`` days (6.4.6.1)."""
    return {obj.pk: _backed_up(rule, ports.backup_status(obj), today) for obj in objects}


def _backed_up(rule: FindingRule, status: ports.BackupStatus | None, today: dt.date) -> Verdict:
    if status is None:
        return UNKNOWN
    last = timezone.localdate(status.last_success) if status.last_success else None
    if last and (today - last).days <= (rule.number or 0):
        return FINE
    lines = [(_("最近一次成功备份"), last.isoformat() if last else _("没有记录"))]
    return Verdict(True, (*lines, *((_("备份问题"), text) for text in status.problems)))


def continuity(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """Only objects that must be up again within ``number`` minutes need hot redundancy; those without a target are
    asked too (6.4.6.2)."""
    return {
        obj.pk: FINE if obj.rto_minutes is not None and obj.rto_minutes > (rule.number or 0) else UNKNOWN
        for obj in objects
    }


def answer(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """What the last confirmed self-assessment says of the rule's clause, at each object's own level."""
    levels = {obj.security_level for obj in objects}
    codes = {level: codes_at(level, [rule.clause]).get(rule.clause, "") for level in levels}
    standard = shipped_standard()
    rows = Answer.objects.filter(
        assessment__protected_object__in=[obj.pk for obj in objects], assessment__state=AssessmentState.CONFIRMED,
        assessment__engagement=None,
        assessment__standard_code=standard.code if standard else "", code__in=set(codes.values()) - {""},
    ).select_related("assessment").order_by("assessment__report_date", "assessment_id")  # fmt: skip
    last = {(row.assessment.protected_object_id, row.code): row for row in rows}
    return {obj.pk: _answered(last.get((obj.pk, codes[obj.security_level]))) for obj in objects}


def _answered(row: Answer | None) -> Verdict:
    if row is None or not row.settled:
        return UNKNOWN
    if row.result != points.UNMET:
        return FINE
    told = (_("%(code)s 的结果") % {"code": row.code}, str(row.get_result_display()))
    return Verdict(True, ((_("自评估"), str(row.assessment)), told, (_("现状说明"), row.found or "—")))


def leadership(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """A unit without a leader in charge, its own or of a unit above it, has no leading body (6.7.1.1)."""
    held = Position.objects.valid_on(today).filter(permission__codename=roles.UNIT_HEAD.code, user__is_active=True)
    paths = tuple(held.values_list("content_object__path", flat=True))
    told = ((_("单位分管领导"), _("没有在任的人")),)
    return {obj.pk: FINE if obj.unit.path.startswith(paths) else Verdict(True, told) for obj in objects}


def launch_test(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """An object that runs though no acceptance of its project found its security test in order (6.9.3.1)."""
    codes = rule.reference.split()
    lines = GateReviewItem.objects.filter(code__in=codes, review__state__in=THROUGH)
    passed = lines.filter(result__in=(ItemResult.OK, ItemResult.NONE)).values_list("review__project", flat=True)
    projects: dict[int, list[Project]] = {}
    through = Project.targets.through.objects.filter(protectedobject__in=[obj.pk for obj in objects])
    for link in through.select_related("project").order_by("project_id"):
        projects.setdefault(link.protectedobject_id, []).append(link.project)
    known = set(passed)
    return {obj.pk: _tested(obj, projects.get(obj.pk, []), known) for obj in objects}


def _tested(obj: Any, projects: list[Project], passed: set[int]) -> Verdict:
    if obj.status != Status.RUNNING:
        return FINE
    if not projects:
        return UNKNOWN
    lacking = [project for project in projects if project.pk not in passed]
    if not lacking:
        return FINE
    return Verdict(True, tuple((_("项目没有合格的安全测试报告"), str(project)) for project in lacking))


def evaluations(objects: list[Any], today: dt.date) -> dict[int, DutyFact] | None:
    """What the feature of evaluations knows of their last one; None where there is no such feature."""
    provider = duty_providers().get("evaluation")
    return provider.facts([obj.pk for obj in objects], today) if provider else None


def _missed(fact: DutyFact | None, today: dt.date) -> Verdict:
    """Level 3 and above once a calendar year: the year that is over went by without a report."""
    if fact is None or (fact.done is None and fact.start is None):
        return UNKNOWN
    if fact.done:
        last = ((_("最近一次等级测评报告"), fact.done.isoformat()),)
        return Verdict(True, last) if fact.done.year < today.year - 1 else FINE
    began = fact.start or today
    none = ((_("等级测评报告"), _("没有")), (_("投入运行"), began.isoformat()))
    return Verdict(True, none) if began.year < today.year else FINE


def unevaluated(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """No evaluation in the year that is over."""
    facts = evaluations(objects, today)
    return {obj.pk: UNKNOWN if facts is None else _missed(facts.get(obj.pk), today) for obj in objects}


def unevaluated_risk(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """The same, and high risks not put right: both, or it is no high risk (6.9.4.1)."""
    rows = open_of(objects).filter(risk=Risk.HIGH).exclude(high_risk_case=rule.case)
    high: dict[int, list[str]] = {}
    for pk, number, title in rows.order_by("number").values_list("protected_object", "number", "title"):
        high.setdefault(pk, []).append(f"{number} {title}")
    found = {}
    for pk, verdict in unevaluated(rule, objects, today).items():
        if pk not in high:
            found[pk] = FINE
        elif verdict.found:
            found[pk] = Verdict(True, (*verdict.evidence, *((_("未整改的高风险"), text) for text in high[pk])))
        else:
            found[pk] = verdict
    return found


def agency(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """The certificate of the agency had ended when it reported; without one on record the unit is asked (6.9.4.2)."""
    rows = Engagement.objects.filter(
        protected_object__in=[obj.pk for obj in objects], kind=EngagementKind.LEVEL, state=EngagementState.DONE,
        report_date__isnull=False,
    ).select_related("agency").order_by("report_date", "pk")  # fmt: skip
    last = {row.protected_object_id: row for row in rows}
    return {obj.pk: _certified(last.get(obj.pk)) for obj in objects}


def _certified(row: Engagement | None) -> Verdict:
    if row is None:
        return FINE  # that there was no evaluation is a finding of its own
    until = row.agency.valid_until
    if not row.agency.certificate:
        return UNKNOWN
    if until is None or row.report_date is None or until >= row.report_date:
        return FINE
    return Verdict(True, (
        (_("测评机构"), row.agency.name), (_("证书编号"), row.agency.certificate),
        (_("证书有效期至"), until.isoformat()), (_("测评报告日期"), row.report_date.isoformat()),
    ))  # fmt: skip


def plan(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """No published plan covers the object (6.10.1.1)."""
    if ports.published_plan_for.provider is None:
        return asked(rule, objects, today)
    told = ((_("已发布的应急预案"), _("没有")),)
    return {obj.pk: FINE if ports.published_plan_for(obj) else Verdict(True, told) for obj in objects}


def training(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """Neither training this or last year nor a drill within ``number`` months: both missing (6.10.1.2)."""
    since = add_months(today, -(rule.number or 12))
    return {obj.pk: _trained(obj, since, today) for obj in objects}


def _trained(obj: Any, since: dt.date, today: dt.date) -> Verdict:
    if obj.in_operation_on and obj.in_operation_on > since:
        return FINE
    records = [ports.training_record(obj, year) for year in (today.year, today.year - 1)]
    if any(record is not None and record.sessions for record in records):
        return FINE
    drill = ports.last_drill_of(obj)
    if drill is not None and drill.held_on >= since:
        return FINE
    if ports.last_drill_of.provider is None or any(record is None for record in records):
        return UNKNOWN
    last = drill.held_on.isoformat() if drill else _("没有记录")
    years = _("%(first)d、%(second)d 年均没有") % {"first": today.year - 1, "second": today.year}
    return Verdict(True, ((_("预案培训"), years), (_("最近一次演练"), last)))


def unfiled(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """The day by which it had to be filed is past."""
    states = filing.filed_state([obj.pk for obj in objects], today)
    return {
        pk: Verdict(True, ((_("备案证明"), _("没有")), (_("备案期限"), state.due.isoformat())))
        if state.is_late and state.due else FINE
        for pk, state in states.items()
    }  # fmt: skip


def certificate(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """The certificate ends within the time the rules on terms say, or has ended."""
    found = {}
    for pk, state in filing.filed_state([obj.pk for obj in objects], today).items():
        until, window = state.valid_until, state.window
        if not (state.is_expiring or state.is_expired) or until is None:
            found[pk] = FINE
            continue
        told = [(_("证明编号"), state.number), (_("有效期至"), until.isoformat())]
        told += [(_("可申请延期"), window.isoformat())] if window else []
        found[pk] = Verdict(True, tuple(told))
    return found


CONDITIONS: dict[str, Asked] = {
    Condition.BACKUP: backup, Condition.CONTINUITY: continuity, Condition.ANSWER: answer, Condition.ASKED: asked,
    Condition.LEADERSHIP: leadership, Condition.LAUNCH_TEST: launch_test, Condition.UNEVALUATED: unevaluated,
    Condition.UNEVALUATED_RISK: unevaluated_risk, Condition.AGENCY: agency, Condition.PLAN: plan,
    Condition.TRAINING: training, Condition.UNFILED: unfiled, Condition.CERTIFICATE: certificate,
}  # fmt: skip


def verdicts(rule: FindingRule, objects: list[Any], today: dt.date) -> dict[int, Verdict]:
    """What the data say of ``objects`` by ``rule``; each has a verdict."""
    told = CONDITIONS[rule.condition](rule, objects, today) if objects else {}
    return {obj.pk: told.get(obj.pk, UNKNOWN) for obj in objects}
