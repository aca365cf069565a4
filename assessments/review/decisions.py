"""Gates in the queue of decisions: what the leading department has to conclude."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import matters, permissions
from secmgmt.core.clock import today
from secmgmt.core.manifest import DecisionSource, Waiting
from secmgmt.core.workflow import not_submitted_by

from . import queries
from .models import GateReview, ItemResult

TEXT = 200


def to_conclude(user: Any) -> QuerySet:
    """Examinations of ``user``'s department that somebody else handed in."""
    return not_submitted_by(queries.to_conclude(user), user)


def line_of(row: GateReview) -> Waiting:
    """An examination in the list."""
    return Waiting(
        title=str(row.project), about=row.get_gate_display(), unit=str(row.project.unit),
        tag=row.project.get_level_display(), due=row.due_on, late=bool(row.due_on and row.due_on < today()),
    )  # fmt: skip


def detail_of(row: GateReview, user: Any) -> dict[str, Any]:
    """The project, what was found of each document, what each department says, what is still wanting."""
    project, items = row.project, queries.items_of(row, user)
    opinions = list(row.opinions.visible_to(user).select_related("user"))
    targets = "、".join(str(target) for target in project.targets.visible_to(user))
    facts = [
        (_t("项目"), f"{project} · {project.get_kind_display()}"), (_t("建设单位"), project.unit),
        (_t("对象"), targets), (_t("拟定等级"), project.get_level_display()), (_t("建设内容"), project.content),
        (_t("安全投入"), _t("%s 万元") % project.budget if project.budget is not None else ""),
    ]  # fmt: skip
    asked = [
        (_t("申请"), _t("%(gate)s审查结论") % {"gate": row.get_gate_display()}), (_t("审查期限"), row.due_on),
        (_t("计划上线"), project.planned_on), (_t("专家评审会"), row.meeting_on),
        (_t("专家组意见"), row.meeting_opinion),
    ]  # fmt: skip
    left = sum(not item.result for item in items)
    silent = [opinion.department for opinion in opinions if opinion.mandatory and opinion.given_at is None]
    missing = [unasked.name for unasked in queries.not_asked(row) if unasked.mandatory]
    warnings = []
    if left:
        warnings.append(_t("还有 %(n)d 项材料没有审查，审查完才能作出结论。") % {"n": left})
    if silent or missing:
        warnings.append(_t("缺少必须出具的意见：%(names)s。") % {"names": "、".join([*silent, *missing])})
    heads = (_t("材料或检查"), _t("结果"), _t("审查意见"), _t("说明"), _t("文件"))
    rows = [
        (str(item), item.get_result_display() or _t("未审查"), item.remark, item.statement, _t("%d 份") % item.files)
        for item in sorted(items, key=lambda item: (item.result != ItemResult.BAD, bool(item.result), item.code))
    ]
    said = [
        (opinion.department, opinion.get_verdict_display() or _t("未出具"), opinion.text, str(opinion.user))
        for opinion in opinions
    ]
    return matters.matter(row, facts=facts, asked=asked, warnings=warnings, parts=items, tables=[
        matters.table(_t("材料 %(n)d 项") % {"n": len(rows)}, heads, rows, empty=_t("清单中没有材料。")),
        matters.table(
            _t("部门意见"), (_t("部门"), _t("意见"), _t("内容"), _t("出具人")), said, empty=_t("没有征求部门意见。")
        ),
    ])  # fmt: skip


def ways(row: GateReview) -> list[tuple[Any, str]]:
    """Conclusions that say more than yes."""
    steps = (("pass_with", _t("有条件通过…")), ("fail", _t("不通过…")))
    return [(label, reverse("assessments:gatereview-transition", args=[row.pk, step])) for step, label in steps]


DECISIONS = (
    DecisionSource(
        code="gate-conclusion", label=_("项目审查"), model="assessments.GateReview", waiting=to_conclude, line=line_of,
        agree=lambda row: "pass_", refuse=lambda row: "return_", load=detail_of, ways=ways,
        concerns=lambda user: permissions.may(user, GateReview, "conclude"),
    ),
)  # fmt: skip
