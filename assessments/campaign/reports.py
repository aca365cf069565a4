"""The summary of a campaign (总结报告) in the official layout."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.accounts.models import OrgUnit
from secmgmt.core.models import Decision
from secmgmt.core.reporting.document import Document, Heading, KeyValues, Meta, Paragraph, SignOff, Table
from secmgmt.core.reporting.text import chinese_date

from . import queries, reminders
from .models import Campaign, CampaignState, TaskState

PHASES = {reminders.SUBMIT: "提交期限提醒", reminders.CONFIRM: "审定期限提醒", reminders.URGE: "催办"}


def line(campaign: Campaign) -> str:
    """What tells a campaign from its like where one is chosen."""
    return f"{campaign.get_kind_display()} · {campaign.get_state_display()} · {campaign.starts_on}"


def build(campaign: Campaign, *, by: Any, at: dt.datetime) -> Document:
    """The summary of ``campaign`` over the objects ``by`` may see; its figures as kept once it is over."""
    today = timezone.localdate(at)
    tasks = queries.tasks_of(campaign, by)
    progress = queries.progress_of(campaign, tasks, today)
    units = OrgUnit.objects.in_bulk({task.protected_object.unit_id for task in tasks})
    lines = queries.coverage_by_unit(tasks, progress, units)
    whole = queries.whole(progress)
    blocks: list[Any] = []
    if campaign.is_running:
        blocks.append(Paragraph(_("本专项工作尚未结束，所列数据截至%s。") % chinese_date(today), "note"))
    blocks += [
        Heading(1, _("一、工作部署")),
        *_plan(campaign),
        Heading(1, _("二、完成情况")),
        *_result(campaign, whole, len(units)),
        Heading(1, _("三、各单位完成情况")),
        _by_unit(lines),
        Heading(1, _("四、未完成和不适用的对象")),
        *_open(tasks, progress, units),
        Heading(1, _("五、总结意见")),
        *_conclusion(campaign),
        SignOff(str(campaign.unit), today if campaign.is_running else _closed_on(campaign, today)),
    ]
    return Document(
        title=_("%(name)s总结报告") % {"name": campaign},
        blocks=blocks,
        meta=Meta(
            generated_at=at, generated_by=by.audit_name, footer=str(campaign), demo=campaign.is_demo, layout="official"
        ),
    )


def _closed_on(campaign: Campaign, today: dt.date) -> dt.date:
    kept = campaign.summary.get("closed_on")
    return dt.date.fromisoformat(kept) if kept else today


def _plan(campaign: Campaign) -> list[Any]:
    facts: list[tuple[str, Any]] = [
        (_("工作类型"), campaign.get_kind_display()),
        (_("范围"), campaign.scope_line),
        (_("依据"), campaign.basis or "—"),
        (_("工作负责人"), str(campaign.responsible or "—")),
        (_("开始日期"), campaign.starts_on),
        (_("提交期限"), campaign.submit_by),
        (_("审定期限"), campaign.confirm_by),
        (_("结束日期"), campaign.ends_on),
    ]
    sent: list[list[Any]] = [
        [timezone.localtime(row.at).strftime("%Y-%m-%d"), _(PHASES[row.phase]), row.people]
        for row in campaign.reminders.order_by("at")
    ]
    blocks: list[Any] = [KeyValues(facts)]
    blocks += [Paragraph(text) for text in campaign.demands.splitlines() if text.strip()]
    if sent:
        blocks.append(Table([_("日期"), _("提醒"), _("人数")], sent))
    return blocks


def _result(campaign: Campaign, whole: queries.Coverage, units: int) -> list[Any]:
    words = {
        "units": units, "total": whole.total, "excepted": whole.excepted, "due": whole.due, "done": whole.done,
        "rate": "—" if whole.rate is None else f"{whole.rate}%", "late_done": whole.done_late, "late": whole.late,
        "doing": whole.doing, "todo": whole.todo,
    }  # fmt: skip
    text = _(
        "本次%(kind)s涉及 %(units)d 个单位、%(total)d 个定级对象，其中不适用 %(excepted)d 个，应完成 %(due)d 个。"
        "已完成 %(done)d 个，完成率 %(rate)s（%(done)d／%(due)d），其中审定晚于期限 %(late_done)d 个；"
        "逾期未完成 %(late)d 个，进行中 %(doing)d 个，未开始 %(todo)d 个。"
    )
    return [Paragraph(text % {**words, "kind": campaign.get_kind_display()})]


def _by_unit(lines: list[queries.Coverage]) -> Any:
    heads = [_("名次"), _("单位"), _("应完成"), _("已完成"), _("完成率"), _("迟"), _("逾期"), _("不适用")]
    rows: list[list[Any]] = [
        [
            line.rank, str(line.unit), line.due, line.done, "—" if line.rate is None else f"{line.rate}%",
            line.done_late, line.late, line.excepted,
        ]
        for line in lines
    ]  # fmt: skip
    return Table(heads, rows) if rows else Paragraph(_("没有任务。"))


def _open(tasks: list[Any], progress: dict[int, queries.Progress], units: dict[int, Any]) -> list[Any]:
    rows: list[list[Any]] = []
    for task in tasks:
        state = progress[task.pk].state
        if state != TaskState.DONE:
            obj = task.protected_object
            rows.append(
                [str(units.get(obj.unit_id, "")), obj.name, TaskState(state).label, task.reason or task.trouble or "—"]
            )
    if not rows:
        return [Paragraph(_("范围内对象全部完成。"))]
    return [Table([_("单位"), _("对象"), _("状态"), _("说明")], sorted(rows))]


def _conclusion(campaign: Campaign) -> list[Any]:
    if campaign.state == CampaignState.RUNNING:
        return [Paragraph(_("待专项工作结束时填写。"))]
    last = Decision.of(campaign).filter(transition__in=("close", "revoke")).first()
    told = campaign.summary.get("conclusion", "")
    who = _("（%(who)s，%(day)s）") % {"who": last.by_name, "day": timezone.localdate(last.at)} if last else ""
    return [Paragraph(f"{told}{who}" or "—")]

