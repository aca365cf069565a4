"""What of rectification waits for a person, on his desk, on an object's page and in the approval queue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import matters, permissions
from secmgmt.core.clock import today
from secmgmt.core.manifest import DecisionSource, Todo, Waiting, todos_of
from secmgmt.core.models import Attachment, Decision

from . import queries, services
from .choices import OPEN, State
from .models import Rectification

SHOWN = 6
ASKED = {
    State.PLAN_REVIEW: _("整改方案"), State.EXTENSION_REVIEW: _("延期"), State.ACCEPTANCE_REVIEW: _("接受风险"),
    State.VERIFYING: _("整改验证"),
}  # fmt: skip


def rectification_todos(user: Any, day: dt.date) -> Iterable[Todo]:
    """Decisions first, then what is to be planned and done, the late ones red."""
    kind, queue = _t("整改"), reverse("portal:decisions")
    for state, label in ASKED.items():
        count = queries.to_decide(user, state).order_by().count()
        if count:
            title = _t("审批%(what)s %(n)d 项") if state != State.VERIFYING else _t("%(what)s %(n)d 项")
            words = {"what": label, "n": count}
            yield Todo(kind, title % words, _t("在一页上看完、逐项决定"), f"{queue}?kind=rectification-{state}",
                       _t("办理"), tone="warn", stands_for=count)  # fmt: skip
    listed = services.list_url(show="mine")

    def line(row: Rectification) -> Todo:
        act, what = _t("实施"), _t("完成整改")
        if row.state == State.PLANNING:
            act, what = _t("制定方案"), _t("制定整改方案")
        tone = "bad" if row.due_on < day else "info"
        note = f"{row.protected_object} · {row.risk_tag}"
        title = f"{what}：{row.title}"
        return Todo(kind, title, note, row.get_absolute_url(), act, row.due_on, row.get_state_display(), tone)

    def rest(count: int) -> Todo:
        title = _t("还有 %(n)d 项整改由您负责") % {"n": count}
        return Todo(kind, title, _t("在清单里办理"), listed, _t("看清单"), stands_for=count)

    if permissions.may(user, Rectification, "plan"):
        yield from todos_of(queries.to_work(user), line, rest)


def object_panel(obj: Any, user: Any) -> dict[str, Any] | None:
    """On a protected object's page: what is open, the most urgent first, and its 重大风险隐患."""
    rows = Rectification.objects.visible_to(user).filter(protected_object=obj)
    counts = queries.counts_by_state(rows)
    if not counts:
        return None
    found = rows.filter(state__in=OPEN).select_related("protected_object__unit", "owner").order_by("due_on", "pk")
    hazards = queries.major_hazards(rows)
    documents = (("rectification-plan", _t("整改方案")), ("rectification-report", _t("整改报告")))
    return {
        "documents": [
            (label, f"{reverse('portal:report-preview', args=[code])}?subject={obj.pk}")
            for code, label in documents
            if permissions.may(user, type(obj), "export", permissions.path_of(obj))
        ],
        "rows": list(found[:SHOWN]),
        "open": sum(n for state, n in counts.items() if state != State.CLOSED),
        "closed": counts.get(State.CLOSED, 0),
        "late": queries.overdue(rows, today()).count(),
        "hazards": hazards.label if hazards.found else "",
        "url": f"{reverse('assessments:rectification-list')}?protected_object={obj.pk}",
        "link": _t("全部"),
    }


# -- the approval queue ------------------------------------------------------------------------------------


def line_of(row: Rectification) -> Waiting:
    """An item in the list of the queue."""
    urgent = row.major or row.risk == "高"
    return Waiting(
        title=row.title, about=str(row.protected_object), unit=str(row.protected_object.unit), tag=row.risk_tag,
        tone="bad" if urgent else "warn" if row.risk == "中" else "", due=row.due_on, late=row.due_on < today(),
        mark="flag",
    )  # fmt: skip


def detail_of(row: Rectification, user: Any) -> dict[str, Any]:
    """All that matters for the decision, without another page."""
    obj = row.protected_object
    return {
        "item": row,
        "facts": [
            (_t("系统"), f"{obj} · {obj.level_tag}"), (_t("责任单位"), obj.unit), (_t("依据"), row.basis),
            *matters.filled([
                (_t("要求"), row.requirement), (_t("涉及部件"), row.component),
                (_t("问题"), "" if row.measure else row.finding),  # a plan shows it as what is so now
            ]),
        ],
        "asked": [
            (_t("申请"), ASKED[State(row.state)] if row.state in ASKED else row.get_state_display()),
            (_t("整改期限"), _t("%(day)s（%(days)d 天）") % {"day": row.due_on, "days": row.days_left(today())}),
            (_t("所需经费"), row.cost_text), (_t("责任人"), row.owner),
            *matters.filled([(_t("审批依据"), row.route_basis)]),
        ],
        "files": list(Attachment.of(row)),
        "decisions": list(Decision.of(row)),
        "asks_more": row.state != State.PLAN_REVIEW,
    }  # fmt: skip


def decides(user: Any) -> bool:
    """Whether the queue is for this person."""
    return any(permissions.may(user, Rectification, action) for action in ("decide", "verify", "accept"))


def _source(state: State, agree: str, refuse: str) -> DecisionSource:
    def waiting(user: Any) -> QuerySet:
        return queries.to_decide(user, state)

    return DecisionSource(
        code=f"rectification-{state}", label=ASKED[state], model="assessments.Rectification", waiting=waiting,
        line=line_of, agree=lambda row: agree, concerns=decides, load=detail_of,
        template="assessments/rectification/decide.html",
        refuse=lambda row: f"{refuse}_to_work" if refuse == "return_acceptance" and row.planned else refuse,
    )  # fmt: skip


DECISIONS = (
    _source(State.PLAN_REVIEW, "approve", "return_plan"),
    _source(State.EXTENSION_REVIEW, "approve_extension", "return_extension"),
    _source(State.ACCEPTANCE_REVIEW, "accept", "return_acceptance"),
    _source(State.VERIFYING, "verify", "return_work"),
)
