"""The steps of a self-assessment: submitted as a whole, then confirmed or returned by somebody else."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from assessments.grading.queries import people_with
from secmgmt.core import errors, notices, permissions
from secmgmt.core.models import Decision
from secmgmt.core.workflow import Transition, Workflow, not_the_submitter

from . import findings, points, results
from .carrying import check_terms
from .hosted import check_current, platform_changed
from .models import Answer, Assessment, AssessmentState
from .printed import printed
from .responsibility import inherited_whole

S = AssessmentState


def lacking(answer: Answer) -> str:
    """What an answer still needs before it can be submitted, "" when nothing."""
    if answer.pending:
        return str(answer.get_pending_display())
    if not answer.result:
        return _t("还没有作答")
    if inherited_whole(answer):
        return _t("没有选风险") if answer.is_gap and not answer.risk else ""
    if answer.result != points.MET and not answer.found.strip():
        return _t("没有写现状说明")
    if answer.result in (points.PARTIAL, points.UNMET) and not answer.risk:
        return _t("没有选风险")
    return ""


def check_complete(obj: Assessment, by: Any) -> None:
    """Every item answered, every gap described and rated. Raises Incomplete with a link to each item."""
    page = reverse("assessments:assessment-answer", args=[obj.pk])
    found = [(answer, what) for answer in obj.answers.order_by("order") if (what := lacking(answer))]
    if found:
        layers = Counter(answer.layer for answer, _what in found)
        counts = "、".join(f"{layer} {count}" for layer, count in layers.items())
        text = _t("还有 %(n)d 项没有填完，不能提交：%(counts)s。") % {"n": len(found), "counts": counts}
        missing = [
            (f"{answer.code} {answer.summary[:40]}：{what}", f"{page}#item-{answer.pk}") for answer, what in found
        ]
        raise errors.Incomplete(text, missing)


def submitted(obj: Assessment, by: Any, at: dt.datetime, opinion: str) -> None:
    """What is inherited is as the platforms have it now, no evidence is old; those who may confirm learn of it."""
    check_current(obj, at)
    check_terms(obj, timezone.localdate(at))
    tell_confirming(obj, by, at, opinion)


def tell_confirming(obj: Assessment, by: Any, at: dt.datetime, opinion: str) -> None:
    """Those who may confirm it learn that it was submitted; not who did it or answered."""
    day, path = timezone.localdate(at), obj.protected_object.unit.path
    people = {
        person.pk: person
        for role in sorted(permissions.roles_for(Assessment, "confirm"))
        for person in people_with(role, path, day)
    }
    took_part = {by.pk}.union(*obj.answers.values_list("answered_by", "assignee"))
    users = [person for pk, person in people.items() if pk not in took_part]
    text = _t("请审定“%(name)s”，%(who)s已提交") % {"name": obj, "who": by}
    notices.notify(users=users, text=text, url=obj.get_absolute_url(), parent=obj, at=at)


def keep_result(obj: Assessment, by: Any, at: dt.datetime, opinion: str) -> None:
    """Store the scores, and what else a report prints, as they stand at confirmation."""
    answers = list(obj.answers.order_by("order").select_related("guidance").prefetch_related("component_results"))
    obj.result = {**results.summary(obj, answers).as_json(), "printed": printed(obj, answers)}
    findings.tested_again(obj, answers, by, at)
    findings.open_items(obj, answers, by, at)
    tell_submitter(obj, _t("“%(name)s”已由%(who)s确认"), by, at)
    platform_changed(obj, by=by, at=at)


def tell_returned(obj: Assessment, by: Any, at: dt.datetime, opinion: str) -> None:
    """Whoever submitted learns that and why it came back."""
    tell_submitter(obj, _t("“%(name)s”被%(who)s退回：") + opinion.replace("%", "%%"), by, at)


def tell_submitter(obj: Assessment, text: str, by: Any, at: dt.datetime) -> None:
    """A notice to the person of the last submission."""
    last = Decision.of(obj).filter(transition="submit").first()
    if last is not None and last.by is not None:
        text %= {"name": obj, "who": by}
        notices.notify(user=last.by, text=text, url=obj.get_absolute_url(), parent=obj, at=at)


def not_who_answered(obj: Assessment, by: Any) -> None:
    """Guard: whoever submitted, answered an item or has a layer to answer does not confirm (A10)."""
    not_the_submitter(obj, by)
    check_took_no_part(obj, by)


def check_took_no_part(obj: Assessment, by: Any) -> None:
    """NotAllowed to whoever answered an item or has one to answer."""
    if obj.answers.filter(Q(answered_by=by) | Q(assignee=by)).exists():
        raise errors.NotAllowed(
            _t("您参加了这次%(noun)s的作答，不能由您本人确认，请由其他单位网安负责人办理。") % {"noun": obj.noun},
            obj=obj,
        )


WORKFLOW = Workflow(
    "assessments.Assessment",
    AssessmentState,
    (
        Transition(
            "submit", (S.IN_PROGRESS, S.RETURNED), S.SUBMITTED, "submit", _("提交"),
            check=check_complete, effect=submitted, freezes=True, primary=True,
        ),
        Transition(
            "return_", (S.SUBMITTED,), S.RETURNED, "confirm", _("退回"),
            needs_opinion=True, guard=not_the_submitter, effect=tell_returned, thaws=True, negative=True,
        ),
        Transition(
            "confirm", (S.SUBMITTED,), S.CONFIRMED, "confirm", _("确认"),
            guard=not_who_answered, effect=keep_result, primary=True,
        ),
        Transition(
            "stop", (S.IN_PROGRESS, S.SUBMITTED, S.RETURNED), S.STOPPED, "confirm", _("终止"), automatic=True
        ),
    ),
)  # fmt: skip
