"""Demo risk assessments: one signed with what follows from it, one under way; the same every time."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from assessments.grading.queries import people_with
from assets.models import ProtectedObject
from secmgmt.accounts import roles
from secmgmt.core.workflow import seen_token

from . import queries, services, shipped
from .forms import RiskAssessmentForm, RiskForm
from .list_models import Threat, Vulnerability
from .models import Risk, RiskAssessment
from .workflow import WORKFLOW

DAY = dt.timedelta(days=1)
FINISHED, UNDER_WAY = "居民健康档案系统", "区域卫生信息共享平台"
# asset's place in the tree, threat, frequency, vulnerability, severity, controls, treatment, measure, what is left
Line = tuple[int, str, int, str, int, str, str, str, tuple[int, int] | None]
LINES: tuple[Line, ...] = (
    (1, "TM06", 4, "VC47", 5, "每日全量备份，存放在同一机房。", "reduce", "建立异地备份，每季度做恢复测试。", (3, 2)),
    (0, "TM18", 3, "VC35", 4, "查询有日志，没有异常告警。", "reduce", "按岗位收紧查询权限，对批量导出告警。", (2, 2)),
    (2, "TM03", 4, "VX07", 3, "每半年扫描一次。", "reduce", "改为每月扫描，高危漏洞七日内处置。", (3, 2)),
    (1, "TS03", 3, "VC32", 3, "核心交换为单台，有冷备。", "accept", "设备更新已列入下年度预算，年内人工值守。", None),
    (2, "TC04", 3, "VX25", 3, "签有保密协议。", "transfer", "在运维合同中约定赔偿责任并投保。", (2, 3)),
    (0, "TU04", 2, "VH03", 3, "每年培训一次。", "reduce", "增加上岗前培训和钓鱼邮件演练。", (2, 2)),
    (2, "TM05", 2, "VX16", 2, "出口有流量清洗。", "", "", None),
    (1, "TE05", 2, "VX01", 2, "双路市电、UPS 和油机。", "", "", None),
)


def create_risks(at: dt.datetime) -> None:
    """Nothing where assessments exist."""
    if RiskAssessment.objects.exists():
        return
    shipped.load()
    done = _begun(FINISHED, at - 40 * DAY)
    if done is not None:
        _register(done, LINES, at - 38 * DAY)
        _finish(done, at - 30 * DAY)
    draft = _begun(UNDER_WAY, at - 4 * DAY)
    if draft is not None:
        _register(draft, LINES[:3], at - 3 * DAY)
        _from_problem(draft, at - 2 * DAY)


def _begun(name: str, at: dt.datetime) -> RiskAssessment | None:
    obj = ProtectedObject.objects.filter(name=name, is_demo=True).select_related("unit", "owner").first()
    if obj is None or obj.owner is None:
        return None
    data = {
        "protected_object": obj.pk, "title": f"{name} {at.year} 年风险评估", "leading": "self", "method": "matrix",
        "assessed_on": timezone.localdate(at), "rule": "log", "version": 0,
        "scope": "承载业务、系统及其服务器、网络和安全设备、业务应用和数据，不含终端用户侧设备。",
    }  # fmt: skip
    row = services.store(RiskAssessmentForm(data, user=obj.owner), by=obj.owner, at=at)
    RiskAssessment.objects.filter(pk=row.pk).update(is_demo=True)
    services.take_inventory(assessment=row, by=obj.owner, at=at)
    row.refresh_from_db()
    return row


def _register(row: RiskAssessment, lines: tuple[Line, ...], at: dt.datetime) -> None:
    assets = [asset for _depth, asset in queries.tree(row)]
    for place, threat, frequency, weak, severity, controls, treatment, measure, left in lines:
        data: dict[str, Any] = {
            "assessment": row.pk, "asset": assets[min(place, len(assets) - 1)].pk,
            "threat": Threat.objects.get(code=threat).pk, "frequency": frequency,
            "vulnerability": Vulnerability.objects.get(code=weak).pk, "severity": severity, "controls": controls,
            "treatment": treatment, "measure": measure, "version": 0,
            "due_on": timezone.localdate(at) + 120 * DAY if treatment == "reduce" else "",
        }  # fmt: skip
        if left:
            data |= {"residual_frequency": left[0], "residual_severity": left[1]}
        owner = row.protected_object.owner
        services.store_part(RiskForm(data, user=owner), by=owner, at=at)


def _from_problem(row: RiskAssessment, at: dt.datetime) -> None:
    """The first problem still open becomes a risk, as its page offers it."""
    owner = row.protected_object.owner
    left = queries.open_problems(row, owner)
    if not left:
        return
    given = {name: value for name, value in queries.taken_from(left[0]["item"]).items() if value}
    first, threat = queries.tree(row)[0][1], Threat.objects.get(code="TM03")
    data = {**given, "assessment": row.pk, "asset": first.pk, "threat": threat.pk, "version": 0}
    services.store_part(RiskForm(data, user=owner), by=owner, at=at)


def _finish(row: RiskAssessment, at: dt.datetime) -> None:
    """Submitted, accepted where asked, signed."""
    obj, day = row.protected_object, timezone.localdate(at)
    leader = people_with(roles.LEADER.code, obj.unit.path, day).first()
    lead = people_with(roles.UNIT_LEAD.code, obj.unit.path, day).exclude(pk=obj.owner_id).first()
    _fire(row, "submit", obj.owner, at, "")
    if leader is None or lead is None:
        return
    for risk in Risk.objects.filter(assessment=row, treatment="accept"):
        services.accept_risk(
            risk=risk, reason="影响限于短时中断，已有人工应急办法，同意在设备更新前接受。", until=day + 300 * DAY,
            version=risk.version, by=leader, at=at + DAY,
        )  # fmt: skip
    _fire(row, "sign", lead, at + 2 * DAY, "评估范围完整，处置安排可行，同意签认。")


def _fire(row: RiskAssessment, step: str, by: Any, at: dt.datetime, opinion: str) -> None:
    row.refresh_from_db()
    WORKFLOW.fire(row, step, by=by, at=at, opinion=opinion, seen=seen_token(row))
