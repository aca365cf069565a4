"""Columns of the lists of projects, examinations, opinions and the checklist."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from secmgmt.core.tables import Column, Table
from secmgmt.core.templatetags.ui import state

PROJECTS = Table(
    (
        Column("name", _("项目"), sort="name", link=True),
        Column("unit", _("建设单位"), sort="unit__name"),
        Column("kind", _("类别")),
        Column("level", _("拟定等级"), sort="level"),
        Column("stage", _("阶段"), sort="stage"),
        Column("planned_on", _("计划上线"), sort="planned_on"),
        Column("lead", _("牵头部门"), default=False),
        Column("contact", _("联系人"), default=False),
        Column("budget", _("安全投入（万元）"), align="num", default=False),
        Column("override_at", _("先行上线"), default=False),
    ),
    default_sort="planned_on",
)
REVIEWS = Table(
    (
        Column("project", _("项目"), sort="project__name", link=True),
        Column("unit", _("建设单位"), "project.unit"),
        Column("gate", _("关口"), sort="gate"),
        Column("round", _("第几次"), align="num"),
        Column("state", _("状态"), render=lambda row: state(row), sort="state"),
        Column("due_on", _("审查期限"), sort="due_on"),
        Column("number", _("文号")),
        Column("concluded_at", _("结论时间"), sort="concluded_at", default=False),
    ),
    default_sort="-due_on",
)
OPINIONS = Table(
    (
        Column("review", _("审查"), link=True),
        Column("department", _("部门"), sort="department"),
        Column("user", _("受邀人")),
        Column("until", _("截止日期"), sort="until"),
        Column("verdict", _("意见")),
        Column("given_at", _("出具时间"), sort="given_at"),
    ),
    default_sort="until",
)
ITEMS = Table(
    (
        Column("code", _("编码"), sort="code", link=True),
        Column("name", _("材料或检查"), sort="name"),
        Column("gate", _("关口"), sort="gate"),
        Column("from_level", _("等级从")),
        Column("to_level", _("到"), default=False),
        Column("condition", _("附加条件")),
        Column("blocking", _("必备")),
        Column("basis", _("依据")),
        Column("is_confirmed", _("依据已核对")),
        Column("in_use", _("使用")),
        Column("acceptance", _("合格标准"), default=False),
    ),
    default_sort="code",
)
DEPARTMENTS = Table(
    (
        Column("name", _("部门"), sort="name", link=True),
        Column("gate", _("关口"), sort="gate"),
        Column("code", _("编码"), sort="code"),
        Column("focus", _("审查重点")),
        Column("mandatory", _("必须出具")),
        Column("only_item", _("只提供的材料")),
        Column("basis", _("依据"), default=False),
        Column("is_confirmed", _("依据已核对"), default=False),
    ),
    default_sort="gate",
)
