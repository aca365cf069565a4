"""The steps of a gate: 准备材料 → 审查中 → 通过 / 有条件通过 / 不通过; the leading department concludes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors, notices
from secmgmt.core.models import Decision
from secmgmt.core.workflow import Transition, Workflow, not_the_submitter

from . import queries, services
from .models import GateReview, ItemResult, ReviewState, Verdict

S = ReviewState


def for_the_lead(obj: GateReview, by: Any) -> None:
    """Guard: whoever decides works for the leading department, and did not submit it."""
    services.check_lead(obj.project, by)
    not_the_submitter(obj, by)


def check_prepared(obj: GateReview, by: Any) -> None:
    """Every document is there, or why it does not apply is said."""
    rows = obj.items.annotate(files=queries.file_count())
    missing = [(str(row), row.get_absolute_url()) for row in rows if not queries.is_prepared(row)]
    if missing:
        told = _t("还有 %(n)d 项没有上传材料，也没有说明为什么不适用。") % {"n": len(missing)}
        raise errors.Incomplete(told, missing)


def check_examined(obj: GateReview, by: Any) -> None:
    """Every line was examined and every opinion that must be there was given."""
    missing = [(_t("未审查：%(name)s") % {"name": row}, row.get_absolute_url()) for row in obj.items.filter(result="")]
    page = reverse("assessments:gatereview-invite", args=[obj.pk])
    wanted = dict(queries.departments_for(obj.gate).filter(mandatory=True).values_list("code", "name"))
    wanted |= dict(obj.opinions.filter(mandatory=True).values_list("code", "department"))
    given = set(obj.opinions.filter(given_at__isnull=False).values_list("code", flat=True))
    left = [name for code, name in wanted.items() if code not in given]
    missing += [(_t("缺少意见：%(name)s") % {"name": name}, page) for name in left]
    if missing:
        raise errors.Incomplete(_t("还不能作出结论，先补齐下列事项。"), missing)


def check_passes(obj: GateReview, by: Any) -> None:
    """Nothing that blocks is wanting, and no department that must be heard objects."""
    check_examined(obj, by)
    bad = [(str(row), row.get_absolute_url()) for row in obj.items.filter(result=ItemResult.BAD, blocking=True)]
    bad += [
        (_t("%(name)s不同意") % {"name": row.department}, row.get_absolute_url())
        for row in obj.opinions.filter(mandatory=True, verdict=Verdict.DISAGREE)
    ]
    if bad:
        raise errors.Incomplete(_t("有不合格的必备材料或不同意的部门，只能不通过或退回补正。"), bad)


def check_passes_clean(obj: GateReview, by: Any) -> None:
    """As above, and no document at all is wanting: what may be mended later makes a condition."""
    check_passes(obj, by)
    bad = [(str(row), row.get_absolute_url()) for row in obj.items.filter(result=ItemResult.BAD)]
    if bad:
        raise errors.Incomplete(_t("还有不合格的材料，请办“有条件通过”并写明完成期限。"), bad)


def check_conditions(obj: GateReview, by: Any) -> None:
    """A conditional conclusion says what is to be done."""
    check_passes(obj, by)
    if not obj.conditions.exists():
        raise errors.Invalid({"conditions": [_t("请写明通过的条件和完成期限。")]})


def begin(obj: GateReview, by: Any, at: dt.datetime, opinion: str) -> None:
    """The examination begins, its term runs, the leading department is told; a second look starts afresh."""
    if Decision.of(obj).filter(transition="submit").exists():  # mended documents are examined anew
        obj.items.exclude(result="").update(result="")
    obj.due_on = queries.answer_due(obj.gate, timezone.localdate(at))
    _tell(obj, queries.leaders_of(obj.project), _t("“%(name)s”已提交，请组织审查"), at)


def send_back(obj: GateReview, by: Any, at: dt.datetime, opinion: str) -> None:
    """The owner mends the documents; the remarks on them stay."""
    obj.due_on = None
    _tell(obj, _owners(obj), _t("“%(name)s”被退回补正"), at)


def conclude(obj: GateReview, by: Any, at: dt.datetime, opinion: str) -> None:
    """The project goes on to the next gate, or is accepted."""
    obj.concluded_at = at
    services.set_stage(obj.project, obj.gate, by=by, at=at)
    _tell(obj, _owners(obj), _t("“%(name)s”审查通过"), at)


def conclude_with(obj: GateReview, by: Any, at: dt.datetime, opinion: str) -> None:
    """The project goes on, and what is to be done is followed."""
    obj.concluded_at = at
    services.set_stage(obj.project, obj.gate, by=by, at=at)
    services.follow_conditions(obj, by=by, at=at)
    _tell(obj, _owners(obj), _t("“%(name)s”有条件通过，请按期完成条件"), at)


def refuse(obj: GateReview, by: Any, at: dt.datetime, opinion: str) -> None:
    """The project stays before this gate; it may be submitted again."""
    obj.concluded_at = at
    _tell(obj, _owners(obj), _t("“%(name)s”审查不通过，可以修改后重新提交"), at)


def _owners(obj: GateReview) -> set[Any]:
    """Who submitted it and who is in charge of the objects."""
    last = Decision.of(obj).filter(transition="submit").select_related("by").first()
    people = {target.owner for target in obj.project.targets.select_related("owner")}
    return (people | {last.by if last else None}) - {None}


def _tell(obj: GateReview, people: Any, text: str, at: dt.datetime) -> None:
    notices.notify(users=people, text=text % {"name": obj}, url=obj.get_absolute_url(), parent=obj, at=at)


WORKFLOW = Workflow(
    "assessments.GateReview",
    ReviewState,
    (
        Transition(
            "submit", (S.PREPARING,), S.REVIEWING, "submit", _("提交审查"),
            check=check_prepared, effect=begin, freezes=True, primary=True,
        ),
        Transition(
            "return_", (S.REVIEWING,), S.PREPARING, "conclude", _("退回补正"), needs_opinion=True,
            guard=for_the_lead, effect=send_back, thaws=True, negative=True,
        ),
        Transition(
            "pass_", (S.REVIEWING,), S.PASSED, "conclude", _("通过"), needs_opinion=True,
            guard=for_the_lead, check=check_passes_clean, effect=conclude, primary=True,
        ),
        Transition(
            "pass_with", (S.REVIEWING,), S.CONDITIONAL, "conclude", _("有条件通过"), needs_opinion=True,
            guard=for_the_lead, check=check_conditions, effect=conclude_with,
            extra_form="assessments.review.forms.ConditionsForm",
        ),
        Transition(
            "fail", (S.REVIEWING,), S.FAILED, "conclude", _("不通过"), needs_opinion=True,
            guard=for_the_lead, check=check_examined, effect=refuse, negative=True,
        ),
    ),
)  # fmt: skip
