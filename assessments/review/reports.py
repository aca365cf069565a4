"""The document of a conclusion (审查意见书), in the layout of GB/T 9704."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from secmgmt.core.models import Decision
from secmgmt.core.reporting.document import Document, Heading, KeyValues, Meta, Paragraph, SignOff, Table
from secmgmt.core.reporting.text import chinese_date, name_only

from . import queries
from .models import GateReview, ItemResult, ReviewState

CONCLUDING = ("pass_", "pass_with", "fail")


def build(review: GateReview, *, by: Any, at: dt.datetime) -> Document:
    """The document of ``review`` as it stands at ``at``, the same whoever makes it."""
    project = review.project
    last = Decision.of(review).filter(transition__in=CONCLUDING).order_by("-at", "-pk").first()
    blocks: list[Any] = []
    if last is None:
        blocks.append(Paragraph(_("审查尚未作出结论，本稿仅供内部讨论。"), "note"))
    blocks += [
        Paragraph(_("%(unit)s：") % {"unit": project.unit}),
        Heading(1, _("一、项目概况")),
        *_project(review),
        Heading(1, _("二、材料审查")),
        *_items(review),
        Heading(1, _("三、部门意见")),
        *_opinions(review),
        Heading(1, _("四、专家评审")),
        *_meeting(review),
        Heading(1, _("五、审查结论")),
        *_conclusion(review, last),
        SignOff(str(project.lead), timezone.localdate(review.concluded_at or at)),
    ]
    title = _("%(name)s%(gate)s审查意见书") % {"name": project, "gate": review.get_gate_display()}
    meta = Meta(
        generated_at=at, generated_by=by.audit_name, number=review.number, footer=str(review), demo=project.is_demo,
        layout="official",
    )  # fmt: skip
    return Document(title=title, blocks=blocks, meta=meta)


def _project(review: GateReview) -> list[Any]:
    project = review.project
    names = "、".join(str(target) for target in project.targets.order_by("pk"))
    pairs = [
        (_("项目名称"), project.name), (_("类别"), project.get_kind_display()), (_("建设单位"), str(project.unit)),
        (_("涉及对象"), names or "—"), (_("拟定等级"), project.get_level_display()),
        (_("计划上线"), chinese_date(project.planned_on) or "—"), (_("审查关口"), str(review)),
    ]  # fmt: skip
    return [KeyValues(pairs), Paragraph(project.content)]


def _items(review: GateReview) -> list[Any]:
    rows = list(review.items.order_by("code"))
    bad = [row for row in rows if row.result == ItemResult.BAD]
    told = _("应提供材料和检查事项 %(n)d 项，合格 %(ok)d 项，不适用 %(na)d 项，不合格 %(bad)d 项。") % {
        "n": len(rows), "ok": sum(row.result == ItemResult.OK for row in rows),
        "na": sum(row.result == ItemResult.NONE for row in rows), "bad": len(bad),
    }  # fmt: skip
    cells = [(row.name, row.get_result_display() or _("未审查"), row.remark or "—", row.basis) for row in rows]
    table = Table([_("材料或检查"), _("结果"), _("意见"), _("依据")], cells, widths=(5, 2, 4, 5))
    return [Paragraph(told), table] if rows else [Paragraph(told)]


def _opinions(review: GateReview) -> list[Any]:
    rows = [
        (row.department, row.get_verdict_display() or _("未出具"), row.text or "—", name_only(row.user.audit_name))
        for row in review.opinions.select_related("user")
    ]
    if not rows:
        return [Paragraph(_("未征求部门意见。"))]
    return [Table([_("部门"), _("意见"), _("具体意见"), _("出具人")], rows, widths=(5, 3, 6, 3))]


def _meeting(review: GateReview) -> list[Any]:
    if not review.meeting_on:
        return [Paragraph(_("本关口未召开专家评审会。"))]
    day, people = chinese_date(review.meeting_on), review.meeting_members.replace("\n", "、")
    told = _("%(day)s召开专家评审会，参会专家：%(people)s。") % {"day": day, "people": people}
    return [Paragraph(told), Paragraph(_("专家组意见：%(text)s") % {"text": review.meeting_opinion})]


def _conclusion(review: GateReview, last: Any) -> list[Any]:
    if last is None:
        return [Paragraph(_("尚未作出结论。"))]
    blocks: list[Any] = [
        Paragraph(_("结论：%(what)s。") % {"what": review.get_state_display()}), Paragraph(last.opinion or "—")
    ]  # fmt: skip
    if review.state == ReviewState.CONDITIONAL:
        rows = [(row.text, row.due_on.isoformat()) for row in review.conditions.all()]
        blocks.append(Table([_("通过条件"), _("完成期限")], rows, widths=(9, 3)))
        blocks.append(Paragraph(_("请按期完成上述条件，完成情况通过整改管理报送，由牵头部门核验。")))
    if review.state == ReviewState.FAILED:
        blocks.append(Paragraph(_("请针对不合格事项修改后重新提交审查，通过前不得进入下一阶段。")))
    if review.gate == queries.Gate.ACCEPTANCE and review.state == ReviewState.PASSED:
        blocks.append(Paragraph(_("同意投入运行，并按等级保护要求开展日常管理。")))
    return blocks


def line(review: GateReview) -> str:
    """What tells an examination from its like."""
    return f"{review}（{review.get_state_display()}）"
