"""Columns of campaigns and of their tasks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from assets.inventory.models import level_label
from secmgmt.core.tables import Column, Table, two_lines
from secmgmt.core.templatetags.ui import due, state, tag_

from .models import TaskState

TONES = {TaskState.DONE: "ok", TaskState.LATE: "bad", TaskState.DOING: "info", TaskState.TODO: ""}


def schedule(row: Any) -> str:
    """The day by which everything is handed in, with how far it is."""
    return due(row.submit_by, done=not row.is_running)


def task_state(task: Any) -> str:
    """The state of a task as a tag; that it was done late stands beside it."""
    progress = task.progress
    label = str(TaskState(progress.state).label)
    if progress.state == TaskState.DONE and progress.was_late:
        label += str(_("（迟）"))
    return tag_(label, TONES.get(progress.state, ""))


def waits_for(task: Any) -> str:
    """Whose turn it is, or why there is nothing to do."""
    if task.reason or task.trouble:
        return task.reason or task.trouble
    if task.progress.waits_for == "unit_lead":
        return str(_("单位网安负责人审定"))
    if task.progress.waits_for == "inspector":
        return str(_("牵头部门检查人员"))
    if task.progress.waits_for == "owner":
        return str(task.assignee) if task.assignee_id else str(_("单位网安负责人（未定系统负责人）"))
    return ""


CAMPAIGNS = Table(
    [
        Column("title", _("名称"), sort="title", link=True),
        Column("kind", _("工作类型"), sort="kind"),
        Column("scope", _("范围"), value=lambda row: row.scope_line),
        Column("state", _("状态"), render=state, sort="state"),
        Column("starts_on", _("开始"), sort="starts_on"),
        Column("submit_by", _("提交期限"), render=schedule, sort="submit_by"),
        Column("confirm_by", _("审定期限"), sort="confirm_by", default=False),
        Column("ends_on", _("结束"), sort="ends_on", default=False),
        Column("responsible", _("工作负责人"), default=False),
    ],
    default_sort="-starts_on",
)

TASKS = Table(
    [
        Column(
            "protected_object",
            _("对象"),
            render=lambda row: two_lines(row.protected_object, row.protected_object.unit),
            value=lambda row: str(row.protected_object),
            sort="protected_object__name",
            link=True,
        ),
        Column("unit", _("单位"), value=lambda row: str(row.protected_object.unit), default=False),
        Column(
            "level", _("等级"), value=lambda row: level_label(row.protected_object.security_level),
            sort="protected_object__security_level",
        ),
        Column("campaign", _("专项工作"), sort="campaign__title"),
        Column("state", _("状态"), render=task_state, value=lambda row: str(TaskState(row.progress.state).label)),
        Column("waits_for", _("由谁办理"), value=waits_for),
        Column("done_on", _("完成日期"), value=lambda row: row.progress.done_on),
    ]
)  # fmt: skip
