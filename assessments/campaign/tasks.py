"""The background work of campaigns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from secmgmt.core import errors, permissions
from secmgmt.core.jobs import JobContext, job
from secmgmt.core.models import Job

from . import queries, services
from .models import Campaign


def require_publish(work: Job, user: Any) -> None:
    """Whoever may no longer publish campaigns makes no tasks in anybody's name (A09)."""
    permissions.require(user, Campaign, "publish")


@job("campaign.open", label=gettext_lazy("建立专项工作的任务"), max_attempts=5, allowed=require_publish)
def open_tasks(ctx: JobContext) -> None:
    """Make the tasks that are missing, a chunk a transaction: a run after a killed one goes on where that stopped."""
    pk = ctx.params["campaign"]
    row = Campaign.objects.select_related("unit").filter(pk=pk).first()
    if row is None:
        raise errors.OutOfScope(model=Campaign._meta.label, lookup=pk)
    total = row.tasks.count() + queries.missing_of(row).count()
    last = 0
    while last := services.retry_chunk(campaign=pk, after=last, by=ctx.user, at=ctx.at):
        ctx.progress(row.tasks.count(), total)
    done = row.tasks.count()
    while made := services.open_chunk(campaign=pk, by=ctx.user, at=ctx.at):
        done += made
        ctx.progress(done, total)
    with ctx.finishing() as result:
        people = services.announce(campaign=pk, by=ctx.user, at=ctx.at)
        words = {"n": done, "people": people}
        result |= {
            "url": row.get_absolute_url(),
            "go": str(_("查看专项工作")),
            "text": _("共 %(n)d 项任务，已通知 %(people)d 人。") % words,
        }
