"""The steps of a campaign: 草拟 → 进行中 → 已结束, or 已撤销."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from secmgmt.core import audit, errors, jobs
from secmgmt.core.workflow import Transition, Workflow

from . import queries
from .models import Campaign, CampaignState, CampaignTask

S = CampaignState


def check_ready(obj: Campaign, by: Any) -> None:
    """Somebody must be covered, and the days must be still to come. Raises Incomplete."""
    if not queries.scope_of(obj).exists():
        page = f"{obj.get_absolute_url()}edit/"
        raise errors.Incomplete(
            _t("范围内没有定级对象，不能发布。"), [(_t("放宽范围单位、等级或对象类型"), page)]
        )


def check_opened(obj: Campaign, by: Any) -> None:
    """A campaign whose tasks are still being made is not over. Raises Conflict."""
    if obj.opened_at is None:
        raise errors.Conflict(_t("任务还在建立，建立完成后才能结束；要停止，请撤销。"), obj=obj)


def open_work(obj: Campaign, by: Any, at: dt.datetime, opinion: str) -> None:
    """The tasks are made by a job once this step is kept."""
    label = _t("建立“%(name)s”的任务") % {"name": obj}
    jobs.enqueue("campaign.open", params={"campaign": obj.pk}, by=by, at=at, label=label[:160], subject=obj)


def keep_figures(obj: Campaign, by: Any, at: dt.datetime, opinion: str) -> None:
    """The state of every task and the coverage as they stand, so that a later change of the work alters neither."""
    tasks = list(queries.loaded(obj.tasks.all()))
    progress = queries.progress_of(obj, tasks, timezone.localdate(at))
    for task in tasks:
        task.final_state, task.final_on = progress[task.pk].state, progress[task.pk].done_on
    CampaignTask.objects.bulk_update(tasks, ["final_state", "final_on"], batch_size=500)
    listed = [[task.pk, task.final_state, task.final_on] for task in tasks]
    audit.record("assessments.campaign.figures", obj, by=by, at=at, rows=listed)
    closed = {"conclusion": opinion.strip(), "closed_on": timezone.localdate(at).isoformat()}
    obj.summary = {**queries.whole(progress).as_json(), **closed}


WORKFLOW = Workflow(
    "assessments.Campaign",
    CampaignState,
    (
        Transition(
            "publish", (S.DRAFT,), S.RUNNING, "publish", _("发布"), check=check_ready, effect=open_work, primary=True
        ),
        Transition(
            "close", (S.RUNNING,), S.CLOSED, "close", _("结束并总结"),
            needs_opinion=True, check=check_opened, effect=keep_figures,
        ),
        Transition(
            "revoke", (S.DRAFT, S.RUNNING), S.REVOKED, "revoke", _("撤销"),
            needs_opinion=True, effect=keep_figures, negative=True,
        ),
    ),
)  # fmt: skip
