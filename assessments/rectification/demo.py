"""Demo items in every state over a year, by the people of the demo; the same every time, left alone where they exist.

What last year's assessments found was put right by its date, but for a few; the stories below show the rest.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from assets.models import ProtectedObject
from secmgmt.core import attachments, audit, records
from secmgmt.core.ports import Shortcoming
from secmgmt.core.reporting.document import Document, Meta, Paragraph
from secmgmt.core.reporting.render import render
from secmgmt.core.workflow import seen_token

from . import queries, services
from .choices import Origin, State
from .forms import RectificationForm
from .models import Rectification
from .workflow import WORKFLOW

DAY = dt.timedelta(days=1)
OLD = 150  # days: found before that, an item of an assessment has been through its steps
LEFT_EVERY = 7  # of these, one in so many is still to be done
S = State


@dataclass(frozen=True)
class Story:
    """A problem found ``days`` ago and how far it came; ``steps``: (days after it was found, what was done)."""

    days: int
    title: str
    finding: str
    severity: str
    clause: str
    cause: str
    measure: str
    expected: str
    interim: str
    cost: str
    steps: tuple[tuple[int, str], ...] = ()


DONE = ((4, "submit"), (7, "approve"), (24, "complete"), (26, "verify"))
STORIES = (
    Story(
        340, "异地实时备份能力缺失", "本地每日备份，异地只有每周离线带，可丢失数据最多 7 天。", "major", "8.1.4.9b",
        "建设时没有安排异地备份。", "灾备中心划拨存储并开通专线，部署数据库实时复制，每季度切换演练。",
        "可丢失数据不超过 15 分钟", "异地离线备份改为每日一次，双人核验。", "86", DONE,
    ),
    Story(
        300, "运维账号多人共用", "三名运维人员共用同一管理员账号，操作不能追溯到人。", "high", "8.1.4.1a",
        "堡垒机没有启用个人账号。", "在堡垒机为每名运维人员建立个人账号，停用共用账号。", "每次操作能追溯到人",
        "共用账号改由值班长保管，每次使用登记。", "0",
        ((5, "submit"), (8, "approve"), (40, "complete"), (41, "return_work"), (52, "complete"), (54, "verify")),
    ),
    Story(
        220, "机房视频监控留存不足", "视频只保存 30 天，制度要求 90 天。", "low", "8.1.1.3", "存储容量不足。",
        "监控存储扩容。", "视频保存 90 天以上", "", "4.5", DONE,
    ),
    Story(
        170, "应用管理后台可从互联网访问", "后台登录页在互联网上可以打开，虽有口令但没有限制来源。", "high", "8.1.3.2a",
        "边界策略放通了全部端口。", "后台只允许经运维专网访问，边界逐条清理策略。", "互联网不能打开后台",
        "即日起后台只放通办公地址。", "0", (*DONE, (150, "reopen")),
    ),
    Story(
        120, "可信验证没有部署", "服务器和边界设备都不支持可信验证。", "low", "8.1.4.6",
        "现有设备不支持，更换周期未到。", "随设备更新采购支持可信验证的型号。",
        "关键服务器启动时能够验证", "每月核对系统文件校验值。", "120",
        ((6, "ask_acceptance"), (10, "accept")),
    ),
    Story(
        100, "审计记录只保存 90 天", "日志服务器容量不足，网络设备日志只保存 90 天。", "medium", "8.1.4.3c",
        "日志服务器容量不足。", "日志服务器扩容到保存 6 个月以上，每月核对。", "审计记录保存不少于 6 个月",
        "每月导出离线保存。", "12.8",
        ((5, "submit"), (8, "approve"), (70, "ask_extension"), (73, "approve_extension")),
    ),
    Story(
        75, "核心交换机单点运行", "核心交换机只有一台在用，故障时全部业务中断。", "high", "8.1.2.1d",
        "备机调往他处后没有补充。", "采购同型号交换机，双机部署并演练切换。", "单台故障业务不中断",
        "与供应商签订 4 小时备机到场协议。", "38", ((4, "submit"), (9, "approve")),
    ),
    Story(
        68, "终端没有统一杀毒", "抽查 20 台终端，6 台没有安装杀毒软件。", "medium", "8.1.4.5", "终端入网没有检查。",
        "部署终端准入，未安装的不能入网。", "终端安装率 100%", "", "6",
        ((4, "submit"), (6, "approve"), (62, "ask_extension")),
    ),
    Story(
        40, "重要数据传输没有加密", "与两家外单位交换数据使用明文传输。", "high", "8.1.4.8b", "接口建设较早。",
        "改用国密 TLS，双方更换证书。", "交换数据全程加密", "暂停传输身份证号等字段。", "15",
        ((3, "submit"), (6, "approve"), (33, "complete")),
    ),
    Story(
        20, "管理终端没有限定接入地址", "任意办公终端都能登录网络设备管理界面。", "high", "8.1.4.2c",
        "设备上线时没有配置访问控制。", "限定运维专网地址段，改用堡垒机登录。", "只有运维专网能够登录",
        "即日起由网络管理员逐日核对登录记录。", "0", ((3, "submit"), (8, "return_plan"), (14, "submit")),
    ),
    Story(
        16, "默认账户没有改名", "数据库默认账户仍在使用。", "medium", "8.1.4.2b", "沿用安装时的配置。",
        "默认账户改名并停用远程登录。", "没有可用的默认账户", "", "0", ((6, "submit"),),
    ),
    Story(
        14, "老旧打印服务器无法打补丁", "打印服务器系统停止支持，已隔离在单独网段。", "low", "8.1.10.5",
        "厂商停止支持。", "明年随办公设备更新替换。", "使用受支持的系统", "隔离网段，只开打印端口。", "2",
        ((5, "ask_acceptance"),),
    ),
    Story(
        6, "离岗人员权限没有收回", "抽查发现两名离岗人员账号仍可登录。", "medium", "8.1.8.2a", "", "", "", "", "", (),
    ),
)  # fmt: skip
OPINIONS = {
    "approve": "同意，按期完成，完成后附实测记录。", "return_plan": "没有写明限定哪些地址段、谁来维护，补充后再报。",
    "return_work": "抽查仍有一台设备可用共用账号登录，请改完再报。", "verify": "现场抽查属实，同意关闭。",
    "approve_extension": "设备到货推迟属实，同意延期一次。", "accept": "同意在期限内接受，按月核对控制措施。",
    "reopen": "抽查发现策略调整后后台又可从互联网访问。",
}  # fmt: skip
ROUTINE = {
    "root_cause": "日常管理没有按要求执行，缺少检查。", "expected": "符合该条要求并能出示记录", "cost": "0",
    "interim": "整改完成前由系统负责人每周检查一次。",
}  # fmt: skip


def create_rectifications(at: dt.datetime) -> None:
    """The past of what assessments found, then the stories; nothing where the first story was told."""
    if Rectification.objects.filter(title=STORIES[0].title, protected_object__is_demo=True).exists():
        return
    services.load_rules()
    finish_old(at)
    rows = ProtectedObject.objects.in_use().filter(is_demo=True, is_secret_register=False, owner__isnull=False)
    objects = list(rows.filter(security_level__gte=2).select_related("unit", "owner").order_by("-security_level", "pk"))
    for number, story in enumerate(STORIES if objects else ()):
        tell(story, objects[number % len(objects)], at - DAY * story.days, at)


def finish_old(at: dt.datetime) -> None:
    """What was found long ago has been through its steps, most of it within its term."""
    before = timezone.localdate(at) - DAY * OLD
    rows = Rectification.objects.filter(protected_object__is_demo=True, state=S.PLANNING, found_on__lt=before)
    found = rows.exclude(origin=Origin.INSPECTION).exclude(owner=None).order_by("pk")
    for number, item in enumerate(found.select_related("protected_object__unit", "owner"), 1):
        if number % LEFT_EVERY:
            began = min(row.at for row in item.sources.all()) if item.sources.exists() else at - DAY * OLD
            plan(item, {**ROUTINE, "measure": item.measure or "按要求整改并建立检查记录。"}, began + DAY)
            for days, step in DONE:
                take(item, step, began + DAY * days)


def tell(story: Story, obj: ProtectedObject, began: dt.datetime, at: dt.datetime) -> None:
    """One story from its finding to where it stands now."""
    what = Shortcoming(
        origin=Origin.NOTICE, source=None, obj=obj, title=story.title, description=story.finding,
        severity=story.severity, standard="GB/T 22239-2019", clause=story.clause, level=obj.security_level,
        owner=obj.owner,
    )  # fmt: skip
    with audit.act():
        item = services.open_many(found=[what], by=obj.owner, at=began)[0]
    if item.state != S.PLANNING or item.title != story.title:
        return  # the same was found before and is under way
    if story.cause:
        values = {"root_cause": story.cause, "measure": story.measure, "expected": story.expected, "cost": story.cost}
        plan(item, {**values, "interim": story.interim}, began + DAY)
    for days, step in story.steps:
        take(item, step, min(began + DAY * days, at))


def plan(item: Rectification, values: dict[str, Any], at: dt.datetime) -> None:
    """Write the plan as its owner does on the page."""
    item.refresh_from_db()
    empty = RectificationForm(None, instance=item, user=item.owner)
    data = {name: "" if value is None else str(value) for name, value in empty.initial.items() if name in empty.fields}
    data |= {name: str(value) for name, value in values.items()} | {"owner": str(item.owner_id)}
    if "major" in data:
        data["major"] = "on" if item.major else ""
    data["version"] = str(item.version)
    records.save(RectificationForm(data, instance=item, user=item.owner), by=item.owner, at=at)


def take(item: Rectification, step: str, at: dt.datetime) -> None:
    """One step by whoever has the next word; nothing where nobody holds that office."""
    item.refresh_from_db()
    transition = WORKFLOW.by_name[step]
    if item.state not in transition.source:
        return
    by = item.owner if transition.freezes else next(iter(queries.deciders(item, timezone.localdate(at))), None)
    if step == "reopen":
        result = item.results.select_related("verifier").first()
        by = result.verifier if result else None
    if by is None:
        return
    values = asked(item, step, at)
    if values:
        Rectification.objects.filter(pk=item.pk).update(**values)
        item.refresh_from_db()
    if step == "complete":
        attachments.attach(parent=item, upload=paper(item, at), by=by, at=at, declared_not_secret=True)
    WORKFLOW.fire(item, step, by=by, at=at, opinion=OPINIONS.get(step, ""), seen=seen_token(item))


def asked(item: Rectification, step: str, at: dt.datetime) -> dict[str, Any]:
    """What a request says."""
    day = timezone.localdate(at)
    if step == "complete":
        return {"outcome": f"已完成：{item.measure.splitlines()[0][:150]}", "after_result": "met",
                "progress": f"{day}：已实施，实测符合要求。"}  # fmt: skip
    if step == "ask_extension":
        return {"asked_due": item.due_on + DAY * 60, "asked_reason": "设备采购已挂网，供货期推迟，过渡期措施继续执行。"}
    if step == "ask_acceptance":
        return {"accepted_until": day + DAY * 300, "asked_reason": "现有设备不支持，隔离和核对措施有效，随更新替换。"}
    return {}


def paper(item: Rectification, at: dt.datetime) -> io.BytesIO:
    """An invented record of a test, marked as such."""
    text = f"演示文件，非真实材料。{item.number} {item.title}：整改后实测记录。"
    meta = Meta(at, layout="official", demo=True)
    file = io.BytesIO(render(Document("整改实测记录（演示）", [Paragraph(text)], meta=meta), "pdf"))
    file.name = f"{item.number}整改实测记录（演示）.pdf"
    return file
