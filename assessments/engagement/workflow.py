"""The four activities of an evaluation (GB/T 28449-2018), each over when its documents are there, then the result."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import errors
from secmgmt.core.workflow import Transition, Workflow

from . import results, services
from .models import OPEN, Engagement, EngagementState

S = EngagementState


def check_papers(obj: Engagement, by: Any) -> None:
    """The documents of the present activity are there. Raises Incomplete with the page of each."""
    missing = [
        (_t("没有“%(what)s”") % {"what": paper.label}, reverse("assessments:engagement-paper", args=[obj.pk, paper]))
        for paper in services.lacking_papers(obj)
    ]
    if missing:
        told = _t("“%(state)s”的文档还差 %(n)d 份。") % {"state": obj.get_state_display(), "n": len(missing)}
        raise errors.Incomplete(told, missing)


def check_result(obj: Engagement, by: Any) -> None:
    """The report is there and its number, date and conclusion are recorded."""
    check_papers(obj, by)
    if not (obj.report_number and obj.report_date and obj.conclusion):
        raise errors.Invalid(message=_t("请填写报告编号、报告日期和测评结论。"))
    found = results.of(obj)
    if found is not None and found.state != "confirmed":
        told = _t("逐项结果现在是“%(state)s”，由单位网安负责人确认后，再登记测评结果。")
        state = found.get_state_display()
        raise errors.Incomplete(told % {"state": state}, [(found.title, found.get_absolute_url())])


def completed(obj: Engagement, by: Any, at: dt.datetime, opinion: str) -> None:
    """Next date, certificate, problems, end of access."""
    services.settle_done(obj, by=by, at=at)


def terminated(obj: Engagement, by: Any, at: dt.datetime, opinion: str) -> None:
    """The agency's access is over, and so are its results."""
    services.end_access(obj, by=by, at=at)
    results.stop(obj, at=at, reason=_t("测评项目终止：%(why)s") % {"why": opinion})


def _activity(name: str, source: Any, target: Any, label: Any) -> Transition:
    return Transition(name, (source,), target, "work", label, check=check_papers, primary=True)


WORKFLOW = Workflow(
    "assessments.Engagement",
    EngagementState,
    (
        _activity("to_design", S.PREPARING, S.DESIGNING, _("准备完成，编制方案")),
        _activity("to_onsite", S.DESIGNING, S.ONSITE, _("方案确认，进场测评")),
        _activity("to_report", S.ONSITE, S.REPORTING, _("现场结束，编制报告")),
        Transition(
            "complete", (S.REPORTING,), S.DONE, "complete", _("登记测评结果"), check=check_result, effect=completed,
            primary=True, extra_form="assessments.engagement.forms.ResultForm",
        ),
        Transition(
            "terminate", tuple(OPEN), S.TERMINATED, "complete", _("终止"), needs_opinion=True, effect=terminated,
            negative=True,
        ),
    ),
)  # fmt: skip
