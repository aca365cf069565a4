"""Demo projects: one blocked at a gate, one released, one let go ahead by the leadership; the same every time."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.utils import timezone

from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.accounts.models import OrgUnit, Position, User
from secmgmt.core import attachments, audit, records, search
from secmgmt.core.workflow import seen_token

from . import queries, services
from .models import Gate, GateReview, Project, Stage, Verdict
from .workflow import WORKFLOW

DAY = dt.timedelta(days=1)
LEAD = "颍川市数据局"
# department of the gates → account of who speaks for it
VOICES = {
    "DATA": "consulted.shuju", "CAC": "consulted.wangxin", "PSB": "consulted.gongan", "CRY": "consulted.mima",
    "SEC": "consulted.baomi",
}  # fmt: skip
OPINION = "材料齐全，方案与拟定等级相符，同意通过。"
REFUSED = "密码应用方案没有覆盖移动端，存储加密缺失，方案不满足拟定等级要求，请修改后重新提交。"
CONDITION = "补充灾备目标（RTO/RPO）的论证材料"
REASON = "防汛和节日保供需要尽快上线；上线后限政务外网访问，安排专人值守，三十日内完成测评和验收。"


def create_projects(at: dt.datetime) -> None:
    """Nothing where projects exist, or where the people of the gates are missing."""
    lead = OrgUnit.objects.filter(name=LEAD).first()
    held = Position.objects.filter(permission__codename=roles.AUTHORITY.code, user__unit=lead)
    examiner = User.objects.filter(pk__in=held.values("user"), is_active=True).first()
    leader = User.objects.filter(position__permission__codename=roles.LEADER.code, is_active=True).first()
    if Project.objects.exists() or lead is None or examiner is None or leader is None:
        return
    blocked = _project("物流公共信息平台", "new", 2, lead, at, 40, "建设物流信息发布、车货匹配和统计分析功能。")
    if blocked is not None:
        _through(blocked, Gate.PROPOSAL, examiner, at - 60 * DAY, condition=timezone.localdate(at) + 30 * DAY)
        _through(blocked, Gate.DESIGN, examiner, at - 30 * DAY, step="fail")
        _handed_in(blocked, Gate.DESIGN, examiner, at - 3 * DAY, heard=False)
    done = _project("网上行政审批系统", "extend", 3, lead, at, -20, "新增移动端办理和电子证照调用，网络边界不变。")
    if done is not None:
        for number, gate in enumerate(Gate):
            _through(done, gate, examiner, at - (300 - 85 * number) * DAY)
    ahead = _project("专题电子商务平台", "new", 2, lead, at, -5, "建设本地农产品线上展销和订单管理功能。")
    if ahead is not None:
        for number, gate in enumerate((Gate.PROPOSAL, Gate.DESIGN, Gate.CONSTRUCTION)):
            _through(ahead, gate, examiner, at - (200 - 60 * number) * DAY)
        services.start_review(project=ahead, gate=Gate.ACCEPTANCE, by=_owner(ahead), at=at - 12 * DAY)
        ahead.refresh_from_db()
        services.override_go_live(project=ahead, reason=REASON, version=ahead.version, by=leader, at=at - 6 * DAY)


def _project(
    name: str, kind: str, level: int, lead: OrgUnit, at: dt.datetime, planned: int, content: str
) -> Project | None:
    """The project of the demo object of this name."""
    rows = ProtectedObject.objects.filter(name=name, is_demo=True, owner__isnull=False)
    obj = rows.select_related("unit", "owner").first()
    if obj is None or obj.owner is None:
        return None
    words = {"new": "建设", "extend": "扩建"}[kind]
    row = Project(
        unit=obj.unit, name=f"{name}{words}项目", kind=kind, level=level, lead=lead, contact=obj.owner.name,
        content=content, planned_on=timezone.localdate(at) + planned * DAY, is_demo=True, outsourced=True,
    )  # fmt: skip
    records.stamp(row, by=obj.owner, at=at - 320 * DAY)
    with audit.act():
        row.save()
        row.targets.set([obj])
        search.refresh(row)
        audit.record("assessments.project.add", row, by=obj.owner, at=at - 320 * DAY, after=audit.fields_of(row))
    return row


def _owner(project: Project) -> Any:
    return project.targets.select_related("owner").order_by("pk")[0].owner


def _handed_in(project: Project, gate: Gate, examiner: Any, at: dt.datetime, *, heard: bool = True) -> GateReview:
    """The gate with its documents and opinions; one is still asked for where not all are ``heard``."""
    owner = _owner(project)
    review = services.start_review(project=project, gate=gate, by=owner, at=at)
    for item in review.items.filter(is_check=False):
        file = io.BytesIO(f"演示文件，非真实材料。{project}：{item.name}".encode())
        file.name = f"{item.name}（演示）.txt".replace("/", "、")
        attachments.attach(parent=item, upload=file, by=owner, at=at, declared_not_secret=True)
    _fire(review, "submit", owner, at + DAY)
    wanted = [row for row in queries.departments_for(gate).filter(mandatory=True) if row.code in VOICES]
    people = {user.username: user for user in User.objects.filter(username__in=VOICES.values())}
    until = timezone.localdate() + 20 * DAY  # an invitation that is over would hide what was said
    for number, department in enumerate(wanted):
        user = people.get(VOICES[department.code])
        if user is None:
            continue
        opinion = services.invite_department(
            review=review, department=department, user=user, until=until, by=examiner, at=at + 2 * DAY
        )
        if heard or number < len(wanted) - 1:
            services.give_opinion(
                opinion=opinion, verdict=Verdict.AGREE, text="同意，请按方案落实。", version=opinion.version, by=user,
                at=at + 2 * DAY,
            )  # fmt: skip
    return review


def _through(
    project: Project, gate: Gate, examiner: Any, at: dt.datetime, *, step: str = "pass_", condition: Any = None
) -> None:
    """The gate up to its conclusion."""
    review = _handed_in(project, gate, examiner, at)
    services.examine_rest(review=review, by=examiner, at=at + 5 * DAY)
    if condition is not None:
        with audit.act():
            services.add_conditions(review, [(CONDITION, condition)])
            _fire(review, "pass_with", examiner, at + 6 * DAY, "总体可行，灾备目标论证须限期补充。")
    else:
        _fire(review, step, examiner, at + 6 * DAY, REFUSED if step == "fail" else OPINION)
    project.refresh_from_db()
    if project.stage != Stage.ACCEPTED:
        return
    number = f"颍数项审〔{at.year}〕{review.pk} 号"
    GateReview.objects.filter(pk=review.pk).update(number=number)


def _fire(review: GateReview, step: str, by: Any, at: dt.datetime, opinion: str = "") -> None:
    review.refresh_from_db()
    WORKFLOW.fire(review, step, by=by, at=at, opinion=opinion, seen=seen_token(review))
